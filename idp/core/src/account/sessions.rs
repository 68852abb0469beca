//! Ending sign-ins from the account pages. The primary lock ends any of its enterprise; a secondary lock
//! its own alone, so that it can't keep the primary lock out.

use protocol::claims::LockRole;

use super::{AccountRefusal, event, present_now, refuse};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_standing;
use crate::id::SessionId;
use crate::presence::Present;
use crate::session::{Authentication, SessionEnding, SessionRecord, Which};
use crate::store::{Store, StoreError};

/// What is to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToEnd {
    /// This sign-in.
    One(SessionId),
    /// Every other sign-in that this session may end.
    Others,
    /// Every sign-in that this session may end, itself too.
    All,
}

/// Whether this session may end that sign-in.
pub fn is_theirs(present: &Present, session: &SessionRecord) -> bool {
    session.enterprise_id == present.enterprise.id
        && (present.key_lock.role == LockRole::Primary
            || session.key_lock_id == present.key_lock.id)
}

/// Ends sign-ins and what was given in them; answers how many.
pub fn end_sessions(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (authentication, to_end): (&Authentication, &ToEnd),
) -> Result<Result<usize, AccountRefusal>, StoreError> {
    let present = match present_now(store, cx, caller, authentication)? {
        Ok(present) => present,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let unknown = AccountRefusal::SessionUnknown;
    if let ToEnd::One(id) = to_end {
        let standing = store.find_session_standing(id)?;
        if !standing.is_some_and(|standing| is_theirs(&present, &standing.session)) {
            return refuse(store, cx, caller, (authentication, unknown, id.as_str()));
        }
    }
    let ending = (which(&present, to_end), SessionEnding::EndedByEnterprise);
    let ended = end_standing(store, cx, &present.enterprise.id, ending)?;
    let named = match to_end {
        // It ended by itself, or in this moment.
        ToEnd::One(id) if ended == 0 => {
            return refuse(store, cx, caller, (authentication, unknown, id.as_str()));
        }
        ToEnd::One(id) => id.to_string(),
        ToEnd::Others => format!("{ended} others"),
        ToEnd::All => format!("all {ended}"),
    };
    if ended > 0 {
        store.append_audit(&AuditEvent {
            detail: Some(named),
            ..event(cx, caller, authentication, AuditKind::SessionsEnded)
        })?;
    }
    Ok(Ok(ended))
}

fn which<'a>(present: &'a Present, to_end: &'a ToEnd) -> Which<'a> {
    let (own, lock) = (&present.session.id, &present.key_lock.id);
    match (to_end, present.key_lock.role) {
        (ToEnd::One(id), _) => Which::One(id),
        (ToEnd::Others, LockRole::Primary) => Which::AllBut(own),
        (ToEnd::Others, LockRole::Secondary) => Which::OfLockBut(lock, own),
        (ToEnd::All, LockRole::Primary) => Which::All,
        (ToEnd::All, LockRole::Secondary) => Which::OfLock(lock),
    }
}
