//! Wiring: from settings to everything running in one process.
//!
//! Owns the order of the start and of the end. Ports come first, since everything that is registered somewhere names
//! them. Must be called inside a runtime.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;
use client_adapter::{PrivateKeyJwt, SigningAlgorithm};
use idp::config::Config;
use idp::serve::Alone;
use idp::state::AppState;
use tokio::task::JoinHandle;

use crate::error::DemoError;
use crate::pki::{SAMPLES, SamplePki};
use crate::platform::{self, Connection};
use crate::platform_key::KEY_ID;
use crate::ready::{Ready, ReadyAgent, ReadyLock, ReadyPlatform};
use crate::settings::{DemoSettings, PortChoice, Step};
use crate::state::{RememberedPorts, State};
use crate::{agent, ports, provider, registration};

/// How often revocation lists are issued anew while running; each is in force for much longer.
const LISTS_EVERY: Duration = Duration::from_hours(12);

/// Everything that runs. [`Running::stop`] ends it in order.
pub struct Running {
    ready: Ready,
    provider: web::Data<AppState>,
    provider_handle: ServerHandle,
    provider_task: JoinHandle<std::io::Result<()>>,
    platforms: Vec<platform::Running>,
    agent: key_agent::service::Running,
    lists: JoinHandle<()>,
    pki: Arc<SamplePki>,
    _state: State,
    _alone: Option<Alone>,
}

/// Sockets that are open before anything is served.
struct Sockets {
    provider: TcpListener,
    chifeng: TcpListener,
    hohhot: TcpListener,
    ports: RememberedPorts,
}

/// Starts everything; returns when all of it answers.
pub async fn start(settings: DemoSettings) -> Result<Running, DemoError> {
    let now = idp::clock::now().unix_seconds();
    // 1. The folder, ours alone, and the ports.
    (settings.progress)(Step::State);
    let mut state = State::open(&settings.state_dir)?;
    let mut sockets = take_sockets(&settings, &state)?;
    let issuer = ports::origin(sockets.ports.provider);
    // 2. Authorities and locks.
    (settings.progress)(Step::Authorities);
    let pki = Arc::new(SamplePki::open(
        &state.pki(),
        &state.remembered.ca_password,
        now,
    )?);
    (settings.progress)(Step::Locks);
    let locks = sample_locks(&pki, &state, now)?;
    // 3. The agent, whose port the provider's pages name.
    (settings.progress)(Step::Agent);
    let agent = agent::start(&settings, &state, &issuer)?;
    sockets.ports.agent = agent.address().port();
    state.remember(sockets.ports)?;
    // 4. The provider and the platforms.
    let mut config = provider::config(&state, &issuer, &pki)?;
    config.http.workers = settings.workers;
    let alone = Alone::hold(&config).map_err(DemoError::provider)?;
    let servers = start_servers(config, sockets, &state, settings.progress).await?;
    let ready = Ready {
        issuer,
        state_dir: state.folder().to_owned(),
        pid: std::process::id(),
        platforms: servers.on_record,
        agent: ReadyAgent {
            address: agent.url(),
            port: agent.address().port(),
            locks: state.locks(),
        },
        locks,
    };
    Ok(Running {
        ready,
        provider: servers.provider,
        provider_handle: servers.provider_handle,
        provider_task: servers.provider_task,
        platforms: servers.platforms,
        agent,
        lists: tokio::spawn(keep_lists(Arc::clone(&pki))),
        pki,
        _state: state,
        _alone: alone,
    })
}

/// The provider and the platforms, serving.
struct Servers {
    provider: web::Data<AppState>,
    provider_handle: ServerHandle,
    provider_task: JoinHandle<std::io::Result<()>>,
    platforms: Vec<platform::Running>,
    on_record: Vec<ReadyPlatform>,
}

/// The platforms are on record before the provider serves.
async fn start_servers(
    config: Config,
    sockets: Sockets,
    state: &State,
    progress: fn(Step),
) -> Result<Servers, DemoError> {
    progress(Step::Provider);
    let server = idp::serve::start_on(config, vec![sockets.provider])
        .await
        .map_err(DemoError::provider)?;
    let (provider, provider_handle) = (server.state.clone(), server.handle());
    let remembered = &state.remembered;
    // Two ways to be connected: the plain one, and the strict one.
    let secret = Connection::Secret(remembered.chifeng_secret.as_str().into());
    let key = Connection::Key(PrivateKeyJwt {
        key_id: KEY_ID.to_owned(),
        algorithm: SigningAlgorithm::Es256,
        private_key_pem: remembered.hohhot_key.as_str().into(),
    });
    let chifeng = ("chifeng", sockets.chifeng, secret);
    let hohhot = ("hohhot", sockets.hohhot, key);
    let prepared = [
        registration::prepare(&provider, state, chifeng).await?,
        registration::prepare(&provider, state, hohhot).await?,
    ];
    let provider_task = tokio::spawn(server.serve());
    progress(Step::Platforms);
    let (mut platforms, mut on_record) = (Vec::new(), Vec::new());
    for one in prepared {
        platforms.push(platform::start_on(one.listener, &one.settings)?);
        on_record.push(one.ready);
    }
    Ok(Servers {
        provider,
        provider_handle,
        provider_task,
        platforms,
        on_record,
    })
}

impl Running {
    /// What is up, and where.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The provider's inside: for tests.
    pub fn provider(&self) -> &web::Data<AppState> {
        &self.provider
    }

    /// The sample PKI: mints further locks, revokes. The provider reads changed lists within a minute, or at once by
    /// `provider().lists.refresh()`.
    pub fn pki(&self) -> &SamplePki {
        &self.pki
    }

    /// Waits until the provider ends by itself, as it does on Ctrl-C. [`Self::stop`] ends the rest.
    pub async fn provider_ended(&mut self) {
        while !self.provider_task.is_finished() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends everything: platforms first, the agent, the provider last. Requests under way are finished.
    pub async fn stop(self) {
        self.lists.abort();
        let platforms: Vec<_> = self
            .platforms
            .into_iter()
            .map(|p| tokio::spawn(p.stop()))
            .collect();
        for platform in platforms {
            if let Ok(Err(error)) = platform.await {
                tracing::warn!(%error, "a platform did not end cleanly");
            }
        }
        // The agent runs in a thread of its own, which is waited for.
        let agent = self.agent;
        if let Err(error) = tokio::task::spawn_blocking(move || agent.stop()).await {
            tracing::warn!(%error, "the key agent did not end cleanly");
        }
        self.provider_handle.stop(true).await;
        match self.provider_task.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the provider did not end cleanly"),
            Err(error) => tracing::warn!(%error, "the provider did not end cleanly"),
        }
    }
}

/// What was asked for is taken first: a port that is merely preferred must not take it away.
fn take_sockets(settings: &DemoSettings, state: &State) -> Result<Sockets, DemoError> {
    let (wanted, before) = (settings.ports, state.remembered.ports);
    let mut parts = [
        (ports::PROVIDER, wanted.provider, before.provider, None),
        (ports::CHIFENG, wanted.chifeng, before.chifeng, None),
        (ports::HOHHOT, wanted.hohhot, before.hohhot, None),
    ];
    for asked_for in [true, false] {
        for (part, choice, before, taken) in &mut parts {
            if matches!(choice, PortChoice::Exactly(_)) == asked_for {
                *taken = Some(ports::take(*part, *choice, *before)?);
            }
        }
    }
    let [Some(provider), Some(chifeng), Some(hohhot)] = parts.map(|(.., taken)| taken) else {
        return Err(DemoError::provider("a port was left out"));
    };
    Ok(Sockets {
        ports: RememberedPorts {
            provider: ports::of(&provider, ports::PROVIDER)?,
            chifeng: ports::of(&chifeng, ports::CHIFENG)?,
            hohhot: ports::of(&hohhot, ports::HOHHOT)?,
            agent: 0,
        },
        provider,
        chifeng,
        hohhot,
    })
}

/// Makes the sample locks that are not there yet.
fn sample_locks(pki: &SamplePki, state: &State, now: i64) -> Result<Vec<ReadyLock>, DemoError> {
    let folder = state.locks();
    SAMPLES
        .iter()
        .map(|sample| {
            if !folder.join(sample.file).exists() {
                sample.make(pki, &folder, now)?;
            }
            ReadyLock::of(sample, pki, &folder)
        })
        .collect()
}

/// A demonstration that runs for weeks must not lock everybody out when its lists have passed.
async fn keep_lists(pki: Arc<SamplePki>) {
    let mut tick = tokio::time::interval(LISTS_EVERY);
    tick.tick().await;
    loop {
        tick.tick().await;
        let (pki, now) = (Arc::clone(&pki), idp::clock::now().unix_seconds());
        let issued = tokio::task::spawn_blocking(move || pki.issue_lists(now)).await;
        match issued {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "revocation lists can't be issued anew"),
            Err(error) => tracing::error!(%error, "revocation lists can't be issued anew"),
        }
    }
}
