//! Sign-ins and consents that an operator ends: for somebody who can't do it any more, or must not go on.

use pki::holder::credit_code::CreditCode;

use super::{OperateError, OperateRefusal, Order, event, find};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::ending::end_standing;
use crate::id::{ConsentId, KeyLockId, PlatformId, SessionId};
use crate::session::{SessionEnding, Which};
use crate::store::Store;
use crate::taking_back::take_back;

/// Which sign-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIns {
    /// This one.
    One(SessionId),
    /// Those with one lock.
    OfLock(KeyLockId),
    /// Every one.
    All,
}

/// Ends sign-ins of an enterprise and what was given in them; answers how many.
pub fn end_sign_ins(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (sign_ins, order): (&SignIns, &Order),
) -> Result<usize, OperateError> {
    let enterprise = find(store, code)?;
    // First, as everywhere.
    store.hold_enterprise(&enterprise.id)?;
    let which = match sign_ins {
        SignIns::One(id) => {
            let standing = store.find_session_standing(id)?;
            let is_theirs = standing.is_some_and(|s| s.session.enterprise_id == enterprise.id);
            if !is_theirs {
                return Err(OperateRefusal::UnknownSignIn(id.clone()).into());
            }
            Which::One(id)
        }
        SignIns::OfLock(id) => {
            let locks = store.list_key_locks(&enterprise.id)?;
            if !locks.iter().any(|lock| lock.id == *id) {
                return Err(OperateRefusal::UnknownLock(id.clone()).into());
            }
            Which::OfLock(id)
        }
        SignIns::All => Which::All,
    };
    let ending = (which, SessionEnding::EndedByOperator);
    let ended = end_standing(store, cx, &enterprise.id, ending)?;
    let (session_id, key_lock_id) = match sign_ins {
        SignIns::One(_) if ended == 0 => {
            return Err(OperateRefusal::Nothing("the sign-in has ended already").into());
        }
        SignIns::One(id) => (Some(id.clone()), None),
        SignIns::OfLock(id) => (None, Some(id.clone())),
        SignIns::All => (None, None),
    };
    // Where no sign-in ended, grants may have.
    let what = format!("{ended} sign-ins");
    store.append_audit(&AuditEvent {
        key_lock_id,
        session_id,
        ..event(cx, &enterprise, order, (AuditKind::SessionsEnded, &what))
    })?;
    Ok(ended)
}

/// Takes a consent in force back; answers its record. It stands with the lock by which, and in the language in which, the consent was
/// given.
pub fn take_consent_back(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (platform, order): (&PlatformId, &Order),
) -> Result<ConsentId, OperateError> {
    let enterprise = find(store, code)?;
    store.hold_enterprise(&enterprise.id)?;
    let standing = store.hold_standing_consent(&enterprise.id, platform)?;
    let standing = standing.filter(|consent| consent.revoked_at.is_none());
    let given = match &standing {
        Some(standing) => store.find_consent_record(&standing.consent_id)?,
        None => None,
    };
    let (Some(standing), Some(given)) = (standing, given) else {
        return Err(OperateRefusal::NoConsent(platform.clone()).into());
    };
    let record = take_back(store, cx, standing, (&given.key_lock_id, &given.language))?;
    let scopes = record.scopes.to_string();
    store.append_audit(&AuditEvent {
        platform_id: Some(platform.clone()),
        consent_id: Some(record.id.clone()),
        ..event(cx, &enterprise, order, (AuditKind::ConsentRevoked, &scopes))
    })?;
    Ok(record.id)
}
