//! Shared step: whose hand changes something, for the history and the audit trail.

use crate::duty::Mandate;
use crate::id::OperatorId;
use crate::proposal::Approved;

/// Who does it, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The operator who signed for it; absent where it is done on the machine itself.
    pub operator_id: Option<OperatorId>,
    /// In words: a name, or both names where two persons agreed.
    pub by: String,
    /// Why, where it was said.
    pub reason: Option<String>,
}

impl Hand {
    /// Of somebody who works on the machine itself.
    pub fn on_the_machine(by: impl Into<String>, reason: Option<String>) -> Self {
        Self {
            operator_id: None,
            by: by.into(),
            reason,
        }
    }

    /// Of an operator on duty.
    pub fn on_duty(mandate: &Mandate, reason: Option<String>) -> Self {
        Self {
            operator_id: Some(mandate.operator_id().clone()),
            by: mandate.name().to_owned(),
            reason,
        }
    }

    /// Of two operators: the one who approved signs for it.
    pub fn of(approved: &Approved) -> Self {
        Self {
            operator_id: approved.approved_by().cloned(),
            by: approved.by(),
            reason: Some(approved.reason().to_owned()),
        }
    }
}
