//! A provider in this process, on a port of 127.0.0.1 and a state folder of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{OnceLock, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use idp::config::Config;
use idp::serve::{Listeners, StartError, start_on};
use idp::state::AppState;
use idp_core::consent::ConsentRecord;
use idp_core::enterprise::Enterprise;
use idp_core::id::PlatformId;
use idp_core::key_lock::{KeyLock, Thumbprint};
use idp_core::platform::Platform;
use pki::holder::credit_code::CreditCode;

use super::authority::world;
use super::lock::Lock;
use super::scratch;

/// A running provider. Dropping it stops it.
pub struct Provider {
    /// Its issuer.
    pub issuer: String,
    /// Where it listens; the issuer, unless a test said otherwise.
    pub base: String,
    /// Its database, keys and lists, to look at.
    pub state: Data<AppState>,
    /// Its folder.
    pub folder: PathBuf,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    /// The one that tests share: defaults, embedded stores. Tests keep apart by their own locks and
    /// platforms.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Provider> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(|_| ()))
    }

    /// A fresh one, its configuration changed first.
    pub fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::try_start(change).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`Self::start`], where starting may be refused.
    pub fn try_start(change: impl FnOnce(&mut Config)) -> Result<Self, StartError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        Self::try_start_on(vec![listener].into(), "http", change)
    }

    /// As [`Self::try_start`], on these sockets; the issuer is the first of those for everybody.
    pub fn try_start_on(
        listeners: Listeners,
        scheme: &str,
        change: impl FnOnce(&mut Config),
    ) -> Result<Self, StartError> {
        let address = listeners.everybody[0].local_addr().unwrap();
        let base = format!("{scheme}://{address}");
        let folder = scratch::folder("provider");
        let mut config = Config::embedded(&base, &folder);
        config.certificate_authorities = world().registry();
        config.http.workers = 2;
        // Every test is the same address: those that mean the limits set them.
        config.limits.enabled = false;
        // Platforms of tests have addresses where nobody is: those that mean it look themselves.
        config.platform_health.enabled = false;
        change(&mut config);
        let folder = config.state_dir.clone();
        let issuer = config.issuer.clone();
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match start_on(config, listeners).await {
                    Ok(running) => {
                        let _ = tell.send(Ok((running.handle(), running.state.clone())));
                        running.serve().await.unwrap();
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                    }
                }
            });
        });
        let (handle, state) = told.recv().expect("the provider's thread lives")?;
        Ok(Self {
            issuer,
            base,
            state,
            folder,
            handle,
            thread: Some(thread),
        })
    }

    /// Runs `change` over a stored platform.
    pub async fn change_platform(&self, id: &str, change: impl FnOnce(&mut Platform)) {
        let id = PlatformId::from_text(id);
        let database = &self.state.database;
        let found = database.read(move |store| store.find_platform(&id)).await;
        let mut platform = found.unwrap().unwrap();
        change(&mut platform);
        let written = database
            .write(move |store| store.update_platform(&platform))
            .await;
        assert!(written.unwrap());
    }

    /// The enterprise with this credit code.
    pub async fn enterprise(&self, credit_code: &str) -> Option<Enterprise> {
        let code: CreditCode = credit_code.parse().unwrap();
        let found = self
            .state
            .database
            .read(move |store| store.find_enterprise_by_credit_code(&code))
            .await;
        found.unwrap()
    }

    /// What the store holds of a lock.
    pub async fn stored_lock(&self, lock: &Lock) -> Option<KeyLock> {
        let thumbprint = Thumbprint(lock.certificate.thumbprint_sha256());
        let found = self
            .state
            .database
            .read(move |store| store.find_key_lock_by_thumbprint(thumbprint))
            .await;
        found.unwrap()
    }

    /// Askings of a lock's enterprise, newest first.
    pub async fn consents(&self, lock: &Lock) -> Vec<ConsentRecord> {
        let enterprise = self.enterprise(&lock.credit_code()).await.unwrap().id;
        let found = self
            .state
            .database
            .read(move |store| store.list_consent_records(&enterprise, 100))
            .await;
        found.unwrap()
    }

    /// An address of its issuer.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // The command goes out with the call; the future only waits for its end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
