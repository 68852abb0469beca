//! The sector of a platform that registers itself (`OpenID` Connect Registration §5): what its `sector_identifier_uri` must list.

use idp_core::directory::metadata::MetadataProblem;
use protocol::registration::ClientMetadata;

use super::extract::Visit;
use crate::outbound::{Bounds, Fetched};

/// Largest list that is fetched, in octets.
const OCTETS: usize = 64 * 1024;

/// Fetches the list, where metadata names one, and looks for each redirect URI.
pub async fn check(visit: &Visit, metadata: &ClientMetadata) -> Result<(), MetadataProblem> {
    let Some(uri) = &metadata.sector_identifier_uri else {
        return Ok(());
    };
    let bad = |why: String| MetadataProblem::Metadata("sector_identifier_uri", why);
    let bounds = Bounds {
        octets: OCTETS,
        time: visit.state.config.outbound.time(),
    };
    let fetched = visit.state.platforms.get(uri, None, bounds).await;
    let Fetched::Body(octets, _) = fetched.map_err(|e| bad(e.to_string()))? else {
        return Err(bad("gives nothing".to_owned()));
    };
    let listed: Vec<String> = serde_json::from_slice(&octets)
        .map_err(|_no_list| bad("gives no JSON array of redirect URIs".to_owned()))?;
    match metadata
        .redirect_uris
        .iter()
        .find(|uri| !listed.contains(uri))
    {
        None => Ok(()),
        Some(missing) => Err(bad(format!("does not list the redirect URI {missing}"))),
    }
}
