//! What is held of the people behind an enterprise: told to them, and erased where nothing speaks for keeping it.
//!
//! Owns what is personal and what of it goes when. The enterprise stays known by its credit code and name, and the audit trail as it
//! is: it names people nowhere. docs/DATA-PROTECTION.md says of each column why.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::holder::credit_code::CreditCode;
use serde_json::{Value, json};

use super::{OperateError, OperateRefusal, Order, event, exchange, find};
use crate::audit::AuditKind;
use crate::cx::Cx;
use crate::enterprise::Enterprise;
use crate::key_lock::KeyLockState;
use crate::listing::{AuditFilter, PAGE_MAX, PageAsk, SessionFilter};
use crate::store::{Store, StoreError};

/// So long an address and a browser stand with a sign-in whatever anybody asks (网络安全法 art. 21 (3): six months at least).
pub const TRACES_KEPT: Duration = Duration::from_hours(24 * 183);

/// Writes down that an enterprise's personal data is told to somebody. In a transaction before [`export`], which may read for long.
pub fn note_export(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    order: &Order,
) -> Result<(), OperateError> {
    let enterprise = find(store, code)?;
    store.append_audit(&event(
        cx,
        &enterprise,
        order,
        (AuditKind::PersonalDataExported, ""),
    ))?;
    Ok(())
}

/// All personal data that is held of the people behind an enterprise. Moments are milliseconds since the Unix epoch.
pub fn export(store: &mut dyn Store, code: &CreditCode) -> Result<Value, OperateError> {
    let enterprise = find(store, code)?;
    let mut locks = Vec::new();
    for lock in store.list_key_locks(&enterprise.id)? {
        let before = store.list_superseded_certificates(&lock.id)?;
        let before = before
            .iter()
            .map(|old| STANDARD.encode(&old.certificate_der));
        locks.push(json!({
            "id": lock.id.as_str(),
            "bound_by": lock.bound_by,
            "bound_at": lock.bound_at.unix_millis(),
            "holder_name": lock.holder_name,
            "key_number": lock.key_number,
            "media_number": lock.media_number,
            "certificate": STANDARD.encode(&lock.certificate_der),
            "certificates_before": before.collect::<Vec<_>>(),
        }));
    }
    let renames = store.list_enterprise_renames(&enterprise.id)?;
    let renames = renames.iter().map(|rename| {
        json!({
            "at": rename.at.unix_millis(),
            "old_name": rename.old_name,
            "new_name": rename.new_name,
            "evidence": rename.evidence_name,
            "evidence_sha256": rename.evidence_sha256,
        })
    });
    Ok(json!({
        "enterprise": {
            "id": enterprise.id.as_str(),
            "credit_code": enterprise.credit_code.as_str(),
            "name": enterprise.name,
            "region_code": enterprise.region_code.as_str(),
            "legal_representative": enterprise.legal_representative,
            "phone": enterprise.phone,
            "address": enterprise.address,
            "contact_email": enterprise.contact_email,
            "created_at": enterprise.created_at.unix_millis(),
        },
        "locks": locks,
        "renames": renames.collect::<Vec<_>>(),
        "sign_ins": sign_ins(store, &enterprise)?,
        "addresses_in_the_audit_trail": addresses(store, &enterprise)?,
    }))
}

fn sign_ins(store: &mut dyn Store, enterprise: &Enterprise) -> Result<Vec<Value>, StoreError> {
    let filter = SessionFilter {
        enterprise: Some(enterprise.id.clone()),
        ..SessionFilter::default()
    };
    let (mut told, mut ask) = (Vec::new(), PageAsk::first(PAGE_MAX));
    loop {
        let page = store.page_sessions(&filter, &ask)?;
        told.extend(page.items.iter().map(|session| {
            json!({
                "id": session.id.as_str(),
                "key_lock": session.key_lock_id.as_str(),
                "begun_at": session.begun_at.unix_millis(),
                "seen_at": session.seen_at.unix_millis(),
                "remote_address": session.remote_address,
                "user_agent": session.user_agent,
            })
        }));
        match page.next {
            Some(start) => ask.start = start,
            None => return Ok(told),
        }
    }
}

/// Each address that an event of the enterprise names, with how many do.
fn addresses(
    store: &mut dyn Store,
    enterprise: &Enterprise,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let filter = AuditFilter {
        enterprise: Some(enterprise.id.clone()),
        ..AuditFilter::default()
    };
    let (mut told, mut ask) = (BTreeMap::new(), PageAsk::first(PAGE_MAX));
    loop {
        let page = store.page_audit(&filter, &ask)?;
        for entry in page.items {
            if let Some(address) = entry.event.remote_address {
                *told.entry(address).or_insert(0) += 1;
            }
        }
        match page.next {
            Some(start) => ask.start = start,
            None => return Ok(told),
        }
    }
}

/// What was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Locks whose binder's name went.
    pub binders: usize,
    /// Sign-ins whose address and browser went.
    pub traces: usize,
    /// Papers behind a change of name that went; their digests stay.
    pub evidence: usize,
}

/// Erases legal representative, telephone number, address, mail address, and who bound the locks; of sign-ins that are old enough, address and browser;
/// the papers behind changes of name where it is asked for. Not while a lock is in force: until then they are needed for what the
/// enterprise itself goes on asking for (个人信息保护法 art. 13, 47).
pub fn erase(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    (with_evidence, order): (bool, &Order),
) -> Result<Erased, OperateError> {
    let found = find(store, code)?;
    let enterprise = store.hold_enterprise_alone(&found.id)?;
    let enterprise = enterprise.ok_or_else(|| OperateRefusal::UnknownEnterprise(code.clone()))?;
    let locks = store.list_key_locks(&enterprise.id)?;
    if let Some(lock) = locks.iter().find(|lock| lock.state == KeyLockState::Active) {
        return Err(OperateRefusal::InUse(lock.id.clone()).into());
    }
    let erased = Erased {
        binders: store.erase_binders(&enterprise.id)?,
        traces: store.erase_session_traces(&enterprise.id, cx.now - TRACES_KEPT)?,
        evidence: if with_evidence {
            store.erase_rename_evidence(&enterprise.id)?
        } else {
            0
        },
    };
    let to = Enterprise {
        legal_representative: String::new(),
        phone: None,
        address: None,
        contact_email: None,
        ..enterprise.clone()
    };
    let is_same = to == enterprise;
    if is_same && erased == Erased::default() {
        return Err(OperateRefusal::Nothing("nothing is held any more").into());
    }
    if !is_same {
        exchange(store, &to)?;
    }
    let what = format!(
        "contact data, {} binders, {} sign-ins, {} papers",
        erased.binders, erased.traces, erased.evidence
    );
    store.append_audit(&event(
        cx,
        &to,
        order,
        (AuditKind::PersonalDataErased, &what),
    ))?;
    Ok(erased)
}
