//! What every flow is given from outside: the moment, randomness, settings.
//!
//! Owns the ports for them. A flow never asks the machine itself, so a test can stand at any moment
//! and draw any number.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::notification::Announcing;
use crate::subject::PairwiseKey;
use crate::timestamp::Timestamp;

/// Source of cryptographic randomness.
pub trait Rng: Send + Sync {
    /// Fills the whole buffer. An outside that can't must end the process, not return.
    fn fill(&self, buffer: &mut [u8]);
}

/// 256 random bits in base64url: nonces' little sisters, codes, cookies, CSRF tokens, secrets.
pub fn random_text(rng: &dyn Rng) -> String {
    let mut octets = [0; 32];
    rng.fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}

/// Settings the rules depend on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuer identifier, without a trailing slash.
    pub issuer: String,
    /// `scheme://host[:port]` of the issuer: what a browser attests and a lock signs.
    pub origin: String,
    /// Whether platforms may be on this machine itself, by plain http: in development alone.
    pub loopback_platforms: bool,
    /// Tokens may be signed with SM2, for platforms that an operator gave it.
    pub sm2_tokens: bool,
    /// How long an authorization code lives. RFC 6749 §4.1.2 allows ten minutes; a minute is enough.
    pub code_lifetime: Duration,
    /// How long an access token lives.
    pub access_token_lifetime: Duration,
    /// How long a grant can be refreshed, from its code on.
    pub refresh_token_lifetime: Duration,
    /// How long after its first use a refresh token is answered as if it were that use: longer than a client waits
    /// for an answer, shorter than a thief needs.
    pub refresh_again: Duration,
    /// How long an ID token is valid.
    pub id_token_lifetime: Duration,
    /// How long a consent just given at the portal lets the platform's request through.
    pub fresh_consent_lifetime: Duration,
    /// A browser session ends after this long without a request.
    pub session_idle: Duration,
    /// A browser session ends after this long in any case.
    pub session_absolute: Duration,
    /// An operator's session ends after this long without a request.
    pub console_idle: Duration,
    /// An operator's session ends after this long in any case.
    pub console_absolute: Duration,
    /// How long an operator's token for the admin API lives.
    pub operator_token_lifetime: Duration,
    /// How long an authorization request waits for the person.
    pub request_lifetime: Duration,
    /// How long a pushed request waits for its platform to send the person (RFC 9126 §2.2).
    pub pushed_lifetime: Duration,
    /// What pairwise subjects are made with.
    pub pairwise_key: PairwiseKey,
    /// Who hears of what happens to an enterprise.
    pub announcing: Announcing,
}

impl Settings {
    /// The defaults for an issuer. `origin` must be the issuer's origin.
    pub fn for_issuer(issuer: impl Into<String>, origin: impl Into<String>) -> Self {
        let issuer = issuer.into();
        Self {
            loopback_platforms: issuer.starts_with("http:"),
            sm2_tokens: false,
            issuer,
            origin: origin.into(),
            code_lifetime: Duration::from_mins(1),
            access_token_lifetime: Duration::from_mins(10),
            refresh_token_lifetime: Duration::from_hours(8),
            refresh_again: Duration::from_secs(10),
            id_token_lifetime: Duration::from_mins(10),
            fresh_consent_lifetime: Duration::from_mins(5),
            session_idle: Duration::from_mins(30),
            session_absolute: Duration::from_hours(8),
            console_idle: Duration::from_mins(15),
            console_absolute: Duration::from_hours(4),
            operator_token_lifetime: Duration::from_mins(10),
            request_lifetime: Duration::from_mins(30),
            pushed_lifetime: Duration::from_secs(90),
            pairwise_key: PairwiseKey::default(),
            announcing: Announcing::default(),
        }
    }
}

/// The outside of one request.
#[derive(Clone)]
pub struct Cx {
    /// The moment of the request.
    pub now: Timestamp,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Settings.
    pub settings: Arc<Settings>,
}

/// Who is on the other side of one request, for the audit trail.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Address of the other side, where known.
    pub remote_address: Option<String>,
    /// Shown to the person should this request be refused.
    pub incident_id: crate::id::IncidentId,
}
