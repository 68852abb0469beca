//! Running a statement that this program made, with what is bound in it, on whichever database there is.

use std::fmt::Write as _;

use diesel::pg::Pg;
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use idp_core::store::StoreError;

use super::conditions::Value;
use crate::database::{Connection, failed};

/// Runs a statement of this program. `?` is numbered as `PostgreSQL` wants it; `SQLite` reads the same.
pub(crate) fn load<R>(
    connection: &mut Connection,
    text: &str,
    values: Vec<Value>,
) -> Result<Vec<R>, StoreError>
where
    R: QueryableByName<Sqlite> + QueryableByName<Pg> + Send + 'static,
{
    macro_rules! bound {
        ($backend:ty, $c:expr) => {{
            let mut query: BoxedSqlQuery<'_, $backend, _> = sql_query(numbered(text)).into_boxed();
            for value in values {
                query = match value {
                    Value::Text(text) => query.bind::<Text, _>(text),
                    Value::Number(number) => query.bind::<BigInt, _>(number),
                };
            }
            query.load($c)
        }};
    }
    match connection {
        Connection::Sqlite(c) => bound!(Sqlite, c),
        Connection::Postgres(c) => bound!(Pg, c),
    }
    .map_err(failed)
}

fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + 16);
    for (number, part) in text.split('?').enumerate() {
        if number > 0 {
            // Writing to a text never fails.
            let _ = write!(numbered, "${number}");
        }
        numbered.push_str(part);
    }
    numbered
}
