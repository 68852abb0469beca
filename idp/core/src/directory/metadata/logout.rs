//! What happens when people sign out, by its metadata: addresses at the hosts where people arrive, and nowhere else.

use protocol::registration::ClientMetadata;

use super::super::uris::{PlainHttp, URIS_MAX, host, is_acceptable};
use super::problem::{MetadataProblem, bad};
use crate::platform::LogoutRules;

pub(super) fn logout(metadata: &ClientMetadata) -> Result<LogoutRules, MetadataProblem> {
    let homes: Vec<String> = metadata
        .redirect_uris
        .iter()
        .filter_map(|uri| host(uri))
        .collect();
    let is_at_home = |uri: &String| {
        is_acceptable(uri, PlainHttp::OnLoopback)
            && host(uri).is_some_and(|host| homes.contains(&host))
    };
    if metadata.post_logout_redirect_uris.len() > URIS_MAX
        || !metadata.post_logout_redirect_uris.iter().all(is_at_home)
    {
        return bad(
            "post_logout_redirect_uris",
            "must be https URIs at the host of a redirect URI",
        );
    }
    if !metadata.backchannel_logout_uri.iter().all(is_at_home) {
        return bad(
            "backchannel_logout_uri",
            "must be an https URI at the host of a redirect URI",
        );
    }
    Ok(LogoutRules {
        post_logout_redirect_uris: metadata.post_logout_redirect_uris.clone(),
        backchannel_uri: metadata.backchannel_logout_uri.clone(),
        backchannel_session_required: metadata
            .backchannel_logout_session_required
            .unwrap_or(false),
    })
}
