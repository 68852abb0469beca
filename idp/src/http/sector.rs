//! The sector of a platform that registers itself (`OpenID` Connect Registration §5): what its `sector_identifier_uri` must list.
//!
//! Does not say how a refusal is told: what is behind an address is for operators alone.

use protocol::registration::ClientMetadata;

use super::extract::Visit;
use crate::published::{SectorProblem, sector};

/// Looks for each redirect URI in the list, where metadata names one.
pub async fn check(visit: &Visit, metadata: &ClientMetadata) -> Result<(), SectorProblem> {
    let Some(uri) = &metadata.sector_identifier_uri else {
        return Ok(());
    };
    sector(&visit.state, uri, &metadata.redirect_uris)
        .await
        .map(drop)
}
