//! Keys of clients as of now, registered as they are or fetched from where the client publishes them.
//!
//! ```text
//! state.client_keys.of(client)                   to encrypt to it
//! state.client_keys.for_jwt(client, jwt)         to verify what it signed: a key that is new at its jwks_uri counts at once
//! state.client_keys.for_certificate(client, one) to find its certificate, in the same way
//! ```

use std::ops::Deref;
use std::sync::Arc;

use idp_core::client_jwt::could_be_of;
use idp_core::platform::{Client, ClientKeys};
use idp_core::token::certificate_authentication::is_among;
use pki::certificate::Certificate;
use serde_json::Value;

use super::key_set::KeySet;
use crate::config::Config;
use crate::outbound::{Bounds, Fetcher};

/// Largest key set that is fetched: twenty keys with their certificates.
const OCTETS: usize = 64 * 1024;

/// Addresses that are remembered at most; the one that was longest not asked for goes first.
const ADDRESSES: u64 = 512;

/// Keys of a client (RFC 7517 §5), never a private one.
pub enum KeysAtHand<'a> {
    /// As registered.
    Registered(&'a Value),
    /// As fetched.
    Fetched(Arc<Value>),
}

impl Deref for KeysAtHand<'_> {
    type Target = Value;

    fn deref(&self) -> &Value {
        match self {
            Self::Registered(keys) => keys,
            Self::Fetched(keys) => keys,
        }
    }
}

/// The key sets of all clients.
pub struct ClientKeySets {
    fetcher: Fetcher,
    bounds: Bounds,
    sets: moka::sync::Cache<String, Arc<KeySet>>,
}

impl ClientKeySets {
    /// Fetches by what reaches platforms.
    pub fn new(fetcher: Fetcher, config: &Config) -> Self {
        Self {
            fetcher,
            bounds: Bounds {
                octets: OCTETS,
                time: config.outbound.time(),
            },
            sets: moka::sync::Cache::new(ADDRESSES),
        }
    }

    /// The keys of a client; none where it has none, or they can't be had.
    pub async fn of<'a>(&self, client: &'a Client) -> Option<KeysAtHand<'a>> {
        match client.keys.as_ref()? {
            ClientKeys::Jwks(keys) => Some(KeysAtHand::Registered(keys)),
            ClientKeys::JwksUri(url) => {
                let set = self.set(url);
                let keys = set.now((&self.fetcher, self.bounds), url).await?;
                Some(KeysAtHand::Fetched(keys))
            }
        }
    }

    /// The keys of a client that are to verify this JWT. Where none of the fetched ones could have signed it, they are
    /// looked at once more: a platform that changes its key need not wait (`OpenID` Connect Core §10.1.1).
    pub async fn for_jwt<'a>(&self, client: &'a Client, jwt: &str) -> Option<KeysAtHand<'a>> {
        self.with(client, |keys| could_be_of(client, keys, jwt))
            .await
    }

    /// The keys of a client among which this certificate, or its key, is to be (RFC 8705 §2.2): looked at once more where
    /// it is not, for one that was just replaced.
    pub async fn for_certificate<'a>(
        &self,
        client: &'a Client,
        certificate: &Certificate,
    ) -> Option<KeysAtHand<'a>> {
        self.with(client, |keys| is_among(keys, certificate)).await
    }

    /// The keys of a client, looked at once more where none of them fits.
    async fn with<'a>(
        &self,
        client: &'a Client,
        fits: impl Fn(&Value) -> bool,
    ) -> Option<KeysAtHand<'a>> {
        let keys = self.of(client).await?;
        let Some(ClientKeys::JwksUri(url)) = &client.keys else {
            return Some(keys);
        };
        if fits(&keys) {
            return Some(keys);
        }
        let how = (&self.fetcher, self.bounds);
        let newer = self.set(url).newer(how, url, &keys).await;
        Some(newer.map_or(keys, KeysAtHand::Fetched))
    }

    fn set(&self, url: &str) -> Arc<KeySet> {
        self.sets.get_with_by_ref(url, Arc::default)
    }
}
