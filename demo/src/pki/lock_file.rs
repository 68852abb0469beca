//! A lock that was made, and its file.
//!
//! Owns the forms that the key agent reads: PEM with encrypted keys, PKCS #12, and the sidecar that tells what a device
//! would tell by itself. Does not know PIN counters.

use std::path::{Path, PathBuf};

use der::pem::{LineEnding, encode_string};
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Key, PkiError};
use crate::files::{self, Readers};

/// A key and its certificate.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) key: Key,
    pub(super) certificate: Vec<u8>,
}

/// A lock that was made.
#[derive(Debug)]
pub struct MintedLock {
    pub(super) signing: Half,
    pub(super) encryption: Option<Half>,
    pub(super) serial_number: String,
    pub(super) key_number: String,
    pub(super) media_number: String,
    pub(super) label: String,
}

/// What a device would tell by itself.
#[derive(Serialize)]
struct Sidecar<'a> {
    label: &'a str,
    media_number: &'a str,
    key_number: &'a str,
}

impl MintedLock {
    /// The signing certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.signing.certificate
    }

    /// The encryption certificate, DER, if it has one.
    pub fn encryption_certificate_der(&self) -> Option<&[u8]> {
        self.encryption
            .as_ref()
            .map(|half| half.certificate.as_slice())
    }

    /// The signing key.
    pub fn key(&self) -> &Key {
        &self.signing.key
    }

    /// The serial number of the signing certificate, hexadecimal.
    pub fn serial_number(&self) -> &str {
        &self.serial_number
    }

    /// 证书Key号.
    pub fn key_number(&self) -> &str {
        &self.key_number
    }

    /// 硬件介质号.
    pub fn media_number(&self) -> &str {
        &self.media_number
    }

    /// Writes the lock's file (PKCS #12 if it ends in `.p12` or `.pfx`, PEM otherwise; the PIN opens it) and the sidecar
    /// `<file>.toml`. Nobody but the owner may read it. A count of wrong PINs that belonged to an earlier file goes.
    pub fn write(&self, path: &Path, pin: &str) -> Result<(), PkiError> {
        let fault = |path: &Path| {
            let path = path.to_owned();
            |source| PkiError::File { path, source }
        };
        let sidecar = Sidecar {
            label: &self.label,
            media_number: &self.media_number,
            key_number: &self.key_number,
        };
        let sidecar = toml::to_string(&sidecar).map_err(|e| PkiError::LockFile(e.to_string()))?;
        let beside = beside(path, "toml");
        files::replace(&beside, sidecar.as_bytes(), Readers::All).map_err(fault(&beside))?;
        match std::fs::remove_file(self::beside(path, "pin-state")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault(path)(error));
            }
            _ => {}
        }
        let octets = if is_pkcs12(path) {
            self.pkcs12(pin)?
        } else {
            self.pem(pin)?
        };
        files::replace(path, &octets, Readers::Owner).map_err(fault(path))
    }

    fn halves(&self) -> impl Iterator<Item = &Half> {
        std::iter::once(&self.signing).chain(&self.encryption)
    }

    fn pem(&self, pin: &str) -> Result<Zeroizing<Vec<u8>>, PkiError> {
        let mut text = Zeroizing::new(Vec::new());
        for half in self.halves() {
            text.extend(certificate_pem(&half.certificate)?.as_bytes());
            text.extend(half.key.to_encrypted_pem(pin)?.as_bytes());
        }
        Ok(text)
    }

    fn pkcs12(&self, pin: &str) -> Result<Zeroizing<Vec<u8>>, PkiError> {
        let failed = |error: p12_keystore::error::Error| PkiError::LockFile(error.to_string());
        let mut store = KeyStore::new();
        for (number, half) in (1_u8..).zip(self.halves()) {
            let chain = PrivateKeyChain::new(
                vec![number],
                PrivateKey::from_der(half.key.pkcs8_der()).map_err(failed)?,
                [Certificate::from_der(&half.certificate).map_err(failed)?],
            );
            let alias = format!("{}-{number}", self.key_number);
            store.add_entry(&alias, KeyStoreEntry::PrivateKeyChain(chain));
        }
        let octets = store.writer(pin).write().map_err(failed)?;
        Ok(Zeroizing::new(octets))
    }
}

/// A certificate as PEM.
pub(super) fn certificate_pem(der: &[u8]) -> Result<String, PkiError> {
    encode_string("CERTIFICATE", LineEnding::LF, der)
        .map_err(|error| PkiError::Encoding(error.into()))
}

fn is_pkcs12(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("p12") || ending.eq_ignore_ascii_case("pfx")
    })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}
