//! An operator's own key in a file: PKCS #8 in PEM, with a passphrase or without, beside its certificate.

use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use pki::certificate::Certificate;
use pki::signature::PublicKey;
use pki::sm2;
use protocol::challenge::ChallengeText;
use protocol::proof::{Proof, ProofAlgorithm, ProofFormat};

use super::ClientError;

/// Where key and certificate are.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    /// The operator's certificate, PEM.
    pub certificate: PathBuf,
    /// Its key, PEM (PKCS #8).
    pub key: PathBuf,
    /// The first line of this opens the key, where that is encrypted.
    pub passphrase: Option<PathBuf>,
}

/// A key with its certificate.
pub struct OperatorKey {
    certificate: Certificate,
    algorithm: ProofAlgorithm,
    key: Key,
}

enum Key {
    Ecdsa(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
    Sm2(sm2::SigningKey),
}

impl OperatorKey {
    /// Reads both.
    pub fn open(files: &KeyFiles) -> Result<Self, ClientError> {
        let all = Certificate::from_pem(&text(&files.certificate)?)
            .map_err(|e| wrong(&files.certificate, e))?;
        let certificate = all.into_iter().next();
        let none = || wrong(&files.certificate, "holds no certificate");
        let certificate = certificate.ok_or_else(none)?;
        let pkcs8 = opened(files)?;
        let (algorithm, key) = read(&certificate, pkcs8.as_bytes())
            .ok_or_else(|| wrong(&files.key, "is no key for this certificate that signs here"))?;
        let opened = Self {
            certificate,
            algorithm,
            key,
        };
        opened.check(&files.key)?;
        Ok(opened)
    }

    /// Answers a challenge.
    pub fn answer(&self, challenge: &ChallengeText<'_>) -> Result<Proof, ClientError> {
        let octets = challenge.to_be_signed(self.algorithm);
        Ok(Proof {
            format: ProofFormat::YztProofV1,
            certificate: self.certificate.der().to_vec(),
            algorithm: self.algorithm,
            signature: self.sign(&octets).ok_or(ClientError::NotSigned)?,
            media_number: None,
        })
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let rng = SystemRandom::new();
        match &self.key {
            Key::Ecdsa(key) => Some(key.sign(&rng, message).ok()?.as_ref().to_vec()),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
            Key::Sm2(key) => key.sign(message).ok(),
        }
    }

    /// Another key than the certificate's would be found out by the provider alone, with less to say.
    fn check(&self, file: &Path) -> Result<(), ClientError> {
        let challenge = ChallengeText {
            origin: "",
            nonce: "",
            purpose: protocol::challenge::Purpose::OperatorLogin,
            statement: "",
        };
        let octets = challenge.to_be_signed(self.algorithm);
        let signature = self.sign(&octets).ok_or(ClientError::NotSigned)?;
        let algorithm = self.algorithm.as_str().parse();
        let algorithm = algorithm.map_err(|e| wrong(file, e))?;
        pki::signature::verify_signature(&self.certificate, algorithm, &octets, &signature)
            .map_err(|_other| wrong(file, "is not the key of the certificate"))
    }
}

fn read(certificate: &Certificate, pkcs8: &[u8]) -> Option<(ProofAlgorithm, Key)> {
    let spki = certificate.subject_public_key_info_der();
    Some(match PublicKey::from_spki_der(spki) {
        PublicKey::P256 => (
            ProofAlgorithm::Es256,
            Key::Ecdsa(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?),
        ),
        PublicKey::P384 => (
            ProofAlgorithm::Es384,
            Key::Ecdsa(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).ok()?),
        ),
        PublicKey::Rsa { .. } => (
            ProofAlgorithm::Rs256,
            Key::Rsa(Box::new(RsaKeyPair::from_pkcs8(pkcs8).ok()?)),
        ),
        PublicKey::Sm2 => (
            ProofAlgorithm::Sm2Sm3,
            Key::Sm2(sm2::SigningKey::from_pkcs8_der(pkcs8).ok()?),
        ),
        PublicKey::Unsupported => return None,
    })
}

fn opened(files: &KeyFiles) -> Result<SecretDocument, ClientError> {
    let refused = |why: &dyn ToString| wrong(&files.key, why.to_string());
    let pem = text(&files.key)?;
    let (label, document) = SecretDocument::from_pem(of_key(&pem)).map_err(|e| refused(&e))?;
    match label {
        "PRIVATE KEY" => Ok(document),
        "ENCRYPTED PRIVATE KEY" => {
            let file = files.passphrase.as_ref();
            let file = file.ok_or_else(|| refused(&"is encrypted: name --passphrase-file"))?;
            let passphrase = text(file)?;
            let passphrase = passphrase.lines().next().unwrap_or_default();
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes());
            let encrypted = encrypted.map_err(|e| refused(&e))?;
            let wrong_passphrase = |_| refused(&"is not opened by this passphrase");
            encrypted.decrypt(passphrase).map_err(wrong_passphrase)
        }
        other => Err(refused(&format!("is a {other}: PKCS #8 is wanted"))),
    }
}

/// The key where a file holds the certificate too; all of it where it holds no key.
fn of_key(pem: &str) -> &str {
    let end = pem.find("PRIVATE KEY-----").and_then(|label| {
        let begins = pem.get(..label)?.rfind("-----BEGIN ")?;
        let rest = pem.get(begins..)?;
        let closes = rest.find("-----END ")?;
        let line = rest.get(closes..)?.find('\n');
        line.map_or(Some(rest), |line| rest.get(..=closes + line))
    });
    end.unwrap_or(pem)
}

fn text(file: &Path) -> Result<String, ClientError> {
    fs::read_to_string(file).map_err(|e| wrong(file, e))
}

fn wrong(file: &Path, why: impl std::fmt::Display) -> ClientError {
    ClientError::File(file.to_owned(), why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_found_beside_its_certificate() {
        let block = |label| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        let (certificate, key) = (block("CERTIFICATE"), block("ENCRYPTED PRIVATE KEY"));
        for file in [
            format!("{certificate}{key}"),
            format!("{key}{certificate}"),
            format!("{certificate}{key}{certificate}"),
            key.clone(),
        ] {
            assert_eq!(of_key(&file), key, "{file}");
        }
        for none in [
            &*certificate,
            "",
            "PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            assert_eq!(of_key(none), none);
        }
    }
}
