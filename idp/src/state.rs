//! What every request can reach. Wired once in [`crate::serve`]; no globals.

use std::sync::Arc;

use idp_core::cx::{Cx, Rng, Settings};
use idp_storage::{Database, EphemeralStore};

use crate::certificates::{Responders, RevocationSources, Standings, Verdicts};
use crate::clock;
use crate::config::Config;
use crate::http::assets::Assets;
use crate::http::oidc::Origins;
use crate::limits::Limits;
use crate::notifying::Notifier;
use crate::outbound::Fetcher;
use crate::published::{ClientKeySets, RequestObjects};
use crate::signing::{KeyRing, LogKey};
use crate::telling::Teller;
use crate::tls::ServerCertificate;

/// State of the server.
pub struct AppState {
    /// As configured.
    pub config: Config,
    /// Of the rules.
    pub settings: Arc<Settings>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// What must never be lost.
    pub database: Database,
    /// What is short-lived.
    pub ephemeral: EphemeralStore,
    /// Signing keys.
    pub keys: Arc<KeyRing>,
    /// Signs heads of the audit log.
    pub log_key: LogKey,
    /// Certificates.
    pub verdicts: Verdicts,
    /// What CAs took back.
    pub lists: Arc<RevocationSources>,
    /// Fetches what CAs publish.
    pub fetcher: Fetcher,
    /// Reaches what platforms have: keys, requests, where they are told of endings.
    pub platforms: Fetcher,
    /// Keys of clients.
    pub client_keys: ClientKeySets,
    /// Request objects that platforms publish.
    pub request_objects: RequestObjects,
    /// How much anybody may ask for.
    pub limits: Limits,
    /// Origins whose scripts may read what platforms are answered.
    pub origins: Origins,
    /// Asks responders.
    pub responders: Responders,
    /// The certificate of the provider's own TLS.
    pub certificate: Option<Arc<ServerCertificate>>,
    /// CAs of `tls_client_auth`.
    pub client_authorities: pki::anchors::TrustAnchors,
    /// Tells platforms that sessions ended.
    pub teller: Teller,
    /// Tells enterprises what happened to them.
    pub notifier: Notifier,
    /// How each CA stands.
    pub standings: Arc<Standings>,
    /// Stylesheet, script, emblem.
    pub assets: Assets,
    /// The discovery document, JSON text.
    pub discovery: Arc<str>,
    /// Grants whose data a platform was seen to read, so that the event is written once.
    pub delivered: moka::sync::Cache<String, ()>,
    /// `agent.ports`, separated by spaces, as pages want them.
    pub agent_ports: String,
}

impl AppState {
    /// Gathers what is missing to judge a certificate whose key was proven: its responder is asked, if its CA has one.
    pub async fn gather_revocation(&self, certificate: &pki::certificate::Certificate) {
        let registry = self.verdicts.registry();
        let (responders, sources) = (&self.responders, &self.lists);
        responders.gather(&registry, sources, certificate).await;
    }

    /// The outside of a request that comes now.
    pub fn cx(&self) -> Cx {
        clock::cx(&self.settings, &self.rng)
    }
}
