//! Making and opening private keys: which algorithms have keys, and what they are sealed under.

use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;
use idp_core::signing_key::SigningKey;

use super::key_pair::KeyPair;
use super::rotation::KeysError;
use super::{MasterKey, MasterKeyError};
use crate::config::Config;

/// Makes and opens private keys.
pub struct Keeper {
    master: MasterKey,
    algorithms: Vec<JwsAlgorithm>,
}

/// A key that was made just now.
pub(super) struct Made {
    pub(super) id: KeyId,
    pub(super) public_jwk: String,
    pub(super) private_encrypted: Vec<u8>,
}

impl Keeper {
    /// As the configuration says, for a store that holds these signing keys.
    pub fn for_keys(config: &Config, stored: &[SigningKey]) -> Result<Self, MasterKeyError> {
        Ok(Self::new(config, MasterKey::for_keys(config, stored)?))
    }

    /// As the configuration says.
    pub fn load(config: &Config) -> Result<Self, MasterKeyError> {
        Ok(Self::new(config, MasterKey::load(config)?))
    }

    /// With this master key.
    pub fn new(config: &Config, master: MasterKey) -> Self {
        Self {
            master,
            algorithms: config.signing_algorithms(),
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
        let (pair, pkcs8) = KeyPair::generate(algorithm)?;
        let (kid, public_jwk) = pair.public_jwk()?;
        Ok(Made {
            private_encrypted: self.master.close(&kid, &pkcs8)?,
            id: KeyId::from_text(kid),
            public_jwk,
        })
    }

    pub(super) fn open(&self, key: &SigningKey) -> Result<KeyPair, KeysError> {
        let pkcs8 = self.master.open(key.id.as_str(), &key.private_encrypted)?;
        Ok(KeyPair::open(key.algorithm, &pkcs8)?)
    }
}
