//! Making, opening and destroying private keys: which algorithms have keys, and where they are kept.

use std::sync::Arc;
use std::time::Duration;

use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::{Kept, SigningKey};

use super::MasterKey;
use super::hsm::Hsm;
use super::key_pair::{BadKey, KeyPair};
use super::rotation::KeysError;
use crate::config::{Config, KeepIn};

/// How long it is waited until a key that nobody needs is destroyed; it goes on by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes and opens private keys.
#[derive(Clone)]
pub struct Keeper {
    master: Arc<MasterKey>,
    algorithms: Vec<JwsAlgorithm>,
    keep_in: KeepIn,
    hsm: Option<Arc<Hsm>>,
}

/// A key that was made just now.
pub(super) struct Made {
    pub(super) id: KeyId,
    pub(super) public_jwk: String,
    pub(super) kept: Kept,
}

impl Keeper {
    /// As the configuration says, with a connection of its own.
    pub fn load(config: &Config) -> Result<Self, KeysError> {
        let hsm = Hsm::of(&config.signing_keys.pkcs11)?.map(Arc::new);
        Ok(Self::new(config, MasterKey::load(config)?, hsm))
    }

    /// With this master key and this token.
    pub fn new(config: &Config, master: MasterKey, hsm: Option<Arc<Hsm>>) -> Self {
        Self {
            master: Arc::new(master),
            algorithms: config.signing_algorithms(),
            keep_in: config.signing_keys.keep_in,
            hsm,
        }
    }

    /// What keys are made for.
    pub(super) fn algorithms(&self) -> impl Iterator<Item = JwsAlgorithm> {
        self.algorithms.iter().copied()
    }

    /// Whether keys are made for it.
    pub(super) fn makes(&self, algorithm: JwsAlgorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    pub(super) fn make(&self, algorithm: JwsAlgorithm) -> Result<Made, KeysError> {
        if let (KeepIn::Pkcs11, Some(hsm)) = (self.keep_in, &self.hsm) {
            let public = hsm.make(algorithm)?;
            return Ok(Made {
                id: KeyId::from_text(public.kid()),
                public_jwk: public.jwk().ok_or(BadKey)?,
                kept: Kept::Inside(hsm.name().to_owned()),
            });
        }
        let (pair, pkcs8) = KeyPair::generate(algorithm)?;
        let public = pair.public();
        Ok(Made {
            kept: Kept::Sealed(self.master.close(public.kid(), &pkcs8)?),
            id: KeyId::from_text(public.kid()),
            public_jwk: public.jwk().ok_or(BadKey)?,
        })
    }

    /// A key inside is opened without its token: it is asked when something is to be signed.
    pub(super) fn open(&self, key: &SigningKey) -> Result<KeyPair, KeysError> {
        let inside = |hsm| KeyPair::inside(hsm, key.algorithm, &key.public_jwk);
        Ok(match &key.kept {
            Kept::Sealed(octets) => {
                let pkcs8 = self.master.open(key.id.as_str(), octets)?;
                KeyPair::open(key.algorithm, &pkcs8)?
            }
            Kept::Inside(token) => inside(self.token(token).cloned())?,
            Kept::Destroyed(_) => inside(None)?,
        })
    }

    /// The token that is configured.
    pub fn hsm(&self) -> Option<&Arc<Hsm>> {
        self.hsm.as_ref()
    }

    /// The token of this name, where it is the one that is configured.
    pub(super) fn token(&self, name: &str) -> Option<&Arc<Hsm>> {
        self.hsm.as_ref().filter(|hsm| hsm.name() == name)
    }

    /// Destroys what is inside of a key that came to nothing. A token that hangs is not waited for.
    pub(super) async fn discard(&self, key: SigningKey) {
        let Kept::Inside(token) = &key.kept else {
            return;
        };
        let Some(hsm) = self.token(token).cloned() else {
            return;
        };
        let destroying = tokio::task::spawn_blocking(move || {
            if let Err(error) = hsm.destroy(key.id.as_str()) {
                tracing::warn!(kid = %key.id, %error, "a key that is not used stays inside the PKCS #11 token");
            }
        });
        let _late = tokio::time::timeout(PATIENCE, destroying).await;
    }
}
