//! Askings for consent as JSON.

use std::collections::BTreeMap;

use idp_core::consent::ConsentRecord;
use idp_core::enterprise::Enterprise;
use idp_core::id::EnterpriseId;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One asking, with whose it is.
pub fn row(record: &ConsentRecord, enterprises: &BTreeMap<EnterpriseId, Enterprise>) -> Value {
    let enterprise = enterprises.get(&record.enterprise_id);
    json!({
        "id": record.id.as_str(),
        "enterprise": record.enterprise_id.as_str(),
        "credit_code": enterprise.map(|one| one.credit_code.as_str()),
        "lock": record.key_lock_id.as_str(),
        "platform": record.platform_id.as_str(),
        "scopes": record.scopes.to_string(),
        "claims": record.claims.to_string(),
        "claims_version": record.claims_version,
        "text_version": record.text_version,
        "language": record.language,
        "outcome": record.outcome.as_str(),
        "at": rfc3339(record.at),
    })
}
