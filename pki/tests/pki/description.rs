//! What a certificate says and what a profile makes of it, for whoever writes the profile.

use pki::certificate::{Certificate, CertificateError, Description};
use pki::holder::profile::Decoding;
use pki::holder::{AttributeProfile, Explanation, HolderError, LockKind};
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name_of, tlv};

const CODE: &[u8] = b"91350100M000100Y43";

/// O in two-octet characters, OU in GB18030 under the wrong type, CN with a control character.
fn draft() -> Draft {
    let bmp: Vec<u8> = "甲公司".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut draft = Draft::lock("root", "lock");
    draft.subject = name_of(&[
        (b"\x55\x04\x0a", 30, &bmp),
        (b"\x55\x04\x0b", 20, b"\xc6\xf3\xd2\xb5"),
        (b"\x55\x04\x03", 12, b"a\x1b[2Jb"),
        (b"\x2a\x03", 2, b"\x05"),
    ]);
    draft
}

fn made(draft: &Draft) -> Certificate {
    let key = SigningKey::generate().unwrap();
    draft.certificate(&key, &key)
}

#[test]
fn names_tell_their_string_types_and_carry_nothing_that_moves_a_cursor() {
    let it = Description::of(&made(&draft()));
    let told: Vec<_> = it
        .subject
        .iter()
        .map(|a| (a.known.name, a.string_type.as_str(), a.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("O"), "BMPString", "甲公司"),
            (Some("OU"), "T61String", "企业"),
            (Some("CN"), "UTF8String", "a\u{FFFD}[2Jb"),
            (None, "tag 2", "#05"),
        ]
    );
    assert_eq!(it.subject[3].known.oid, "1.2.3");
    assert_eq!(
        (it.key.kind, it.key.bits, it.key.weak),
        ("SM2", Some(256), false)
    );
    assert_eq!(it.signature_algorithm.name, Some("sm2WithSM3"));
    assert_eq!(
        it.key_usage.unwrap(),
        ["digitalSignature", "nonRepudiation"]
    );
    assert!(it.extended_key_usage.is_none() && !it.is_ca);
}

#[test]
fn an_unknown_extension_shows_what_each_decoding_makes_of_it() {
    let mut draft = draft();
    let wrapped = tlv(0x31, &tlv(0xA0, &tlv(19, CODE)));
    draft.extensions.push(extension("2a0304", true, &wrapped));
    draft
        .extensions
        .push(extension("2a0305", false, b"\xc6\xf3\xd2\xb5"));
    draft
        .extensions
        .push(extension("2a0306", false, &[b'x'; 3000]));
    let it = Description::of(&made(&draft));
    let of = |oid: &str| {
        let found = it.extensions.iter().find(|e| e.known.oid == oid).unwrap();
        let texts = found.readings.iter().map(|r| (r.decoding, r.text.as_str()));
        (found.critical, found.octets, texts.collect::<Vec<_>>())
    };
    let hex = hex::encode_upper(&wrapped);
    let code = std::str::from_utf8(CODE).unwrap();
    assert_eq!(
        of("1.2.3.4"),
        (
            true,
            wrapped.len(),
            vec![
                (Decoding::Auto, code),
                (Decoding::Wrapped, code),
                (Decoding::Hex, hex.as_str())
            ]
        )
    );
    assert_eq!(
        of("1.2.3.5").2,
        [
            (Decoding::Auto, "企业"),
            (Decoding::Gb18030, "企业"),
            (Decoding::Hex, "C6F3D2B5")
        ]
    );
    for (_, text) in of("1.2.3.6").2 {
        assert_eq!(text.chars().count(), 513, "cut, and marked so");
    }
}

const PROFILE: &str = r#"
holder_name = [{ extension = "1.9.9" }, { subject = "O" }, { subject = "CN" }]
credit_code = [{ extension = "1.2.3.4" }, { extension = "1.2.3.5" }]
key_number = [{ serial_number = true }]
lock_kind = [
    { is = "legal_person_lock", when = { subject = "OU", contains = "法人" } },
    { is = "key_lock", when = { subject = "OU", equals = "企业" } },
    { is = "legal_person_lock", when = { always = true } },
]
"#;

#[test]
fn an_explanation_names_the_place_and_the_rule_that_decided() {
    let profile: AttributeProfile = toml::from_str(PROFILE).unwrap();
    let mut draft = draft();
    draft
        .extensions
        .push(extension("2a0304", false, &tlv(12, CODE)));
    let it = Explanation::of(&made(&draft), &profile);
    let names = it.holder_name.iter();
    assert_eq!(
        names
            .map(|p| (p.texts.as_ref().unwrap().len(), p.decides))
            .collect::<Vec<_>>(),
        [(0, false), (1, true), (1, false)]
    );
    let rules = it.lock_kind.iter();
    assert_eq!(
        rules
            .map(|r| (r.kind, r.holds.unwrap(), r.decides))
            .collect::<Vec<_>>(),
        [
            (LockKind::LegalPersonLock, false, false),
            (LockKind::KeyLock, true, true),
            (LockKind::LegalPersonLock, true, false),
        ]
    );
    assert!(it.credit_code[0].decides && !it.credit_code[1].decides);
    assert_eq!(it.holder.unwrap().lock_kind, LockKind::KeyLock);

    draft
        .extensions
        .push(extension("2a0305", false, &tlv(12, b"91110000101623741K")));
    let it = Explanation::of(&made(&draft), &profile);
    assert!(it.credit_code.iter().all(|place| place.decides));
    assert_eq!(it.holder, Err(HolderError::ConflictingCreditCodes));
}

#[test]
fn of_several_certificates_in_a_file_a_broken_one_hides_no_other() {
    let openssl = crate::lab::Lab::new();
    openssl.root("root", crate::lab::Kind::P256);
    let pem = std::fs::read_to_string(openssl.path("root.pem")).unwrap();
    let bad = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let read = Certificate::each_of(format!("words\n{pem}{bad}{pem}").as_bytes());
    assert_eq!(read.len(), 3);
    assert!(read[0].is_ok() && read[2].is_ok());
    assert_eq!(read[1].as_ref().unwrap_err(), &CertificateError::Malformed);
    let der = read[0].as_ref().unwrap().der();
    assert!(Certificate::each_of(der)[0].is_ok());
    assert!(Certificate::each_of(b"")[0].is_err());
}
