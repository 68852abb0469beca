//! What each fuzz target of `pki` does with octets from outside. Shared by the targets, which libFuzzer drives, and by a
//! unit test, which replays the seeds.
//!
//! An entry panics if the crate does, or if it breaks one of its promises: bounds, texts without control characters, a
//! certificate that reads back as itself, and verdicts that nothing unsigned can have.

use std::sync::LazyLock;

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::eseal::{MAX_LISTED, MAX_PICTURE_BYTES, Seal};
use pki::holder::{AttributeProfile, read_holder};
use pki::name::Name;
use pki::path::{standing, verify_path};
use pki::revocation::{Crl, Revocation};
use pki::signature::{SignatureAlgorithm, verify_signature};

/// 2026-06-15T00:00:00Z.
const AT: i64 = 1_781_481_600;

/// Every decoding, every form of a place and of a condition.
static PROFILES: LazyLock<Vec<AttributeProfile>> = LazyLock::new(|| {
    let texts = ["auto", "utf8", "gb18030", "string", "wrapped", "hex"].map(|decoding| {
        format!(
            r#"
            holder_name = [{{ subject = "O" }}, {{ subject = "CN" }}]
            credit_code = [
                {{ extension = "1.2.156.10260.4.1.4", decoding = "{decoding}" }},
                {{ extension = "1.2.86.11.7.3", decoding = "{decoding}", length = 18 }},
                {{ subject = "organizationIdentifier", strip_prefix = "NTRCN-" }},
            ]
            key_number = [
                {{ extension = "1.2.156.112570.11.205", decoding = "{decoding}" }},
                {{ subject = "CN", separator = "@", part = 2 }},
                {{ serial_number = true }},
            ]
            lock_kind = [
                {{ is = "legal_person_lock", when = {{ extension = "1.2.156.112562.2.1.1.1", decoding = "{decoding}", starts_with = "SF" }} }},
                {{ is = "legal_person_lock", when = {{ subject = "OU", contains = "法人" }} }},
                {{ is = "key_lock", when = {{ policy = "1.2.156.112562.2.2.1" }} }},
                {{ is = "key_lock", when = {{ extension = "1.2.156.10260.4.1.4" }} }},
            ]
            "#
        )
    });
    let read = |text: &String| toml::from_str(text).expect("the profile is well written");
    texts.iter().map(read).collect()
});

/// A certificate's facts, whom it speaks for under each profile, and every verdict on it.
pub fn certificate(octets: &[u8]) {
    let Ok(certificate) = Certificate::from_der(octets) else {
        return;
    };
    assert_eq!(certificate.der(), octets);
    assert!(Certificate::from_der(certificate.der()).is_ok_and(|again| again == certificate));
    names_are_clean(certificate.subject());
    names_are_clean(certificate.issuer());
    is_clean(certificate.serial_number());
    let _ = (certificate.purpose(), certificate.policies().len());
    for profile in PROFILES.iter() {
        if let Ok(holder) = read_holder(&certificate, profile) {
            is_clean(&holder.name);
            is_clean(&holder.key_number);
        }
    }
    for algorithm in SignatureAlgorithm::ALL {
        assert!(verify_signature(&certificate, algorithm, b"message", b"signature").is_err());
    }
    let own = std::slice::from_ref(&certificate);
    if let Ok(anchors) = TrustAnchors::from_certificates(own) {
        let _ = standing(&anchors, own, &Revocation::NotChecked, AT);
        let _ = verify_path(&certificate, &anchors, own, &Revocation::NotChecked, AT);
    }
    let nobody = TrustAnchors::default();
    assert!(verify_path(&certificate, &nobody, own, &Revocation::NotChecked, AT).is_err());
}

/// A revocation list's facts. A list that no key here signed never speaks for anybody.
pub fn crl(octets: &[u8]) {
    let Ok(crl) = Crl::from_der(octets) else {
        return;
    };
    names_are_clean(crl.issuer());
    let _ = (crl.this_update(), crl.next_update(), format!("{crl:?}"));
}

/// A seal's facts and every verdict on it.
pub fn eseal(octets: &[u8]) {
    let Ok(seal) = Seal::from_der(octets) else {
        return;
    };
    for text in [
        seal.vendor(),
        seal.id(),
        seal.name(),
        seal.picture().declared(),
    ] {
        is_clean(text);
    }
    assert!(seal.listed() <= MAX_LISTED);
    assert!(seal.picture().bytes().len() <= MAX_PICTURE_BYTES);
    let _ = seal.picture().format();
    let verdict = seal.judge(Some(seal.maker()), None, AT);
    assert!(!verdict.is_good(), "no maker is trusted here");
}

fn names_are_clean(name: &Name) {
    for (_, text) in name.attributes() {
        is_clean(text);
    }
    is_clean(&name.to_string());
}

fn is_clean(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
