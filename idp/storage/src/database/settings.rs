//! Where the database is and how much it may take. Owns reading the URL; the part after `postgres:`
//! is read in [`super::tls`].

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of the durable store.
#[derive(Clone)]
pub struct DatabaseSettings {
    /// `sqlite:///path/file.db`, `sqlite::memory:` or
    /// `postgres://user:password@host:port/name?sslmode=verify-full&sslrootcert=/path/ca.pem`.
    pub url: String,
    /// `PostgreSQL`: connections, one thread each. `SQLite`: idle read connections kept.
    pub pool_size: usize,
    /// Most transactions that wait; beyond it callers are refused at once.
    pub queue_capacity: usize,
    /// Longest wait for another process that writes (`SQLite`) or for a lock (`PostgreSQL`).
    pub busy_timeout: Duration,
}

impl DatabaseSettings {
    /// The defaults for a database.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: 8,
            queue_capacity: 4096,
            busy_timeout: Duration::from_secs(5),
        }
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSettings")
            .field("pool_size", &self.pool_size)
            .field("queue_capacity", &self.queue_capacity)
            .field("busy_timeout", &self.busy_timeout)
            .finish_non_exhaustive()
    }
}

/// Why a store could not be opened. Never tells a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is none this program knows.
    #[error("unusable store URL: {0}")]
    Url(String),
    /// Certificates of the authorities to trust could not be read.
    #[error("trusted root certificates: {0}")]
    Roots(String),
    /// The file can't be opened or the server can't be reached.
    #[error("store can't be opened: {0}")]
    Unreachable(String),
}

/// A database URL by kind.
pub(super) enum Url {
    SqliteFile(PathBuf),
    SqliteMemory,
    Postgres(String),
}

impl Url {
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        if url == "sqlite::memory:" {
            return Ok(Self::SqliteMemory);
        }
        if let Some(path) = url.strip_prefix("sqlite://") {
            return match path {
                "" | "/" => Err(OpenError::Url("sqlite:// needs a path".into())),
                path => Ok(Self::SqliteFile(PathBuf::from(path))),
            };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(OpenError::Url(
            "expected sqlite:///path, sqlite::memory: or postgres://".into(),
        ))
    }
}
