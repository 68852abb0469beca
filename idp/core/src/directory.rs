//! Flow: the directory of platforms. Owns the fifteen the guide names and how an operator connects one.

mod client_keys;
pub mod metadata;

use serde_json::Value;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::id::PlatformId;
use crate::platform::{
    Client, ClientAuthentication, ClientKeys, ConsentPolicy, Platform, PlatformState, Zone,
};
use crate::region::RegionCode;
use crate::signer::Recipient;
use crate::store::{Store, StoreError};

pub use client_keys::{JwksProblem, published_keys, signature_keys, usable_keys};

/// The guide names fifteen of sixteen; the sixteenth is data an operator adds. Zones as commonly used,
/// with 赤峰 in the east: the guide's picture caption lists it under 西部盟市, and an operator can.
const NAMED_BY_THE_GUIDE: [(&str, &str, &str, &str, Zone); 15] = [
    (
        "neimenggu",
        "自治区工程交易中心",
        "Inner Mongolia Engineering Trading Centre",
        "150000",
        Zone::Autonomous,
    ),
    (
        "hohhot",
        "呼和浩特市交易中心",
        "Hohhot Trading Centre",
        "150100",
        Zone::Western,
    ),
    (
        "baotou",
        "包头市交易中心",
        "Baotou Trading Centre",
        "150200",
        Zone::Western,
    ),
    (
        "wuhai",
        "乌海市交易中心",
        "Wuhai Trading Centre",
        "150300",
        Zone::Western,
    ),
    (
        "chifeng",
        "赤峰市交易中心",
        "Chifeng Trading Centre",
        "150400",
        Zone::Eastern,
    ),
    (
        "tongliao",
        "通辽市交易中心",
        "Tongliao Trading Centre",
        "150500",
        Zone::Eastern,
    ),
    (
        "ordos",
        "鄂尔多斯市交易中心",
        "Ordos Trading Centre",
        "150600",
        Zone::Western,
    ),
    (
        "hulunbuir",
        "呼伦贝尔市交易中心",
        "Hulunbuir Trading Centre",
        "150700",
        Zone::Eastern,
    ),
    (
        "bayannur",
        "巴彦淖尔市交易中心",
        "Bayannur Trading Centre",
        "150800",
        Zone::Western,
    ),
    (
        "ulanqab",
        "乌兰察布市交易中心",
        "Ulanqab Trading Centre",
        "150900",
        Zone::Western,
    ),
    (
        "hinggan",
        "兴安盟交易中心",
        "Hinggan League Trading Centre",
        "152200",
        Zone::Eastern,
    ),
    (
        "xilingol",
        "锡林郭勒盟交易中心",
        "Xilingol League Trading Centre",
        "152500",
        Zone::Eastern,
    ),
    (
        "erenhot",
        "二连浩特市交易中心",
        "Erenhot Trading Centre",
        "152501",
        Zone::Western,
    ),
    (
        "alxa",
        "阿拉善盟交易中心",
        "Alxa League Trading Centre",
        "152900",
        Zone::Western,
    ),
    (
        "manzhouli",
        "满洲里市公共资源交易中心",
        "Manzhouli Public Resource Trading Centre",
        "150781",
        Zone::Eastern,
    ),
];

/// Lists every platform of the guide that is not in the directory yet.
pub fn seed(store: &mut dyn Store) -> Result<(), StoreError> {
    for (id, name_zh, name_en, region, zone) in NAMED_BY_THE_GUIDE {
        let Ok(region_code) = RegionCode::parse(region) else {
            continue;
        };
        store.insert_platform(&Platform {
            id: PlatformId::from_text(id),
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            region_code,
            zone,
            support_contact: None,
            state: PlatformState::Listed,
            client: None,
        })?;
    }
    Ok(())
}

/// Why a registration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// Not lower-case letters, digits and hyphens, 2 to 40 of them.
    #[error("the platform id must be 2 to 40 lower-case letters, digits or hyphens")]
    BadId,
    /// No redirect URI.
    #[error("at least one redirect URI is needed")]
    NoRedirectUri,
    /// Not https (loopback may be http), or with a fragment or user.
    #[error("{0} must be an https URI (http only on loopback) without fragment or user")]
    BadUri(String),
    /// `openid` is missing.
    #[error("the scopes must contain openid")]
    NoOpenid,
    /// Its keys can't verify an assertion.
    #[error(transparent)]
    Jwks(#[from] JwksProblem),
    /// Remembering for no time, or for longer than a year.
    #[error("a consent is remembered for 1 to 365 days; without it every login asks")]
    RememberDays,
    /// Not what the profile it is held to allows.
    #[error("{0}")]
    Profile(&'static str),
    /// It is connected already.
    #[error("the platform {0} is connected already")]
    Connected(PlatformId),
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The registration.
    #[error(transparent)]
    Refused(#[from] RegistrationRefusal),
}

/// Connects a platform: a listed one, or a new one.
pub fn connect(store: &mut dyn Store, cx: &Cx, platform: &Platform) -> Result<(), ConnectError> {
    check_id(platform.id.as_str())?;
    if let Some(client) = &platform.client {
        check_client(client)?;
    }
    if !store.insert_platform(platform)? {
        let standing = store.find_platform(&platform.id)?;
        if standing.is_some_and(|p| p.state != PlatformState::Listed) {
            return Err(RegistrationRefusal::Connected(platform.id.clone()).into());
        }
        store.update_platform(platform)?;
    }
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.id.clone()),
        ..AuditEvent::new(cx, AuditKind::PlatformAdded)
    })?;
    Ok(())
}

fn check_id(id: &str) -> Result<(), RegistrationRefusal> {
    let well_formed = (2..=40).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    well_formed.then_some(()).ok_or(RegistrationRefusal::BadId)
}

fn check_client(client: &Client) -> Result<(), RegistrationRefusal> {
    use protocol::scope::Scope;
    if let Some(breach) = client.breach_of_profile() {
        return Err(RegistrationRefusal::Profile(breach));
    }
    if client.redirect_uris.is_empty() {
        return Err(RegistrationRefusal::NoRedirectUri);
    }
    if !client.scopes.contains(Scope::Openid) {
        return Err(RegistrationRefusal::NoOpenid);
    }
    if let Some(ClientKeys::Jwks(jwks)) = &client.keys {
        check_keys(client, jwks)?;
    }
    if needs_keys(client) && client.keys.is_none() {
        return Err(JwksProblem::NoUsableKey.into());
    }
    if let ConsentPolicy::RememberDays(days) = client.consent
        && !(1..=365).contains(&days)
    {
        return Err(RegistrationRefusal::RememberDays);
    }
    let uris = client
        .redirect_uris
        .iter()
        .chain(&client.initiate_login_uri)
        .chain(&client.target_link_uri);
    for uri in uris {
        if !is_acceptable_uri(uri) {
            return Err(RegistrationRefusal::BadUri(uri.clone()));
        }
    }
    Ok(())
}

/// Whether its keys serve for what it does with them.
fn check_keys(client: &Client, jwks: &Value) -> Result<(), JwksProblem> {
    usable_keys(jwks)?;
    let signs =
        client.requests.signed_only || client.authentication == ClientAuthentication::PrivateKeyJwt;
    if signs {
        signature_keys(jwks)?;
    }
    match client.tokens.id_token_encryption {
        Some(encryption) if Recipient::among(encryption, jwks).is_none() => {
            Err(JwksProblem::NoUsableKey)
        }
        _ => Ok(()),
    }
}

/// Whether it signs anything by its registration, or anything is encrypted to it.
fn needs_keys(client: &Client) -> bool {
    client.requests.signed_only
        || client.tokens.id_token_encryption.is_some()
        || match client.authentication {
            ClientAuthentication::PrivateKeyJwt | ClientAuthentication::SelfSignedTlsClientAuth => {
                true
            }
            ClientAuthentication::None
            | ClientAuthentication::ClientSecret { .. }
            | ClientAuthentication::TlsClientAuth { .. } => false,
        }
}

/// Parameters of our own answers.
const RESERVED: [&str; 6] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
];

fn is_acceptable_uri(text: &str) -> bool {
    let Ok(uri) = url::Url::parse(text) else {
        return false;
    };
    let loopback = match uri.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(domain)) => domain == "localhost",
        None => return false,
    };
    (uri.scheme() == "https" || (uri.scheme() == "http" && loopback))
        && uri.fragment().is_none()
        && uri.username().is_empty()
        && uri.password().is_none()
        // What is compared character by character later must be written as it is parsed now.
        && (uri.as_str() == text || uri.as_str() == format!("{text}/"))
        && !uri.query_pairs().any(|(name, _)| RESERVED.contains(&&*name))
        && !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_names_fifteen_platforms_with_known_regions() {
        let mut ids: Vec<_> = NAMED_BY_THE_GUIDE.iter().map(|row| row.0).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 15);
        for (id, .., region, _) in NAMED_BY_THE_GUIDE {
            assert!(check_id(id).is_ok(), "{id}");
            assert!(RegionCode::parse(region).is_ok(), "{region}");
        }
    }

    #[test]
    fn only_https_or_loopback_addresses_are_registered() {
        for good in [
            "https://p.example/cb",
            "http://127.0.0.1:9001/cb",
            "http://[::1]/cb",
        ] {
            assert!(is_acceptable_uri(good), "{good}");
        }
        for bad in [
            "http://p.example/cb",
            "https://p.example/cb#x",
            "https://user@p.example/cb",
            "javascript:alert(1)",
            "https://*.example/cb",
            "https://p.example/ cb",
            "https://P.example/cb",
            "https://p.example/a/../cb",
            "https://p.example/cb?code=1",
            "/cb",
        ] {
            assert!(!is_acceptable_uri(bad), "{bad}");
        }
    }
}
