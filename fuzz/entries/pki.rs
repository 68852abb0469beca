//! What each fuzz target of `pki` does with octets from outside. Shared by the targets, which libFuzzer drives, and by a
//! unit test, which replays the seeds.
//!
//! An entry panics if the crate does, or if it breaks one of its promises: bounds, texts without control characters, a
//! certificate that reads back as itself, and verdicts that nothing unsigned can have.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::eseal::{MAX_LISTED, MAX_PICTURE_BYTES, Seal};
use pki::holder::{AttributeProfile, read_holder};
use pki::name::Name;
use pki::path::{standing, verify_path};
use pki::revocation::ocsp::{MAX_SKEW_SECONDS, NONCE_OCTETS, OcspRequest};
use pki::revocation::{Revocation, UnverifiedCrl, crls_in};
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

/// A revocation list. As it is, no key here signed it, so it never speaks for anybody. Octets that begin as entries do
/// become the entries of a list that a key here signs, and then it does.
pub fn crl(octets: &[u8]) {
    for der in crls_in(octets.to_vec()).unwrap_or_default() {
        if let Ok(list) = UnverifiedCrl::from_der(&der) {
            names_are_clean(list.issuer());
            let _ = list.this_update();
            assert!(list.verify([&SIGNER.certificate]).is_err());
            assert!(list.verify_indirect(&SIGNER.certificate).is_err());
        }
    }
    if !matches!(octets, [0x30, _, 0x02, ..]) || octets.len() > 4096 {
        return;
    }
    for indirect in [false, true] {
        let der = signed_list(octets, indirect);
        let list = UnverifiedCrl::from_der(&der).expect("the list is well written");
        let list = if indirect {
            list.verify_indirect(&SIGNER.certificate)
        } else {
            list.verify([&SIGNER.certificate])
        };
        let Ok(list) = list else { continue };
        assert!(list.entries() <= octets.len() / 2);
        let _ = (list.takes_back(&SIGNER.certificate), format!("{list:?}"));
    }
}

/// A responder's answer: as it is, no key here signed it, so it says nothing. Octets that begin as the data of an answer do
/// become an answer that a key here signs.
pub fn ocsp(octets: &[u8]) {
    let own = &SIGNER.certificate;
    for nonce in [None, Some([7; NONCE_OCTETS])] {
        let request = OcspRequest::new(own, own, nonce).expect("one can ask about the signer");
        assert!(request.verify(octets, Some(own), AT).is_err());
        if !matches!(
            octets,
            [0x30, _, 0xA0..=0xA2, ..] | [0x30, 0x81, _, 0xA0..=0xA2, ..]
        ) {
            continue;
        }
        if let Ok(answer) = request.verify(&signed_answer(octets), None, AT) {
            assert!(answer.until() > AT && answer.this_update() <= AT + MAX_SKEW_SECONDS);
        }
    }
}

/// A CA whose key is known here. P-256, because its library is quick where everything else is slowed down to be watched.
struct Signer {
    certificate: Certificate,
    key: EcdsaKeyPair,
}

static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer {
    certificate: Certificate::from_der(include_bytes!("signer.der")).expect("it is a certificate"),
    key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, SIGNER_KEY)
        .expect("it is a key"),
});

/// The private key of `signer.der`, which nobody trusts.
const SIGNER_KEY: &[u8] = include_bytes!("signer.p8");

const ECDSA_WITH_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
/// `UTF8String` "root" as commonName, the signer's name.
const SIGNER_NAME: &[u8] = b"\x30\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04root";

/// A list by the signer with these entries.
pub fn signed_list(entries: &[u8], indirect: bool) -> Vec<u8> {
    let point = [
        tlv(6, b"\x55\x1d\x1c"),
        tlv(1, b"\xff"),
        tlv(4, &tlv(0x30, b"\x84\x01\xff")),
    ]
    .concat();
    let number = [tlv(6, b"\x55\x1d\x14"), tlv(4, b"\x02\x01\x01")].concat();
    let mut extensions = tlv(0x30, &number);
    if indirect {
        extensions.extend(tlv(0x30, &point));
    }
    let content = [
        tlv(2, &[1]),
        ECDSA_WITH_SHA256.to_vec(),
        SIGNER_NAME.to_vec(),
        tlv(0x17, b"260601000000Z"),
        tlv(0x17, b"260701000000Z"),
        tlv(0x30, entries),
        tlv(0xA0, &tlv(0x30, &extensions)),
    ];
    signed(&tlv(0x30, &content.concat()))
}

/// An answer with this data.
pub fn signed_answer(data: &[u8]) -> Vec<u8> {
    let basic = [
        tlv(6, b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01"),
        tlv(4, &signed(data)),
    ]
    .concat();
    tlv(
        0x30,
        &[tlv(10, &[0]), tlv(0xA0, &tlv(0x30, &basic))].concat(),
    )
}

/// SEQUENCE { content, algorithm, signature }, as lists and answers have it.
fn signed(content: &[u8]) -> Vec<u8> {
    let signature = SIGNER
        .key
        .sign(&SystemRandom::new(), content)
        .expect("the key signs");
    let signature = tlv(3, &[&[0], signature.as_ref()].concat());
    tlv(0x30, &[content, ECDSA_WITH_SHA256, &signature].concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("inputs are short");
    let [high, low] = length.to_be_bytes();
    let mut whole = vec![tag];
    match length {
        0..0x80 => whole.push(low),
        0x80..0x100 => whole.extend([0x81, low]),
        _ => whole.extend([0x82, high, low]),
    }
    whole.extend(content);
    whole
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
