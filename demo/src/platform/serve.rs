//! Starting and stopping a platform.
//!
//! Owns the server and the wiring of one platform. Does not know pages.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServerHandle;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpServer, web};
use client_adapter::actix::SignIn;
use client_adapter::{
    Adapter, AdapterSettings, ClientAuthentication, Clock, DpopKey, InMemoryPendingStore,
    InMemorySessionStore, PushedRequests, SenderConstraint, Sessions, SettingsError,
};

use idp::http::length;

use super::arrival::Arrivals;
use super::filings::FilingsFault;
use super::handlers;
use super::site::Site;
use super::{Connection, PlatformSettings};

/// Logins on their way at once; the oldest makes way.
const PENDING_LOGINS: usize = 10_000;

/// People signed in at once; the oldest makes way.
const SESSIONS: usize = 10_000;

/// Why a platform does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// Somebody else listens there.
    #[error("{address} is not free: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Not letters, digits and hyphens.
    #[error("a platform's id is letters, digits and hyphens")]
    Id,
    /// Not an origin.
    #[error("the platform's public origin is not a URL one can build on")]
    Origin(#[from] url::ParseError),
    /// Settings the adapter cannot work with.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The file of filings.
    #[error(transparent)]
    Filings(#[from] FilingsFault),
    /// The server.
    #[error("the platform's server does not start: {0}")]
    Server(#[source] io::Error),
}

/// A platform that is up.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    server: tokio::task::JoinHandle<io::Result<()>>,
}

impl Running {
    /// Stops it; requests under way are finished.
    pub async fn stop(self) -> io::Result<()> {
        self.handle.stop(true).await;
        self.server.await.unwrap_or(Ok(()))
    }
}

/// Starts a platform at the address of its settings. The provider need not be up yet.
pub fn start(settings: &PlatformSettings) -> Result<Running, StartFault> {
    let address = settings.listen;
    let listener =
        TcpListener::bind(address).map_err(|source| StartFault::Listen { address, source })?;
    start_on(listener, settings)
}

/// Starts a platform on a socket that is bound already. Must be called inside a runtime.
pub fn start_on(listener: TcpListener, settings: &PlatformSettings) -> Result<Running, StartFault> {
    let address = listener.local_addr().map_err(StartFault::Server)?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if settings.id.is_empty() || !settings.id.chars().all(is_word) {
        return Err(StartFault::Id);
    }
    let clock = Clock::system();
    let adapter = Arc::new(Adapter::new(adapter_settings(settings)?)?);
    let kept = InMemorySessionStore::new(SESSIONS, clock.clone());
    let signed_in = Arc::new(Sessions::new(Arc::clone(&adapter), Arc::new(kept)));
    let site = Site::open(settings, Arc::clone(&signed_in), clock.clone())?;
    let site = Arc::new(site);
    let store = InMemoryPendingStore::new(PENDING_LOGINS, clock);
    let pages = Arrivals::new(Arc::clone(&site));
    let sign_in = web::Data::new(SignIn::new(adapter, Arc::new(store), pages));
    let site = web::Data::from(site);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(from_fn(with_length))
            .wrap(handlers::security_headers(&site))
            .app_data(site.clone())
            .configure(handlers::configure)
            .configure(|config| client_adapter::actix::configure(config, sign_in.clone()))
            .configure(|config| {
                client_adapter::actix::configure_sessions(config, Arc::clone(&signed_in));
            })
            .default_service(web::to(handlers::not_found))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(StartFault::Server)?
    .run();
    let handle = server.handle();
    Ok(Running {
        address,
        handle,
        server: tokio::spawn(server),
    })
}

fn adapter_settings(settings: &PlatformSettings) -> Result<AdapterSettings, StartFault> {
    let authentication = match &settings.connection {
        Connection::Secret(secret) => ClientAuthentication::ClientSecretBasic(secret.clone()),
        Connection::Key(key) => ClientAuthentication::PrivateKeyJwt(key.clone()),
    };
    let (issuer, client_id) = (settings.issuer.clone(), settings.client_id.clone());
    let redirect_uri = settings.redirect_uri()?;
    let mut made = AdapterSettings::new(issuer, client_id, authentication, redirect_uri);
    made.post_logout_redirect_uri = Some(settings.post_logout_redirect_uri()?);
    if matches!(settings.connection, Connection::Key(_)) {
        made.pushed_requests = PushedRequests::Always;
        made.sender_constraint = SenderConstraint::Dpop(DpopKey::generate()?);
    }
    Ok(made)
}

/// Bodies without a length are refused here as at the provider.
async fn with_length(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match length::refuse_unknown(&mut request) {
        Some(answer) => Ok(request.into_response(answer)),
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}
