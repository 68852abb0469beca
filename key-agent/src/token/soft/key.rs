//! A private key out of a soft lock.
//!
//! Owns reading PKCS #8 and signing in the encodings the proof fixes. Does not know files or PINs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use pkcs8::der::Decode as _;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use protocol::proof::ProofAlgorithm;
use sm2::dsa::SigningKey as Sm2Key;
use sm2::dsa::signature::Signer as _;

use crate::token::TokenError;
use crate::token::facts::algorithms_of_key;

/// Why octets are no key to sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyError {
    /// Not PKCS #8: after a decryption this means a wrong PIN.
    Malformed,
    /// A key of a type or size that is not signed with here.
    Unsupported,
}

/// A private key, ready to sign.
pub(super) struct PrivateKey {
    kind: Kind,
    algorithms: &'static [ProofAlgorithm],
}

enum Kind {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
    Sm2(Box<Sm2Key>),
}

impl PrivateKey {
    /// Reads an unencrypted PKCS #8 key.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfoRef::from_der(der).or(Err(KeyError::Malformed))?;
        let curve: Option<ObjectIdentifier> = info.algorithm.parameters_oid().ok();
        let algorithms = algorithms_of_key(info.algorithm.oid, curve);
        let kind = match algorithms.first() {
            Some(ProofAlgorithm::Rs256 | ProofAlgorithm::Ps256) => RsaKeyPair::from_pkcs8(der)
                .ok()
                .filter(|pair| pair.public_modulus_len() >= KeySize::Rsa2048.len())
                .map(|pair| Kind::Rsa(Box::new(pair))),
            Some(ProofAlgorithm::Es256) => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                    .ok()
                    .map(|pair| Kind::Ecdsa(Box::new(pair)))
            }
            Some(ProofAlgorithm::Es384) => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, der)
                    .ok()
                    .map(|pair| Kind::Ecdsa(Box::new(pair)))
            }
            // RFC 5915 inside PKCS #8, whichever of the two spellings names the curve.
            Some(ProofAlgorithm::Sm2Sm3) => {
                sm2::SecretKey::from_sec1_der(info.private_key.as_bytes())
                    .ok()
                    .and_then(|secret| Sm2Key::new(pki::sm2::DEFAULT_ID, &secret).ok())
                    .map(|key| Kind::Sm2(Box::new(key)))
            }
            None => None,
        };
        Ok(Self {
            kind: kind.ok_or(KeyError::Unsupported)?,
            algorithms,
        })
    }

    /// What the key can do.
    pub(super) fn algorithms(&self) -> &'static [ProofAlgorithm] {
        self.algorithms
    }

    /// Whether `public` (the content of a subjectPublicKey) belongs to this key.
    pub(super) fn belongs_to(&self, public: &[u8]) -> bool {
        match &self.kind {
            Kind::Rsa(pair) => pair.public_key().as_ref() == public,
            Kind::Ecdsa(pair) => pair.public_key().as_ref() == public,
            Kind::Sm2(key) => key.verifying_key().to_sec1_bytes().as_ref() == public,
        }
    }

    /// Signs; the algorithm's own digest runs over `message`.
    pub(super) fn sign(
        &self,
        algorithm: ProofAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, TokenError> {
        if !self.algorithms.contains(&algorithm) {
            return Err(TokenError::UnsupportedAlgorithm);
        }
        let failed = TokenError::Unreadable("the key failed to sign");
        match &self.kind {
            Kind::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = if algorithm == ProofAlgorithm::Ps256 {
                    &RSA_PSS_SHA256
                } else {
                    &RSA_PKCS1_SHA256
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &SystemRandom::new(), message, &mut signature)
                    .or(Err(failed))?;
                Ok(signature)
            }
            Kind::Ecdsa(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).or(Err(failed))?;
                Ok(signature.as_ref().to_vec())
            }
            Kind::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.try_sign(message).or(Err(failed))?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}
