//! CA办理机构 as the registry holds them: what an operator wrote down, in which state it is, and its history.
//!
//! Owns the written entry and where revocation is asked. Does not judge certificates: that is
//! [`crate::recognition`]. Does not read files: an entry carries the PEM texts themselves.

use std::path::PathBuf;

use pki::holder::profile::AttributeProfile;
use pki::signature::PublicKey;
use serde::{Deserialize, Serialize};

use crate::id::CaId;
use crate::region::RegionCode;
use crate::timestamp::Timestamp;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// The word in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What a stored word names.
            pub fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

/// One CA as it stands in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateAuthority {
    /// Its identifier, for ever.
    pub id: CaId,
    /// What is written of it.
    pub entry: CaEntry,
    /// Whether it is recognised.
    pub state: CaState,
    /// Counts its changes from 1; a change is written over the revision it was made from.
    pub revision: u32,
    /// The entry that the configuration last brought, so that the same one is not brought again.
    pub loaded: Option<CaEntry>,
    /// First written.
    pub created_at: Timestamp,
    /// Last changed.
    pub changed_at: Timestamp,
}

/// The registry as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredRegistry {
    /// By identifier.
    pub authorities: Vec<CertificateAuthority>,
    /// Rows that can't be read, each left out alone.
    pub unreadable: Vec<UnreadableCa>,
}

/// A CA of which something is written that can't be read: by another version of this program, or by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableCa {
    /// Its identifier.
    pub id: CaId,
    /// Its state, where that can be read.
    pub state: Option<CaState>,
    /// What can't be read.
    pub problem: String,
}

impl UnreadableCa {
    /// Whether it would be recognised if it could be read.
    pub const fn may_be_active(&self) -> bool {
        matches!(self.state, Some(CaState::Active) | None)
    }
}

/// What an operator writes down of a CA. Unknown words are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaEntry {
    /// Name as people and platforms see it.
    pub name: String,
    /// Where it is. Only CAs of the region are recognised (FAQ 4).
    pub jurisdiction: RegionCode,
    /// Its roots. Several: a CA that changes its key has the old one and the new one.
    pub anchors: Vec<PemFile>,
    /// CAs between root and lock, cross-certificates among them.
    #[serde(default)]
    pub intermediates: Vec<PemFile>,
    /// Where its certificates say what.
    pub profile: AttributeProfile,
    /// Kinds of keys that count on a path to it.
    #[serde(default = "KeyAlgorithm::all")]
    pub algorithms: Vec<KeyAlgorithm>,
    /// How revocation is judged.
    #[serde(default)]
    pub revocation: RevocationPlan,
}

/// The text of a PEM file, with the name that messages call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PemFile {
    /// Where it was read.
    pub file: String,
    /// What stood there.
    pub pem: String,
}

/// A kind of key. Every kind is sound; an operator may allow fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyAlgorithm {
    /// RSA of 2048 bits or more.
    Rsa,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// SM2.
    Sm2,
}

impl KeyAlgorithm {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Rsa, Self::P256, Self::P384, Self::Sm2];

    /// Every kind, where nothing is written.
    pub fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    /// The kind of a key; `None`: of no sound kind.
    pub const fn of(key: &PublicKey) -> Option<Self> {
        match key {
            PublicKey::Rsa { .. } => Some(Self::Rsa),
            PublicKey::P256 => Some(Self::P256),
            PublicKey::P384 => Some(Self::P384),
            PublicKey::Sm2 => Some(Self::Sm2),
            PublicKey::Unsupported => None,
        }
    }

    /// The word in an entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::Sm2 => "sm2",
        }
    }
}

words! {
    /// Whether a CA is recognised.
    CaState {
        /// Written down, recognised by nobody yet.
        Proposed = "proposed",
        /// Recognised.
        Active = "active",
        /// Not recognised any more: its locks are refused, and what lives by them ends.
        Suspended = "suspended",
    }
}

words! {
    /// What was done to a CA.
    CaAct {
        /// It was entered.
        Added = "added",
        /// What is written of it was replaced.
        Changed = "changed",
        /// It became recognised.
        Activated = "activated",
        /// It ceased to be.
        Suspended = "suspended",
    }
}

/// One change of one CA, kept for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaChange {
    /// Which CA.
    pub ca_id: CaId,
    /// Its revision from then on.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
    /// Who, by the words of the command, or `configuration`.
    pub by: String,
    /// What was done.
    pub act: CaAct,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Its state from then on.
    pub state: CaState,
    /// What is written of it from then on.
    pub entry: CaEntry,
}

/// A stored change with its place in the order of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaChangeEntry {
    /// Grows with each change.
    pub sequence: i64,
    /// The change.
    pub change: CaChange,
}

/// How a CA says what it took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationPolicy {
    /// Its sources must answer for every certificate; no answer, no login.
    #[default]
    Required,
    /// The operator decided, in writing, to do without. Never a default.
    NotChecked,
}

/// How revocation is judged, and by which sources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationPlan {
    /// Whether it is judged.
    #[serde(default)]
    pub policy: RevocationPolicy,
    /// Asked in this order.
    #[serde(default)]
    pub sources: Vec<RevocationSource>,
}

/// One place that knows what a CA took back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RevocationSource {
    /// Lists in a file, PEM or DER.
    CrlFile {
        /// Where it is on every machine that runs the provider.
        path: PathBuf,
        /// The name of the distribution point whose list the CA states to be the whole of its issuer's. Without it a
        /// list with a distribution point is about those certificates alone that name it (RFC 5280 §6.3.3).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whole_point: Option<String>,
    },
    /// A list that is fetched.
    CrlUrl {
        /// Where from.
        url: String,
        /// The certificate (PEM) of who signs lists in the CA's stead. Without it indirect lists are refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        indirect_issuer: Option<String>,
        /// As of a file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        whole_point: Option<String>,
    },
    /// A responder that is asked for each certificate (RFC 6960).
    Ocsp {
        /// Where it answers.
        url: String,
        /// Whether its answer must carry our nonce.
        #[serde(default)]
        nonce: NoncePolicy,
        /// The certificate (PEM) of a responder that is trusted by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        responder: Option<String>,
    },
}

/// Whether an OCSP answer must carry the nonce of the question (RFC 6960 §4.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoncePolicy {
    /// An answer without it is none.
    #[default]
    Required,
    /// The responder is known to answer without.
    Absent,
}
