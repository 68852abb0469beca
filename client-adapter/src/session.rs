//! A session of a person at this platform, and where sessions are kept: [`SessionStore`].
//!
//! Owns what must be remembered while somebody is signed in. Does not know cookies, or what the platform
//! itself remembers of a person: keep that under the same [`SessionKey`].

use std::fmt;

use protocol::claims::{CertificateClaims, ContactClaims, EnterpriseClaims};
use serde::{Deserialize, Serialize};

use crate::pending::Stored;
use crate::secret::Secret;
use crate::signed_in::{SignedIn, Tokens};

/// How far the clocks of a provider's processes may be from one another.
const PROVIDER_SKEW_SECONDS: i64 = 5;

/// Names one session: the value of the session cookie.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionKey(Secret);

impl SessionKey {
    /// A key for a session that begins.
    pub(crate) fn random() -> Self {
        Self(Secret::random())
    }

    /// Reads a cookie; anything that is not a key of ours is nothing.
    pub fn of_cookie(value: &str) -> Option<Self> {
        Secret::looks_random(value).then(|| Self(Secret::new(value)))
    }

    /// The cookie's value.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[session]")
    }
}

/// Somebody who is signed in. Holds secrets: keep it at the server, or encrypted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Names the enterprise at this provider, for good.
    pub sub: String,
    /// The provider's session (`sid`).
    pub session_id: String,
    /// When the lock signed, seconds since the Unix epoch.
    pub auth_time: i64,
    /// How.
    pub acr: String,
    /// When the ID token of the sign-in was issued, by the provider's clock. Not what refreshing brings.
    #[serde(default)]
    pub issued_at: i64,
    /// Who it is, as userinfo said at the sign-in.
    pub enterprise: Option<EnterpriseClaims>,
    /// The lock.
    pub certificate: Option<CertificateClaims>,
    /// How to reach it.
    pub contact: Option<ContactClaims>,
    /// The newest tokens.
    pub tokens: Tokens,
    /// When it ends by itself, seconds since the Unix epoch.
    pub expires_at: i64,
    pub(crate) nonce: Secret,
    /// Whether the last refreshed ID token was refused: the next one has to come, and to be right.
    #[serde(default)]
    pub(crate) owes_id_token: bool,
}

impl Session {
    pub(crate) fn of(signed_in: SignedIn, expires_at: i64) -> Self {
        Self {
            sub: signed_in.sub,
            session_id: signed_in.session_id,
            auth_time: signed_in.auth_time,
            acr: signed_in.acr,
            issued_at: signed_in.issued_at,
            enterprise: signed_in.enterprise,
            certificate: signed_in.certificate,
            contact: signed_in.contact,
            tokens: signed_in.tokens,
            expires_at,
            nonce: signed_in.nonce,
            owes_id_token: false,
        }
    }

    /// Puts `tokens`, which a refresh brought, in the place of the old ones.
    pub fn renew(&mut self, tokens: Tokens) {
        self.tokens = tokens;
        self.owes_id_token = false;
    }

    /// Puts the refresh token that came with a refused ID token
    /// ([`RefreshError::IdToken`](crate::RefreshError::IdToken)) in the place of the one that is spent. The session
    /// has nothing else of that answer, and the next refresh must bring an ID token that is right.
    pub fn keep_refresh_token(&mut self, refresh_token: Secret) {
        self.tokens.refresh_token = Some(refresh_token);
        self.owes_id_token = true;
    }
}

/// Which sessions the provider says have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndedSessions {
    /// Those that began in this session of the provider (`sid`).
    InSession(String),
    /// All of this enterprise (`sub`).
    OfSubject(String),
}

impl EndedSessions {
    /// Whether `session` is one of them.
    pub fn include(&self, session: &Session) -> bool {
        match self {
            Self::InSession(sid) => *sid == session.session_id,
            Self::OfSubject(sub) => *sub == session.sub,
        }
    }
}

/// A sign-out that the provider told of. It also counts against sign-ins that were under way: tokens that were issued
/// before it begin no session after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLogout {
    /// Which sessions ended.
    pub ended: EndedSessions,
    /// When the provider said so, by its own clock.
    pub issued_at: i64,
    /// When they ended, by the same clock, where the provider tells: it may say so late, to a platform that was away.
    /// What it issued after that is of a sign-in that came later, be it in the same session of the provider.
    pub happened_at: Option<i64>,
    /// Names the logout token, which counts once.
    pub jti: String,
    /// So long the token could come again, seconds since the Unix epoch.
    pub token_until: i64,
    /// So long to remember which sessions ended.
    pub remember_until: i64,
}

impl ProviderLogout {
    /// Whether `session`, which is about to begin, is of a sign-in that this ended.
    pub fn forestalls(&self, session: &Session) -> bool {
        // In the same second nobody knows which came first.
        let at = self.happened_at.unwrap_or(self.issued_at);
        session.issued_at <= at && self.ended.include(session)
    }

    /// Whether `session`, which is under way, ends by this. Where it began so shortly after that the clocks of the
    /// provider's processes may have it wrong, it ends too: the person signs in once more.
    pub fn ends(&self, session: &Session) -> bool {
        let is_later = |at: i64| session.issued_at > at.saturating_add(PROVIDER_SKEW_SECONDS);
        self.ended.include(session) && !self.happened_at.is_some_and(is_later)
    }
}

/// Where sessions are kept. [`InMemorySessionStore`](crate::InMemorySessionStore) serves one process; several
/// share a store that answers the same questions. Each call is atomic.
pub trait SessionStore: Send + Sync {
    /// Keeps a new session until [`Session::expires_at`]; `false`, and nothing is kept, if a logout that is
    /// remembered [forestalls](ProviderLogout::forestalls) it.
    fn insert<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool>;

    /// The session, if it is there and has not expired.
    fn find<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>>;

    /// Puts `session` in the place of the one there; `false`, and nothing is kept, if it ended meanwhile.
    fn replace<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool>;

    /// Takes the session out.
    fn remove<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>>;

    /// Removes all sessions that this [ends](ProviderLogout::ends), and remembers the logout: which sessions until
    /// [`ProviderLogout::remember_until`], its `jti` until [`ProviderLogout::token_until`]. Answers how many ended;
    /// `None`, and nothing is done, if the `jti` was remembered. All of it or nothing: where it fails, the same
    /// token may come again.
    fn log_out<'a>(&'a self, logout: &'a ProviderLogout) -> Stored<'a, Option<usize>>;
}
