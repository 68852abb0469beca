//! The platforms behind the redirect, and where everybody is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded::Serializer;

use crate::provider::Registration;

/// `code_verifier` of every request (RFC 7636 §4.1); a constant costs the server the same.
pub const VERIFIER: &str = "load-load-load-load-load-load-load-load-load-load-load-load-1234";
/// Where platforms take codes. Nobody follows it.
pub const REDIRECT_URI: &str = "https://platform.example/callback";

/// What the platform that remembers asks tokens of its own for.
pub const RESOURCE: &str = "https://archive.example/";

/// Where everybody is.
pub struct Scene {
    /// Issuer identifier.
    pub issuer: String,
    /// Where the provider listens.
    pub port: u16,
    /// Where bare actix-web listens.
    pub bare_port: u16,
    /// A platform whose consent page comes every time.
    pub asks: Platform,
    /// A platform whose consent stands.
    pub remembers: Platform,
}

/// A platform.
pub struct Platform {
    /// `client_id`
    pub id: String,
    /// `Authorization` at the token endpoint.
    pub authorization: String,
    /// Path and query of its request, but for `state`.
    pub authorize: String,
}

/// The token response.
#[derive(Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the member names are those of RFC 6749"
)]
pub struct Tokens {
    /// `access_token`
    pub access_token: String,
    /// `id_token`
    pub id_token: String,
    /// `refresh_token`, where the platform gets one.
    pub refresh_token: Option<String>,
}

impl Platform {
    /// As registered.
    pub fn new(registration: Registration) -> Self {
        let Registration {
            client_id,
            client_secret,
        } = registration;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &client_id)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("scope", "openid enterprise certificate contact")
            .append_pair("nonce", "n-0S6_WzA2Mj")
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        let secret = STANDARD.encode(format!("{client_id}:{client_secret}"));
        Self {
            authorization: format!("Basic {secret}"),
            authorize: format!("/oauth2/authorize?{query}"),
            id: client_id,
        }
    }
}
