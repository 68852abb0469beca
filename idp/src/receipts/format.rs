//! The receipt, member by member (`docs/RECEIPTS.md`). Names and values stay as they are: what was handed out must read the
//! same in years.

use serde::{Deserialize, Serialize};

/// `typ` of the JWS.
pub(super) const TYP: &str = "consent-receipt+jws";

/// The version of this format.
pub(super) const SCHEMA: &str = "yzt-consent-receipt:1 (ISO/IEC TS 27560:2023)";

/// Longest receipt that is looked at, in octets.
pub const LONGEST: usize = 1024 * 1024;

/// A receipt, as it is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "docs/RECEIPTS.md says of each member what it is"
)]
pub struct Receipt {
    pub schema_version: String,
    pub receipt_id: String,
    pub iss: String,
    pub iat: i64,
    pub record: Record,
    pub pii_processing: Vec<Processing>,
    pub party_identification: Vec<Party>,
    pub events: Vec<Event>,
    pub evidence: Evidence,
}

/// Which consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the members have the standard's names"
)]
pub struct Record {
    pub record_id: String,
    pub pii_principal_id: String,
    pub language: String,
    pub text_version: u32,
}

/// What for, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processing {
    pub purpose: String,
    pub lawful_basis: String,
    pub consent_type: String,
    pub collection_method: String,
    pub pii_information: Vec<Pii>,
    pub pii_controllers: Vec<String>,
    pub recipients: Vec<String>,
    pub withdrawal_method: String,
}

/// Personal data of one category, by the names of claims; never a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pii {
    pub pii_type: String,
    pub pii_attributes: Vec<String>,
}

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the members have the standard's names"
)]
pub struct Party {
    pub party_id: String,
    pub party_role: String,
    pub party_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<String>,
}

/// What happened, with what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the members have the standard's names"
)]
pub struct Event {
    pub event_state: String,
    pub event_time: String,
    pub log: Inclusion,
}

/// That a line is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inclusion {
    pub line: String,
    pub index: u64,
    pub leaf_hash: String,
    pub proof: Vec<String>,
}

/// What shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub statement: String,
    pub statement_sha256: String,
    pub signed_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    pub checkpoint: String,
    pub log_key: String,
}

/// The lock's signature, and what its certificate was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub at: i64,
    pub purpose: String,
    pub origin: String,
    pub nonce: String,
    pub proof: String,
    pub chain: Vec<String>,
    pub revocation_checked: bool,
    pub revocation: Vec<Revocation>,
}

/// A list or an answer, whole where it is short enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    pub certificate_sha256: String,
    pub kind: String,
    pub sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    pub this_update: i64,
    pub next_update: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub der: Option<String>,
}

/// `event_state` of the event by which it was given.
pub(super) const GIVEN: &str = "consent given";
/// `event_state` of the event by which it was taken back.
pub(super) const WITHDRAWN: &str = "consent withdrawn";
/// `party_role` of the enterprise.
pub(super) const PRINCIPAL: &str = "PII principal";
/// `party_role` of the provider.
pub(super) const CONTROLLER: &str = "PII controller";
/// `party_role` of the platform.
pub(super) const RECIPIENT: &str = "recipient";
