//! `sector_identifier_uri` (`OpenID` Connect Core §8.1, Registration §5): the redirect URIs that share pairwise subjects.

use std::time::Duration;

use url::Url;

use crate::outbound::{Bounds, FetchError, Fetched, Fetcher};
use crate::state::AppState;

/// Largest list that is fetched.
const OCTETS: usize = 64 * 1024;

/// Why a sector is not taken.
#[derive(Debug, thiserror::Error)]
pub enum SectorProblem {
    /// It can't be had.
    #[error("sector_identifier_uri can't be fetched: {0}")]
    Unreachable(#[from] FetchError),
    /// It is something else.
    #[error("sector_identifier_uri gives no JSON array of redirect URIs")]
    NoList,
    /// The platform is not of it.
    #[error("sector_identifier_uri does not list the redirect URI {0}")]
    Unlisted(String),
}

/// The sector behind an address: its host, once the list there holds each of these redirect URIs.
pub async fn sector(
    state: &AppState,
    uri: &str,
    redirect_uris: &[String],
) -> Result<String, SectorProblem> {
    let by = (&state.platforms, state.config.outbound.time());
    sector_by(by, uri, redirect_uris).await
}

/// As [`sector`], reached by this and in this time.
pub async fn sector_by(
    (fetcher, time): (&Fetcher, Duration),
    uri: &str,
    redirect_uris: &[String],
) -> Result<String, SectorProblem> {
    let bounds = Bounds {
        octets: OCTETS,
        time,
    };
    let Fetched::Body(octets, _) = fetcher.get(uri, None, bounds).await? else {
        return Err(SectorProblem::NoList);
    };
    let listed: Vec<String> = serde_json::from_slice(&octets).or(Err(SectorProblem::NoList))?;
    if let Some(missing) = redirect_uris.iter().find(|one| !listed.contains(one)) {
        return Err(SectorProblem::Unlisted(missing.clone()));
    }
    let host = Url::parse(uri)
        .ok()
        .and_then(|uri| uri.host_str().map(str::to_owned));
    host.ok_or_else(|| FetchError::Address(uri.to_owned()).into())
}
