//! The quick look: what people who sign in, and their sign-outs, need of a platform; one after another, each address once.
//!
//! It is to cost a platform nothing: bare GETs without the parameters that would begin a sign-in, and a sign-out without a
//! token, which must be refused (Back-Channel Logout §2.8).

use idp_core::platform::{Client, ClientKeys};
use idp_core::platform_health::{Endpoint, HealthState, Seen};

use super::addresses::{Wanted, address, backchannel, is_loopback};
use super::finding::{Finding, Level};
use super::keys::published;
use super::reach::Reach;

/// Looks at a platform.
pub async fn look(reach: &mut Reach, client: &Client) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut redirects = client.redirect_uris.clone();
    redirects.sort_unstable();
    redirects.dedup();
    for uri in &redirects {
        // On the person's own machine, or an application's own scheme: nothing to look at from here.
        let is_elsewhere = client.requests.native && (is_loopback(uri) || !uri.starts_with("http"));
        if !is_elsewhere {
            let found = address(reach, ("redirect_uri", uri), (Wanted::Answer, client)).await;
            seen.push(of(Endpoint::Redirect, uri, &found));
        }
    }
    if let Some(uri) = &client.initiate_login_uri {
        let named = ("initiate_login_uri", uri.as_str());
        // Refused without `iss`, and rightly.
        let found = address(reach, named, (Wanted::Answer, client)).await;
        seen.push(of(Endpoint::InitiateLogin, uri, &found));
    }
    if let Some(ClientKeys::JwksUri(uri)) = &client.keys {
        let found = published(reach, uri, client).await;
        seen.push(of(Endpoint::Jwks, uri, &found));
    }
    if let Some(uri) = &client.logout.backchannel_uri {
        let found = backchannel(reach, uri).await;
        seen.push(of(Endpoint::BackchannelLogout, uri, &found));
    }
    seen
}

/// What may not be reached from here says nothing of how it does.
fn of(endpoint: Endpoint, url: &str, found: &Finding) -> Seen {
    let state = match (found.level, found.reason) {
        (_, Some("address-forbidden" | "address-unusable")) => HealthState::Unknown,
        (Level::Good, _) => HealthState::Ok,
        (Level::Warning, _) => HealthState::Degraded,
        (Level::Wrong, _) => HealthState::Down,
    };
    Seen {
        endpoint,
        url: url.to_owned(),
        state,
        reason: found.reason,
    }
}
