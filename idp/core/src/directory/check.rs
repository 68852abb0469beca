//! What a registration must be, whoever wrote it: an operator by options, or a platform by its metadata.

use protocol::scope::Scope;
use serde_json::Value;

use super::client_keys::{JwksProblem, signature_keys, usable_keys};
use super::uris::{PlainHttp, URIS_MAX, is_acceptable, is_origin, is_resource};
use crate::cx::Cx;
use crate::id::{MaintenanceId, PlatformId};
use crate::platform::{Client, ClientAuthentication, ClientKeys, ConsentPolicy};
use crate::region::RegionCode;
use crate::signer::Recipient;

/// Why a registration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// Not lower-case letters, digits and hyphens, 2 to 40 of them.
    #[error("the platform id must be 2 to 40 lower-case letters, digits or hyphens")]
    BadId,
    /// No redirect URI, or too many.
    #[error("1 to {URIS_MAX} redirect URIs are needed")]
    NoRedirectUri,
    /// Not https (loopback may be http in development, or where a native application waits), with a fragment, a user, a
    /// pattern, or a parameter of our own answers.
    #[error(
        "{0} must be an https URI as it is written in full (http only on loopback, in development or for a native \
         application), without fragment, user, `*` and parameters named as those of an answer"
    )]
    BadUri(String),
    /// No origin.
    #[error("{0} must be an https origin as browsers write it: scheme, host and port alone")]
    BadOrigin(String),
    /// No resource.
    #[error("{0} must be an absolute URI without fragment")]
    BadResource(String),
    /// Too many of one kind.
    #[error("{0}: at most {URIS_MAX}")]
    TooMany(&'static str),
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
    /// Its tokens would be signed with SM2.
    #[error(
        "tokens are signed with x-SM2-SM3 only for a platform that an operator gave it (--sm2-tokens)"
    )]
    Sm2NotGiven,
    /// There would be no key.
    #[error("x-SM2-SM3 is switched off (signing_keys.sm2)")]
    Sm2Off,
    /// It is connected already.
    #[error("the platform {0} is connected already; `platform change` changes it")]
    Connected(PlatformId),
    /// Nobody knows it.
    #[error("there is no platform {0}")]
    Unknown(PlatformId),
    /// It has no client registration.
    #[error("the platform {0} is listed and not connected; `platform add` connects it")]
    NotConnected(PlatformId),
    /// It is gone for good.
    #[error("the platform {0} gave its registration up; it registers afresh")]
    Withdrawn(PlatformId),
    /// It registered itself, and nobody said what they looked at.
    #[error(
        "the platform {0} registered itself and may have changed: look at it with `idp platform show {0}` and name the \
         version that is shown there with --as-shown"
    )]
    NothingShown(PlatformId),
    /// It is another one than that which was looked at.
    #[error(
        "the platform {0} is not as it was shown: it was changed since; look again with `idp platform show {0}`"
    )]
    NotAsShown(PlatformId),
    /// No text, too long a one, or one that can't be seen.
    #[error(
        "maintenance needs a text in both languages, readable, of at most {} characters",
        super::MAINTENANCE_TEXT_MAX
    )]
    MaintenanceText,
    /// Over, backwards, too long or too far ahead.
    #[error(
        "maintenance ends after it begins and after now, lasts at most 30 days and begins within 90"
    )]
    MaintenanceTime,
    /// There is none.
    #[error("there is no maintenance {0}")]
    NoMaintenance(MaintenanceId),
    /// An operator stopped it.
    #[error("an operator suspended the platform")]
    Suspended,
    /// Not a league or city of the region.
    #[error("{0} is outside Inner Mongolia: the codes of its platforms begin with 15")]
    Region(RegionCode),
    /// Empty, too long, or with characters that can't be seen.
    #[error("names must be 1 to 100 characters that can be seen, a contact at most 200")]
    Name,
    /// Too many platforms, or for too long.
    #[error(
        "a registration token is for 1 to {} platforms and good for {} days at most",
        super::USES_MAX,
        super::LIFETIME_MAX.as_secs() / 86_400
    )]
    TokenBounds,
    /// Nothing would change.
    #[error("nothing to do: {0}")]
    Nothing(&'static str),
    /// It has none.
    #[error("the platform proves itself without a secret of ours: there is none to rotate")]
    NoSecret,
    /// The old secret would be taken for too long.
    #[error("the old secret is taken for {} days at most", super::OVERLAP_MAX.as_secs() / 86_400)]
    Overlap,
}

pub(super) fn check_id(id: &str) -> Result<(), RegistrationRefusal> {
    let well_formed = (2..=40).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    well_formed.then_some(()).ok_or(RegistrationRefusal::BadId)
}

/// Whether a registration is one that can be kept.
pub(super) fn check_client(cx: &Cx, client: &Client) -> Result<(), RegistrationRefusal> {
    if let Some(breach) = client.breach_of_profile() {
        return Err(RegistrationRefusal::Profile(breach));
    }
    if client.is_told_by_sm2() && !client.tokens.sm2 {
        return Err(RegistrationRefusal::Sm2NotGiven);
    }
    if client.tokens.sm2 && !cx.settings.sm2_tokens {
        return Err(RegistrationRefusal::Sm2Off);
    }
    check_redirect_uris(cx, &client.redirect_uris, client.requests.native)?;
    if !client.scopes.contains(Scope::Openid) {
        return Err(RegistrationRefusal::NoOpenid);
    }
    if let Some(ClientKeys::Jwks(jwks)) = &client.keys {
        check_keys(client, jwks)?;
    }
    if needs_keys(client) && client.keys.is_none() {
        return Err(JwksProblem::Missing.into());
    }
    if let ConsentPolicy::RememberDays(days) = client.consent
        && !(1..=365).contains(&days)
    {
        return Err(RegistrationRefusal::RememberDays);
    }
    check_addresses(cx, client)
}

pub(super) fn check_redirect_uris(
    cx: &Cx,
    uris: &[String],
    native: bool,
) -> Result<(), RegistrationRefusal> {
    if uris.is_empty() || uris.len() > URIS_MAX {
        return Err(RegistrationRefusal::NoRedirectUri);
    }
    // RFC 8252 §7.3: a native application waits on loopback, wherever it runs.
    let plain = if native {
        PlainHttp::OnLoopback
    } else {
        PlainHttp::of(cx)
    };
    let bad = |uri: &&String| !is_acceptable(uri, plain);
    match uris.iter().find(bad) {
        None => Ok(()),
        Some(uri) => Err(RegistrationRefusal::BadUri(uri.clone())),
    }
}

/// Every other address.
fn check_addresses(cx: &Cx, client: &Client) -> Result<(), RegistrationRefusal> {
    let plain = PlainHttp::of(cx);
    let (shown, logout) = (&client.presentation, &client.logout);
    let key_set = match &client.keys {
        Some(ClientKeys::JwksUri(uri)) => Some(uri),
        _ => None,
    };
    let uris = (client.initiate_login_uri.iter())
        .chain(&client.target_link_uri)
        .chain(key_set)
        .chain(&client.particulars.sector_identifier_uri)
        .chain(&logout.post_logout_redirect_uris)
        .chain(&logout.backchannel_uri)
        .chain(&shown.client_uri)
        .chain(&shown.logo_uri)
        .chain(&shown.policy_uri)
        .chain(&shown.tos_uri);
    for uri in uris {
        if !is_acceptable(uri, plain) {
            return Err(RegistrationRefusal::BadUri(uri.clone()));
        }
    }
    let lists = [
        ("origins", &client.origins),
        ("resources", &client.tokens.resources),
        ("serves", &client.tokens.serves),
        (
            "post_logout_redirect_uris",
            &logout.post_logout_redirect_uris,
        ),
        ("request_uris", &client.requests.request_uris),
    ];
    for (name, list) in lists {
        if list.len() > URIS_MAX {
            return Err(RegistrationRefusal::TooMany(name));
        }
    }
    if let Some(origin) = client.origins.iter().find(|text| !is_origin(text, plain)) {
        return Err(RegistrationRefusal::BadOrigin(origin.clone()));
    }
    let mut resources = client.tokens.resources.iter().chain(&client.tokens.serves);
    match resources.find(|text| !is_resource(text)) {
        None => Ok(()),
        Some(resource) => Err(RegistrationRefusal::BadResource(resource.clone())),
    }
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

/// Whether it signs anything or shows a certificate by its registration, or anything is encrypted to it.
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
