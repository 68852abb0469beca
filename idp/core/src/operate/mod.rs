//! Flow: what an operator (技术人员) does to an enterprise and its locks.
//!
//! Owns which of it is allowed when. Every change has a reason and a name behind it; nothing is written when
//! it is refused. Does not know how an operator signs in.

mod enterprise;
mod everybody;
mod locks;
mod personal_data;
mod rename;
mod standing;

pub use enterprise::{Correction, close_rebinding, correct, freeze, open_rebinding, unfreeze};
pub use everybody::end_every_sign_in;
pub use locks::{lock_lost, promote_lock, remove_lock};
pub use personal_data::{Erased, TRACES_KEPT, erase, export, note_export};
pub use rename::{hand_in, new_name, rename, take_handed_in};
pub use standing::{SignIns, end_sign_ins, take_consent_back};

use pki::holder::credit_code::CreditCode;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::duty::Mandate;
use crate::enterprise::Enterprise;
use crate::evidence::EVIDENCE_MAX;
use crate::fields::{self, FieldProblem};
use crate::id::{KeyLockId, OperatorId, PlatformId, SessionId};
use crate::key_lock::Unfit;
use crate::operator::Right;
use crate::store::{Store, StoreError};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;
/// Longest name of an operator, in characters.
const NAME_MAX: usize = 64;

/// Who does it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    operator_id: Option<OperatorId>,
    by: String,
    reason: String,
}

impl Order {
    /// Both must be there and readable: they are shown to others later.
    pub fn new(by: &str, reason: &str) -> Result<Self, OperateRefusal> {
        Ok(Self {
            operator_id: None,
            by: operator_name(by)?,
            reason: words("the reason", reason, REASON_MAX)?,
        })
    }

    /// Of an operator who may change enterprises; `None` for a mandate of another kind.
    pub fn of(mandate: &Mandate, reason: &str) -> Result<Option<Self>, OperateRefusal> {
        if mandate.right() != Right::ChangeEnterprises {
            return Ok(None);
        }
        let order = Self::new(mandate.name(), reason)?;
        Ok(Some(Self {
            operator_id: Some(mandate.operator_id().clone()),
            ..order
        }))
    }
}

/// The name of an operator, readable.
pub fn operator_name(by: &str) -> Result<String, OperateRefusal> {
    words("the operator's name", by, NAME_MAX)
}

fn words(what: &'static str, text: &str, max: usize) -> Result<String, OperateRefusal> {
    fields::required(text, max).map_err(|problem| OperateRefusal::Words { what, problem })
}

/// Why an operator's change is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperateRefusal {
    /// Empty, too long, or with characters that can't be seen.
    #[error("{what} must be given, in readable words that are not too long ({})", problem.code())]
    Words {
        /// Which words.
        what: &'static str,
        /// What is wrong with them.
        problem: FieldProblem,
    },
    /// No such enterprise.
    #[error("{0} is not bound")]
    UnknownEnterprise(CreditCode),
    /// The enterprise has no such lock.
    #[error("the enterprise has no lock {0}")]
    UnknownLock(KeyLockId),
    /// The lock is in another state.
    #[error("the lock {id} is {state}")]
    LockState {
        /// Which lock.
        id: KeyLockId,
        /// How it is.
        state: &'static str,
    },
    /// As the primary lock it could not sign in.
    #[error("the lock {0} has a certificate that {why}: its next one signs in first", why = .1.as_str())]
    Unfit(KeyLockId, Unfit),
    /// A primary lock in force.
    #[error(
        "the enterprise has an active primary lock ({0}): it makes the change itself, or is marked lost first"
    )]
    HasPrimary(KeyLockId),
    /// The enterprise has no such sign-in on record.
    #[error("the enterprise has no sign-in {0}")]
    UnknownSignIn(SessionId),
    /// There is no consent in force.
    #[error("there is no consent in force for {0}")]
    NoConsent(PlatformId),
    /// Personal data is needed as long as somebody signs in.
    #[error(
        "the lock {0} is in force: it is removed or marked lost before personal data is erased"
    )]
    InUse(KeyLockId),
    /// Nothing would change.
    #[error("nothing to do: {0}")]
    Nothing(&'static str),
    /// Not open, or not for so long.
    #[error("re-binding can be opened from now for at most 90 days")]
    RebindingTime,
    /// The evidence is empty or too large.
    #[error("the evidence must be a file of 1 octet to {} MiB", EVIDENCE_MAX >> 20)]
    Evidence,
    /// No such evidence waits for whoever signed.
    #[error("no such evidence waits: it is handed in again")]
    EvidenceGone,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not allowed.
    #[error(transparent)]
    Refused(#[from] OperateRefusal),
    /// Another request changed the same in the same moment.
    #[error("it was changed in the same moment: look and try again")]
    Raced,
}

fn find(store: &mut dyn Store, code: &CreditCode) -> Result<Enterprise, OperateError> {
    let found = store.find_enterprise_by_credit_code(code)?;
    Ok(found.ok_or_else(|| OperateRefusal::UnknownEnterprise(code.clone()))?)
}

/// Writes an enterprise as it is from now on, with its event.
fn change(
    store: &mut dyn Store,
    cx: &Cx,
    to: &Enterprise,
    (order, kind, more): (&Order, AuditKind, &str),
) -> Result<(), OperateError> {
    exchange(store, to)?;
    store.append_audit(&event(cx, to, order, (kind, more)))?;
    Ok(())
}

fn exchange(store: &mut dyn Store, to: &Enterprise) -> Result<(), OperateError> {
    if store.exchange_enterprise(to)? {
        Ok(())
    } else {
        Err(OperateError::Raced)
    }
}

/// An event with its operator and reason; the caller adds which lock and what else it was.
fn event(
    cx: &Cx,
    enterprise: &Enterprise,
    order: &Order,
    (kind, more): (AuditKind, &str),
) -> AuditEvent {
    let by = format!("by {}", order.by);
    AuditEvent {
        operator_id: order.operator_id.clone(),
        enterprise_id: Some(enterprise.id.clone()),
        reason: Some(order.reason.clone()),
        detail: Some(match more {
            "" => by,
            more => format!("{by}: {more}"),
        }),
        ..AuditEvent::new(cx, kind)
    }
}
