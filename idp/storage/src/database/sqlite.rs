//! `SQLite`: one writer thread that groups commits, and readers on the callers' own threads.
//!
//! Writer: takes whatever waits in the queue into one `BEGIN IMMEDIATE` transaction, a savepoint a
//! job, one COMMIT (one fsync), then answers all. Other processes may use the same file: each
//! transaction waits for them up to `busy_timeout`.
//!
//! A database in memory has the writer's connection alone, so its reads queue as well.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::sqlite::SqliteConnection;
use idp_core::store::{Store, StoreError};

use super::Connection;
use super::checkpoint;
use super::job::{Job, Verdict, Work, run_guarded};
use super::settings::{DatabaseSettings, OpenError};
use super::step::Step;
use crate::store::Transaction;

/// Pages of the log from which the writer itself brings the rest of it into the file after a commit, and begins it
/// anew. Most was copied beside it by then ([`super::checkpoint`]).
const LOG_PAGES: u32 = 8192;

/// Most jobs that share a commit. Bounds how long the first one waits for the last.
const GROUP_MAX: usize = 256;

/// Between two tries to open a file that another process is just opening.
const LOCKED_PAUSE: Duration = Duration::from_millis(10);

/// What every connection needs, the timeout first: the change to WAL itself may have to wait.
/// FULL makes every commit durable, not only the checkpoint.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; \
    PRAGMA journal_size_limit = 67108864;";

fn open(path: Option<&Path>, settings: &DatabaseSettings) -> Result<SqliteConnection, OpenError> {
    let unreachable = |error: String| OpenError::Unreachable(error);
    let name = match path {
        None => ":memory:",
        Some(path) => path
            .to_str()
            .ok_or_else(|| OpenError::Url("the path is not UTF-8".into()))?,
    };
    let mut connection =
        SqliteConnection::establish(name).map_err(|error| unreachable(error.to_string()))?;
    let timeout = settings.busy_timeout;
    let pragmas = format!(
        "PRAGMA busy_timeout = {}; {PRAGMAS} PRAGMA wal_autocheckpoint = {LOG_PAGES};",
        timeout.as_millis()
    );
    let began = Instant::now();
    loop {
        match connection.batch_execute(&pragmas) {
            Ok(()) => return Ok(connection),
            // Of two that change a new file to WAL at once, SQLite refuses one without waiting.
            Err(error) if is_locked(&error) && began.elapsed() < timeout => {
                thread::sleep(LOCKED_PAUSE);
            }
            Err(error) => return Err(unreachable(error.to_string())),
        }
    }
}

/// Diesel has no kind of error for `SQLITE_BUSY`; this is its text.
fn is_locked(error: &diesel::result::Error) -> bool {
    error.to_string() == "database is locked"
}

/// Makes the file readable by its owner alone: it holds names and telephone numbers.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) => Err(OpenError::Unreachable(format!(
            "{}: {error}",
            path.display()
        ))),
    }
}

/// Starts the thread that copies the log into the file.
pub(super) fn start_checkpoints(
    path: &Path,
    settings: &DatabaseSettings,
    database: Receiver<checkpoint::Nothing>,
) -> Result<(), OpenError> {
    checkpoint::start(open(Some(path), settings)?, database)
        .map_err(|error| OpenError::Unreachable(error.to_string()))
}

/// Opens the file and starts the thread that writes it. It ends when the queue's other end is gone.
pub(super) fn start_writer(
    path: Option<&Path>,
    settings: &DatabaseSettings,
    queue: Receiver<Work>,
) -> Result<(), OpenError> {
    if let Some(path) = path {
        create_private(path)?;
    }
    let mut writer = Writer {
        connection: Connection::Sqlite(open(path, settings)?),
        queue,
    };
    thread::Builder::new()
        .name("sqlite-writer".into())
        .spawn(move || writer.run())
        .map_err(|error| OpenError::Unreachable(error.to_string()))?;
    Ok(())
}

struct Writer {
    connection: Connection,
    queue: Receiver<Work>,
}

impl Writer {
    fn run(&mut self) {
        let mut next = self.queue.recv().ok();
        while let Some(work) = next {
            next = match work {
                Work::Alone(work) => {
                    work(Ok(&mut self.connection));
                    None
                }
                Work::Job(job) => self.run_group(job),
            }
            .or_else(|| self.queue.recv().ok());
        }
    }

    /// Runs `first` and what waits behind it in one transaction. Hands back work that must stand
    /// alone.
    fn run_group(&mut self, first: Box<dyn Job>) -> Option<Work> {
        if first.is_abandoned() {
            return None;
        }
        if let Err(error) = self.connection.step(Step::BeginImmediate) {
            first.answer(Err(error.to_string()));
            return None;
        }
        let mut done = Vec::new();
        let mut apart = None;
        let mut ending = self.run_first(first, &mut done);
        while ending.is_ok() && done.len() < GROUP_MAX {
            match self.queue.try_recv() {
                Ok(Work::Job(job)) if job.is_abandoned() => {}
                Ok(Work::Job(job)) => ending = self.run_behind(job, &mut done),
                Ok(alone @ Work::Alone(_)) => {
                    apart = Some(alone);
                    break;
                }
                Err(_) => break,
            }
        }
        let ending = ending.and_then(|()| self.connection.step(Step::Commit));
        if ending.is_err() {
            // Nothing may be open any more: SQLite ends the transaction itself on some errors.
            let _ = self.connection.step(Step::Rollback);
        }
        let ending = ending.map_err(|error| error.to_string());
        for job in done {
            job.answer(ending.clone());
        }
        apart
    }

    /// The first job needs no savepoint: there is nobody to protect, so what it must not leave
    /// behind goes with the whole transaction.
    fn run_first(
        &mut self,
        mut job: Box<dyn Job>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), StoreError> {
        let verdict = job.run(&mut self.connection);
        done.push(job);
        match verdict {
            Verdict::Keep => Ok(()),
            Verdict::Undo => self
                .connection
                .step(Step::Rollback)
                .and_then(|()| self.connection.step(Step::BeginImmediate)),
        }
    }

    fn run_behind(
        &mut self,
        mut job: Box<dyn Job>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), StoreError> {
        let ending = self.connection.step(Step::Savepoint).and_then(|()| {
            if job.run(&mut self.connection) == Verdict::Undo {
                self.connection.step(Step::RollbackTo)?;
            }
            self.connection.step(Step::Release)
        });
        done.push(job);
        ending
    }
}

/// Connections that only read. As many are opened as callers read at the same moment, which is at
/// most one a runtime thread, since a read never waits for anything but the disk.
pub(super) struct Readers {
    path: PathBuf,
    settings: DatabaseSettings,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let readers = Self {
            path,
            settings: settings.clone(),
            idle: Mutex::default(),
        };
        let first = readers.open()?;
        readers.put_back(first);
        Ok(readers)
    }

    pub(super) fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Store) -> Result<T, E>,
        E: From<StoreError>,
    {
        let mut connection = self.take()?;
        connection.step(Step::Begin)?;
        let result = run_guarded(work, &mut Transaction::over(&mut connection));
        // A connection that can't end its transaction is closed instead of kept.
        if connection.step(Step::Rollback).is_ok() {
            self.put_back(connection);
        }
        result
    }

    pub(super) fn ping(&self) -> Result<(), StoreError> {
        let mut connection = self.take()?;
        connection.ping()?;
        self.put_back(connection);
        Ok(())
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match idle {
            Some(connection) => Ok(connection),
            None => self
                .open()
                .map_err(|error| StoreError::Unavailable(error.to_string())),
        }
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.settings.pool_size {
            idle.push(connection);
        }
    }

    fn open(&self) -> Result<Connection, OpenError> {
        let mut connection = open(Some(&self.path), &self.settings)?;
        connection
            .batch_execute("PRAGMA query_only = ON")
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(Connection::Sqlite(connection))
    }
}
