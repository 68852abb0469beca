//! Starting and stopping the service.
//!
//! Owns the sockets, always on loopback, and the thread the server runs in, so that any program can embed it. Does not
//! know the routes.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use super::assistant::Assistant;
use super::body::BODY_MAX_OCTETS;
use super::settings::{Ports, Settings};
use super::windows::Windows;
use super::{Origin, api, assistant, guard, pages};
use crate::texts::{Texts, TextsError};

/// What every route sees.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) port: u16,
    pub(super) texts: Texts,
    pub(super) assistant: Assistant,
    windows: Mutex<Windows>,
}

impl Shared {
    /// Websites that may ask for signatures now.
    pub(super) fn allowed(&self) -> Vec<Origin> {
        self.assistant.allowed(&self.settings)
    }

    /// The windows. No code that holds them can panic half-way, so a poisoned lock is still whole.
    pub(super) fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No port is free.
    #[error("no port of {ports:?} on 127.0.0.1 is free: {error}")]
    NoPort {
        /// Those that were tried.
        ports: Ports,
        /// What the system said last.
        error: io::Error,
    },
    /// The server's thread could not be set up.
    #[error("the server could not be set up: {0}")]
    Server(#[from] io::Error),
    /// The texts built into the program are broken.
    #[error(transparent)]
    Texts(#[from] TextsError),
}

/// A service that runs. It stops when this value goes.
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Where it listens (the IPv4 address; the same port of `::1` too, if the system has it).
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it and waits until its sockets are closed.
    pub fn stop(mut self) {
        self.stop_and_join();
    }

    /// Waits until it ends by itself (Ctrl-C, if [`Settings::stop_on_signals`]).
    pub fn wait(mut self) -> io::Result<()> {
        self.thread.take().map_or(Ok(()), |thread| {
            thread
                .join()
                .unwrap_or_else(|_panic| Err(io::Error::other("the server ended unexpectedly")))
        })
    }

    fn stop_and_join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // The command is sent at once; the future only waits for its end, which joining does as well.
            drop(self.handle.stop(false));
            if thread.join().is_err() {
                tracing::error!("the server ended unexpectedly");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop_and_join();
    }
}

/// Starts the service in a thread of its own; returns once its sockets listen.
pub fn start(settings: Settings) -> Result<Running, StartError> {
    let (listeners, address) = listen(&settings.ports)?;
    let shared = web::Data::from(Arc::new(Shared {
        port: address.port(),
        texts: Texts::load()?,
        assistant: Assistant::new(&settings),
        windows: Mutex::new(Windows::new(settings.operation_limit)),
        settings,
    }));
    let (tell, told) = mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("key-agent".to_owned())
        .spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = serve(listeners, shared)?;
                // If nobody listens any more, the server ends with the handle.
                tell.send(server.handle())
                    .or(Err(io::Error::other("the starting thread is gone")))?;
                server.await
            })
        })?;
    match told.recv() {
        Ok(handle) => {
            tracing::info!(%address, "key agent listens");
            Ok(Running {
                address,
                handle,
                thread: Some(thread),
            })
        }
        Err(mpsc::RecvError) => Err(StartError::Server(
            thread
                .join()
                .ok()
                .and_then(Result::err)
                .unwrap_or_else(|| io::Error::other("the server did not start")),
        )),
    }
}

fn serve(
    listeners: Vec<TcpListener>,
    shared: web::Data<Shared>,
) -> io::Result<actix_web::dev::Server> {
    let stop_on_signals = shared.settings.stop_on_signals;
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(BODY_MAX_OCTETS))
            .wrap(from_fn(guard::guard))
            .configure(pages::mount)
            .configure(api::mount)
            .configure(assistant::mount)
            .default_service(web::to(assistant::unknown))
    })
    .workers(1)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(2);
    if !stop_on_signals {
        server = server.disable_signals();
    }
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Binds 127.0.0.1 and, where there is one, `::1`. Never another address.
fn listen(ports: &Ports) -> Result<(Vec<TcpListener>, SocketAddr), StartError> {
    let candidates = match ports {
        Ports::FirstFree(range) => range.clone(),
        Ports::Exactly(port) => *port..=*port,
    };
    let mut last_error = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for port in candidates {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => {
                let address = listener.local_addr()?;
                let mut listeners = vec![listener];
                match TcpListener::bind((Ipv6Addr::LOCALHOST, address.port())) {
                    Ok(listener) => listeners.push(listener),
                    Err(error) => {
                        tracing::warn!(%error, "::1 is not available; only 127.0.0.1 is served");
                    }
                }
                return Ok((listeners, address));
            }
            Err(error) => last_error = error,
        }
    }
    Err(StartError::NoPort {
        ports: ports.clone(),
        error: last_error,
    })
}
