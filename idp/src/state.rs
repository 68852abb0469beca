//! What every request can reach. Wired once in [`crate::serve`]; no globals.

use std::sync::Arc;

use idp_core::cx::{Cx, Rng, Settings};
use idp_storage::{Database, EphemeralStore};

use crate::certificates::{RevocationSources, Standings, Verdicts};
use crate::clock;
use crate::config::Config;
use crate::http::assets::Assets;
use crate::signing::KeyRing;

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
    /// Certificates.
    pub verdicts: Verdicts,
    /// Revocation lists.
    pub lists: Arc<RevocationSources>,
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
    /// The outside of a request that comes now.
    pub fn cx(&self) -> Cx {
        clock::cx(&self.settings, &self.rng)
    }
}
