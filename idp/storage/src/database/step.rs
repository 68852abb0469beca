//! The statements around the work: where a transaction begins, ends and is divided. Knows no noun.
//!
//! Each is one statement without values, prepared once a connection: text would be parsed at every transaction.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::SqliteConnection;

/// One of them.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Begin,
    BeginImmediate,
    Commit,
    Rollback,
    Savepoint,
    Release,
    RollbackTo,
}

impl Step {
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Begin => "BEGIN",
            Self::BeginImmediate => "BEGIN IMMEDIATE",
            Self::Commit => "COMMIT",
            Self::Rollback => "ROLLBACK",
            Self::Savepoint => "SAVEPOINT job",
            Self::Release => "RELEASE job",
            Self::RollbackTo => "ROLLBACK TO job",
        }
    }
}

impl<DB: Backend> QueryFragment<DB> for Step {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.sql());
        Ok(())
    }
}

/// Told apart by its text.
impl QueryId for Step {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<SqliteConnection> for Step {}
