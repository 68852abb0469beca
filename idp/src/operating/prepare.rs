//! What an act needs before anybody signs for it: the right, and the words under the signature.

use idp_core::four_eyes::FourEyesRefusal;
use idp_core::operator::Right;
use idp_core::proposal::{Change, Proposal};
use idp_storage::Database;

use super::{Act, ActError};

/// An act with what the page and the statement say of it.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The act.
    pub act: Act,
    /// What it asks of the operator's roles.
    pub right: Right,
    /// The machine word of what is done.
    pub code: &'static str,
    /// To what.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// SHA-256 of the exact change, hexadecimal.
    pub digest: String,
    /// The proposal that is decided, where one is.
    pub proposal: Option<Proposal>,
}

impl Prepared {
    /// The change it is about, where two persons decide it.
    pub fn change(&self) -> Option<&Change> {
        match (&self.act, &self.proposal) {
            (Act::Propose { change, .. }, _) => Some(&**change),
            (_, Some(proposal)) => Some(&proposal.change),
            _ => None,
        }
    }

    /// What the person does with it: `propose`, `approve`, `refuse` or `do`.
    pub const fn verb(&self) -> &'static str {
        match self.act {
            Act::Propose { .. } => "propose",
            Act::Approve { .. } => "approve",
            Act::Refuse { .. } => "refuse",
            Act::Platform { .. } | Act::Registration { .. } | Act::Enterprise { .. } => "do",
        }
    }
}

/// Looks up what is needed.
pub async fn prepare(database: &Database, act: Act) -> Result<Prepared, ActError> {
    match act.clone() {
        Act::Propose { change, reason } => of_change(act, &change, (reason, None)),
        Act::Approve { proposal } | Act::Refuse { proposal } => {
            let found = database
                .read(move |store| store.find_proposal(&proposal))
                .await?;
            let found = found.ok_or(FourEyesRefusal::Unknown)?;
            let (change, reason) = (found.change.clone(), found.reason.clone());
            of_change(act, &change, (reason, Some(found)))
        }
        Act::Platform {
            platform,
            what,
            reason,
        } => Ok(Prepared {
            right: Right::ChangePlatforms,
            code: what.code(),
            subject: platform.to_string(),
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
        Act::Registration { what, reason } => Ok(Prepared {
            right: Right::ChangePlatforms,
            code: what.code(),
            subject: what.subject(),
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
        Act::Enterprise {
            credit_code,
            what,
            reason,
        } => Ok(Prepared {
            right: Right::ChangeEnterprises,
            code: what.code(),
            subject: match what.part() {
                Some(part) => format!("{credit_code} {part}"),
                None => credit_code,
            },
            reason,
            digest: act.digest()?,
            proposal: None,
            act,
        }),
    }
}

fn of_change(
    act: Act,
    change: &Change,
    (reason, proposal): (String, Option<Proposal>),
) -> Result<Prepared, ActError> {
    Ok(Prepared {
        act,
        right: change.right(),
        code: change.code(),
        subject: change.subject().to_owned(),
        digest: change.digest()?,
        reason,
        proposal,
    })
}
