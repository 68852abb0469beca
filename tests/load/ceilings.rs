//! What cryptography alone costs here: processor time of one thread, with the libraries the provider
//! uses.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use pki::signature::{SignatureAlgorithm, verify_with_spki};
use protocol::challenge::{ChallengeText, Purpose};

use crate::Fault;
use crate::locks::Lock;
use crate::operation::Algorithm;
use crate::process::thread_cpu;

/// Calls of one measurement at most.
const CALLS_MAX: u32 = 1_000_000;

/// Microseconds of one call each.
#[derive(Clone, Copy)]
pub struct Cryptography {
    /// An ES256 signature, as of a token.
    pub es256_sign: f64,
    /// Verifying a challenge signed with P-256.
    pub p256_verify: f64,
    /// The same with RSA-2048.
    pub rsa_verify: f64,
    /// The same with SM2.
    pub sm2_verify: f64,
}

impl Cryptography {
    /// What a whole login cannot do without: one challenge verified, two tokens signed. (The access
    /// token comes back to the process that signed it and is recognised by digest.)
    pub fn of_login(&self, algorithm: Algorithm) -> f64 {
        let verify = match algorithm {
            Algorithm::P256 => self.p256_verify,
            Algorithm::Rsa2048 => self.rsa_verify,
            Algorithm::Sm2 => self.sm2_verify,
        };
        verify + 2.0 * self.es256_sign
    }
}

/// Something to verify.
pub struct Signed {
    algorithm: SignatureAlgorithm,
    spki: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    /// A challenge signed by a lock.
    pub fn by(lock: &Lock, algorithm: Algorithm) -> Result<Self, Fault> {
        let challenge = ChallengeText {
            origin: "http://127.0.0.1:8600",
            nonce: "4lqmBLSbGgFYkrCvQ0Xh0PC5v7yrGPzJGrEqiWfxSqc=",
            purpose: Purpose::Login,
            statement: "the text that the agent shows",
        };
        let proof = lock.key.sign(&challenge)?;
        Ok(Self {
            algorithm: match algorithm {
                Algorithm::P256 => SignatureAlgorithm::Es256,
                Algorithm::Rsa2048 => SignatureAlgorithm::Rs256,
                Algorithm::Sm2 => SignatureAlgorithm::Sm2Sm3,
            },
            spki: lock
                .key
                .certificate()
                .subject_public_key_info_der()
                .to_vec(),
            message: challenge.to_be_signed(proof.algorithm),
            signature: proof.signature,
        })
    }

    fn verify(&self) -> Result<(), Fault> {
        Ok(verify_with_spki(
            &self.spki,
            self.algorithm,
            &self.message,
            &self.signature,
        )?)
    }
}

/// Measures all of it, each for this long.
pub fn measure([p256, rsa, sm2]: &[Signed; 3], duration: Duration) -> Result<Cryptography, Fault> {
    let rng = SystemRandom::new();
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    // About as long as the signed part of an ID token.
    let message = [b'x'; 700];
    Ok(Cryptography {
        es256_sign: repeat(duration, || Ok(key.sign(&rng, &message).map(drop)?))?,
        p256_verify: repeat(duration, || p256.verify())?,
        rsa_verify: repeat(duration, || rsa.verify())?,
        sm2_verify: repeat(duration, || sm2.verify())?,
    })
}

fn repeat(duration: Duration, mut call: impl FnMut() -> Result<(), Fault>) -> Result<f64, Fault> {
    call()?;
    let before = thread_cpu()?;
    let mut calls = 0;
    loop {
        for _ in 0..8 {
            call()?;
        }
        calls += 8;
        let spent = thread_cpu()?.saturating_sub(before);
        if spent >= duration || calls >= CALLS_MAX {
            return Ok(spent.as_secs_f64() * 1e6 / f64::from(calls));
        }
    }
}
