//! Proposal: a change that one operator wants and another one decides (four eyes).
//!
//! Owns what can be proposed, who may decide it and where it is in its life. Does not make the change: that is the
//! flow's whose noun it is, given an [`Approved`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::certificate_authority::CaEntry;
use crate::id::{CaId, OperatorId, PlatformId, ProposalId, SignedStatementId};
use crate::operator::{OperatorState, Right, Roles};
use crate::timestamp::Timestamp;

/// The exact change. What it was made from is in it, so that it is not made over something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Enter a CA into the registry. It recognises nobody yet.
    AddCa {
        /// Its identifier.
        id: CaId,
        /// What is written of it.
        entry: CaEntry,
    },
    /// Replace what is written of a CA.
    ChangeCa {
        /// Which.
        id: CaId,
        /// The revision it replaces.
        revision: u32,
        /// What is written of it from then on.
        entry: CaEntry,
    },
    /// Recognise a CA.
    ActivateCa {
        /// Which.
        id: CaId,
        /// The revision that was looked at.
        revision: u32,
    },
    /// Recognise it no more; its locks end.
    SuspendCa {
        /// Which.
        id: CaId,
        /// The revision that was looked at.
        revision: u32,
    },
    /// Let another operator in.
    AddOperator {
        /// As others will read it.
        name: String,
        /// What it may do.
        roles: Roles,
        /// What it signs in with: DER, base64.
        certificate: String,
    },
    /// Change an operator. What is absent stays.
    ChangeOperator {
        /// Which.
        id: OperatorId,
        /// The version that was looked at.
        version: u32,
        /// What it may do from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        roles: Option<Roles>,
        /// Whether it may sign in from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<OperatorState>,
        /// What it signs in with from then on: DER, base64.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<String>,
    },
    /// End every grant that a platform holds.
    EndGrants {
        /// Whose.
        platform: PlatformId,
    },
    /// End every sign-in of everybody, and every grant.
    EndEverySignIn {},
}

/// The subject of what is nobody's in particular.
pub const EVERYBODY: &str = "*";

impl Change {
    /// The machine word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AddCa { .. } => "add-ca",
            Self::ChangeCa { .. } => "change-ca",
            Self::ActivateCa { .. } => "activate-ca",
            Self::SuspendCa { .. } => "suspend-ca",
            Self::AddOperator { .. } => "add-operator",
            Self::ChangeOperator { .. } => "change-operator",
            Self::EndGrants { .. } => "end-grants",
            Self::EndEverySignIn {} => "end-every-sign-in",
        }
    }

    /// What both persons must be allowed.
    pub const fn right(&self) -> Right {
        match self {
            Self::AddCa { .. }
            | Self::ChangeCa { .. }
            | Self::ActivateCa { .. }
            | Self::SuspendCa { .. } => Right::ChangeAuthorities,
            Self::AddOperator { .. } | Self::ChangeOperator { .. } => Right::ChangeOperators,
            Self::EndGrants { .. } => Right::ChangePlatforms,
            Self::EndEverySignIn {} => Right::ChangeEnterprises,
        }
    }

    /// Who may look at it besides.
    pub const fn seen_by(&self) -> Right {
        match self.right() {
            Right::ChangeAuthorities => Right::SeeAuthorities,
            Right::ChangeOperators => Right::SeeOperators,
            Right::ChangeEnterprises => Right::SeeEnterprises,
            _ => Right::SeePlatforms,
        }
    }

    /// Whose it is: an identifier, or the name of what is not there yet.
    pub fn subject(&self) -> &str {
        match self {
            Self::AddCa { id, .. }
            | Self::ChangeCa { id, .. }
            | Self::ActivateCa { id, .. }
            | Self::SuspendCa { id, .. } => id.as_str(),
            Self::AddOperator { name, .. } => name,
            Self::ChangeOperator { id, .. } => id.as_str(),
            Self::EndGrants { platform } => platform.as_str(),
            Self::EndEverySignIn {} => EVERYBODY,
        }
    }

    /// The text that is kept and whose digest both persons sign: JSON with members in the order of this type.
    pub fn to_text(&self) -> Result<String, Unwritable> {
        serde_json::to_string(self).or(Err(Unwritable))
    }

    /// Reads that text.
    pub fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// SHA-256 over that text, hexadecimal: what statements name.
    pub fn digest(&self) -> Result<String, Unwritable> {
        Ok(hex::encode(Sha256::digest(self.to_text()?.as_bytes())))
    }
}

/// A change that has no text. None of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the change can't be written down")]
pub struct Unwritable;

/// Where a proposal is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalState {
    /// A second person has not decided.
    Waiting,
    /// Approved, and made.
    Approved,
    /// Refused.
    Refused,
    /// Taken back by whoever proposed it.
    Withdrawn,
}

impl ProposalState {
    /// Every state there is.
    pub const ALL: [Self; 4] = [
        Self::Waiting,
        Self::Approved,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The word in the database and on pages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// How a proposal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// By whom.
    pub by: OperatorId,
    /// When.
    pub at: Timestamp,
    /// What that person signed; nothing is signed to take one's own back.
    pub signed: Option<SignedStatementId>,
}

/// A change that waits for a second person, or had one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Our identifier.
    pub id: ProposalId,
    /// The change.
    pub change: Change,
    /// Why.
    pub reason: String,
    /// Who wants it.
    pub proposed_by: OperatorId,
    /// When.
    pub proposed_at: Timestamp,
    /// From then on it can't be approved any more.
    pub expires_at: Timestamp,
    /// What that person signed.
    pub signed: SignedStatementId,
    /// Where it is in its life.
    pub state: ProposalState,
    /// How it ended.
    pub decision: Option<Decision>,
}

impl Proposal {
    /// Whether a second person can still decide.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == ProposalState::Waiting && now < self.expires_at
    }
}

/// A change that a second person approved: only [`crate::four_eyes`] makes one, once for each proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    proposal: Proposal,
    names: (String, String),
}

impl Approved {
    pub(crate) fn new(proposal: Proposal, names: (String, String)) -> Self {
        Self { proposal, names }
    }

    /// The change.
    pub fn change(&self) -> &Change {
        &self.proposal.change
    }

    /// Why it is made.
    pub fn reason(&self) -> &str {
        &self.proposal.reason
    }

    /// Who approved it.
    pub fn approved_by(&self) -> Option<&OperatorId> {
        self.proposal.decision.as_ref().map(|decision| &decision.by)
    }

    /// Both persons, as the history of what they changed names them.
    pub fn by(&self) -> String {
        let (proposed, approved) = &self.names;
        format!("{proposed}, {approved}")
    }
}
