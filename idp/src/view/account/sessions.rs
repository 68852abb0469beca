//! 04 登录记录 and 05 在线会话: sign-ins that were, and those that are live.

use askama::Template;

use crate::view::{Frame, LockRole, page};

/// The sign-in history.
#[derive(Clone, Debug, Template)]
#[template(path = "account/history.html")]
pub struct HistoryPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Newest first.
    pub sessions: Vec<SessionRow<'a>>,
    /// How many are shown at most.
    pub most: &'a str,
    /// For how many days they are kept.
    pub days: &'a str,
}

/// The live sessions.
#[derive(Clone, Debug, Template)]
#[template(path = "account/sessions.html")]
pub struct SessionsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Newest first.
    pub sessions: Vec<SessionRow<'a>>,
    /// Whether one of them was just ended, or all others.
    pub ended: bool,
    /// How many are shown at most, where there may be more.
    pub most: Option<String>,
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct SessionRow<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// 证书Key号 of its lock.
    pub key_number: &'a str,
    /// 主锁 or 副锁, as the lock is now.
    pub role: Option<LockRole>,
    /// When it began.
    pub begun: String,
    /// When a request last came.
    pub seen: String,
    /// Address of the other side.
    pub address: &'a str,
    /// What the browser called itself.
    pub agent: &'a str,
    /// Where it is in its life.
    pub stage: SessionStage,
    /// When it ended, where it was ended.
    pub ended: Option<String>,
    /// Whether it is the session of this page.
    pub is_this: bool,
    /// Whether it can be ended from here.
    pub can_end: bool,
}

/// Where a sign-in is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// It counts.
    Live,
    /// Its time is over.
    Over,
    /// The person signed out.
    SignedOut,
    /// The same browser signed in anew.
    Replaced,
    /// The enterprise ended it here.
    EndedByEnterprise,
    /// Its lock ended.
    LockEnded,
    /// An operator ended it.
    EndedByOperator,
}

impl SessionStage {
    const fn key(self) -> &'static str {
        match self {
            Self::Live => "session-live",
            Self::Over => "session-over",
            Self::SignedOut => "session-signed-out",
            Self::Replaced => "session-replaced",
            Self::EndedByEnterprise => "session-ended-by-enterprise",
            Self::LockEnded => "session-lock-ended",
            Self::EndedByOperator => "session-ended-by-operator",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Live => "tag tag-good",
            _ => "tag",
        }
    }
}

impl SessionRow<'_> {
    const fn role_key(&self) -> &'static str {
        match self.role {
            Some(role) => role.key(),
            None => "bind-not-read",
        }
    }
}

impl SessionsPage<'_> {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|s| s.can_end && !s.is_this)
    }
}

page!(HistoryPage, 24 * 1024);
page!(SessionsPage, 12 * 1024);
