//! Client authentication (RFC 6749 §2.3, RFC 7523 §3, `OpenID` Connect Core §9).
//!
//! Owns the comparison of secrets and the checks on an assertion. Whether an assertion came before is
//! the caller's to ask the ephemeral port: [`Authenticated::assertion_jti`] says with what.

use protocol::claims::Audience;
use serde::Deserialize;

use super::TokenRefusal;
use super::assertion_claims::{AssertionClaims, Untimely};
use super::certificate_authentication::{ShownCertificate, check_issued, check_registered};
use crate::client_jwt::{self, CLIENT_JWT_MAX, Header};
use crate::cx::Cx;
use crate::platform::{Client, ClientAuthentication, Platform, PlatformState, is_digest};
use crate::timestamp::Timestamp;

pub use crate::platform::authentication::{CERTIFICATE_METHODS, METHODS, secret_sha256};

/// An assertion may live this long at most, so that the replay set stays small.
const ASSERTION_MAX_SECONDS: i64 = 600;

/// `client_assertion_type` of RFC 7523 §2.2.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `typ` of an assertion; absent stands for the first.
const TYPES: [&str; 2] = ["JWT", "client-authentication+jwt"];

/// Algorithms an assertion may be signed with. Never a symmetric one.
pub const ASSERTION_ALGORITHMS: [&str; 3] = ["ES256", "PS256", "RS256"];

/// What a request presents. Holds secrets: no `Debug`.
pub enum Presented {
    /// `client_id` alone, or with a certificate beside the request.
    Nothing,
    /// By header or body.
    Secret(String),
    /// `client_assertion`.
    Assertion(String),
}

/// A client that proved itself. Only [`authenticate`] makes it.
#[derive(Debug)]
pub struct Authenticated {
    assertion: Option<(String, Timestamp)>,
}

impl Authenticated {
    /// `jti` and expiry of the assertion, where there was one: must be new.
    pub fn assertion_jti(&self) -> Option<(&str, Timestamp)> {
        self.assertion
            .as_ref()
            .map(|(jti, exp)| (jti.as_str(), *exp))
    }
}

/// Reads the `sub` of an assertion without believing it, to look the client up.
pub fn unverified_client_id(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Sub {
        sub: String,
    }
    if assertion.len() > CLIENT_JWT_MAX {
        return None;
    }
    jsonwebtoken::dangerous::insecure_decode::<Sub>(assertion)
        .ok()
        .map(|token| token.claims.sub)
        .filter(|sub| !sub.chars().any(char::is_control))
}

const FAILED: TokenRefusal = TokenRefusal::InvalidClient("client authentication failed");

/// Checks what a client presents against its registration. The answer never says which part was wrong; who proved itself is
/// told where nobody may go there now.
///
/// `keys` are the client's as of now, gathered before where it has any; `shown`, a certificate whose key was proven.
pub fn authenticate(
    cx: &Cx,
    platform: Option<&Platform>,
    presented: &Presented,
    keys: Option<&serde_json::Value>,
    shown: Option<&ShownCertificate<'_>>,
) -> Result<Authenticated, TokenRefusal> {
    let proven = prove(cx, platform, presented, keys, shown)?;
    let presented_nothing = platform
        .and_then(Platform::known_client)
        .is_some_and(is_public);
    match platform.map(|platform| platform.state) {
        Some(PlatformState::Active) => Ok(proven),
        // Who proves nothing learns nothing.
        _ if presented_nothing => Err(FAILED),
        Some(PlatformState::Pending) => Err(TokenRefusal::UnauthorizedClient(
            "this platform waits for the approval of an operator",
        )),
        _ => Err(TokenRefusal::UnauthorizedClient(
            "this platform is suspended by an operator",
        )),
    }
}

fn prove(
    cx: &Cx,
    platform: Option<&Platform>,
    presented: &Presented,
    keys: Option<&serde_json::Value>,
    shown: Option<&ShownCertificate<'_>>,
) -> Result<Authenticated, TokenRefusal> {
    const NO_KEYS: TokenRefusal =
        TokenRefusal::InvalidClient("the keys of the client can't be had");
    const NOT_SHOWN: TokenRefusal = TokenRefusal::InvalidClient("no client certificate was shown");
    let client = platform.and_then(Platform::known_client);
    // Before anything is decided: whoever is unknown or proves itself otherwise takes as long as a wrong secret.
    let has_secret = match presented {
        Presented::Secret(secret) => is_secret_of(cx, client, secret),
        Presented::Nothing | Presented::Assertion(_) => false,
    };
    let client = client.ok_or(FAILED)?;
    let client_id = platform.map_or("", |p| p.id.as_str());
    match (&client.authentication, presented) {
        (ClientAuthentication::None, Presented::Nothing) => Ok(Authenticated { assertion: None }),
        (ClientAuthentication::ClientSecret { .. }, Presented::Secret(_)) => has_secret
            .then_some(Authenticated { assertion: None })
            .ok_or(FAILED),
        (ClientAuthentication::PrivateKeyJwt, Presented::Assertion(assertion)) => {
            let keys = keys.ok_or(NO_KEYS)?;
            check_assertion(cx, client_id, (client, keys), assertion)
        }
        (ClientAuthentication::TlsClientAuth { subject }, Presented::Nothing) => {
            check_issued(cx, subject, shown.ok_or(NOT_SHOWN)?)?;
            Ok(Authenticated { assertion: None })
        }
        (ClientAuthentication::SelfSignedTlsClientAuth, Presented::Nothing) => {
            let shown = shown.ok_or(NOT_SHOWN)?;
            check_registered(cx, keys.ok_or(NO_KEYS)?, shown.certificate)?;
            Ok(Authenticated { assertion: None })
        }
        _ => Err(FAILED),
    }
}

/// Whether a secret is the client's, or was and is taken yet. The same work whoever asks, known or not: one digest, and two
/// comparisons in constant time.
pub fn is_secret_of(cx: &Cx, client: Option<&Client>, secret: &str) -> bool {
    let (current, previous) = match client.map(|client| &client.authentication) {
        Some(ClientAuthentication::ClientSecret { sha256, previous }) => {
            let previous = previous.as_ref().filter(|previous| cx.now < previous.until);
            let previous = previous.map(|previous| previous.sha256.as_str());
            (Some(sha256.as_str()), previous)
        }
        _ => (None, None),
    };
    let presented = secret_sha256(secret);
    (is_digest(&presented, current) | is_digest(&presented, previous)).into()
}

/// Whether the method a client registered with needs nothing presented.
pub fn is_public(client: &Client) -> bool {
    client.authentication == ClientAuthentication::None
}

/// The issuer; or, as older clients have it, an endpoint that assertions are sent to (RFC 7523 §3, RFC 9126 §2). Under
/// FAPI 2.0 (§5.3.2.1) the issuer alone, as one text: what is for others too could be used by them.
fn is_for_us(cx: &Cx, client: &Client, audience: &Audience) -> bool {
    let issuer = &cx.settings.issuer;
    let named = |aud: &String| {
        let endpoint = aud.strip_prefix(issuer.as_str());
        endpoint.is_some_and(|path| ["", "/oauth2/token", "/oauth2/par"].contains(&path))
    };
    match audience {
        Audience::One(aud) if client.is_fapi2() => aud == issuer,
        Audience::Many(_) if client.is_fapi2() => false,
        Audience::One(aud) => named(aud),
        Audience::Many(auds) => auds.iter().any(named),
    }
}

fn check_assertion(
    cx: &Cx,
    client_id: &str,
    (client, keys): (&Client, &serde_json::Value),
    assertion: &str,
) -> Result<Authenticated, TokenRefusal> {
    // What is something else by its own word is no assertion, whoever signed it (RFC 8725 §3.11).
    let header = Header::read(assertion);
    let typ = header
        .as_ref()
        .map_or("", |header| header.text("typ").unwrap_or("JWT"));
    if !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known)) {
        return Err(TokenRefusal::InvalidClient(
            "client_assertion has the typ of something else",
        ));
    }
    let claims: AssertionClaims = client_jwt::verified(client, keys, assertion).ok_or(
        TokenRefusal::InvalidClient("client_assertion is not signed by a registered key"),
    )?;
    // RFC 7523 §3: iss and sub are the client; aud names this provider.
    if claims.iss != client_id || claims.sub != client_id {
        return Err(TokenRefusal::InvalidClient(
            "client_assertion iss and sub must be the client_id",
        ));
    }
    if !is_for_us(cx, client, &claims.aud) {
        return Err(TokenRefusal::InvalidClient(
            "client_assertion aud does not name this issuer",
        ));
    }
    let timely = claims.check_time(cx.now, ASSERTION_MAX_SECONDS);
    timely.map_err(|untimely| {
        TokenRefusal::InvalidClient(match untimely {
            Untimely::Expired => "client_assertion has expired",
            Untimely::TooFarAhead => "exp of client_assertion is more than ten minutes ahead",
            Untimely::NotYet => "nbf or iat of client_assertion is in the future",
        })
    })?;
    if !claims.has_jti() {
        return Err(TokenRefusal::InvalidClient(
            "client_assertion jti is malformed",
        ));
    }
    let expires = claims.counts_until();
    Ok(Authenticated {
        assertion: Some((claims.jti, expires)),
    })
}
