//! The CA registry as JSON.

use idp_core::certificate_authority::{
    CaChangeEntry, CaState, CertificateAuthority, PemFile, UnreadableCa,
};
use pki::certificate::{Certificate, Description};
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One that can't be read any more.
pub fn unreadable(ca: &UnreadableCa) -> Value {
    json!({
        "id": ca.id.as_str(),
        "state": ca.state.map(CaState::as_str),
        "unreadable": ca.problem,
    })
}

/// One in a list.
pub fn row(ca: &CertificateAuthority) -> Value {
    json!({
        "id": ca.id.as_str(),
        "name": ca.entry.name,
        "jurisdiction": ca.entry.jurisdiction.as_str(),
        "state": ca.state.as_str(),
        "revision": ca.revision,
        "in_configuration": ca.loaded.is_some(),
        "created_at": rfc3339(ca.created_at),
        "changed_at": rfc3339(ca.changed_at),
    })
}

/// All of one, its certificates described.
pub fn whole(ca: &CertificateAuthority) -> Value {
    let mut whole = row(ca);
    let certificates = json!({
        "anchors": described(&ca.entry.anchors),
        "intermediates": described(&ca.entry.intermediates),
    });
    if let Some(whole) = whole.as_object_mut() {
        whole.insert("certificates".to_owned(), certificates);
        whole.insert("entry".to_owned(), json!(ca.entry));
    }
    whole
}

fn described(files: &[PemFile]) -> Vec<Value> {
    let each = files.iter().flat_map(|file| {
        let inside = Certificate::from_pem(&file.pem).unwrap_or_default();
        inside
            .into_iter()
            .map(move |one| json!({ "file": file.file, "certificate": Description::of(&one) }))
    });
    each.collect()
}

/// One change of its history.
pub fn change(entry: &CaChangeEntry) -> Value {
    let change = &entry.change;
    json!({
        "sequence": entry.sequence,
        "revision": change.revision,
        "at": rfc3339(change.at),
        "by": change.by,
        "act": change.act.as_str(),
        "reason": change.reason,
        "state": change.state.as_str(),
        "entry": change.entry,
    })
}
