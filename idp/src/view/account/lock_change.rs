//! Confirming what happens to a secondary lock: 删除, or 设为主锁 by the primary lock's signature.

use askama::Template;

use super::LockRow;
use crate::view::{ChallengeForm, Frame, Problem, page};

/// Confirming 删除.
#[derive(Clone, Debug, Template)]
#[template(path = "account/remove_lock.html")]
pub struct RemoveLockPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// The lock.
    pub lock: LockRow<'a>,
}

/// Asking the primary lock to make way.
#[derive(Clone, Debug, Template)]
#[template(path = "account/promote_lock.html")]
pub struct PromoteLockPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// The secondary lock.
    pub lock: LockRow<'a>,
    /// What the primary lock is asked to sign.
    pub challenge: ChallengeForm<'a>,
    /// Why the last attempt was refused.
    pub problem: Option<Problem<'a>>,
}

page!(RemoveLockPage, 6 * 1024);
page!(PromoteLockPage, 16 * 1024);
