//! Listening: from open sockets and a wired state to a server that answers.
//!
//! Owns what bounds a connection. What is answered is the map's ([`crate::http::routes`]).

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::audit_watch::close_audit_log;
use super::error::StartError;
use super::housekeeping::keep_house;
use super::wiring::build_state;
use crate::config::Config;
use crate::http::extract::form::FORM_MAX;
use crate::http::listener::ForPrograms;
use crate::http::{audit_log, guard, metrics, oidc, routes};
use crate::state::AppState;
use crate::tls::{self, ServerCertificate};

/// A TLS handshake may take so long: whoever only opens connections must not hold a place.
const HANDSHAKE: Duration = Duration::from_secs(5);

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
        close_audit_log(&self.state).await;
        ended
    }
}

/// Open sockets.
#[derive(Default)]
pub struct Listeners {
    /// For everybody.
    pub everybody: Vec<TcpListener>,
    /// For programs, which are asked for a certificate.
    pub programs: Vec<TcpListener>,
}

impl From<Vec<TcpListener>> for Listeners {
    fn from(everybody: Vec<TcpListener>) -> Self {
        Self {
            everybody,
            programs: Vec::new(),
        }
    }
}

/// Starts listening. Call inside an actix or tokio runtime; then [`Running::serve`].
pub async fn start(config: Config) -> Result<Running, StartError> {
    let open = |addresses: &[SocketAddr]| {
        let opened = addresses.iter().map(|address| {
            TcpListener::bind(address)
                .map_err(|e| StartError::new(format!("listening on {address}"), e))
        });
        opened.collect::<Result<Vec<_>, _>>()
    };
    let listeners = Listeners {
        everybody: open(&config.listen)?,
        programs: open(&config.tls.mtls_listen)?,
    };
    start_on(config, listeners).await
}

/// As [`start`], on sockets that are open already.
pub async fn start_on(
    config: Config,
    listeners: impl Into<Listeners>,
) -> Result<Running, StartError> {
    let listeners = listeners.into();
    let (workers, with_metrics) = (config.http.workers, config.metrics.enabled);
    let with_registration = config.registration.enabled;
    let with_audit_log = config.audit.public;
    let state = build_state(config).await?;
    let addresses_of = |listeners: &[TcpListener]| -> Vec<SocketAddr> {
        let addresses = listeners.iter().filter_map(|l| l.local_addr().ok());
        addresses.collect()
    };
    let programs = addresses_of(&listeners.programs);
    let mut addresses = addresses_of(&listeners.everybody);
    addresses.extend(&programs);
    let app_state = state.clone();
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(app_state.clone())
            .app_data(ForPrograms(programs.clone()))
            .app_data(web::PayloadConfig::new(FORM_MAX))
            .wrap(from_fn(guard::guard))
            .configure(|app| {
                if with_metrics {
                    metrics::mount(app);
                }
            })
            .configure(|app| {
                if with_audit_log {
                    audit_log::mount(app);
                }
            })
            .configure(|app| {
                if with_registration {
                    oidc::mount_registration(app);
                }
            })
            .configure(routes::mount)
    })
    .on_connect(tls::note)
    .tls_handshake_timeout(HANDSHAKE)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(10);
    if workers > 0 {
        server = server.workers(workers);
    }
    for (listener, tls) in with_tls(listeners, state.certificate.as_ref())? {
        let listening = match tls {
            None => server.listen(listener),
            Some(tls) => server.listen_rustls_0_23(listener, tls),
        };
        server = listening.map_err(|e| StartError::new("listening", e))?;
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

/// A socket and the TLS it is served with.
type Socket = (TcpListener, Option<rustls::ServerConfig>);

/// Pairs each socket with its TLS, where there is a certificate.
fn with_tls(
    listeners: Listeners,
    certificate: Option<&Arc<ServerCertificate>>,
) -> Result<Vec<Socket>, StartError> {
    let Listeners {
        everybody,
        programs,
    } = listeners;
    let Some(certificate) = certificate else {
        if !programs.is_empty() {
            return Err(StartError::new("tls", "certificates are shown over TLS"));
        }
        return Ok(everybody.into_iter().map(|l| (l, None)).collect());
    };
    let failed = |e: rustls::Error| StartError::new("tls", e);
    let to_everybody = tls::for_everybody(Arc::clone(certificate)).map_err(failed)?;
    let to_programs = tls::for_programs(Arc::clone(certificate)).map_err(failed)?;
    let everybody = everybody
        .into_iter()
        .map(|l| (l, Some(to_everybody.clone())));
    let programs = programs.into_iter().map(|l| (l, Some(to_programs.clone())));
    Ok(everybody.chain(programs).collect())
}
