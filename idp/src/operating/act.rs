//! The acts: everything that an operator signs for.

use idp_core::directory::Wanted;
use idp_core::id::{KeyLockId, PlatformId, ProposalId};
use idp_core::proposal::{Change, Unwritable};
use pki::holder::credit_code::CreditCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::RegistrationAct;

/// One act. Its text goes through the page that is signed and comes back with the signature, so nothing of it is kept
/// meanwhile; what was signed names its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Propose a change that a second person decides.
    Propose {
        /// The change.
        change: Box<Change>,
        /// Why.
        reason: String,
    },
    /// Approve what another one proposed.
    Approve {
        /// Which proposal.
        proposal: ProposalId,
    },
    /// Refuse it.
    Refuse {
        /// Which proposal.
        proposal: ProposalId,
    },
    /// Something of one platform.
    Platform {
        /// Which.
        platform: PlatformId,
        /// What.
        what: PlatformAct,
        /// Why.
        reason: String,
    },
    /// Something about which platforms register themselves.
    Registration {
        /// What.
        what: RegistrationAct,
        /// Why.
        reason: String,
    },
    /// Something of one enterprise.
    Enterprise {
        /// Whose: 统一社会信用代码.
        credit_code: String,
        /// What.
        what: EnterpriseAct,
        /// Why.
        reason: String,
    },
}

/// What registrars do with one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PlatformAct {
    /// Connect it, or change it.
    Put {
        /// The version that was looked at; absent for one that is not connected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_shown: Option<String>,
        /// How it is to be.
        wanted: Box<Wanted>,
    },
    /// Nobody goes there, and what it holds ends.
    Suspend,
    /// People go there: again, or for the first time.
    Activate {
        /// The version that was looked at.
        as_shown: String,
    },
    /// A new secret follows the one it has.
    RotateSecret {
        /// For how many hours the old one is taken yet.
        overlap_hours: u16,
    },
}

impl PlatformAct {
    /// The machine word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Put { as_shown: None, .. } => "connect-platform",
            Self::Put { .. } => "change-platform",
            Self::Suspend => "suspend-platform",
            Self::Activate { .. } => "activate-platform",
            Self::RotateSecret { .. } => "rotate-secret",
        }
    }
}

/// What support does with one enterprise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EnterpriseAct {
    /// Nobody of it signs in.
    Freeze,
    /// It may sign in again.
    Unfreeze,
    /// A lock is lost, for ever (FAQ 10).
    LockLost {
        /// Which.
        lock: KeyLockId,
    },
    /// A lock is removed.
    RemoveLock {
        /// Which.
        lock: KeyLockId,
    },
    /// A secondary lock becomes the primary one.
    PromoteLock {
        /// Which.
        lock: KeyLockId,
    },
    /// It may bind a new primary lock.
    OpenRebinding {
        /// For how many days from the moment it is done.
        days: u16,
    },
    /// It may not any more.
    CloseRebinding,
}

impl EnterpriseAct {
    /// The machine word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::LockLost { .. } => "lock-lost",
            Self::RemoveLock { .. } => "remove-lock",
            Self::PromoteLock { .. } => "promote-lock",
            Self::OpenRebinding { .. } => "open-rebinding",
            Self::CloseRebinding => "close-rebinding",
        }
    }

    /// The lock it is about.
    pub const fn lock(&self) -> Option<&KeyLockId> {
        match self {
            Self::LockLost { lock } | Self::RemoveLock { lock } | Self::PromoteLock { lock } => {
                Some(lock)
            }
            _ => None,
        }
    }
}

impl Act {
    /// Its text.
    pub fn to_text(&self) -> Result<String, Unwritable> {
        serde_json::to_string(self).or(Err(Unwritable))
    }

    /// Reads that text.
    pub fn of_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// SHA-256 over its text, hexadecimal.
    pub fn digest(&self) -> Result<String, Unwritable> {
        Ok(hex::encode(Sha256::digest(self.to_text()?.as_bytes())))
    }

    /// The enterprise it is about, where it is about one.
    pub fn credit_code(&self) -> Option<CreditCode> {
        match self {
            Self::Enterprise { credit_code, .. } => credit_code.parse().ok(),
            _ => None,
        }
    }
}
