//! Whether a receipt agrees with itself: its text with its digest and the log's line, what it lists with what the line says.

use std::collections::BTreeSet;

use pki::holder::credit_code::CreditCode;
use protocol::scope::Scope;
use sha2::{Digest as _, Sha256};

use super::line;
use crate::clock;
use crate::receipts::format::{Event, GIVEN, PRINCIPAL, Party, RECIPIENT, Receipt, WITHDRAWN};
use crate::receipts::issue::time_of;

/// The event by which it was given.
pub(super) fn given(receipt: &Receipt) -> Result<&Event, &'static str> {
    let event = receipt.events.first();
    event
        .filter(|event| event.event_state == GIVEN)
        .ok_or("no-event")
}

/// The text is the one that was agreed to.
pub(super) fn statement(receipt: &Receipt) -> Result<(), &'static str> {
    let evidence = &receipt.evidence;
    let digest = sha256(&evidence.statement);
    if digest != evidence.statement_sha256 {
        return Err("digest-differs");
    }
    let line = line::read(&given(receipt)?.log.line)?;
    if line.word("statement-sha256") != Some(&digest) {
        return Err("not-in-the-line");
    }
    let signed_by = evidence.signed_by.as_str();
    let is_whole = match (&evidence.signature, signed_by) {
        (None, "provider") => line.word("proof-sha256").is_none(),
        (Some(signature), "lock") => line.word("proof-sha256") == Some(&sha256(&signature.proof)),
        _ => false,
    };
    if is_whole && line.word("signed-by") == Some(signed_by) {
        Ok(())
    } else {
        Err("signature-not-in-the-line")
    }
}

pub(super) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Everything else says what the log's lines say.
pub(super) fn agrees(receipt: &Receipt) -> Result<(), &'static str> {
    let line = line::read(&given(receipt)?.log.line)?;
    let id = &receipt.record.record_id;
    if line.kind != "consent.granted" || line.consent_id != *id || receipt.receipt_id != *id {
        return Err("other-consent");
    }
    let principal = party(receipt, PRINCIPAL, &line.enterprise_id)?;
    let recipient = party(receipt, RECIPIENT, &line.platform_id)?;
    if receipt.record.pii_principal_id != line.enterprise_id {
        return Err("other-party");
    }
    let named = named(&receipt.evidence.statement).ok_or("party-not-in-the-statement")?;
    let code = principal.credit_code.as_deref().unwrap_or_default();
    let is_code = code.parse::<CreditCode>().is_ok();
    if !is_code || named.code != code || named.platform != recipient.party_id {
        return Err("party-not-in-the-statement");
    }
    let [processing] = receipt.pii_processing.as_slice() else {
        return Err("data-differ");
    };
    let listed = processing
        .pii_information
        .iter()
        .flat_map(|pii| &pii.pii_attributes);
    let listed: BTreeSet<&str> = listed.map(String::as_str).collect();
    if listed != opened(&line.asked()) || processing.recipients != [line.platform_id.as_str()] {
        return Err("data-differ");
    }
    events(receipt, (&line.enterprise_id, &line.platform_id))
}

/// Whom a text names, in the places where it says who gives and who receives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// The enterprise's name.
    pub(super) name: &'a str,
    /// Its 统一社会信用代码.
    pub(super) code: &'a str,
    /// The platform's identifier.
    platform: &'a str,
}

/// The forms of the two lines in every text that was ever signed: what stands before a name, between it and the identifier, and
/// at the end (`statement-consent` in both languages, version 1).
const GIVEN_BY: [(&str, &str, &str); 2] = [
    ("授权方：", "（统一社会信用代码 ", "）"),
    ("Given by: ", " (unified social credit code ", ")"),
];
const RECEIVED_BY: [(&str, &str, &str); 2] = [
    ("接收方：", "（平台编号 ", "）"),
    ("Received by: ", " (platform ", ")"),
];

/// Reads them. A part of an identifier, or an identifier anywhere else in the text, names nobody.
pub(super) fn named(statement: &str) -> Option<Named<'_>> {
    let (name, code) = line_of(statement, GIVEN_BY)?;
    let (_, platform) = line_of(statement, RECEIVED_BY)?;
    Some(Named {
        name,
        code,
        platform,
    })
}

/// The one line of a form: a name and an identifier. Where two would do, the text says nothing.
fn line_of<'a>(text: &'a str, forms: [(&str, &str, &str); 2]) -> Option<(&'a str, &'a str)> {
    let read = |line: &'a str| {
        let mut forms = forms.iter();
        forms.find_map(|(before, between, end)| {
            let inner = line.strip_prefix(before)?.strip_suffix(end)?;
            inner.rsplit_once(between)
        })
    };
    let mut found = text.split('\n').filter_map(read);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The claims that these scopes and claims open.
fn opened<'a>(asked: &[&'a str]) -> BTreeSet<&'a str> {
    let mut opened = BTreeSet::new();
    for word in asked.iter().filter(|word| !word.is_empty()) {
        match word.parse::<Scope>() {
            Ok(scope) => opened.extend(scope.claims()),
            Err(_) => {
                opened.insert(*word);
            }
        }
    }
    opened
}

/// A party of this role, and no other than the line names.
fn party<'a>(receipt: &'a Receipt, role: &str, id: &str) -> Result<&'a Party, &'static str> {
    let mut of_role = receipt
        .party_identification
        .iter()
        .filter(|party| party.party_role == role);
    match (of_role.next(), of_role.next()) {
        (Some(one), None) if one.party_id == id => Ok(one),
        _ => Err("other-party"),
    }
}

/// What came after is about the same two, later, and is a taking back.
fn events(receipt: &Receipt, (enterprise, platform): (&str, &str)) -> Result<(), &'static str> {
    let mut before = None;
    for (place, event) in receipt.events.iter().enumerate() {
        if event.event_time != clock::rfc3339(time_of(&event.log.line)) {
            return Err("time-differs");
        }
        if place > 0 {
            let line = line::read(&event.log.line)?;
            let is_ours = line.kind == "consent.withdrawn"
                && line.enterprise_id == enterprise
                && line.platform_id == platform;
            if !is_ours || event.event_state != WITHDRAWN || before >= Some(event.log.index) {
                return Err("other-event");
            }
        }
        before = Some(event.log.index);
    }
    if receipt.events.len() > 2 {
        return Err("other-event");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Locale, Messages};

    fn text(locale: Locale, enterprise: &str, platform: &str) -> String {
        let args = [
            ("version", "1"),
            ("enterprise", enterprise),
            ("code", "91150100M000100Y43"),
            ("platform", platform),
            ("client", "chifeng-1"),
            ("data", "x"),
            ("lasts", "x"),
            ("origin", "https://idp.example"),
        ];
        let messages = Messages::of(locale);
        messages.ta("statement-consent", &args).into_owned()
    }

    #[test]
    fn whom_a_text_names_is_read_in_each_language() {
        for locale in Locale::ALL {
            // Names may look like what stands around them; each has one line.
            for name in [
                "某公司（分公司）",
                "A (platform x)",
                "（统一社会信用代码 1）",
            ] {
                let text = text(locale, name, name);
                let expected = Named {
                    name,
                    code: "91150100M000100Y43",
                    platform: "chifeng-1",
                };
                assert_eq!(named(&text), Some(expected), "{text}");
                assert_eq!(named(&text.repeat(2)), None);
            }
        }
        assert_eq!(named("授权方：甲 91150100M000100Y43 chifeng-1"), None);
    }
}
