//! The acts: everything that an operator signs for.

use idp_core::directory::Wanted;
use idp_core::evidence::EvidenceFacts;
use idp_core::id::{KeyLockId, PlatformId, ProposalId, SessionId};
use idp_core::proposal::{Change, Unwritable};
use idp_core::region::RegionCode;
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
    /// It has another name, against evidence (FAQ 6).
    Rename {
        /// The new name.
        new_name: String,
        /// The paper, as it was handed in.
        evidence: EvidenceFacts,
    },
    /// What is registered of it is corrected against papers; what is absent stays.
    Correct {
        /// 法人代表
        #[serde(default, skip_serializing_if = "Option::is_none")]
        legal_representative: Option<String>,
        /// 企业所在地市
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region_code: Option<RegionCode>,
    },
    /// One sign-in ends, with what was given in it.
    EndSignIn {
        /// Which.
        session: SessionId,
    },
    /// Every sign-in with a lock ends.
    EndSignInsOfLock {
        /// Which lock.
        lock: KeyLockId,
    },
    /// Every sign-in ends.
    EndAllSignIns,
    /// A consent is taken back for it.
    TakeConsentBack {
        /// For which platform.
        platform: PlatformId,
    },
    /// Personal data of the people behind it is erased.
    Erase {
        /// The papers behind its changes of name too.
        with_evidence: bool,
    },
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
            Self::Rename { .. } => "rename",
            Self::Correct { .. } => "correct",
            Self::EndSignIn { .. } => "end-sign-in",
            Self::EndSignInsOfLock { .. } => "end-sign-ins-of-lock",
            Self::EndAllSignIns => "end-all-sign-ins",
            Self::TakeConsentBack { .. } => "take-consent-back",
            Self::Erase { .. } => "erase",
        }
    }

    /// The lock it is about.
    pub const fn lock(&self) -> Option<&KeyLockId> {
        match self {
            Self::LockLost { lock }
            | Self::RemoveLock { lock }
            | Self::PromoteLock { lock }
            | Self::EndSignInsOfLock { lock } => Some(lock),
            _ => None,
        }
    }

    /// To what of the enterprise it is done, where it is not all of it: an identifier or the new name, under the signature.
    pub fn part(&self) -> Option<&str> {
        match self {
            Self::EndSignIn { session } => Some(session.as_str()),
            Self::TakeConsentBack { platform } => Some(platform.as_str()),
            Self::Rename { new_name, .. } => Some(new_name),
            _ => self.lock().map(KeyLockId::as_str),
        }
    }

    /// The same where it is an identifier: a name that was typed stands in no event.
    pub fn part_traced(&self) -> Option<&str> {
        match self {
            Self::Rename { .. } => None,
            _ => self.part(),
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

    /// Why, where it says so itself.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Propose { reason, .. }
            | Self::Platform { reason, .. }
            | Self::Registration { reason, .. }
            | Self::Enterprise { reason, .. } => Some(reason),
            Self::Approve { .. } | Self::Refuse { .. } => None,
        }
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
