//! Locks as JSON, where they are listed by themselves.

use std::collections::BTreeMap;

use idp_core::enterprise::Enterprise;
use idp_core::id::EnterpriseId;
use idp_core::key_lock::KeyLock;
use idp_core::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// A lock that ends, and whose it is.
pub fn ending(
    lock: &KeyLock,
    enterprises: &BTreeMap<EnterpriseId, Enterprise>,
    now: Timestamp,
) -> Value {
    let enterprise = enterprises.get(&lock.enterprise_id);
    json!({
        "id": lock.id.as_str(),
        "enterprise": lock.enterprise_id.as_str(),
        "credit_code": enterprise.map(|one| one.credit_code.as_str()),
        "name": enterprise.map(|one| &one.name),
        "role": lock.role,
        "key_number": lock.key_number,
        "certificate_authority": lock.ca_id.as_str(),
        "issuer": lock.ca_name,
        "not_after": rfc3339(lock.not_after),
        "days_left": lock.days_left(now),
    })
}
