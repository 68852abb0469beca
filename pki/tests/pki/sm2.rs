//! SM2 and SM3 against the standard's own figures and against OpenSSL.

use pki::sm2::{self, DEFAULT_ID, SigningKey, Sm2Error};
use sm3::{Digest, Sm3};

use crate::lab::{Kind, Lab};

/// GM/T 0003.5-2012, annex A.2.
const D: &str = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
const R: &str = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3";
const S: &str = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";
const PX: &str = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020";
const PY: &str = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
const Z: &str = "B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3";
const E: &str = "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640";
const MESSAGE: &[u8] = b"message digest";

fn spki() -> Vec<u8> {
    SigningKey::from_bytes(&hex::decode(D).unwrap())
        .unwrap()
        .subject_public_key_info_der()
        .unwrap()
}

fn device_signature() -> Vec<u8> {
    hex::decode([R, S].concat()).unwrap()
}

#[test]
fn figures_of_the_standard_hold() {
    let spki = spki();
    assert_eq!(
        hex::encode_upper(&spki[spki.len() - 64..]),
        [PX, PY].concat()
    );
    assert_eq!(hex::encode_upper(sm2::z(&spki, DEFAULT_ID).unwrap()), Z);
    assert_eq!(hex::encode_upper(sm2::digest(&spki, MESSAGE).unwrap()), E);
    let der = sm2::signature_der_from_device(&device_signature()).unwrap();
    sm2::verify(&spki, MESSAGE, &der).unwrap();
    assert_eq!(
        sm2::verify(&spki, b"message digesT", &der),
        Err(Sm2Error::BadSignature)
    );
    assert_eq!(
        sm2::verify_with_id(&spki, "", MESSAGE, &der),
        Err(Sm2Error::BadSignature)
    );
}

#[test]
fn sm3_of_the_standard_holds() {
    let abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    let abcd16 = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    assert_eq!(hex::encode(Sm3::digest(b"abc")), abc);
    assert_eq!(hex::encode(Sm3::digest("abcd".repeat(16))), abcd16);
}

#[test]
fn device_signatures_become_der() {
    let raw = device_signature();
    let padded = [&[0; 32], &raw[..32], &[0; 32], &raw[32..]].concat();
    let der = sm2::signature_der_from_device(&raw).unwrap();
    assert_eq!(sm2::signature_der_from_device(&padded).unwrap(), der);
    let mut dirty = padded.clone();
    dirty[0] = 1;
    for wrong in [&raw[..63], &[0; 64], &[0xFF; 64], &dirty, &padded[1..], &[]] {
        assert_eq!(
            sm2::signature_der_from_device(wrong),
            Err(Sm2Error::BadSignature)
        );
    }
}

#[test]
fn keys_travel_between_here_and_openssl() {
    let lab = Lab::new();
    let certificate = lab.root("root", Kind::Sm2);
    lab.openssl(&[
        "pkcs8", "-topk8", "-nocrypt", "-in", "root.key", "-outform", "DER", "-out", "root.p8",
    ]);
    let key = SigningKey::from_pkcs8_der(&std::fs::read(lab.path("root.p8")).unwrap()).unwrap();
    assert_eq!(
        key.subject_public_key_info_der().unwrap(),
        certificate.subject_public_key_info_der()
    );

    let own = SigningKey::generate().unwrap();
    std::fs::write(lab.path("own.p8"), own.to_pkcs8_der().unwrap()).unwrap();
    lab.openssl(&["pkey", "-inform", "DER", "-in", "own.p8", "-out", "own.key"]);
    let options = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
    let theirs = lab.sign("own", MESSAGE, &options);
    sm2::verify(
        &own.subject_public_key_info_der().unwrap(),
        MESSAGE,
        &theirs,
    )
    .unwrap();

    std::fs::write(lab.path("ours"), own.sign(MESSAGE).unwrap()).unwrap();
    let mut verify = vec![
        "pkeyutl", "-verify", "-rawin", "-in", "message", "-inkey", "own.key", "-sigfile", "ours",
    ];
    verify.extend(options);
    lab.openssl(&verify);
}

#[test]
fn keys_do_not_show_themselves() {
    let key = SigningKey::from_bytes(&hex::decode(D).unwrap()).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(..)");
}

#[test]
fn points_that_are_no_keys_are_refused() {
    let good = spki();
    let at = good.len() - 65;
    let der = sm2::signature_der_from_device(&device_signature()).unwrap();
    let mut off_curve = good.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let mut compressed = good.clone();
    compressed[at] = 2;
    let mut p256 = good.clone();
    p256[22] ^= 1;
    for wrong in [
        off_curve,
        compressed,
        p256,
        good[..good.len() - 1].to_vec(),
        [good.clone(), vec![0]].concat(),
    ] {
        assert_eq!(
            sm2::verify(&wrong, MESSAGE, &der),
            Err(Sm2Error::BadPublicKey)
        );
    }
    assert_eq!(sm2::z(&good, &"1".repeat(8192)), Err(Sm2Error::BadSignerId));
}

#[test]
fn lax_der_signatures_are_refused() {
    let key = SigningKey::generate().unwrap();
    let spki = key.subject_public_key_info_der().unwrap();
    let der = key.sign(MESSAGE).unwrap();
    sm2::verify(&spki, MESSAGE, &der).unwrap();
    let body = &der[2..];
    let long_form = [&[0x30, 0x81, der[1]], body].concat();
    let indefinite = [&[0x30, 0x80], body, &[0, 0]].concat();
    let padded_r = [&[0x30, der[1] + 1, 2, der[3] + 1, 0], &der[4..]].concat();
    let trailing = [der.as_slice(), &[0]].concat();
    for lax in [long_form, indefinite, padded_r, trailing] {
        assert_eq!(
            sm2::verify(&spki, MESSAGE, &lax),
            Err(Sm2Error::BadSignature),
            "{lax:02x?}"
        );
    }
}
