//! An entry of the CA registry, line by line, and beside another one.

use idp_core::certificate_authority::{CaEntry, PemFile};
use idp_core::id::CaId;
use idp_core::key_lock::Thumbprint;
use pki::certificate::Certificate;

use super::facts::of_certificate;
use super::members::members;
use crate::certificates::Registered;
use crate::http::extract::Visit;
use crate::http::page::region_name;
use crate::view::console::Fact;

/// What is written of a CA.
pub fn of_entry(visit: &Visit, id: &CaId, entry: &CaEntry) -> Vec<Fact> {
    let algorithms: Vec<_> = entry.algorithms.iter().map(|one| one.as_str()).collect();
    vec![
        Fact::code("authority-id", id.as_str()),
        Fact::new("authority-name", &entry.name),
        Fact::new("authority-region", region(visit, entry)),
        Fact::code("authority-anchors", prints(&entry.anchors)),
        Fact::code("authority-intermediates", prints(&entry.intermediates)),
        Fact::code("authority-algorithms", algorithms.join(" ")),
        Fact::code("authority-revocation", members(&entry.revocation)),
        Fact::code("authority-profile", members(&entry.profile)),
    ]
}

/// Two entries, each line with what it takes the place of.
pub fn differences(visit: &Visit, id: &CaId, (from, to): (&CaEntry, &CaEntry)) -> Vec<Fact> {
    let before = of_entry(visit, id, from);
    let after = of_entry(visit, id, to);
    let each = after.into_iter().zip(before);
    each.map(|(after, before)| after.instead_of(before.value))
        .collect()
}

/// Its certificates, described.
pub fn certificates(visit: &Visit, entry: &CaEntry) -> Vec<Vec<Fact>> {
    let files = entry.anchors.iter().chain(&entry.intermediates);
    let each = files.flat_map(|file| Certificate::from_pem(&file.pem).unwrap_or_default());
    each.map(|one| of_certificate(visit, &one)).collect()
}

/// What should be looked at before such an entry is agreed on.
pub fn warnings(id: &CaId, entry: &CaEntry) -> Vec<String> {
    match Registered::of_one(id, entry) {
        Ok(_) => Vec::new(),
        Err(error) => vec![error.to_string()],
    }
}

/// Where a CA is, in the page's language.
pub fn region(visit: &Visit, entry: &CaEntry) -> String {
    let code = &entry.jurisdiction;
    let name = code
        .region()
        .map(|region| region_name(region, visit.locale));
    format!("{} ({code})", name.unwrap_or_default())
}

fn prints(files: &[PemFile]) -> String {
    let each = files
        .iter()
        .flat_map(|file| Certificate::from_pem(&file.pem).unwrap_or_default());
    let print = |one: Certificate| {
        let sha256 = Thumbprint(one.thumbprint_sha256()).to_groups();
        format!("{}: {sha256}", one.subject())
    };
    let all: Vec<_> = each.map(print).collect();
    if all.is_empty() {
        "–".to_owned()
    } else {
        all.join("; ")
    }
}
