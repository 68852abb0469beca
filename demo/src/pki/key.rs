//! Keys in software: RSA, P-256 and SM2 behind one face.
//!
//! Owns making, keeping and using them. Does not know what is signed.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use der::asn1::{Any, Null, ObjectIdentifier};
use pkcs8::der::pem::PemLabel as _;
use pkcs8::pkcs5::pbes2;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use pki::sm2::SigningKey as Sm2Key;
use serde::{Deserialize, Serialize};
use x509_cert::spki::AlgorithmIdentifierOwned;
use zeroize::Zeroizing;

use super::PkiError;

/// Rounds of PBKDF2. What is protected are sample locks whose PIN stands in the documentation.
const KEY_DERIVATION_ROUNDS: u32 = 20_000;

/// sha256WithRSAEncryption (RFC 8017).
const RSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
/// ecdsa-with-SHA256 (RFC 5758).
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
/// SM2-with-SM3 (GM/T 0006).
const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// RSA with 2048 bits; signs with SHA-256.
    Rsa2048,
    /// ECDSA on P-256; signs with SHA-256.
    P256,
    /// SM2; signs with SM3 and the default signer ID.
    Sm2,
}

/// A private key, wiped from memory when it goes; never shown.
pub struct Key {
    kind: KeyKind,
    pkcs8: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Sm2(Box<Sm2Key>),
}

impl Key {
    /// A fresh key.
    pub fn generate(kind: KeyKind) -> Result<Self, PkiError> {
        const FAILED: PkiError = PkiError::Key("it cannot be made");
        let pkcs8 = match kind {
            KeyKind::Rsa2048 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).or(Err(FAILED))?;
                let der: Pkcs8V1Der<'_> = pair.as_der().or(Err(FAILED))?;
                Zeroizing::new(der.as_ref().to_vec())
            }
            KeyKind::P256 => {
                let pair =
                    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).or(Err(FAILED))?;
                let der = pair.to_pkcs8v1().or(Err(FAILED))?;
                Zeroizing::new(der.as_ref().to_vec())
            }
            KeyKind::Sm2 => {
                let key = Sm2Key::generate().or(Err(FAILED))?;
                key.to_pkcs8_der().or(Err(FAILED))?
            }
        };
        Self::from_pkcs8(kind, pkcs8)
    }

    fn from_pkcs8(kind: KeyKind, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, PkiError> {
        const UNREADABLE: PkiError = PkiError::Key("it cannot be read");
        let (pair, spki) = match kind {
            KeyKind::Rsa2048 => {
                let pair = RsaKeyPair::from_pkcs8(&pkcs8).or(Err(UNREADABLE))?;
                let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().or(Err(UNREADABLE))?;
                let spki = spki.as_ref().to_vec();
                (Pair::Rsa(pair), spki)
            }
            KeyKind::P256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8)
                    .or(Err(UNREADABLE))?;
                let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().or(Err(UNREADABLE))?;
                let spki = spki.as_ref().to_vec();
                (Pair::P256(pair), spki)
            }
            KeyKind::Sm2 => {
                let key = Sm2Key::from_pkcs8_der(&pkcs8).or(Err(UNREADABLE))?;
                let spki = key.subject_public_key_info_der().or(Err(UNREADABLE))?;
                (Pair::Sm2(Box::new(key)), spki)
            }
        };
        Ok(Self {
            kind,
            pkcs8,
            spki,
            pair,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The DER `SubjectPublicKeyInfo`.
    pub fn subject_public_key_info_der(&self) -> &[u8] {
        &self.spki
    }

    /// The key as unencrypted PKCS #8 DER.
    pub fn pkcs8_der(&self) -> &Zeroizing<Vec<u8>> {
        &self.pkcs8
    }

    /// How certificates name what [`Self::sign`] makes.
    pub fn signature_algorithm(&self) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match self.kind {
            // RFC 4055 §5: NULL for RSA; RFC 5758 §3.2: absent for ECDSA.
            KeyKind::Rsa2048 => (RSA_WITH_SHA256, Some(Any::from(Null))),
            KeyKind::P256 => (ECDSA_WITH_SHA256, None),
            KeyKind::Sm2 => (SM2_WITH_SM3, None),
        };
        AlgorithmIdentifierOwned { oid, parameters }
    }

    /// Signs as certificates are signed: PKCS #1 v1.5, or DER of r and s.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, PkiError> {
        const FAILED: PkiError = PkiError::Key("it does not sign");
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .or(Err(FAILED))?;
                Ok(signature)
            }
            Pair::P256(pair) => {
                let signature = pair.sign(&rng, message).or(Err(FAILED))?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Sm2(key) => key.sign(message).or(Err(FAILED)),
        }
    }

    /// The key as PEM `ENCRYPTED PRIVATE KEY` (PBES2 with PBKDF2 and AES-256-CBC).
    pub fn to_encrypted_pem(&self, password: &str) -> Result<Zeroizing<String>, PkiError> {
        const FAILED: PkiError = PkiError::Key("it cannot be encrypted");
        let (mut salt, mut iv) = ([0; 16], [0; 16]);
        aws_lc_rs::rand::fill(&mut salt).or(Err(FAILED))?;
        aws_lc_rs::rand::fill(&mut iv).or(Err(FAILED))?;
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(KEY_DERIVATION_ROUNDS, &salt, iv)
                .or(Err(FAILED))?;
        let info = PrivateKeyInfoRef::try_from(self.pkcs8.as_slice()).or(Err(FAILED))?;
        let encrypted = info
            .encrypt_with_params(parameters, password)
            .or(Err(FAILED))?;
        encrypted
            .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, pkcs8::LineEnding::LF)
            .or(Err(FAILED))
    }

    /// Reads what [`Self::to_encrypted_pem`] wrote.
    pub fn from_encrypted_pem(kind: KeyKind, pem: &str, password: &str) -> Result<Self, PkiError> {
        const UNREADABLE: PkiError = PkiError::Key("it cannot be decrypted");
        let (_label, encrypted) = pkcs8::SecretDocument::from_pem(pem).or(Err(UNREADABLE))?;
        let encrypted =
            EncryptedPrivateKeyInfoRef::try_from(encrypted.as_bytes()).or(Err(UNREADABLE))?;
        let plain = encrypted.decrypt(password).or(Err(UNREADABLE))?;
        Self::from_pkcs8(kind, Zeroizing::new(plain.as_bytes().to_vec()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
