//! What an operator looks at before people meet a platform that registered itself: which change wants another look, and the
//! version by which what was shown is told from what stands.
//!
//! Owns what people, their codes or their keys would go to, and what people are shown. Does not know who is trusted.

use sha2::{Digest as _, Sha256};

use super::uris::host;
use crate::platform::{Client, ClientKeys, Floor, Platform};

/// Digits of a version: a platform must not find two registrations of its own making that share one.
const VERSION_DIGITS: usize = 32;

/// The version of a registration as it stands: another registration, or another state, another version.
pub fn version_of(platform: &Platform) -> String {
    let all = (
        (platform.id.as_str(), platform.state.as_str()),
        (&platform.name_zh, &platform.name_en),
        (platform.region_code.as_str(), platform.zone.as_str()),
        (&platform.support_contact, &platform.client),
    );
    // What came out of the database as JSON always serialises.
    let all = serde_json::to_vec(&all).unwrap_or_default();
    let mut version = hex::encode(Sha256::digest(all));
    version.truncate(VERSION_DIGITS);
    version
}

/// Whether a change is one that nobody looked at: another name, a new host of some kind, or looser rules.
pub(super) fn wants_look(before: &Platform, after: &Platform) -> bool {
    if (&before.name_zh, &before.name_en) != (&after.name_zh, &after.name_en) {
        return true;
    }
    match (&before.client, &after.client) {
        (Some(before), Some(after)) => {
            has_new_host(before, after) || Floor::of(before).undercut_by(after).is_some()
        }
        (None, None) => false,
        _ => true,
    }
}

/// Kind by kind: a host that was looked at for keys is none that people were to be sent to.
fn has_new_host(before: &Client, after: &Client) -> bool {
    let (before, after) = (addresses(before), addresses(after));
    before.into_iter().zip(after).any(|(before, after)| {
        let known: Vec<String> = before.iter().filter_map(|uri| host(uri)).collect();
        let mut named = after.iter().filter_map(|uri| host(uri));
        named.any(|host| !known.contains(&host))
    })
}

/// Its addresses, a row for each kind.
fn addresses(client: &Client) -> [Vec<&String>; 11] {
    let (shown, logout) = (&client.presentation, &client.logout);
    let keys = match &client.keys {
        Some(ClientKeys::JwksUri(uri)) => Some(uri),
        Some(ClientKeys::Jwks(_)) | None => None,
    };
    [
        client.redirect_uris.iter().collect(),
        client.initiate_login_uri.iter().collect(),
        client.requests.request_uris.iter().collect(),
        keys.into_iter().collect(),
        logout.post_logout_redirect_uris.iter().collect(),
        logout.backchannel_uri.iter().collect(),
        shown.logo_uri.iter().collect(),
        shown.client_uri.iter().collect(),
        shown.policy_uri.iter().collect(),
        shown.tos_uri.iter().collect(),
        // Whose hosts share a pairwise `sub`.
        client.particulars.sector_identifier_uri.iter().collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PlatformId;
    use crate::platform::{ClientAuthentication, PlatformState, Zone};
    use crate::region::RegionCode;

    fn platform() -> Platform {
        let redirect = vec!["https://p.example/cb".to_owned()];
        let mut client = Client::standard(ClientAuthentication::None, redirect);
        client.requests.request_uris = vec!["https://cdn.example/r".to_owned()];
        client.keys = Some(ClientKeys::JwksUri("https://cdn.example/keys".to_owned()));
        Platform {
            id: PlatformId::from_text("p"),
            name_zh: "平台".to_owned(),
            name_en: "Platform".to_owned(),
            region_code: RegionCode::parse("150400").unwrap(),
            zone: Zone::Eastern,
            support_contact: None,
            state: PlatformState::Active,
            in_force_since: None,
            client: Some(client),
        }
    }

    type Change = fn(&mut Platform, &mut Client);

    fn changed(change: Change) -> Platform {
        let mut platform = platform();
        let mut client = platform.client.take().unwrap();
        change(&mut platform, &mut client);
        platform.client = Some(client);
        platform
    }

    const CDN: &str = "https://cdn.example/x";

    #[test]
    fn a_name_a_host_of_another_kind_and_looser_rules_want_a_look() {
        let changes: [Change; 12] = [
            |platform, _| platform.name_zh = "别的".to_owned(),
            |platform, _| platform.name_en = "Other".to_owned(),
            |_, client| client.redirect_uris.push(CDN.to_owned()),
            |_, client| client.initiate_login_uri = Some(CDN.to_owned()),
            |_, client| client.presentation.logo_uri = Some(CDN.to_owned()),
            |_, client| client.presentation.client_uri = Some(CDN.to_owned()),
            |_, client| client.presentation.policy_uri = Some(CDN.to_owned()),
            |_, client| client.presentation.tos_uri = Some(CDN.to_owned()),
            |_, client| client.logout.backchannel_uri = Some(CDN.to_owned()),
            |_, client| (client.logout.post_logout_redirect_uris).push(CDN.to_owned()),
            |_, client| client.requests.request_uris = vec!["https://q.example/r".to_owned()],
            |_, client| client.tokens.refresh = true,
        ];
        for (i, change) in changes.into_iter().enumerate() {
            assert!(wants_look(&platform(), &changed(change)), "{i}");
        }
    }

    #[test]
    fn what_stays_at_the_hosts_that_were_looked_at_wants_none() {
        let changes: [Change; 4] = [
            |_, _| (),
            |_, client| (client.redirect_uris).push("https://p.example/other".to_owned()),
            |_, client| client.keys = Some(ClientKeys::JwksUri(CDN.to_owned())),
            |_, client| client.requests.signed_only = true,
        ];
        for (i, change) in changes.into_iter().enumerate() {
            assert!(!wants_look(&platform(), &changed(change)), "{i}");
        }
    }

    #[test]
    fn another_registration_has_another_version_and_the_same_has_the_same() {
        let version = version_of(&platform());
        assert_eq!((version.len(), &version), (32, &version_of(&platform())));
        let changes: [Change; 4] = [
            |platform, _| platform.name_en = "Other".to_owned(),
            |platform, _| platform.state = PlatformState::Pending,
            |platform, _| platform.support_contact = Some("0471".to_owned()),
            |_, client| client.redirect_uris.push(CDN.to_owned()),
        ];
        for change in changes {
            assert_ne!(version, version_of(&changed(change)));
        }
    }
}
