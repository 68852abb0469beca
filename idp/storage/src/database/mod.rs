//! The database: transactions, migrations and health over `SQLite` or `PostgreSQL`.
//!
//! Owns when something is durable: [`Database::write`] answers after COMMIT. Knows no noun and no
//! rule. How each database gets there is its own file: [`sqlite`] groups many writes into one
//! commit, [`postgres`] keeps a connection a thread.
//!
//! Both connections sit in one enum and every query is written once; the `query!` macro compiles it
//! for each. (Diesel's own `MultiConnection` cannot hold a `diesel-async` connection, and without
//! that `PostgreSQL` would need libpq, whose bundled build has no TLS.)

pub mod settings;

mod checkpoint;
mod connection;
mod job;
mod migration;
mod postgres;
mod sqlite;
mod step;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};
use idp_core::store::{Store, StoreError};
use tokio::sync::oneshot;

pub(crate) use connection::{Connection, failed, hold, query, unless_taken};
pub use migration::MigrationError;

use crate::remembered::RememberedPlatforms;

use job::{Pending, Purpose, Work};
use settings::{DatabaseSettings, OpenError, Url};

/// A health check that takes longer has failed.
const PING_TIMEOUT: Duration = Duration::from_secs(3);

/// The durable store. Cloning is cheap and gives the same database.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
}

struct Engine {
    /// Work for the writer (`SQLite`) or the workers (`PostgreSQL`).
    work: Sender<Work>,
    /// Connections for reading on the caller's thread; absent where reads queue like writes.
    readers: Option<sqlite::Readers>,
    /// Platforms as they were read a moment ago.
    platforms: Arc<RememberedPlatforms>,
    /// Ends the checkpoints with us, where there are any.
    _checkpoints: Sender<checkpoint::Nothing>,
}

impl Database {
    /// Opens the database and starts its threads. `SQLite` is touched at once; `PostgreSQL` is
    /// connected to when the first work comes, so that it may start later than we do.
    pub fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let (work, queue) = crossbeam_channel::bounded(settings.queue_capacity);
        let (checkpoints, end) = crossbeam_channel::bounded(0);
        let readers = match Url::parse(&settings.url)? {
            Url::SqliteFile(path) => {
                sqlite::start_writer(Some(&path), settings, queue)?;
                sqlite::start_checkpoints(&path, settings, end)?;
                Some(sqlite::Readers::new(path, settings)?)
            }
            Url::SqliteMemory => {
                sqlite::start_writer(None, settings, queue)?;
                None
            }
            Url::Postgres(url) => {
                postgres::start_workers(&tls::Target::parse(&url)?, settings, &queue)?;
                None
            }
        };
        let engine = Arc::new(Engine {
            work,
            readers,
            platforms: Arc::default(),
            _checkpoints: checkpoints,
        });
        Ok(Self { engine })
    }

    /// Runs `work` on one snapshot. Nothing it writes remains.
    ///
    /// `SQLite` answers on the calling thread: a point read takes about as long as waking another.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Store) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.engine.readers {
            Some(readers) => readers.read(work),
            None => self.queue(Purpose::Read, work).await,
        }
    }

    /// Runs `work` in one transaction. `Ok` is answered once it is durable; `Err` means that nothing
    /// of it remains. Work whose caller has gone before it began is not begun.
    ///
    /// Others' uncommitted writes may share the commit, never each other's failure; only a failing
    /// COMMIT fails them all.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Store) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue(Purpose::Write, work).await
    }

    /// Brings the tables up to this version; answers which migrations ran. Several processes may
    /// call it at once.
    pub async fn migrate(&self) -> Result<Vec<String>, MigrationError> {
        self.alone(migration::run_pending).await?
    }

    /// Migrations that have not run yet.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, MigrationError> {
        self.alone(migration::list_pending).await?
    }

    /// Whether the database answers now.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if let Some(readers) = &self.engine.readers {
            return readers.ping();
        }
        tokio::time::timeout(PING_TIMEOUT, self.alone(Connection::ping))
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("the database is slow".into())))?
    }

    /// Whether so much work waits that more is refused at once.
    pub fn is_queue_full(&self) -> bool {
        self.engine.work.is_full()
    }

    pub(crate) fn remembered_platforms(&self) -> &RememberedPlatforms {
        &self.engine.platforms
    }

    async fn queue<T, E, F>(&self, purpose: Purpose, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Store) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (job, answer) = Pending::new(purpose, work, &self.engine.platforms);
        self.send(Work::Job(Box::new(job)))?;
        answer.await.unwrap_or_else(|_| Err(ended().into()))
    }

    /// Runs `work` outside any transaction.
    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Alone(Box::new(move |connection| {
            // The caller may have gone; then nobody wants to know.
            let _ = reply.send(connection.map(work));
        })))?;
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    fn send(&self, work: Work) -> Result<(), StoreError> {
        self.engine
            .work
            .try_send(work)
            .map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Unavailable("the queue is full".into()),
                TrySendError::Disconnected(_) => ended(),
            })
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("the work ended without an answer".into())
}
