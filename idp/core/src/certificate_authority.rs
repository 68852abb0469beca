//! CA办理机构 as the registry holds them: what an operator wrote down, in which state it is, and its history.
//!
//! Owns the written entry and where revocation is asked. Does not judge certificates: that is
//! [`crate::recognition`]. Does not read files: an entry carries the PEM texts themselves.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

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
    },
    /// A list that is fetched.
    CrlUrl {
        /// Where from.
        url: String,
        /// The certificate (PEM) of who signs lists in the CA's stead. Without it indirect lists are refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        indirect_issuer: Option<String>,
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
