//! Locks: what a certificate shall say, and the key that signs with it in software.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use pkcs8::der::Document;
use pki::certificate::Certificate;
use protocol::proof::ProofAlgorithm;

use super::authority::DAY;

/// Kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum KeyKind {
    Sm2,
    P256,
    P384,
    Rsa(u32),
}

/// How the subject's texts are written, where their attributes leave a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Strings {
    Utf8,
    Bmp,
    /// `T61String`, filled with GB18030 as old offices did.
    Gb18030,
}

/// What a certificate shall say.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its key.
    pub kind: KeyKind,
    /// Subject attributes in order.
    pub subject: Vec<(&'static str, String)>,
    /// How they are written.
    pub strings: Strings,
    /// Lines of OpenSSL's extension section.
    pub extensions: Vec<String>,
    /// Seconds from now.
    pub not_before: i64,
    /// Seconds from now.
    pub not_after: i64,
    /// The issuer's digest, when it is another than its key's own.
    pub digest: Option<&'static str>,
}

impl Order {
    /// An 企业锁 of a new enterprise.
    pub fn enterprise(kind: KeyKind) -> Self {
        let code = credit_code();
        Self::of(
            kind,
            &format!("内蒙古第{}测试有限公司", &code[9..17]),
            &code,
        )
    }

    /// An 企业锁 of this enterprise.
    pub fn of(kind: KeyKind, name: &str, credit_code: &str) -> Self {
        Self {
            kind,
            subject: vec![
                ("C", "CN".to_owned()),
                ("O", name.to_owned()),
                ("OU", "企业锁".to_owned()),
                ("serialNumber", key_number()),
                ("CN", "投标专用".to_owned()),
            ],
            strings: Strings::Utf8,
            extensions: vec![
                "basicConstraints=CA:FALSE".to_owned(),
                "keyUsage=critical,digitalSignature,nonRepudiation".to_owned(),
                format!("1.2.156.10260.4.1.4=ASN1:UTF8String:{credit_code}"),
            ],
            not_before: -DAY,
            not_after: 400 * DAY,
            digest: None,
        }
    }

    /// A self-signed CA.
    pub fn root(name: &str, kind: KeyKind) -> Self {
        Self {
            kind,
            subject: vec![
                ("C", "CN".to_owned()),
                ("O", name.to_owned()),
                ("CN", name.to_owned()),
            ],
            strings: Strings::Utf8,
            extensions: vec![
                "basicConstraints=critical,CA:TRUE".to_owned(),
                "keyUsage=critical,keyCertSign,cRLSign".to_owned(),
                "subjectKeyIdentifier=hash".to_owned(),
            ],
            not_before: -10 * DAY,
            not_after: 3650 * DAY,
            digest: None,
        }
    }

    /// With another value of a subject attribute.
    #[must_use]
    pub fn with_subject(mut self, name: &'static str, value: &str) -> Self {
        for attribute in self.subject.iter_mut().filter(|(n, _)| *n == name) {
            value.clone_into(&mut attribute.1);
        }
        self
    }

    /// With the subject's texts written so.
    #[must_use]
    pub fn with_strings(mut self, strings: Strings) -> Self {
        self.strings = strings;
        self
    }

    /// With one more extension, in place of any of the same name.
    #[must_use]
    pub fn with_extension(mut self, line: &str) -> Self {
        let name = line.split('=').next().unwrap();
        self.extensions
            .retain(|old| old.split('=').next() != Some(name));
        if !line.ends_with('=') {
            self.extensions.push(line.to_owned());
        }
        self
    }

    /// Valid from and to these seconds from now.
    #[must_use]
    pub fn valid(mut self, not_before: i64, not_after: i64) -> Self {
        self.not_before = not_before;
        self.not_after = not_after;
        self
    }
}

enum Key {
    Sm2(pki::sm2::SigningKey),
    Ecdsa(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
    /// Too short for the library to sign with.
    Unusable,
}

/// A lock.
pub struct Lock {
    /// Its certificate.
    pub certificate: Certificate,
    /// What its key signs with by default.
    pub algorithm: ProofAlgorithm,
    /// Name of its enterprise.
    pub holder: String,
    key: Key,
    folder: PathBuf,
}

impl Lock {
    pub(super) fn read(folder: &Path, order: &Order) -> Self {
        let pem = fs::read_to_string(folder.join("certificate.pem")).unwrap();
        let key = fs::read_to_string(folder.join("key.pem")).unwrap();
        let (_, key) = Document::from_pem(&key).unwrap();
        let pkcs8 = key.as_bytes();
        let (algorithm, key) = match order.kind {
            KeyKind::Sm2 => (
                ProofAlgorithm::Sm2Sm3,
                Key::Sm2(pki::sm2::SigningKey::from_pkcs8_der(pkcs8).unwrap()),
            ),
            KeyKind::P256 => (
                ProofAlgorithm::Es256,
                Key::Ecdsa(
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap(),
                ),
            ),
            KeyKind::P384 => (
                ProofAlgorithm::Es384,
                Key::Ecdsa(
                    EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).unwrap(),
                ),
            ),
            KeyKind::Rsa(_) => (
                ProofAlgorithm::Rs256,
                RsaKeyPair::from_pkcs8(pkcs8).map_or(Key::Unusable, |key| Key::Rsa(Box::new(key))),
            ),
        };
        let holder = order.subject.iter().find(|(name, _)| *name == "O").unwrap();
        Self {
            certificate: Certificate::from_pem(&pem).unwrap().remove(0),
            algorithm,
            holder: holder.1.clone(),
            key,
            folder: folder.to_path_buf(),
        }
    }

    /// Its certificate, PEM.
    pub fn pem(&self) -> String {
        fs::read_to_string(self.folder.join("certificate.pem")).unwrap()
    }

    /// Its certificate and its key (PKCS #8), PEM files.
    pub fn files(&self) -> (PathBuf, PathBuf) {
        let file = |name| self.folder.join(name);
        (file("certificate.pem"), file("key.pem"))
    }

    /// Where its key and certificate are, as files.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Signs these octets; the algorithm's own hash runs over them.
    pub fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Vec<u8> {
        let rng = SystemRandom::new();
        match &self.key {
            Key::Sm2(key) => key.sign(message).unwrap(),
            Key::Ecdsa(key) => key.sign(&rng, message).unwrap().as_ref().to_vec(),
            Key::Rsa(key) => {
                let padding = match algorithm {
                    ProofAlgorithm::Ps256 => &RSA_PSS_SHA256,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &rng, message, &mut signature).unwrap();
                signature
            }
            Key::Unusable => vec![1; 128],
        }
    }

    /// 统一社会信用代码 in the certificate.
    pub fn credit_code(&self) -> String {
        let octets = self.certificate.extension("1.2.156.10260.4.1.4").unwrap();
        // A UTF8String of 18 characters: tag and length stand in front.
        String::from_utf8(octets[2..].to_vec()).unwrap()
    }
}

/// A new 统一社会信用代码 with its check digit (GB 32100-2015).
pub fn credit_code() -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let number = unique_number();
    let mut code = format!("91150100{number:08}X").into_bytes();
    let mut weight = 1;
    let mut sum = 0;
    for octet in &code {
        sum += weight * ALPHABET.iter().position(|c| c == octet).unwrap();
        weight = weight * 3 % 31;
    }
    code.push(ALPHABET[(31 - sum % 31) % 31]);
    String::from_utf8(code).unwrap()
}

/// Below 10^8 and new in this process; another process over the same database begins elsewhere.
pub(super) fn unique_number() -> u32 {
    static BEGIN: OnceLock<u32> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let begin = BEGIN.get_or_init(|| {
        let mut octets = [0; 4];
        aws_lc_rs::rand::fill(&mut octets).unwrap();
        u32::from_le_bytes(octets) % 90_000_000
    });
    begin + NEXT.fetch_add(1, Ordering::Relaxed)
}

fn key_number() -> String {
    format!("1A10{:016X}", unique_number())
}
