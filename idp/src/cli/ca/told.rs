//! `idp ca inspect`, as text: one certificate, and what each CA makes of it.

use std::fmt::Write as _;

use idp_core::certificate_authority::CaState;
use idp_core::recognition::{CaRegistry, RecognisedCa};
use pki::certificate::{Certificate, Description, Known};
use pki::holder::{CreditCode, Explanation, LockKind};
use serde::Serialize;

use super::inspect::{path_to, sign_in};
use super::table::{moment, shown};
use crate::certificates;

/// Everything, line by line.
pub(super) fn told(certificate: &Certificate, registry: &CaRegistry, now: i64) -> String {
    let mut text = said(certificate);
    for ca in &registry.authorities {
        let leads = match path_to(certificate, ca, now) {
            Ok(()) => "it leads to this CA".to_owned(),
            Err(why) => format!("does not lead to it: {why}"),
        };
        let (id, state) = (shown(ca.id.as_str()), ca.state.as_str());
        if certificate.is_ca() {
            let place = place_in(ca, certificate).unwrap_or("not one of its own");
            let words = format!("{id} ({}), {state}: {place}", shown(&ca.name));
            line(&mut text, 2, &words);
            continue;
        }
        line(
            &mut text,
            2,
            &format!("{id} ({}), {state}: {leads}", shown(&ca.name)),
        );
        explained(&mut text, &Explanation::of(certificate, &ca.profile));
        line(&mut text, 4, &verdict(certificate, ca, now));
    }
    if certificate.is_ca() {
        let nobody = "verdict: it is a certificate authority's, no lock's: nobody signs in with it";
        line(&mut text, 2, nobody);
    }
    if registry.authorities.is_empty() {
        line(&mut text, 2, "no certificate authority is registered");
    }
    text
}

/// What a certificate authority's certificate is to a CA of the registry.
pub(super) fn place_in(ca: &RecognisedCa, certificate: &Certificate) -> Option<&'static str> {
    let is_this = |one: &Certificate| one.der() == certificate.der();
    if ca.anchors.certificates().iter().any(is_this) {
        return Some("one of its anchors");
    }
    let is_between = ca.intermediates.iter().any(is_this);
    is_between.then_some("one of its intermediates")
}

fn line(text: &mut String, indent: usize, words: &str) {
    // Writing into a String does not fail.
    let _ = writeln!(text, "{:indent$}{words}", "");
}

fn said(certificate: &Certificate) -> String {
    let it = Description::of(certificate);
    let mut text = String::new();
    for (which, attributes) in [("subject", &it.subject), ("issuer", &it.issuer)] {
        line(&mut text, 2, which);
        for attribute in attributes {
            let (known, kind) = (known(&attribute.known), &attribute.string_type);
            line(
                &mut text,
                4,
                &format!("{known} {kind}: {}", shown(&attribute.text)),
            );
        }
    }
    let bits = it
        .key
        .bits
        .map(|bits| format!(", {bits} bits"))
        .unwrap_or_default();
    let weak = if it.key.weak { ", too short" } else { "" };
    let list = |all: Vec<String>| {
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.join(", ")
        }
    };
    let facts = [
        format!("serial number {}", it.serial_number),
        format!(
            "valid {} to {}",
            moment(it.not_before),
            moment(it.not_after)
        ),
        format!("key {}{bits}{weak}", it.key.kind),
        format!("signed with {}", known(&it.signature_algorithm)),
        format!("purpose at log-in: {:?}", certificate.purpose()),
        format!("a CA: {}", if it.is_ca { "yes" } else { "no" }),
        match it.key_usage {
            Some(bits) => format!(
                "key usage: {}",
                list(bits.iter().map(ToString::to_string).collect())
            ),
            None => "key usage: absent".to_owned(),
        },
        match it.extended_key_usage {
            Some(uses) => format!(
                "extended key usage: {}",
                list(uses.iter().map(known).collect())
            ),
            None => "extended key usage: absent".to_owned(),
        },
        format!("policies: {}", list(it.policies)),
        format!("SHA-256 {}", it.sha256),
    ];
    for fact in &facts {
        line(&mut text, 2, fact);
    }
    for extension in &it.extensions {
        let critical = if extension.critical { ", critical" } else { "" };
        let (known, octets) = (known(&extension.known), extension.octets);
        line(
            &mut text,
            2,
            &format!("extension {known}{critical}, {octets} octets"),
        );
        if let Some(content) = &extension.content {
            line(&mut text, 4, &format!("says: {}", shown(content)));
        }
        for reading in &extension.readings {
            let (decoding, read) = (word(&reading.decoding), shown(&reading.text));
            line(&mut text, 4, &format!("{decoding}: {read}"));
        }
    }
    text
}

fn known(known: &Known) -> String {
    match known.name {
        Some(name) => format!("{} ({name})", known.oid),
        None => known.oid.clone(),
    }
}

/// A word of the written form.
fn word(of: &impl Serialize) -> String {
    let written = serde_json::to_value(of).unwrap_or_default();
    written
        .as_str()
        .map_or_else(|| written.to_string(), str::to_owned)
}

fn explained(text: &mut String, it: &Explanation) {
    for (field, places) in [
        ("holder_name", &it.holder_name),
        ("credit_code", &it.credit_code),
        ("key_number", &it.key_number),
    ] {
        for found in places {
            let says = match &found.texts {
                Ok(none) if none.is_empty() => "nothing of that form".to_owned(),
                Ok(texts) => shown(&texts.join(" | ")),
                Err(why) => why.to_string(),
            };
            let decides = if found.decides { " (decides)" } else { "" };
            line(
                text,
                4,
                &format!("{field} {}: {says}{decides}", shown(&word(&found.place))),
            );
        }
    }
    for asked in &it.lock_kind {
        let says = match &asked.holds {
            Ok(true) => "holds".to_owned(),
            Ok(false) => "does not hold".to_owned(),
            Err(why) => why.to_string(),
        };
        let decides = if asked.decides { " (decides)" } else { "" };
        line(
            text,
            4,
            &format!("lock_kind {}: {says}{decides}", shown(&word(&asked.rule))),
        );
    }
    let reads = match &it.holder {
        Ok(holder) => format!(
            "the profile reads: {} | credit code {} | key number {} | {}",
            shown(&holder.name),
            holder
                .credit_code
                .as_ref()
                .map_or("none", CreditCode::as_str),
            shown(&holder.key_number),
            kind_word(holder.lock_kind)
        ),
        Err(why) => format!("the profile reads nothing: {why}"),
    };
    line(text, 4, &reads);
}

/// What a sign-in would be told, and why.
fn verdict(certificate: &Certificate, ca: &RecognisedCa, now: i64) -> String {
    let when = match ca.state {
        CaState::Proposed => ", once the CA is active",
        CaState::Active | CaState::Suspended => "",
    };
    match sign_in(certificate, ca, now) {
        Ok(()) => format!("verdict: a sign-in is recognised{when}, unless it is revoked"),
        Err(why) => format!(
            "verdict: a sign-in is refused{when}: {} ({})",
            certificates::told(why),
            why.code()
        ),
    }
}

/// The word in a profile.
pub(super) const fn kind_word(kind: LockKind) -> &'static str {
    match kind {
        LockKind::KeyLock => "key_lock",
        LockKind::LegalPersonLock => "legal_person_lock",
        LockKind::Undecidable => "undecidable",
    }
}
