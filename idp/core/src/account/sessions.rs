//! Ending sign-ins from the account pages. The primary lock ends any of its enterprise; a secondary lock
//! its own alone, so that it can't keep the primary lock out.

use protocol::claims::LockRole;

use super::event;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_standing;
use crate::id::SessionId;
use crate::presence::Present;
use crate::session::{SessionEnding, SessionRecord, Which};
use crate::store::{Store, StoreError};

/// Sign-ins of an enterprise among which a secondary lock's own are looked for.
const LOOKED_AT: u32 = 500;

/// Why a sign-in is not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRefusal {
    /// Not of this enterprise, not of this lock where that is a secondary one, or ended before.
    Unknown,
}

/// Whether this session may end that sign-in.
pub fn is_theirs(present: &Present, session: &SessionRecord) -> bool {
    session.enterprise_id == present.enterprise.id
        && (present.key_lock.role == LockRole::Primary
            || session.key_lock_id == present.key_lock.id)
}

/// Ends one sign-in and what was given in it.
pub fn end_session(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    id: &SessionId,
) -> Result<Result<(), SessionRefusal>, StoreError> {
    let standing = store.find_session_standing(id)?;
    if !standing.is_some_and(|standing| is_theirs(present, &standing.session)) {
        return Ok(Err(SessionRefusal::Unknown));
    }
    Ok(match end(store, cx, caller, present, Which::One(id))? {
        0 => Err(SessionRefusal::Unknown),
        _ => Ok(()),
    })
}

/// Ends every other sign-in that this session may end; answers how many.
pub fn end_other_sessions(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
) -> Result<usize, StoreError> {
    let own = &present.authentication.session_id;
    if present.key_lock.role == LockRole::Primary {
        return end(store, cx, caller, present, Which::AllBut(own));
    }
    let mut ended = 0;
    for session in store.list_sessions(&present.enterprise.id, LOOKED_AT)? {
        let is_other = session.id != *own && session.ended.is_none();
        if is_other && is_theirs(present, &session) {
            ended += end(store, cx, caller, present, Which::One(&session.id))?;
        }
    }
    Ok(ended)
}

fn end(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    present: &Present,
    which: Which<'_>,
) -> Result<usize, StoreError> {
    let ending = (which, SessionEnding::EndedByEnterprise);
    let ended = end_standing(store, cx, &present.enterprise.id, ending)?;
    if ended > 0 {
        let named = match which {
            Which::One(id) => id.to_string(),
            Which::AllBut(_) | Which::OfLock(_) | Which::All => format!("{ended} others"),
        };
        store.append_audit(&AuditEvent {
            detail: Some(named),
            ..event(cx, caller, present, AuditKind::SessionsEnded)
        })?;
    }
    Ok(ended)
}
