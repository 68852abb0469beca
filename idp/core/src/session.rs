//! Browser session: short-lived, in the ephemeral port; and the record of each sign-in, which stays.
//!
//! Owns what both hold and when a sign-in counts. Knows no cookie.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cx::{Cx, Settings, random_text};
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::id::{EnterpriseId, IncidentId, KeyLockId, SessionId};
use crate::key_lock::{KeyLock, KeyLockState};
use crate::place::Place;
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

/// The refusal that a browser was last shown, so that the page can be read again in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownRefusal {
    /// The machine word.
    pub code: String,
    /// What it is called to the support desk.
    pub incident_id: IncidentId,
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

    /// The key of what programs do under this name; no cookie has it.
    pub fn of_program(name: &str) -> Self {
        Self(format!("program {name}"))
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

/// Longest user agent that is kept, in characters.
const USER_AGENT_MAX: usize = 160;

/// How a sign-in ended before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnding {
    /// The person signed out.
    SignedOut,
    /// The same browser signed in anew.
    Replaced,
    /// The enterprise ended it from its account.
    EndedByEnterprise,
    /// Its lock was removed, lost or revoked, or has another key.
    LockEnded,
    /// An operator froze or renamed the enterprise.
    EndedByOperator,
}

impl SessionEnding {
    /// Every ending there is.
    pub const ALL: [Self; 5] = [
        Self::SignedOut,
        Self::Replaced,
        Self::EndedByEnterprise,
        Self::LockEnded,
        Self::EndedByOperator,
    ];

    /// The word in the database and on pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Replaced => "replaced",
            Self::EndedByEnterprise => "ended-by-enterprise",
            Self::LockEnded => "lock-ended",
            Self::EndedByOperator => "ended-by-operator",
        }
    }

    /// The ending a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.as_str() == word)
    }
}

/// One sign-in, on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// `sid`.
    pub id: SessionId,
    /// The first sign-in of the row that this one continues: the same enterprise signed again in the same browser
    /// while it was signed in. Itself where it continues none.
    pub root_id: SessionId,
    /// Who.
    pub enterprise_id: EnterpriseId,
    /// With which lock.
    pub key_lock_id: KeyLockId,
    /// When the lock signed.
    pub begun_at: Timestamp,
    /// When a request last came, to the minute or so.
    pub seen_at: Timestamp,
    /// Address of the other side at sign-in.
    pub remote_address: Option<String>,
    /// What the browser called itself at sign-in.
    pub user_agent: Option<String>,
    /// When and how it ended before its time.
    pub ended: Option<(Timestamp, SessionEnding)>,
}

/// Sign-ins that began before, or were seen before, are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveSince {
    /// The longest lifetime ago.
    pub begun: Timestamp,
    /// The longest time without a request ago.
    pub seen: Timestamp,
}

impl LiveSince {
    /// As of a moment.
    pub fn at(settings: &Settings, now: Timestamp) -> Self {
        Self {
            begun: now - settings.session_absolute,
            seen: now - (settings.session_idle + SEEN_EVERY),
        }
    }
}

/// Where a sign-in is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// It counts.
    Live,
    /// Its time is over: too long without a request, or too long at all.
    Over,
    /// It was ended.
    Ended(Timestamp, SessionEnding),
}

impl SessionRecord {
    /// The record of a sign-in that begins now.
    pub fn begin(
        authentication: &Authentication,
        remote_address: Option<String>,
        user_agent: Option<&str>,
    ) -> Self {
        let seen = |agent: &str| {
            let visible = agent.chars().filter(|c| !c.is_control());
            visible.take(USER_AGENT_MAX).collect()
        };
        Self {
            id: authentication.session_id.clone(),
            root_id: authentication.session_id.clone(),
            enterprise_id: authentication.enterprise_id.clone(),
            key_lock_id: authentication.key_lock_id.clone(),
            begun_at: authentication.auth_time,
            seen_at: authentication.auth_time,
            remote_address,
            user_agent: user_agent.map(seen),
            ended: None,
        }
    }

    /// The same, in the row of a sign-in that it takes the place of.
    #[must_use]
    pub fn continuing(self, former: &Self) -> Self {
        Self {
            root_id: former.root_id.clone(),
            ..self
        }
    }

    /// From where it came.
    pub fn place(&self) -> Place {
        Place::of(self.remote_address.as_deref(), self.user_agent.as_deref())
    }

    /// Where it is in its life. `seen_at` is up to a minute old, so the idle time is that much longer here
    /// than in the ephemeral port, which decides.
    pub fn stage(&self, settings: &Settings, now: Timestamp) -> SessionStage {
        if let Some((at, ending)) = self.ended {
            return SessionStage::Ended(at, ending);
        }
        let idle = self.seen_at + settings.session_idle + SEEN_EVERY;
        let absolute = self.begun_at + settings.session_absolute;
        if now >= idle.min(absolute) {
            SessionStage::Over
        } else {
            SessionStage::Live
        }
    }

    /// Whether it is time to note that a request came.
    pub fn is_seen_long_ago(&self, now: Timestamp) -> bool {
        now.since(self.seen_at) >= SEEN_EVERY
    }
}

/// How often it is noted at most that a session is in use.
pub const SEEN_EVERY: std::time::Duration = std::time::Duration::from_mins(1);

/// Which sign-ins of an enterprise, or what was given in them and in those that they continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// This one.
    One(&'a SessionId),
    /// Every one but this.
    AllBut(&'a SessionId),
    /// Those of one lock.
    OfLock(&'a KeyLockId),
    /// Those of one lock, every one but this.
    OfLockBut(&'a KeyLockId, &'a SessionId),
    /// Every one.
    All,
}

/// A sign-in and what it stands on, read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStanding {
    /// The record.
    pub session: SessionRecord,
    /// The lock that signed.
    pub key_lock: KeyLock,
    /// Whose it is.
    pub enterprise: Enterprise,
}

impl SessionStanding {
    /// Whether the sign-in still counts: any part ended ends it. Its time is the browser session's.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.session.ended.is_none()
            && self.key_lock.state == KeyLockState::Active
            && now <= self.key_lock.not_after
            && self.enterprise.state == EnterpriseState::Active
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const BEGUN: Timestamp = Timestamp::from_unix_seconds(1_795_000_000);
    const MINUTE: Duration = Duration::from_mins(1);

    fn session() -> SessionRecord {
        let authentication = Authentication {
            enterprise_id: EnterpriseId::from_text("enterprise"),
            key_lock_id: KeyLockId::from_text("lock"),
            auth_time: BEGUN,
            session_id: SessionId::from_text("session"),
        };
        let agent = format!("Browser\n{}", "x".repeat(500));
        SessionRecord::begin(&authentication, None, Some(&agent))
    }

    #[test]
    fn a_sign_in_is_live_until_it_is_idle_too_long_old_or_ended() {
        let settings = Settings::for_issuer("https://idp.example", "https://idp.example");
        let (idle, absolute) = (settings.session_idle, settings.session_absolute);
        let mut session = session();
        let stage = |session: &SessionRecord, at| session.stage(&settings, at);
        assert_eq!(stage(&session, BEGUN + idle), SessionStage::Live);
        assert_eq!(stage(&session, BEGUN + idle + MINUTE), SessionStage::Over);
        session.seen_at = BEGUN + absolute - MINUTE;
        assert_eq!(
            stage(&session, BEGUN + absolute - MINUTE / 2),
            SessionStage::Live
        );
        assert_eq!(stage(&session, BEGUN + absolute), SessionStage::Over);
        session.ended = Some((BEGUN, SessionEnding::SignedOut));
        let ended = SessionStage::Ended(BEGUN, SessionEnding::SignedOut);
        assert_eq!(stage(&session, BEGUN), ended);
    }

    #[test]
    fn use_is_noted_once_a_minute_and_a_browsers_name_is_short_and_readable() {
        let session = session();
        assert!(!session.is_seen_long_ago(BEGUN + MINUTE / 2));
        assert!(session.is_seen_long_ago(BEGUN + MINUTE));
        let agent = session.user_agent.unwrap();
        assert_eq!(agent.chars().count(), USER_AGENT_MAX);
        assert!(agent.starts_with("Browserx"));
    }
}
