//! Wiring, in one place: from a configuration to a running server and its background tasks.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use idp_core::cx::{Cx, Rng};
use idp_core::directory;
use idp_core::signing_key::SigningKey;
use idp_storage::{Database, DatabaseSettings, EphemeralStore};

use crate::certificates::{
    self, Kept, REGISTRY, Registered, RevocationSources, Standings, Verdicts, keep_up,
    load_configured, reach, read_stored,
};
use crate::clock::{self, SystemRng};
use crate::config::Config;
use crate::forgetting::keep_forgetting;
use crate::http::assets::Assets;
use crate::http::extract::form::FORM_MAX;
use crate::http::{guard, metrics, oidc, routes};
use crate::signing::{KeyRing, KeysError, MasterKey, ensure_keys};
use crate::state::AppState;

/// How often what expired is freed.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

/// How often the stored signing keys are looked at: a key that another process withdrew is in force here
/// at most this long.
pub const KEY_WATCH: Duration = Duration::from_secs(1);

/// How often the CA registry is looked at: a CA that another process suspended is refused here from then on.
pub const REGISTRY_WATCH: Duration = Duration::from_secs(1);

/// Grants whose delivery is remembered at most.
const DELIVERED: u64 = 50_000;

/// Why the server does not start. Each names what to do.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct StartError {
    /// Which part.
    pub what: String,
    /// Why.
    pub why: String,
}

impl StartError {
    pub(crate) fn new(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self {
            what: what.into(),
            why: format!("{why}"),
        }
    }
}

/// A running server.
pub struct Running {
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// What every request can reach; for tests and the demo.
    pub state: web::Data<AppState>,
    handle: ServerHandle,
    server: Server,
    housekeeping: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Stops it from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Serves until it is stopped, by [`Self::handle`] or a signal.
    pub async fn serve(self) -> std::io::Result<()> {
        let ended = self.server.await;
        self.housekeeping.abort();
        ended
    }
}

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
    let settings = Arc::new(
        config
            .settings()
            .map_err(|e| StartError::new("configuration", e))?,
    );
    let database = open_database(&config)?;
    database
        .migrate()
        .await
        .map_err(|e| StartError::new("database migration", e))?;
    database
        .write(|store| directory::seed(store))
        .await
        .map_err(|e| StartError::new("platform directory", e))?;
    let ephemeral = open_ephemeral(&config).await?;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let registered = open_registry(&config, &database, &clock::cx(&settings, &rng)).await?;
    let (fetcher, responders) = reach(&config.revocation, Arc::clone(&rng))
        .map_err(|e| StartError::new("fetching of revocation lists", e))?;
    let kept = Kept::in_state(&config.state_dir);
    let lists = Arc::new(RevocationSources::open(registered.registry(), Some(kept)));
    let standings = Arc::new(Standings::new(REGISTRY, &registered, Arc::clone(&lists)));
    standings.watch(clock::now());
    let longest = settings
        .access_token_lifetime
        .max(settings.id_token_lifetime);
    let keys = Arc::new(KeyRing::new(config.key_schedule(), longest));
    let master = |stored: &[SigningKey]| MasterKey::for_keys(&config, stored);
    ensure_keys(&database, master, &keys, &clock::cx(&settings, &rng))
        .await
        .map_err(|e| match e {
            KeysError::MasterKey(e) => StartError::new("master key", e),
            e => StartError::new("signing keys", e),
        })?;
    let discovery = serde_json::to_string(&oidc::document(&config.issuer))
        .map_err(|e| StartError::new("discovery document", e))?;
    Ok(web::Data::new(AppState {
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
        rng,
        database,
        ephemeral,
        keys,
        lists,
        fetcher,
        responders,
        standings,
    }))
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

/// Starts listening. Call inside an actix or tokio runtime; then [`Running::serve`].
pub async fn start(config: Config) -> Result<Running, StartError> {
    let listeners = config
        .listen
        .iter()
        .map(|address| {
            TcpListener::bind(address)
                .map_err(|e| StartError::new(format!("listening on {address}"), e))
        })
        .collect::<Result<Vec<_>, _>>()?;
    start_on(config, listeners).await
}

/// As [`start`], on sockets that are open already.
pub async fn start_on(config: Config, listeners: Vec<TcpListener>) -> Result<Running, StartError> {
    let (workers, with_metrics) = (config.http.workers, config.metrics.enabled);
    let state = build_state(config).await?;
    let addresses = listeners
        .iter()
        .filter_map(|l| l.local_addr().ok())
        .collect();
    let app_state = state.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(app_state.clone())
            .app_data(web::PayloadConfig::new(FORM_MAX))
            .wrap(from_fn(guard::guard))
            .configure(|app| {
                if with_metrics {
                    metrics::mount(app);
                }
            })
            .configure(routes::mount)
    })
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(10);
    if workers > 0 {
        server = server.workers(workers);
    }
    for listener in listeners {
        server = server
            .listen(listener)
            .map_err(|e| StartError::new("listening", e))?;
    }
    let server = server.run();
    Ok(Running {
        addresses,
        handle: server.handle(),
        housekeeping: tokio::spawn(keep_house(state.clone())),
        server,
        state,
    })
}

/// What goes on off the request path.
async fn keep_house(state: web::Data<AppState>) {
    tokio::join!(
        keep_room(&state),
        keep_up(&state),
        keep_keys(&state),
        keep_registry(&state),
        keep_forgetting(&state)
    );
}

/// Frees what expired.
async fn keep_room(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    loop {
        tick.tick().await;
        state.ephemeral.sweep();
        let now = clock::now();
        let deleted = state
            .database
            .write(move |store| store.delete_expired_refresh_tokens(now))
            .await;
        if let Err(error) = deleted {
            tracing::warn!(%error, "expired refresh tokens can't be deleted; the next minute tries again");
        }
    }
}

async fn look_at_keys(state: &AppState) -> Result<(), KeysError> {
    let master = |_: &[SigningKey]| MasterKey::load(&state.config);
    ensure_keys(&state.database, master, &state.keys, &state.cx()).await
}

/// Takes over what other processes did to the keys, and rotates them.
async fn keep_keys(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(KEY_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match look_at_keys(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "signing keys can't be looked at; the known ones stay in force");
            }
            Ok(()) if failing => {
                failing = false;
                tracing::info!("signing keys can be looked at again");
            }
            _ => (),
        }
    }
}

/// Takes over what was changed in the CA registry, here or by another process.
async fn keep_registry(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(REGISTRY_WATCH);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match certificates::follow(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the CA registry can't be looked at; the known one stays in force");
            }
            Ok(_) if failing => {
                failing = false;
                tracing::info!("the CA registry can be looked at again");
            }
            _ => (),
        }
    }
}
