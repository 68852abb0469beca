//! Bringing the tables up to this version. Owns which migrations there are; they are in
//! `migrations/` at the root, the same names for both databases.
//!
//! All pending ones run in one transaction, guarded so that processes starting together wait for
//! one another: `SQLite` by its write lock, `PostgreSQL` by an advisory lock.

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::migration::Migration as _;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use idp_core::store::StoreError;

use super::Connection;
use super::step::Step;
use crate::enterprise_words;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// Held while migrations run; the number is arbitrary and ours. Migrations may take their time.
const POSTGRES_GUARD: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
     SELECT pg_advisory_xact_lock(7262019001)";

/// Why the tables could not be brought up to this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A migration failed; none of this run remains.
    #[error("migration failed: {0}")]
    Failed(Failure),
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

pub(super) fn run_pending(connection: &mut Connection) -> Result<Vec<String>, MigrationError> {
    let ran = match connection {
        Connection::Sqlite(c) => {
            c.immediate_transaction(|c| names(c.run_pending_migrations(SQLITE)))
        }
        Connection::Postgres(c) => c.transaction(|c| {
            c.batch_execute(POSTGRES_GUARD)?;
            names(c.run_pending_migrations(POSTGRES))
        }),
    }
    .map_err(MigrationError::Failed)?;
    fill_words(connection)?;
    Ok(ran)
}

/// What names are found by is made by this program, not by a statement: some at a time, and where a process ended meanwhile the next
/// goes on.
fn fill_words(connection: &mut Connection) -> Result<(), MigrationError> {
    let begin = match connection {
        Connection::Sqlite(_) => Step::BeginImmediate,
        Connection::Postgres(_) => Step::Begin,
    };
    loop {
        connection.step(begin)?;
        let filled = enterprise_words::fill(connection);
        let ending = if filled.is_ok() {
            Step::Commit
        } else {
            Step::Rollback
        };
        connection.step(ending)?;
        if !filled? {
            return Ok(());
        }
    }
}

fn names(
    ran: diesel::migration::Result<Vec<diesel::migration::MigrationVersion<'_>>>,
) -> Result<Vec<String>, Failure> {
    Ok(ran?.iter().map(ToString::to_string).collect())
}

pub(super) fn list_pending(connection: &mut Connection) -> Result<Vec<String>, MigrationError> {
    match connection {
        Connection::Sqlite(c) => c
            .pending_migrations(SQLITE)
            .map(|list| list.iter().map(|m| m.name().to_string()).collect()),
        Connection::Postgres(c) => c
            .pending_migrations(POSTGRES)
            .map(|list| list.iter().map(|m| m.name().to_string()).collect()),
    }
    .map_err(MigrationError::Failed)
}
