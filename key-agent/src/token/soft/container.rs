//! The file of a soft lock: PKCS #12, or PEM with an encrypted PKCS #8 key.
//!
//! Owns what can be seen without the PIN and what the PIN opens. Does not count tries.

use der::{Decode as _, Encode as _};
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as P12Error;
use pkcs8::der::pem::PemLabel as _;
use pkcs8::{EncryptedPrivateKeyInfoRef, SecretDocument};
use pkcs12::pfx::Pfx;
use pkcs12::safe_bag::SafeContents;
use pkcs12::{AuthenticatedSafe, CertBag};
use pki::certificate::Certificate;

use super::key::{KeyError, PrivateKey};
use super::pem;
use crate::pin::Pin;

/// Largest file that is looked at, in octets.
pub(super) const FILE_MAX_OCTETS: u64 = 256 * 1024;

/// PKCS #7 data (RFC 5652): what a PKCS #12 file holds unencrypted.
const PKCS7_DATA: der::oid::ObjectIdentifier =
    der::oid::ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// Most rounds of key derivation that are done for a file, so that no file can keep the service busy for minutes.
const KEY_DERIVATION_MAX_ROUNDS: u32 = 5_000_000;

/// Why a PIN opened nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    /// The PIN is wrong.
    WrongPin,
    /// The file is broken or uses what is not supported here: no PIN would help.
    Unreadable(&'static str),
}

/// What the PIN opens.
pub(super) struct Opened {
    /// Private keys that can sign.
    pub(super) keys: Vec<PrivateKey>,
    /// All certificates of the file.
    pub(super) certificates: Vec<Certificate>,
}

/// A soft lock's file, read but not opened.
pub(super) enum Container {
    /// PKCS #12 (RFC 7292).
    Pkcs12(Vec<u8>),
    /// PEM sections (RFC 7468).
    Pem(pem::Sections),
}

impl Container {
    /// Reads a file's octets. `None`: a readable PEM file that holds no encrypted key, so no lock at all.
    pub(super) fn read(octets: Vec<u8>) -> Result<Option<Self>, &'static str> {
        if octets.first() == Some(&0x30) {
            return Ok(Some(Self::Pkcs12(octets)));
        }
        let sections = pem::Sections::read(&octets)?;
        Ok(sections.holds_key().then_some(Self::Pem(sections)))
    }

    /// The certificates that can be seen without a PIN; `None` if they are encrypted.
    pub(super) fn public_certificates(&self) -> Result<Option<Vec<Certificate>>, &'static str> {
        match self {
            Self::Pem(sections) => certificates(&sections.certificates).map(Some),
            Self::Pkcs12(octets) => {
                let found = bare_certificates(octets).ok_or("the file is no PKCS #12 file")?;
                if found.is_empty() {
                    Ok(None)
                } else {
                    certificates(&found).map(Some)
                }
            }
        }
    }

    /// Opens with the PIN.
    pub(super) fn open(&self, pin: &Pin) -> Result<Opened, Unopened> {
        match self {
            Self::Pem(sections) => {
                let keys = sections
                    .encrypted_keys
                    .iter()
                    .map(|der| decrypt(der, pin))
                    .collect::<Result<_, _>>()?;
                let certificates =
                    certificates(&sections.certificates).map_err(Unopened::Unreadable)?;
                Ok(Opened { keys, certificates })
            }
            Self::Pkcs12(octets) => {
                let archive = Pkcs12Archive::from_pkcs12(octets, pin.expose())
                    .map_err(|error| p12_reason(&error))?;
                let found: Vec<&[u8]> = archive.certs.iter().map(|bag| bag.cert.as_der()).collect();
                let keys = archive
                    .keys
                    .iter()
                    .map(|bag| private_key(bag.key.as_der()))
                    .collect::<Result<_, _>>()?;
                Ok(Opened {
                    keys,
                    certificates: certificates(&found).map_err(Unopened::Unreadable)?,
                })
            }
        }
    }
}

fn certificates<T: AsRef<[u8]>>(found: &[T]) -> Result<Vec<Certificate>, &'static str> {
    found
        .iter()
        .map(|der| Certificate::from_der(der.as_ref()).or(Err("a certificate in it is malformed")))
        .collect()
}

/// The key of one `ENCRYPTED PRIVATE KEY` section.
fn decrypt(der: &[u8], pin: &Pin) -> Result<PrivateKey, Unopened> {
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der).or(Err(Unopened::Unreadable(
        "its key is not an encrypted PKCS #8 key of PBES2",
    )))?;
    let rounds = encrypted
        .encryption_algorithm
        .pbes2()
        .and_then(|parameters| parameters.kdf.pbkdf2().map(|kdf| kdf.iteration_count));
    if rounds.is_none_or(|rounds| rounds > KEY_DERIVATION_MAX_ROUNDS) {
        return Err(Unopened::Unreadable(
            "its key is not encrypted with PBES2 and PBKDF2",
        ));
    }
    // Padding that does not fit and octets that are no key both mean a wrong PIN: there is no other check in PBES2.
    let plain: SecretDocument = encrypted
        .decrypt(pin.expose())
        .map_err(|error| match error {
            pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::UnsupportedAlgorithm {
                ..
            }) => {
                Unopened::Unreadable("its key is encrypted with an algorithm that is not supported")
            }
            _ => Unopened::WrongPin,
        })?;
    private_key(plain.as_bytes())
}

fn private_key(der: &[u8]) -> Result<PrivateKey, Unopened> {
    PrivateKey::from_pkcs8(der).map_err(|error| match error {
        KeyError::Malformed => Unopened::WrongPin,
        KeyError::Unsupported => {
            Unopened::Unreadable("its key is of a type or size that is not supported")
        }
    })
}

/// A wrong PIN fails the MAC; a file without MAC fails at its padding or inside.
fn p12_reason(error: &P12Error) -> Unopened {
    match error {
        P12Error::MacError(_)
        | P12Error::UnpadError
        | P12Error::Pkcs5Error(_)
        | P12Error::DerError(_)
        | P12Error::InvalidPrivateKey => Unopened::WrongPin,
        _ => Unopened::Unreadable("the PKCS #12 file uses what is not supported"),
    }
}

/// Certificates in the unencrypted safes of a PKCS #12 file; `None` if it is none.
fn bare_certificates(octets: &[u8]) -> Option<Vec<Vec<u8>>> {
    let pfx = Pfx::from_der(octets).ok()?;
    let inner = der::asn1::OctetString::from_der(&pfx.auth_safe.content.to_der().ok()?).ok()?;
    let mut found = Vec::new();
    for safe in AuthenticatedSafe::from_der(inner.as_bytes()).ok()? {
        if safe.content_type != PKCS7_DATA {
            continue;
        }
        let data = der::asn1::OctetString::from_der(&safe.content.to_der().ok()?).ok()?;
        for bag in SafeContents::from_der(data.as_bytes()).ok()? {
            if bag.bag_id == pkcs12::PKCS_12_CERT_BAG_OID {
                let explicit =
                    der::asn1::ContextSpecific::<CertBag>::from_der(&bag.bag_value).ok()?;
                found.push(explicit.value.cert_value.into_bytes().to_vec());
            }
        }
    }
    Some(found)
}

/// The label of the PEM section that holds the key.
pub(super) const KEY_LABEL: &str = EncryptedPrivateKeyInfoRef::PEM_LABEL;
