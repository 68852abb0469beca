//! The certificate that connections are served with: replaced while serving, by one that is whole.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};

use super::identity::{Files, Identity};
use crate::config::TlsConfig;

/// What a look at the files gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// Nothing new since the last one.
    Same,
    /// Connections from now on are served with what the files hold.
    Renewed,
    /// What they hold can't be used; the one in use stays.
    Broken(String),
}

/// The certificate in use.
pub struct ServerCertificate {
    tls: TlsConfig,
    current: RwLock<Identity>,
    /// SHA-256 over what was seen last, usable or not.
    seen: RwLock<Option<[u8; 32]>>,
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerCertificate").finish_non_exhaustive()
    }
}

impl ServerCertificate {
    /// Reads it for the first time.
    pub fn open(tls: &TlsConfig) -> Result<Self, String> {
        let files = Files::read(tls)?;
        Ok(Self {
            tls: tls.clone(),
            current: RwLock::new(Identity::of(tls, &files)?),
            seen: RwLock::new(Some(digest(&files))),
        })
    }

    /// The one in use.
    pub fn current(&self) -> Identity {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Looks at the files, and takes over what is new. A key that does not fit is a certificate whose key is still to be
    /// written: the next look sees both.
    pub fn look(&self) -> Look {
        let files = Files::read(&self.tls);
        let now = files.as_ref().ok().map(digest);
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if *seen == now {
            return Look::Same;
        }
        *seen = now;
        match files.and_then(|files| Identity::of(&self.tls, &files)) {
            Ok(identity) => {
                let current = self.current.write();
                *current.unwrap_or_else(PoisonError::into_inner) = identity;
                Look::Renewed
            }
            Err(why) => Look::Broken(why),
        }
    }
}

fn digest(files: &Files) -> [u8; 32] {
    let certificate = Sha256::digest(&files.certificate);
    let key = Sha256::digest(&*files.key);
    Sha256::new()
        .chain_update(certificate)
        .chain_update(key)
        .finalize()
        .into()
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().key)
    }
}
