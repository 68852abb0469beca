//! Listening: from open sockets and a wired state to a server that answers.
//!
//! Owns what bounds a connection. What is answered is the map's ([`crate::http::routes`]).

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::error::StartError;
use super::housekeeping::keep_house;
use super::wiring::build_state;
use crate::config::Config;
use crate::http::extract::form::FORM_MAX;
use crate::http::{guard, metrics, routes};
use crate::state::AppState;

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
