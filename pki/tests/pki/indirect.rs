//! Lists about the certificates of others, by whom an operator named for them.

use pki::certificate::Certificate;
use pki::path::{PathError, verify_path};
use pki::revocation::{CrlError, Lists, Revocation, UnverifiedCrl};

use crate::draft::{extension, name, tlv};
use crate::lab::{AT, Kind, Lab, Order, anchors};
use crate::revocation::{LAST, NEXT};

#[test]
fn an_indirect_list_counts_only_by_an_issuer_who_was_named() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    lab.root("issuing", Kind::P256);
    let (good, bad) = (
        lab.issue("issuing", &Order::lock("good", Kind::P256)),
        lab.issue("issuing", &Order::lock("bad", Kind::P256)),
    );
    let issuing = lab.certificate("issuing");
    // OpenSSL writes no certificateIssuer, so the list is put together and signed here.
    let key = pki::sm2::SigningKey::generate().unwrap();
    let signer = crate::draft::Draft::ca("lists").certificate(&key, &key);
    let cn = issuing.subject().common_name().unwrap().to_owned();
    let der = indirect_list(&key, (12, cn.as_bytes()), &bad);
    let unverified = UnverifiedCrl::from_der(&der).unwrap();
    assert_eq!(
        unverified.verify([&signer, &issuing]).unwrap_err(),
        CrlError::Unsupported
    );
    assert_eq!(
        unverified.verify_indirect(&root).unwrap_err(),
        CrlError::Foreign
    );
    let judge = |der: &[u8], lock| {
        let unverified = UnverifiedCrl::from_der(der).unwrap();
        let lists = Lists::new(vec![unverified.verify_indirect(&signer).unwrap()]);
        let revocation = Revocation::Asked(&lists);
        verify_path(lock, &anchors(&[&issuing]), &[], &revocation, AT).map(|_| ())
    };
    assert_eq!(judge(&der, &bad), Err(PathError::Revoked));
    assert_eq!(judge(&der, &good), Ok(()));
    // Whoever writes the list may write the CA's name in another string type, or otherwise than the CA does.
    let otherwise = format!(" {} ", cn.to_uppercase());
    for name in [(19, cn.as_bytes()), (12, otherwise.as_bytes())] {
        let der = indirect_list(&key, name, &bad);
        assert_eq!(judge(&der, &bad), Err(PathError::Revoked), "{name:?}");
        assert_eq!(judge(&der, &good), Ok(()));
    }
    let der = indirect_list(&key, (12, b"another CA"), &bad);
    assert_eq!(judge(&der, &bad), Ok(()), "another's serial number");
}

/// A list that takes back one certificate of the CA with this commonName, given with its string type.
fn indirect_list(
    key: &pki::sm2::SigningKey,
    (tag, cn): (u8, &[u8]),
    revoked: &Certificate,
) -> Vec<u8> {
    let issuer_der = {
        // The name as the certificate has it: C, O and CN as OpenSSL writes them.
        let text = |oid: &[u8], tag, value: &[u8]| {
            tlv(0x31, &tlv(0x30, &[tlv(6, oid), tlv(tag, value)].concat()))
        };
        let parts = [
            text(b"\x55\x04\x06", 19, b"CN"),
            text(b"\x55\x04\x0a", 12, b"Test"),
            text(b"\x55\x04\x03", tag, cn),
        ];
        tlv(0x30, &parts.concat())
    };
    let algorithm = tlv(0x30, b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75");
    let mut serial = hex::decode(revoked.serial_number()).unwrap();
    serial.insert(0, 0);
    if serial[1] < 0x80 {
        serial.remove(0);
    }
    let about = tlv(0x30, &tlv(0xA4, &issuer_der));
    let entry = [
        tlv(2, &serial),
        tlv(0x18, b"20260601000000Z"),
        tlv(0x30, &extension("551d1d", true, &about)),
    ];
    let points = extension("551d1c", true, &tlv(0x30, b"\x84\x01\xff"));
    let content = [
        tlv(2, &[1]),
        algorithm.clone(),
        name("lists"),
        tlv(0x18, LAST.as_bytes()),
        tlv(0x18, NEXT.as_bytes()),
        tlv(0x30, &tlv(0x30, &entry.concat())),
        tlv(0xA0, &tlv(0x30, &points)),
    ];
    let signed = tlv(0x30, &content.concat());
    let signature = tlv(3, &[&[0], key.sign(&signed).unwrap().as_slice()].concat());
    tlv(0x30, &[signed, algorithm, signature].concat())
}
