//! Claims in the words of a page.
//!
//! Owns labels, order and formats. Does not know which page shows them.

use std::borrow::Cow;

use client_adapter::protocol::claims::LockRole;

use super::frame::Frame;
use super::messages::Messages;
use super::sessions::Arrival;

/// One line of a list of facts: its id, its label, its value.
pub(super) struct Fact {
    pub(super) id: &'static str,
    pub(super) label: Cow<'static, str>,
    pub(super) value: String,
}

/// Facts under one heading.
pub(super) struct Facts {
    pub(super) heading: Cow<'static, str>,
    pub(super) facts: Vec<Fact>,
}

/// Everything that arrived.
pub(super) fn facts_of(frame: &Frame<'_>, arrival: &Arrival) -> Vec<Facts> {
    [
        enterprise_facts(frame, arrival),
        certificate_facts(frame, arrival),
        contact_facts(frame, arrival),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn section(frame: &Frame<'_>, heading: &str, facts: Vec<(&'static str, String)>) -> Facts {
    let facts = facts.into_iter().map(|(id, value)| Fact {
        id,
        label: frame.t(id),
        value,
    });
    Facts {
        heading: frame.t(heading),
        facts: facts.collect(),
    }
}

/// The enterprise alone.
pub(super) fn enterprise_facts(frame: &Frame<'_>, arrival: &Arrival) -> Option<Facts> {
    let it = arrival.enterprise.as_ref()?;
    let types: Vec<_> = (it.subject_types.iter())
        .map(|kind| frame.t(&format!("subject-{}", kind.as_str())))
        .collect();
    let facts = vec![
        ("fact-name", it.name.clone()),
        ("fact-credit-code", it.credit_code.clone()),
        ("fact-legal-representative", it.legal_representative.clone()),
        ("fact-region", region(frame, &it.region_code)),
        ("fact-subject-types", types.join(&frame.t("list-separator"))),
    ];
    Some(section(frame, "facts-enterprise", facts))
}

fn certificate_facts(frame: &Frame<'_>, arrival: &Arrival) -> Option<Facts> {
    let it = arrival.certificate.as_ref()?;
    let role = match it.lock_role {
        LockRole::Primary => "lock-primary",
        LockRole::Secondary => "lock-secondary",
    };
    let (from, to) = (
        frame.day(it.certificate_not_before),
        frame.day(it.certificate_not_after),
    );
    let mut facts = vec![
        ("fact-certificate-issuer", it.certificate_issuer.clone()),
        (
            "fact-certificate-serial",
            it.certificate_serial_number.clone(),
        ),
        ("fact-key-number", it.key_number.clone()),
    ];
    if let Some(media_number) = &it.media_number {
        facts.push(("fact-media-number", media_number.clone()));
    }
    facts.push((
        "fact-validity",
        frame.ta("validity", &[("from", &from), ("to", &to)]),
    ));
    facts.push(("fact-lock-role", frame.t(role).into_owned()));
    Some(section(frame, "facts-certificate", facts))
}

fn contact_facts(frame: &Frame<'_>, arrival: &Arrival) -> Option<Facts> {
    let it = arrival.contact.as_ref()?;
    let phone = it.phone_number.clone().map(|phone| ("fact-phone", phone));
    let address = it.address.as_ref();
    let address = address.map(|address| ("fact-address", address.formatted.clone()));
    let facts = phone.into_iter().chain(address).collect();
    Some(section(frame, "facts-contact", facts))
}

/// A region's code, with the league or city it is in where we know it.
fn region(frame: &Frame<'_>, code: &str) -> String {
    let league = code.get(..4).unwrap_or_default();
    match Messages::of(frame.locale).find(&format!("region-{league}")) {
        Some(name) => format!("{name} ({code})"),
        None => code.to_owned(),
    }
}
