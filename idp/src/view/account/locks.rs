//! 02 证书绑定: the enterprise's locks, and 读取证书 → 激活 for another one.

use askama::Template;

use crate::view::{ChallengeForm, Frame, LockRole, Problem, ReadCertificate, page};

/// The locks page.
#[derive(Clone, Debug, Template)]
#[template(path = "account/locks.html")]
pub struct LocksPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Locks in force, then those that ended.
    pub locks: Vec<LockRow<'a>>,
    /// What another lock is asked to sign; absent unless the primary lock is signed in.
    pub challenge: Option<ChallengeForm<'a>>,
    /// What was read of another lock before, when the page comes back.
    pub certificate: Option<ReadCertificate<'a>>,
    /// What was just done, and to which lock (its 证书Key号).
    pub done: Option<(Done, &'a str)>,
    /// Why the activation was refused.
    pub problem: Option<Problem<'a>>,
}

/// What was just done to a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// 激活.
    Activated,
    /// 删除.
    Removed,
    /// 设为主锁.
    Promoted,
}

/// One lock.
#[derive(Clone, Debug)]
pub struct LockRow<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// 证书单位名称.
    pub holder_name: &'a str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// 硬件介质号.
    pub media_number: Option<&'a str>,
    /// The last day of its certificate.
    pub not_after: String,
    /// Where it is in its life.
    pub state: LockState,
    /// 主锁 or 副锁.
    pub role: LockRole,
    /// Days left, where it is due.
    pub days_left: Option<String>,
    /// When it was removed, lost or revoked, where that is known.
    pub ended: Option<String>,
    /// Whether it signed in here.
    pub is_this: bool,
}

/// Where a lock is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockState {
    /// 有效.
    Active,
    /// Its certificate has ended.
    Expired,
    /// 已删除.
    Removed,
    /// 已挂失.
    Lost,
    /// 已吊销.
    Revoked,
}

impl Done {
    const fn key(self) -> &'static str {
        match self {
            Self::Activated => "locks-done-activated",
            Self::Removed => "locks-done-removed",
            Self::Promoted => "locks-done-promoted",
        }
    }
}

impl LockState {
    const fn key(self) -> &'static str {
        match self {
            Self::Active => "lock-state-active",
            Self::Expired => "lock-state-expired",
            Self::Removed => "lock-state-removed",
            Self::Lost => "lock-state-lost",
            Self::Revoked => "lock-state-revoked",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Active => "tag tag-good",
            Self::Expired | Self::Lost | Self::Revoked => "tag tag-warn",
            Self::Removed => "tag",
        }
    }

    const fn is_in_force(self) -> bool {
        matches!(self, Self::Active | Self::Expired)
    }
}

impl LockRow<'_> {
    pub(super) const fn role_key(&self) -> &'static str {
        self.role.key()
    }

    const fn is_promotable(&self) -> bool {
        matches!(self.state, LockState::Active) && matches!(self.role, LockRole::Secondary)
    }

    const fn is_changeable(&self) -> bool {
        self.state.is_in_force() && matches!(self.role, LockRole::Secondary)
    }
}

impl LocksPage<'_> {
    fn is_due(&self) -> bool {
        self.locks.iter().any(|lock| lock.days_left.is_some())
    }
}

page!(LocksPage, 20 * 1024);
