//! Browser session: short-lived, in the ephemeral port. Owns what it holds; knows no cookie.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cx::{Cx, Settings, random_text};
use crate::id::{EnterpriseId, KeyLockId, SessionId};
use crate::timestamp::Timestamp;

/// Who is signed in, in this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// Enterprise.
    pub enterprise_id: EnterpriseId,
    /// The lock that signed.
    pub key_lock_id: KeyLockId,
    /// When it signed.
    pub auth_time: Timestamp,
    /// `sid` for platforms.
    pub session_id: SessionId,
}

/// What we remember of a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSession {
    /// Every form that changes something carries it.
    pub csrf_token: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Absent before login.
    pub authentication: Option<Authentication>,
}

/// Names a session in the ephemeral port: the digest of the cookie, so that whoever reads the port
/// can't make the cookie.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey(String);

impl SessionKey {
    /// The key of a cookie's value.
    pub fn of_cookie(cookie: &str) -> Self {
        Self(hex::encode(Sha256::digest(cookie.as_bytes())))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl BrowserSession {
    /// A new session and the cookie that opens it. Signing in always makes a new one, so a cookie
    /// planted before is worth nothing after.
    pub fn begin(cx: &Cx, authentication: Option<Authentication>) -> (String, Self) {
        let session = Self {
            csrf_token: random_text(&*cx.rng),
            created_at: cx.now,
            authentication,
        };
        (random_text(&*cx.rng), session)
    }

    /// Whether its absolute lifetime is over. The idle lifetime is the port's.
    pub fn is_over(&self, settings: &Settings, now: Timestamp) -> bool {
        now >= self.created_at + settings.session_absolute
    }
}
