//! Signatures over messages in every algorithm, and every way to get the algorithm wrong.

use pki::signature::{
    PublicKey, SignatureAlgorithm, SignatureError, verify_signature, verify_with_spki,
};

use crate::lab::{Kind, Lab, Order};

const MESSAGE: &[u8] = b"what the person read";

/// OpenSSL writes ECDSA in DER; a proof carries r||s.
pub fn raw_of_der(der: &[u8], half: usize) -> Option<Vec<u8>> {
    let integer = |at: usize| -> Option<(Vec<u8>, usize)> {
        let length = usize::from(*der.get(at + 1)?);
        let octets = der.get(at + 2..at + 2 + length)?;
        let octets = octets.strip_prefix(&[0]).unwrap_or(octets);
        let mut padded = vec![0; half.checked_sub(octets.len())?];
        padded.extend(octets);
        Some((padded, at + 2 + length))
    };
    let (r, next) = integer(2)?;
    let (s, _) = integer(next)?;
    Some([r, s].concat())
}

fn every_algorithm_but_the_right_ones_is_refused(
    kind: Kind,
    right: &[(SignatureAlgorithm, &[&str])],
) {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", kind));
    for (algorithm, options) in right {
        let mut signature = lab.sign("lock", MESSAGE, options);
        match algorithm {
            SignatureAlgorithm::Es256 => signature = raw_of_der(&signature, 32).unwrap(),
            SignatureAlgorithm::Es384 => signature = raw_of_der(&signature, 48).unwrap(),
            _ => {}
        }
        verify_signature(&lock, *algorithm, MESSAGE, &signature).unwrap();
        let other_message = verify_signature(&lock, *algorithm, b"something else", &signature);
        assert_eq!(other_message, Err(SignatureError::BadSignature));
        for broken in [
            &signature[1..],
            &signature[..signature.len() - 1],
            &[],
            &[signature.as_slice(), &[0]].concat(),
        ] {
            assert_eq!(
                verify_signature(&lock, *algorithm, MESSAGE, broken),
                Err(SignatureError::BadSignature)
            );
        }
        for at in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[at] ^= 1;
            assert!(
                verify_signature(&lock, *algorithm, MESSAGE, &flipped).is_err(),
                "octet {at}"
            );
        }
        for wrong in SignatureAlgorithm::ALL {
            let fits = right.iter().any(|(known, _)| *known == wrong);
            let verdict = verify_signature(&lock, wrong, MESSAGE, &signature);
            if !fits {
                assert_eq!(
                    verdict,
                    Err(SignatureError::AlgorithmMismatch),
                    "{wrong} with {kind:?}"
                );
            } else if wrong != *algorithm {
                assert_eq!(
                    verdict,
                    Err(SignatureError::BadSignature),
                    "{wrong} for {algorithm}"
                );
            }
        }
    }
}

#[test]
fn rsa_signs_rs256_and_ps256() {
    let pss = [
        "-digest",
        "sha256",
        "-pkeyopt",
        "rsa_padding_mode:pss",
        "-pkeyopt",
        "rsa_pss_saltlen:32",
    ];
    every_algorithm_but_the_right_ones_is_refused(
        Kind::Rsa(2048),
        &[
            (SignatureAlgorithm::Rs256, &["-digest", "sha256"]),
            (SignatureAlgorithm::Ps256, &pss),
        ],
    );
}

#[test]
fn p256_signs_es256() {
    every_algorithm_but_the_right_ones_is_refused(
        Kind::P256,
        &[(SignatureAlgorithm::Es256, &["-digest", "sha256"])],
    );
}

#[test]
fn p384_signs_es384() {
    every_algorithm_but_the_right_ones_is_refused(
        Kind::P384,
        &[(SignatureAlgorithm::Es384, &["-digest", "sha384"])],
    );
}

#[test]
fn sm2_signs_sm2sm3() {
    let options = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
    every_algorithm_but_the_right_ones_is_refused(
        Kind::Sm2,
        &[(SignatureAlgorithm::Sm2Sm3, &options)],
    );
}

#[test]
fn der_ecdsa_signature_is_not_taken_for_a_raw_one() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let signature = lab.sign("root", MESSAGE, &["-digest", "sha256"]);
    let verdict = verify_signature(&root, SignatureAlgorithm::Es256, MESSAGE, &signature);
    assert_eq!(verdict, Err(SignatureError::BadSignature));
}

#[test]
fn short_rsa_key_is_weak_whatever_it_signs() {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::Rsa(1024)));
    let signature = lab.sign("lock", MESSAGE, &["-digest", "sha256"]);
    let verdict = verify_signature(&lock, SignatureAlgorithm::Rs256, MESSAGE, &signature);
    assert_eq!(verdict, Err(SignatureError::WeakKey));
}

#[test]
fn algorithm_names_are_exact() {
    for algorithm in SignatureAlgorithm::ALL {
        assert_eq!(algorithm.name().parse(), Ok(algorithm));
    }
    for wrong in ["none", "", "es256", "ES256 ", "HS256", "EdDSA", "ES512"] {
        assert!(wrong.parse::<SignatureAlgorithm>().is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_key_is_unsupported() {
    assert_eq!(PublicKey::from_spki_der(b""), PublicKey::Unsupported);
    let verdict = verify_with_spki(b"\x30\x00", SignatureAlgorithm::Es256, MESSAGE, &[1; 64]);
    assert_eq!(verdict, Err(SignatureError::UnsupportedKey));
}
