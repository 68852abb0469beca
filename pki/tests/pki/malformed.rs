//! Broken bytes never panic, and never pass.

use pki::certificate::{Certificate, CertificateError, Description, MAX_CERTIFICATE_BYTES};
use pki::holder::{AttributeProfile, Explanation, read_holder};
use pki::path::verify_path;
use pki::revocation::Revocation;
use pki::signature::{PublicKey, SignatureAlgorithm, verify_with_spki};
use pki::sm2::{self, SigningKey};

use crate::draft::{Draft, extension, tlv};
use crate::lab::{AT, Kind, LOCK, Lab, Order, anchors, lists};

/// Every truncation, and every octet with one bit flipped and with three telling values.
pub fn mutations(good: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let truncated = (0..good.len()).map(|end| good[..end].to_vec());
    let changed = (0..good.len()).flat_map(move |at| {
        let bits = (0..8).map(move |bit| good[at] ^ (1 << bit));
        bits.chain([0x00, 0x80, 0xFF])
            .filter(move |octet| *octet != good[at])
            .map(move |octet| {
                let mut changed = good.to_vec();
                changed[at] = octet;
                changed
            })
    });
    truncated.chain(changed)
}

#[test]
fn mutated_certificates_never_panic_and_never_pass() {
    let (ca_key, lock_key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let root = Draft::ca("root").certificate(&ca_key, &ca_key);
    let mut draft = Draft::lock("root", "某公司");
    draft.extensions.push(extension(
        "551d20",
        false,
        &tlv(0x30, &tlv(0x30, &tlv(6, b"\x2a\x03\x04"))),
    ));
    draft.extensions.push(extension(
        "551d25",
        false,
        &tlv(0x30, &tlv(6, b"\x2b\x06\x01\x05\x05\x07\x03\x02")),
    ));
    draft.extensions.push(extension(
        "2a0304",
        false,
        &tlv(0x31, &tlv(0xA0, &tlv(19, b"91350100M000100Y43"))),
    ));
    let good = draft.der(&lock_key, &ca_key);
    let anchors = anchors(&[&root]);
    let profile: AttributeProfile = toml::from_str(
        "holder_name = [{ subject = \"CN\" }]\ncredit_code = [{ extension = \"1.2.3.4\" }]\n\
         key_number = [{ serial_number = true }]\nlock_kind = [{ is = \"key_lock\", when = { policy = \"1.2.3.4\" } }]",
    )
    .unwrap();
    let pass = |certificate: &Certificate| {
        verify_path(certificate, &anchors, &[], &Revocation::NotChecked, AT).is_ok()
    };
    let whole = Certificate::from_der(&good).unwrap();
    assert!(pass(&whole));
    read_holder(&whole, &profile).unwrap();

    let (mut tried, mut read) = (0_u32, 0_u32);
    for bytes in mutations(&good) {
        tried += 1;
        let Ok(certificate) = Certificate::from_der(&bytes) else {
            continue;
        };
        read += 1;
        let explained = Explanation::of(&certificate, &profile);
        assert_eq!(explained.holder, read_holder(&certificate, &profile));
        let _ = Description::of(&certificate);
        let _ = format!("{certificate:?} {}", certificate.issuer());
        let _ = verify_with_spki(
            certificate.subject_public_key_info_der(),
            SignatureAlgorithm::Sm2Sm3,
            b"",
            b"",
        );
        assert!(!pass(&certificate), "{}", hex::encode(bytes));
    }
    println!("{tried} mutated certificates, {read} still readable, none passed");
}

#[test]
fn mutated_certificates_of_openssl_never_panic() {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let extensions = format!(
        "{LOCK}subjectAltName=email:a@b.cn,URI:http://b.cn/\ncertificatePolicies=1.2.3\n\
             crlDistributionPoints=URI:http://b.cn/a.crl\nauthorityInfoAccess=OCSP;URI:http://b.cn/\n"
    );
    let lock = lab.issue(
        "root",
        &Order {
            extensions: &extensions,
            ..Order::lock("lock", Kind::Rsa(2048))
        },
    );
    for bytes in mutations(lock.der()) {
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            let _ = Description::of(&certificate);
        }
    }
}

#[test]
fn mutated_lists_never_panic_and_never_clear_anybody() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    lab.revoke("root", "lock");
    let good = lab.crl("root", "20260601000000Z", "20260701000000Z");
    assert_eq!(lists(std::slice::from_ref(&good), &[&root]).all().len(), 1);
    let anchors = anchors(&[&root]);
    for bytes in mutations(&good) {
        let lists = lists(&[bytes], &[&root]);
        assert!(verify_path(&lock, &anchors, &[], &Revocation::Asked(&lists), AT).is_err());
    }
}

#[test]
fn mutated_keys_and_signatures_never_panic_and_never_pass() {
    let key = SigningKey::generate().unwrap();
    let spki = key.subject_public_key_info_der().unwrap();
    let signature = key.sign(b"message").unwrap();
    sm2::verify(&spki, b"message", &signature).unwrap();
    for bytes in mutations(&spki) {
        let _ = PublicKey::from_spki_der(&bytes);
        assert!(
            sm2::verify(&bytes, b"message", &signature).is_err(),
            "{}",
            hex::encode(bytes)
        );
    }
    for bytes in mutations(&signature) {
        assert!(
            sm2::verify(&spki, b"message", &bytes).is_err(),
            "{}",
            hex::encode(bytes)
        );
    }
    for bytes in mutations(&key.to_pkcs8_der().unwrap()) {
        let _ = SigningKey::from_pkcs8_der(&bytes);
    }
}

#[test]
fn size_and_tail_are_bounded() {
    let key = SigningKey::generate().unwrap();
    let der = Draft::lock("root", "lock").der(&key, &key);
    assert_eq!(
        Certificate::from_der(&[der.as_slice(), &[0]].concat()).unwrap_err(),
        CertificateError::TrailingData
    );
    let mut draft = Draft::lock("root", "lock");
    draft.extensions.push(extension(
        "2a0304",
        false,
        &vec![b'x'; MAX_CERTIFICATE_BYTES],
    ));
    assert_eq!(
        Certificate::from_der(&draft.der(&key, &key)).unwrap_err(),
        CertificateError::TooLarge
    );
    assert_eq!(
        Certificate::from_der(b"").unwrap_err(),
        CertificateError::Malformed
    );
    assert_eq!(
        Certificate::from_pem("no certificate here").unwrap_err(),
        CertificateError::BadPem
    );
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(
        Certificate::from_pem(broken).unwrap_err(),
        CertificateError::Malformed
    );
}
