//! A lock that is a file: PKCS #12 (`.p12`, `.pfx`) or PEM (`.pem`) with an encrypted key.
//!
//! For demonstration and tests: a file can be copied and its counter of wrong PINs removed, a device's cannot. Owns how
//! files become locks; an e-seal lies beside one as `NAME.esl`. Does not know the window, nor which certificate authority
//! is recognised.

mod container;
mod key;
pub(super) mod oid;
mod pem;
mod pin_state;
mod sidecar;

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use pkcs8::der::Decode as _;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pki::certificate::Certificate;
use protocol::proof::ProofAlgorithm;
use sha2::{Digest as _, Sha256};

use self::container::{Container, FILE_MAX_OCTETS, Opened};
use self::key::PrivateKey;
use self::pin_state::PinCounter;
use self::sidecar::Sidecar;
use super::choice::chosen;
use super::{
    CertificateFacts, LockFacts, SEAL_MAX_OCTETS, SigningSession, Token, TokenError, Wanted,
};
use crate::pin::Pin;

pub use self::pin_state::SOFT_RETRIES_MAX;

/// Endings of file names that may be locks.
const ENDINGS: [&str; 3] = ["p12", "pfx", "pem"];

/// The id of the certificate of a lock that shows none before the PIN.
pub const SEALED_CERTIFICATE: &str = "sealed";

/// A lock in a file.
#[derive(Clone, Debug)]
pub struct SoftToken {
    path: PathBuf,
}

impl SoftToken {
    /// The lock in this file. The file is read when the lock is used.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The files of a folder that may be locks, in the order of their names.
    pub fn in_folder(folder: &Path) -> io::Result<Vec<Self>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .map(str::to_ascii_lowercase);
            if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && path.is_file() {
                found.push(Self { path });
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    /// The lock's id: the same as long as the file keeps its name.
    pub fn id(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().as_encoded_bytes();
        hex::encode(Sha256::digest(name)).chars().take(16).collect()
    }

    /// The file's name.
    pub fn file_name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Reads the file. `None`: it is no lock at all, just other PEM sections.
    fn container(&self) -> Result<Option<Container>, TokenError> {
        let unreadable = TokenError::Unreadable("the file cannot be read");
        let file = File::open(&self.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => TokenError::LockRemoved,
            _ => unreadable.clone(),
        })?;
        let mut octets = Vec::new();
        file.take(FILE_MAX_OCTETS + 1)
            .read_to_end(&mut octets)
            .or(Err(unreadable))?;
        if u64::try_from(octets.len()).is_ok_and(|length| length > FILE_MAX_OCTETS) {
            return Err(TokenError::Unreadable("the file is too large for a lock"));
        }
        Container::read(octets).map_err(TokenError::Unreadable)
    }

    /// Whether the file is a lock, so that other PEM files in the folder are passed over. A broken one counts: it is shown.
    pub fn is_lock(&self) -> bool {
        !matches!(self.container(), Ok(None) | Err(TokenError::LockRemoved))
    }

    fn present(&self) -> Result<Container, TokenError> {
        self.container()?.ok_or(TokenError::Unreadable(
            "the file holds no encrypted private key",
        ))
    }

    fn facts_of(&self, container: &Container, sidecar: Sidecar) -> Result<LockFacts, TokenError> {
        let public = container
            .public_certificates()
            .map_err(TokenError::Unreadable)?;
        let sealed = public.is_none();
        let key_number = sidecar.key_number;
        Ok(LockFacts {
            id: self.id(),
            label: sidecar.label.unwrap_or_else(|| self.file_name()),
            software: true,
            media_number: sidecar.media_number,
            pin: PinCounter::beside(&self.path).state()?,
            certificates: of_holders(public.unwrap_or_default())
                .map(|certificate| CertificateFacts::of(certificate, key_number.clone()))
                .collect(),
            sealed,
        })
    }
}

/// Certificates of authorities come along in many files; nobody signs in with them.
fn of_holders(certificates: Vec<Certificate>) -> impl Iterator<Item = Certificate> {
    certificates
        .into_iter()
        .filter(|certificate| !certificate.is_ca())
}

impl Token for SoftToken {
    fn facts(&self) -> Result<LockFacts, TokenError> {
        let sidecar = Sidecar::beside(&self.path).map_err(TokenError::Unreadable)?;
        self.facts_of(&self.present()?, sidecar)
    }

    fn open(&self, wanted: &Wanted, pin: &Pin) -> Result<Box<dyn SigningSession>, TokenError> {
        let sidecar = Sidecar::beside(&self.path).map_err(TokenError::Unreadable)?;
        let media_number = sidecar.media_number.clone();
        let container = self.present()?;
        let facts = self.facts_of(&container, sidecar)?;
        // What can be refused without a PIN is refused without spending a try.
        if !facts.sealed {
            chosen(&facts.certificates, wanted)?;
        }
        if facts.pin.is_locked() {
            return Err(TokenError::PinLocked);
        }
        let opened = PinCounter::beside(&self.path).attempt(|| container.open(pin))?;
        Ok(Box::new(pick(opened, wanted, media_number)?))
    }

    fn seals(&self) -> Result<Vec<Vec<u8>>, TokenError> {
        let file = match File::open(self.path.with_extension("esl")) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(_) => return Err(TokenError::Unreadable("its e-seal cannot be read")),
        };
        let mut octets = Vec::new();
        let limit = u64::try_from(SEAL_MAX_OCTETS).unwrap_or(u64::MAX);
        file.take(limit.saturating_add(1))
            .read_to_end(&mut octets)
            .or(Err(TokenError::Unreadable("its e-seal cannot be read")))?;
        if octets.len() > SEAL_MAX_OCTETS {
            return Err(TokenError::Unreadable("its e-seal is too large"));
        }
        Ok(vec![octets])
    }
}

/// The wanted certificate and the key that belongs to it.
fn pick(
    opened: Opened,
    wanted: &Wanted,
    media_number: Option<String>,
) -> Result<SoftSession, TokenError> {
    let facts: Vec<_> = of_holders(opened.certificates)
        .map(|certificate| CertificateFacts::of(certificate, None))
        .collect();
    let certificate = chosen(&facts, wanted)?.certificate.clone();
    let info = SubjectPublicKeyInfoRef::from_der(certificate.subject_public_key_info_der())
        .or(Err(TokenError::UnsupportedAlgorithm))?;
    let public = info.subject_public_key.raw_bytes();
    let key = opened
        .keys
        .into_iter()
        .find(|key| key.belongs_to(public))
        .ok_or(TokenError::Unreadable(
            "it holds no key for its certificate",
        ))?;
    Ok(SoftSession {
        certificate,
        media_number,
        key,
    })
}

/// One opened key.
struct SoftSession {
    certificate: Certificate,
    media_number: Option<String>,
    key: PrivateKey,
}

impl SigningSession for SoftSession {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn media_number(&self) -> Option<&str> {
        self.media_number.as_deref()
    }

    fn algorithms(&self) -> &'static [ProofAlgorithm] {
        self.key.algorithms()
    }

    fn sign(&self, algorithm: ProofAlgorithm, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        self.key.sign(algorithm, message)
    }
}
