//! Platform (盟市交易平台): a place to arrive at, stored as an OAuth client.
//!
//! Owns the directory entry; the client registration is in [`client`]. Does not know how a client proves
//! itself at the token endpoint (see `token::client_authentication`).

pub mod algorithm;
pub mod authentication;
pub mod client;
mod floor;
mod profile;

use serde::{Deserialize, Serialize};

use crate::id::PlatformId;
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

pub use algorithm::{ClientAlgorithm, ContentEncryption, JwsAlgorithm, KeyEncryption};
pub use authentication::{
    ClientAuthentication, ClientKeys, PreviousSecret, TlsSubject, is_digest, secret_sha256,
};
pub use client::{
    Client, ConsentPolicy, LogoutRules, Particulars, Presentation, RequestRules, SecurityProfile,
    SenderConstraint, SubjectType, TokenEncryption, TokenRules,
};
pub use floor::{Floor, Proof};

/// Where the portal lists a platform. A field of the platform that an operator can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// 自治区本级
    Autonomous,
    /// 西部盟市
    Western,
    /// 东部盟市
    Eastern,
}

impl Zone {
    /// Every zone in the order of the portal.
    pub const ALL: [Self; 3] = [Self::Autonomous, Self::Western, Self::Eastern];

    /// The word in the database and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Autonomous => "autonomous",
            Self::Western => "western",
            Self::Eastern => "eastern",
        }
    }

    /// The zone a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|z| z.as_str() == word)
    }
}

/// Whether people can go to a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformState {
    /// In the directory, not connected yet.
    Listed,
    /// Connected.
    Active,
    /// An operator stopped it.
    Suspended,
    /// It registered itself and waits for an operator.
    Pending,
    /// It gave its registration up, for good.
    Withdrawn,
}

impl PlatformState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Listed,
        Self::Active,
        Self::Suspended,
        Self::Pending,
        Self::Withdrawn,
    ];

    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Pending => "pending",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Whether the portal shows it: what waits or is gone is nobody's to choose.
    pub const fn is_shown(self) -> bool {
        match self {
            Self::Listed | Self::Active | Self::Suspended => true,
            Self::Pending | Self::Withdrawn => false,
        }
    }
}

/// A platform in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// Also its `client_id`: lower-case letters, digits, hyphens.
    pub id: PlatformId,
    /// 名称.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// GB/T 2260.
    pub region_code: RegionCode,
    /// Where the portal lists it.
    pub zone: Zone,
    /// The platform's own support, shown for business questions (FAQ 12).
    pub support_contact: Option<String>,
    /// Whether people can go there.
    pub state: PlatformState,
    /// When an operator last let people go there, where it was stopped or waited before: what was given out earlier and is
    /// not redeemed yet counts no more.
    pub in_force_since: Option<Timestamp>,
    /// Absent while only listed.
    pub client: Option<Client>,
}

impl Platform {
    /// Whether people can go there, and could without a break since that moment.
    pub fn is_in_force_since(&self, moment: Timestamp) -> bool {
        self.active_client().is_some() && self.in_force_since.is_none_or(|since| since <= moment)
    }

    /// The client registration of a platform that can prove itself: one that is stopped or waits is told so, once it did.
    pub fn known_client(&self) -> Option<&Client> {
        let client = self.client.as_ref()?;
        let known = match self.state {
            PlatformState::Active | PlatformState::Suspended => true,
            // Nobody approved the address of its keys yet: it is not asked.
            PlatformState::Pending => !matches!(client.keys, Some(ClientKeys::JwksUri(_))),
            PlatformState::Listed | PlatformState::Withdrawn => false,
        };
        known.then_some(client)
    }

    /// The client registration of a platform that people can go to now.
    pub fn active_client(&self) -> Option<&Client> {
        match self.state {
            PlatformState::Active => self.client.as_ref(),
            PlatformState::Listed
            | PlatformState::Suspended
            | PlatformState::Pending
            | PlatformState::Withdrawn => None,
        }
    }
}
