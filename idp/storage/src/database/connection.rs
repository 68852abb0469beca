//! One connection, to either database. The only enum a query meets.

use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sqlite::SqliteConnection;
use diesel::{QueryResult, RunQueryDsl};
use idp_core::store::StoreError;

use super::postgres::PostgresConnection;
use super::step::Step;

/// A connection to one of the two.
#[expect(
    clippy::large_enum_variant,
    reason = "there are a handful, each moved once a transaction at most"
)]
pub(crate) enum Connection {
    Postgres(PostgresConnection),
    Sqlite(SqliteConnection),
}

impl Connection {
    /// For the few statements that are not the same on both.
    pub(crate) const fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Runs statements that answer nothing.
    pub(super) fn execute(&mut self, statements: &str) -> Result<(), StoreError> {
        match self {
            Self::Postgres(c) => c.batch_execute(statements),
            Self::Sqlite(c) => c.batch_execute(statements),
        }
        .map_err(failed)
    }

    /// Takes a table whole until this transaction ends; others read it meanwhile. `SQLite` has one writer anyway.
    pub(crate) fn take_table(&mut self, table: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Postgres(_) => self.execute(&format!("LOCK TABLE {table} IN EXCLUSIVE MODE")),
            Self::Sqlite(_) => Ok(()),
        }
    }

    /// Takes all changes to a table until this transaction ends. Others read it meanwhile, and write rows that point into it:
    /// two who each did so before and then wait here for one another would wait for ever.
    pub(crate) fn take_changes(&mut self, table: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Postgres(_) => {
                self.execute(&format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
            }
            Self::Sqlite(_) => Ok(()),
        }
    }

    /// Begins, ends or divides a transaction.
    pub(super) fn step(&mut self, step: Step) -> Result<(), StoreError> {
        match self {
            Self::Postgres(c) => c.batch_execute(step.sql()),
            Self::Sqlite(c) => step.execute(c).map(drop),
        }
        .map_err(failed)
    }

    /// Whether the database answers.
    pub(super) fn ping(&mut self) -> Result<(), StoreError> {
        query!(self, c => diesel::sql_query("SELECT 1").execute(c)).map(drop)
    }
}

/// Writes what may find its unique place taken: `None` when it does. `PostgreSQL` gives a transaction up at any
/// failed statement, so there it stands behind a savepoint.
pub(crate) fn unless_taken(
    connection: &mut Connection,
    write: impl FnOnce(&mut Connection) -> QueryResult<usize>,
) -> Result<Option<usize>, StoreError> {
    let is_divided = matches!(connection, Connection::Postgres(_));
    if is_divided {
        connection.execute("SAVEPOINT place")?;
    }
    let (rows, ending) = match write(connection) {
        Ok(rows) => (Some(rows), "RELEASE SAVEPOINT place"),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            (None, "ROLLBACK TO SAVEPOINT place")
        }
        Err(error) => return Err(failed(error)),
    };
    if is_divided {
        connection.execute(ending)?;
    }
    Ok(rows)
}

/// Any failure of a query. Its text tells what the database said, without the values.
#[expect(
    clippy::needless_pass_by_value,
    reason = "stands as map_err's function"
)]
pub(crate) fn failed(error: diesel::result::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

/// Runs one query, written once, on whichever database the connection is to:
/// `query!(connection, c => table.load(c))`.
///
/// One row is asked for with `get_result`, not `first`: a name finds one at most, and `SQLite` plans
/// a statement with a bound LIMIT anew at every run, which took most of the time.
macro_rules! query {
    ($connection:expr, $c:ident => $query:expr) => {
        match $connection {
            $crate::database::Connection::Postgres($c) => $query,
            $crate::database::Connection::Sqlite($c) => $query,
        }
        .map_err($crate::database::failed)
    };
}

pub(crate) use query;

/// Reads one row and holds it in this strength (`for_share`, `for_no_key_update`) until the transaction ends. On
/// `SQLite` whoever writes is alone, so that a read holds.
macro_rules! hold {
    ($connection:expr, $strength:ident, $query:expr) => {
        match $connection {
            $crate::database::Connection::Postgres(c) => $query.$strength().get_result(c),
            $crate::database::Connection::Sqlite(c) => $query.get_result(c),
        }
        .optional()
        .map_err($crate::database::failed)
    };
}

pub(crate) use hold;
