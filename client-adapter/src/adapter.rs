//! The adapter itself: settings, HTTP client and provider under one name.
//!
//! Owns putting them together. The flows are in [`crate::start`] and [`crate::finish`]. Does not know
//! any web framework.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::client_assertion::AssertionKey;
use crate::clock::Clock;
use crate::dpop::Prover;
use crate::http::BoundedHttp;
use crate::metadata::DiscoveryFault;
use crate::provider::Provider;
use crate::provider_source::ProviderSource;
use crate::settings::{AdapterSettings, ClientAuthentication, SenderConstraint, SettingsError};
use crate::target::Targets;

/// Signs people in at one provider for one platform. Share it: `Arc<Adapter>`.
pub struct Adapter {
    pub(crate) settings: Arc<AdapterSettings>,
    pub(crate) http: BoundedHttp,
    pub(crate) source: ProviderSource,
    pub(crate) targets: Targets,
    pub(crate) prover: Option<Prover>,
    assertion_key: Option<AssertionKey>,
}

/// Why there is no adapter.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// Change the settings.
    #[error("the settings cannot work")]
    Settings(#[from] SettingsError),
    /// See whether the provider runs and is the right one.
    #[error("the provider cannot be used")]
    Provider(#[from] DiscoveryFault),
}

impl Adapter {
    /// An adapter that will look for its provider at the first login. Nothing is fetched yet, so a
    /// platform may start before its provider.
    pub fn new(settings: AdapterSettings) -> Result<Self, SettingsError> {
        settings.check()?;
        let http = BoundedHttp::new(&settings)?;
        let assertion_key = match &settings.client_authentication {
            ClientAuthentication::PrivateKeyJwt(key) => Some(AssertionKey::new(key)?),
            ClientAuthentication::ClientSecretBasic(_)
            | ClientAuthentication::ClientSecretPost(_)
            | ClientAuthentication::Public => None,
        };
        let prover = match &settings.sender_constraint {
            SenderConstraint::Bearer => None,
            SenderConstraint::Dpop(key) => Some(Prover::new(key.clone(), settings.clock.clone())),
        };
        let settings = Arc::new(settings);
        Ok(Self {
            source: ProviderSource::new(Arc::clone(&settings), http.clone()),
            targets: Targets::new(&settings.redirect_uri, &settings.more_target_origins),
            settings,
            http,
            prover,
            assertion_key,
        })
    }

    /// An adapter that has found its provider and checked it.
    pub async fn discover(settings: AdapterSettings) -> Result<Self, SetUpError> {
        let adapter = Self::new(settings)?;
        adapter.provider().await?;
        Ok(adapter)
    }

    /// The issuer identifier of the provider.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where the provider sends the browser back to.
    pub fn redirect_uri(&self) -> &Url {
        &self.settings.redirect_uri
    }

    /// This platform's name at the provider.
    pub fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    /// The clock of the settings.
    pub fn clock(&self) -> &Clock {
        &self.settings.clock
    }

    pub(crate) async fn provider(&self) -> Result<Arc<Provider>, DiscoveryFault> {
        self.source.current().await
    }

    /// A new client assertion, if this platform authenticates so. Each serves for one request.
    pub(crate) fn assertion(&self) -> Result<Option<String>, jsonwebtoken::errors::Error> {
        let (settings, now) = (&self.settings, self.settings.clock.now());
        (self.assertion_key.as_ref())
            .map(|key| key.assertion(&settings.client_id, &settings.issuer, now))
            .transpose()
    }
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
