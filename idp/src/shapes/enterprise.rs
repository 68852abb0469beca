//! Enterprises as JSON.

use idp_core::enterprise::Enterprise;
use idp_core::inspect::Timeline;
use idp_core::store::{Store, StoreError};
use pki::holder::credit_code::CreditCode;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// Consents and sign-ins that are shown of one enterprise.
const SHOWN: u32 = 20;

/// An enterprise in a list.
pub fn row(enterprise: &Enterprise) -> Value {
    json!({
        "id": enterprise.id.as_str(),
        "credit_code": enterprise.credit_code.as_str(),
        "name": enterprise.name,
        "region_code": enterprise.region_code.as_str(),
        "state": enterprise.state.as_str(),
        "created_at": rfc3339(enterprise.created_at),
    })
}

/// All of one enterprise: its names, locks, certificates, latest sign-ins and consents; `None`: it is not bound.
pub fn whole(store: &mut dyn Store, code: &CreditCode) -> Result<Option<Value>, StoreError> {
    let at = rfc3339;
    let Some(enterprise) = store.find_enterprise_by_credit_code(code)? else {
        return Ok(None);
    };
    let mut locks = Vec::new();
    for lock in store.list_key_locks(&enterprise.id)? {
        let before = store.list_superseded_certificates(&lock.id)?;
        let before = before.iter().map(|old| {
            json!({
                "holder_name": old.holder_name,
                "serial_number": old.serial_number,
                "not_after": at(old.not_after),
                "replaced_at": at(old.replaced_at),
            })
        });
        // At an activation nobody types where the lock was bought, nor a name.
        let is_activated = lock.ca_platform.is_empty();
        locks.push(json!({
            "id": lock.id.as_str(),
            "role": lock.role,
            "state": lock.state.as_str(),
            "holder_name": lock.holder_name,
            "certificate_authority": lock.ca_id.as_str(),
            "serial_number": lock.serial_number,
            "key_number": lock.key_number,
            "media_number": lock.media_number,
            "not_after": at(lock.not_after),
            "added_by": if is_activated { "activation by the primary lock" } else { "binding" },
            "bound_by": (!is_activated).then_some(&lock.bound_by),
            "bound_at": at(lock.bound_at),
            "ended_at": lock.ended_at.map(at),
            "certificates_before": before.collect::<Vec<_>>(),
        }));
    }
    let consents = store.list_consent_records(&enterprise.id, SHOWN)?;
    let consents = consents.iter().map(|consent| {
        json!({
            "platform": consent.platform_id.as_str(),
            "scopes": consent.scopes.to_string(),
            "outcome": consent.outcome.as_str(),
            "at": at(consent.at),
        })
    });
    let sessions = store.list_sessions(&enterprise.id, SHOWN)?;
    let sessions = sessions.iter().map(|session| {
        json!({
            "lock": session.key_lock_id.as_str(),
            "begun_at": at(session.begun_at),
            "seen_at": at(session.seen_at),
            "remote_address": session.remote_address,
            "ended_at": session.ended.map(|(when, _)| at(when)),
            "ending": session.ended.map(|(_, how)| how.as_str()),
        })
    });
    let renames = store.list_enterprise_renames(&enterprise.id)?;
    let renames = renames.iter().map(|rename| {
        json!({
            "old_name": rename.old_name,
            "new_name": rename.new_name,
            "at": at(rename.at),
            "by": rename.by,
            "reason": rename.reason,
            "evidence": rename.evidence_name,
            "evidence_sha256": rename.evidence_sha256,
        })
    });
    Ok(Some(json!({
        "id": enterprise.id.as_str(),
        "credit_code": enterprise.credit_code.as_str(),
        "name": enterprise.name,
        "legal_representative": enterprise.legal_representative,
        "region_code": enterprise.region_code.as_str(),
        "state": enterprise.state.as_str(),
        "created_at": at(enterprise.created_at),
        "rebinding_until": enterprise.rebinding_until.map(at),
        "renames": renames.collect::<Vec<_>>(),
        "locks": locks,
        "sessions": sessions.collect::<Vec<_>>(),
        "consents": consents.collect::<Vec<_>>(),
    })))
}

/// What the identifiers of an event stand for.
pub fn add_names(row: &mut Value, timeline: &Timeline) {
    let named = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    let platform = named("platform").and_then(|id| {
        let known = timeline
            .names
            .platforms
            .iter()
            .find(|(known, _)| known.as_str() == id);
        known.map(|(_, platform)| json!({ "zh": platform.name_zh, "en": platform.name_en }))
    });
    let lock = named("lock").and_then(|id| {
        let known = timeline
            .names
            .locks
            .iter()
            .find(|(known, _)| known.as_str() == id);
        known.map(|(_, lock)| json!({ "role": lock.role, "key_number": lock.key_number }))
    });
    if let Value::Object(row) = row {
        row.insert("platform_name".to_owned(), json!(platform));
        row.insert("lock_is".to_owned(), json!(lock));
    }
}
