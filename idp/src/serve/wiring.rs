//! Wiring, in one place: from a configuration to everything that a request can reach.

use std::sync::Arc;

use actix_web::web;
use idp_core::cx::{Cx, Rng, Settings};
use idp_core::directory;
use idp_core::platform::{Client, Platform, PlatformState};
use idp_storage::{Database, DatabaseSettings, EphemeralStore};
use pki::anchors::TrustAnchors;

use super::error::StartError;
use super::keys::{open_keys, open_log_key};
use crate::certificates::{
    Kept, REGISTRY, Registered, Responders, RevocationSources, Standings, Verdicts,
    load_configured, read_stored,
};
use crate::clock::{self, SystemRng};
use crate::config::{Config, TlsConfig};
use crate::http::assets::Assets;
use crate::http::oidc::{self, Origins};
use crate::limits::Limits;
use crate::notifying::Notifier;
use crate::outbound::Fetcher;
use crate::published::{ClientKeySets, RequestObjects};
use crate::state::AppState;
use crate::telling::Teller;
use crate::tls::{ServerCertificate, client_authorities};

/// Grants whose delivery is remembered at most.
const DELIVERED: u64 = 50_000;

/// Opens the database of a configuration, its folder made where it is missing.
pub fn open_database(config: &Config) -> Result<Database, StartError> {
    std::fs::create_dir_all(&config.state_dir)
        .map_err(|e| StartError::new(format!("state folder {}", config.state_dir.display()), e))?;
    let settings = DatabaseSettings {
        pool_size: config.database.pool_size,
        ..DatabaseSettings::new(config.database_url())
    };
    Database::open(&settings).map_err(|e| StartError::new("database", e))
}

/// Opens everything.
pub async fn build_state(config: Config) -> Result<web::Data<AppState>, StartError> {
    config
        .check()
        .map_err(|e| StartError::new("configuration", e))?;
    let settings = config
        .settings()
        .map_err(|e| StartError::new("configuration", e))?;
    let database = open_database(&config)?;
    database
        .migrate()
        .await
        .map_err(|e| StartError::new("database migration", e))?;
    database
        .write(|store| directory::seed(store))
        .await
        .map_err(|e| StartError::new("platform directory", e))?;
    check_platforms(&database, &settings).await?;
    let ephemeral = open_ephemeral(&config).await?;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let (keys, settings) = open_keys(&config, &database, settings, &rng).await?;
    let log_key = open_log_key(&config, &database).await?;
    let registered = open_registry(&config, &database, &clock::cx(&settings, &rng)).await?;
    let unreadable = |e| StartError::new("outbound.ca_file", e);
    let fetcher = Fetcher::toward_authorities(&config).map_err(unreadable)?;
    let platforms = Fetcher::toward_platforms(&config).map_err(unreadable)?;
    let notifier = Notifier::open(&config, platforms.clone())
        .map_err(|e| StartError::new("notifications", e))?;
    let kept = Kept::in_state(&config.state_dir);
    let lists = Arc::new(RevocationSources::open(registered.registry(), Some(kept)));
    let standings = Arc::new(Standings::new(REGISTRY, &registered, Arc::clone(&lists)));
    standings.watch(clock::now());
    let (certificate, client_authorities) = open_tls(&config.tls)?;
    let discovery = serde_json::to_string(&oidc::document(&config))
        .map_err(|e| StartError::new("discovery document", e))?;
    Ok(web::Data::new(AppState {
        certificate,
        client_authorities,
        limits: Limits::new(&config.limits),
        origins: Origins::default(),
        client_keys: ClientKeySets::new(platforms.clone(), &config),
        request_objects: RequestObjects::new(platforms.clone(), &config),
        agent_ports: words(&config.agent.ports),
        delivered: moka::sync::Cache::new(DELIVERED),
        discovery: discovery.into(),
        assets: Assets::embedded(),
        verdicts: Verdicts::new(
            registered.registry().clone(),
            Arc::clone(&lists),
            config.verdicts.remembered,
        ),
        config,
        settings,
        database,
        ephemeral,
        keys,
        log_key,
        lists,
        responders: Responders::new(fetcher.clone(), Arc::clone(&rng)),
        fetcher,
        platforms,
        rng,
        teller: Teller::default(),
        notifier,
        standings,
    }))
}

/// Whoever is told by SM2 gets nothing where it is switched off: better no start than that.
async fn check_platforms(database: &Database, settings: &Settings) -> Result<(), StartError> {
    let told = |p: &Platform| p.client.as_ref().is_some_and(Client::is_told_by_sm2);
    let platforms = database
        .read(|store| store.list_platforms())
        .await
        .map_err(|e| StartError::new("platform directory", e))?;
    let mut left = platforms
        .iter()
        .filter(|p| p.state == PlatformState::Active);
    match left.find(|platform| told(platform)) {
        Some(platform) if !settings.sm2_tokens => Err(StartError::new(
            "platform directory",
            format!(
                "the tokens of {} are signed with x-SM2-SM3, which is switched off (signing_keys.sm2)",
                platform.id
            ),
        )),
        _ => Ok(()),
    }
}

/// The server's certificate, where it ends TLS itself, and the CAs of its clients.
fn open_tls(tls: &TlsConfig) -> Result<(Option<Arc<ServerCertificate>>, TrustAnchors), StartError> {
    let failed = |why| StartError::new("tls", why);
    let opened = tls.is_own().then(|| ServerCertificate::open(tls));
    let certificate = opened.transpose().map_err(failed)?;
    let authorities = client_authorities(&tls.client_ca_file).map_err(failed)?;
    Ok((certificate.map(Arc::new), authorities))
}

/// The stored registry, the configuration's entries brought into it.
async fn open_registry(
    config: &Config,
    database: &Database,
    cx: &Cx,
) -> Result<Registered, StartError> {
    load_configured(database, cx, &config.certificate_authorities)
        .await
        .map_err(|e| StartError::new(config.source(), e))?;
    read_stored(database)
        .await
        .map_err(|e| StartError::new(REGISTRY, e))
}

async fn open_ephemeral(config: &Config) -> Result<EphemeralStore, StartError> {
    match config.ephemeral.url.as_str() {
        "memory:" => Ok(EphemeralStore::in_process(
            config.ephemeral.capacity_mib << 20,
        )),
        url => EphemeralStore::redis(url)
            .await
            .map_err(|e| StartError::new("ephemeral store", e)),
    }
}

fn words(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    ports.join(" ")
}
