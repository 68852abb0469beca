//! Test data that nobody on this project wrote, in the folder that `YZT_CORPORA` names.

mod divergences;
mod limbo;

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use pki::certificate::{Certificate, CertificatePurpose};
use pki::signature::{
    PublicKey, SignatureAlgorithm, SignatureError, verify_signature, verify_with_spki,
};
use serde_json::Value;
use sha2::{Digest, Sha384};

/// The parsed file, or `None`, said loudly, when the corpora are not on this machine.
fn corpus(file: &str) -> Option<Value> {
    let folder = std::env::var_os("YZT_CORPORA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora")),
        PathBuf::from,
    );
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(why) => {
            println!("SKIPPED {file}: {}: {why}", folder.display());
            None
        }
    }
}

fn web_eid_message(origin: &str, nonce: &str) -> Vec<u8> {
    [Sha384::digest(origin), Sha384::digest(nonce)].concat()
}

#[test]
fn web_eid_token_verifies_and_a_changed_one_does_not() {
    let Some(corpus) = corpus("web-eid-token.json") else {
        return;
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (origin, nonce, token) = (
        text(&corpus["origin"]),
        text(&corpus["nonce"]),
        &corpus["token"],
    );
    let certificate = BASE64
        .decode(text(&token["unverifiedCertificate"]))
        .unwrap();
    let certificate = Certificate::from_der(&certificate).unwrap();
    let signature = BASE64.decode(text(&token["signature"])).unwrap();
    let algorithm: SignatureAlgorithm = text(&token["algorithm"]).parse().unwrap();
    assert_eq!(algorithm, SignatureAlgorithm::Es384);
    assert_eq!(*certificate.public_key(), PublicKey::P384);
    assert_eq!(certificate.purpose(), CertificatePurpose::Signing);
    assert_eq!(
        certificate.subject().common_name(),
        Some("JÕEORG,JAAK-KRISTJAN,38001085718")
    );

    let judge = |origin: &str, nonce: &str| {
        verify_signature(
            &certificate,
            algorithm,
            &web_eid_message(origin, nonce),
            &signature,
        )
    };
    assert_eq!(judge(&origin, &nonce), Ok(()));
    assert_eq!(
        judge("https://ria.eu", &nonce),
        Err(SignatureError::BadSignature)
    );
    assert_eq!(
        judge(&origin, &format!("{nonce}0")),
        Err(SignatureError::BadSignature)
    );
    let confused = verify_signature(&certificate, SignatureAlgorithm::Es256, b"", &signature);
    assert_eq!(confused, Err(SignatureError::AlgorithmMismatch));
    println!("web-eid-token.json: 1 token verified, 2 changed ones refused");
}

/// Runs every case; `convert` brings the signature into the form of a proof, or refuses it.
fn wycheproof(
    file: &str,
    algorithm: SignatureAlgorithm,
    convert: impl Fn(&[u8]) -> Option<Vec<u8>>,
) {
    let Some(corpus) = corpus(&format!("wycheproof/{file}")) else {
        return;
    };
    let mut counts: BTreeMap<(String, bool), u32> = BTreeMap::new();
    let mut mismatches = Vec::new();
    for group in corpus["testGroups"].as_array().unwrap() {
        let key = hex::decode(group["publicKeyDer"].as_str().unwrap()).unwrap();
        for case in group["tests"].as_array().unwrap() {
            let octets = |field: &str| hex::decode(case[field].as_str().unwrap()).unwrap();
            let passed = convert(&octets("sig")).is_some_and(|signature| {
                verify_with_spki(&key, algorithm, &octets("msg"), &signature).is_ok()
            });
            let expected = case["result"].as_str().unwrap();
            *counts.entry((expected.to_owned(), passed)).or_default() += 1;
            if (expected == "valid" && !passed) || (expected == "invalid" && passed) {
                mismatches.push(format!(
                    "{}: {} ({expected})",
                    case["tcId"], case["comment"]
                ));
            }
        }
    }
    let total: u32 = counts.values().sum();
    assert_eq!(u64::from(total), corpus["numberOfTests"].as_u64().unwrap());
    let count = |result: &str| {
        counts
            .iter()
            .filter(|((known, _), _)| known == result)
            .map(|(_, n)| n)
            .sum::<u32>()
    };
    let (valid, invalid, acceptable) = (count("valid"), count("invalid"), count("acceptable"));
    let taken = counts
        .get(&("acceptable".to_owned(), true))
        .copied()
        .unwrap_or_default();
    println!(
        "{file}: {total} cases, {valid} valid / {invalid} invalid / {acceptable} acceptable ({taken} of them accepted), \
         {} mismatches",
        mismatches.len()
    );
    assert!(mismatches.is_empty(), "{mismatches:#?}");
}

#[test]
fn wycheproof_p256_raw_signatures() {
    let as_is = |signature: &[u8]| Some(signature.to_vec());
    wycheproof(
        "ecdsa_secp256r1_sha256_p1363_test.json",
        SignatureAlgorithm::Es256,
        as_is,
    );
}

#[test]
fn wycheproof_p256_der_signatures() {
    wycheproof(
        "ecdsa_secp256r1_sha256_test.json",
        SignatureAlgorithm::Es256,
        raw_of_strict_der,
    );
}

#[test]
fn wycheproof_rsa_2048_signatures() {
    let as_is = |signature: &[u8]| Some(signature.to_vec());
    wycheproof(
        "rsa_signature_2048_sha256_test.json",
        SignatureAlgorithm::Rs256,
        as_is,
    );
}

#[derive(der::Sequence)]
struct EcdsaSignature<'a> {
    r: der::asn1::UintRef<'a>,
    s: der::asn1::UintRef<'a>,
}

/// SEQUENCE { r, s } in strict DER to r||s of 64 octets.
fn raw_of_strict_der(signature: &[u8]) -> Option<Vec<u8>> {
    use der::Decode;
    let signature = EcdsaSignature::from_der(signature).ok()?;
    let half = |number: &[u8]| -> Option<Vec<u8>> {
        let mut padded = vec![0; 32_usize.checked_sub(number.len())?];
        padded.extend(number);
        Some(padded)
    };
    Some([half(signature.r.as_bytes())?, half(signature.s.as_bytes())?].concat())
}
