//! The sector of a platform that registers itself (`OpenID` Connect Registration §5): what its `sector_identifier_uri` must list.

use idp_core::directory::metadata::MetadataProblem;
use protocol::registration::ClientMetadata;

use super::extract::Visit;
use crate::published::sector;

/// Looks for each redirect URI in the list, where metadata names one.
pub async fn check(visit: &Visit, metadata: &ClientMetadata) -> Result<(), MetadataProblem> {
    let Some(uri) = &metadata.sector_identifier_uri else {
        return Ok(());
    };
    match sector(&visit.state, uri, &metadata.redirect_uris).await {
        Ok(_) => Ok(()),
        Err(problem) => Err(MetadataProblem::Metadata(
            "sector_identifier_uri",
            problem.to_string(),
        )),
    }
}
