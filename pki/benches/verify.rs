//! What one verified signature costs: SM2 here, by the `sm2` crate and by OpenSSL, beside P-256 and RSA-2048.
//!
//! `cargo bench --workspace --bench verify` (`-- 9` for nine rounds instead of five). Every round drives each row once, so
//! that all of them meet the same machine. Processor time of this thread from `/proc/thread-self/schedstat`, of OpenSSL by
//! its own `openssl speed`; least / middle / greatest over the rounds, in microseconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that cannot go on says so by panicking, and prints its figures"
)]

use std::hint::black_box;
use std::process::Command;

use ::sm2::dsa::signature::Verifier as _;
use ::sm2::dsa::{Signature, VerifyingKey};
use ::sm2::pkcs8::DecodePublicKey as _;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use pki::signature::{SignatureAlgorithm, verify_with_spki};
use pki::sm2::{DEFAULT_ID, SigningKey};

const MESSAGE: &[u8] = b"a message as long as what a lock signs: two digests of thirty-two octets";
const TIMES: u32 = 400;

/// One row: its name and what it costs in one round, in microseconds.
type Row = (&'static str, Box<dyn Fn() -> f64>);

fn main() {
    let rounds = std::env::args()
        .find_map(|word| word.parse().ok())
        .unwrap_or(5);
    let rows = rows();
    let mut figures = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for ((_, cost), figures) in rows.iter().zip(&mut figures) {
            figures.push(cost());
        }
    }
    println!("| verify | least / middle / greatest, µs |\n|---|---|");
    for ((name, _), mut figures) in rows.into_iter().zip(figures) {
        figures.sort_by(f64::total_cmp);
        let (least, middle, greatest) = (
            figures[0],
            figures[figures.len() / 2],
            figures[figures.len() - 1],
        );
        println!("| {name} | {least:.0} / {middle:.0} / {greatest:.0} |");
    }
}

fn rows() -> Vec<Row> {
    let sm2 = SigningKey::generate().unwrap();
    let sm2_spki = sm2.subject_public_key_info_der().unwrap();
    let sm2_signature = sm2.sign(MESSAGE).unwrap();
    let (theirs_spki, theirs_signature) = (sm2_spki.clone(), sm2_signature.clone());
    let by_the_crate = move || {
        let key = ::sm2::PublicKey::from_public_key_der(&theirs_spki).unwrap();
        let key = VerifyingKey::new(DEFAULT_ID, key).unwrap();
        let signature = Signature::from_der(&theirs_signature).unwrap();
        key.verify(MESSAGE, &signature).unwrap();
    };
    let rng = SystemRandom::new();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let p256_spki: PublicKeyX509Der<'_> = p256.public_key().as_der().unwrap();
    let p256_signature = p256.sign(&rng, MESSAGE).unwrap().as_ref().to_vec();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let rsa_spki: PublicKeyX509Der<'_> = rsa.public_key().as_der().unwrap();
    let mut rsa_signature = vec![0; rsa.public_modulus_len()];
    rsa.sign(&RSA_PKCS1_SHA256, &rng, MESSAGE, &mut rsa_signature)
        .unwrap();
    vec![
        (
            "SM2, this crate",
            ours(SignatureAlgorithm::Sm2Sm3, sm2_spki, sm2_signature),
        ),
        (
            "SM2, RustCrypto `sm2`",
            Box::new(move || cost(&by_the_crate)),
        ),
        ("SM2, OpenSSL", Box::new(|| openssl("sm2", "CurveSM2"))),
        (
            "P-256, aws-lc-rs",
            ours(
                SignatureAlgorithm::Es256,
                p256_spki.as_ref().to_vec(),
                p256_signature,
            ),
        ),
        (
            "P-256, OpenSSL",
            Box::new(|| openssl("ecdsap256", "nistp256")),
        ),
        (
            "RSA-2048, aws-lc-rs",
            ours(
                SignatureAlgorithm::Rs256,
                rsa_spki.as_ref().to_vec(),
                rsa_signature,
            ),
        ),
        (
            "RSA-2048, OpenSSL",
            Box::new(|| openssl("rsa2048", "rsa 2048")),
        ),
    ]
}

fn ours(algorithm: SignatureAlgorithm, spki: Vec<u8>, signature: Vec<u8>) -> Box<dyn Fn() -> f64> {
    Box::new(move || {
        cost(&|| verify_with_spki(black_box(&spki), algorithm, MESSAGE, &signature).unwrap())
    })
}

/// Microseconds of this thread's processor time for one of many.
fn cost(verify: &dyn Fn()) -> f64 {
    let began = nanoseconds();
    for _ in 0..TIMES {
        verify();
    }
    (nanoseconds() - began) / f64::from(TIMES) / 1000.0
}

fn nanoseconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

/// The last figure of its line: verifications a second of processor time.
fn openssl(algorithm: &str, line: &str) -> f64 {
    let output = Command::new("openssl")
        .args(["speed", "-seconds", "1", algorithm])
        .output()
        .expect("the openssl command line is installed");
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|found| found.contains(line)).unwrap();
    let a_second: f64 = line.split_whitespace().last().unwrap().parse().unwrap();
    1_000_000.0 / a_second
}
