//! A database to test, freshly made, with a way around the store: to see that the database itself
//! refuses, and to write what no version of the program writes.

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use idp_storage::{Database, DatabaseSettings};
use tempfile::TempDir;

/// A property of a database.
pub type Property = (&'static str, fn(&Backend));

/// Names properties by their functions.
macro_rules! properties {
    ($($property:path),* $(,)?) => { &[$((stringify!($property), |backend| $crate::run($property(backend)))),*] };
}
pub(crate) use properties;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub struct Backend {
    pub name: &'static str,
    pub url: String,
    pub database: Database,
    _folder: Option<TempDir>,
}

impl Backend {
    pub fn sqlite() -> Self {
        Self::sqlite_in(&std::env::temp_dir())
    }

    /// In a folder of its own below this one.
    pub fn sqlite_in(parent: &std::path::Path) -> Self {
        let folder = tempfile::tempdir_in(parent).unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::open("sqlite", url, Some(folder))
    }

    pub fn sqlite_in_memory() -> Self {
        Self::open("sqlite in memory", "sqlite::memory:".into(), None)
    }

    /// One that is there already; it stays.
    pub fn existing(name: &'static str, url: String) -> Self {
        Self::open(name, url, None)
    }

    pub fn postgres(server: &str) -> Self {
        Self::open("postgres", Self::postgres_schema(server), None)
    }

    /// The URL of an empty schema of its own, so that a server may be shared.
    pub fn postgres_schema(server: &str) -> String {
        let schema = super::samples::name("conformance").replace('-', "_");
        execute_postgres(server, &format!("CREATE SCHEMA {schema}")).unwrap();
        let joint = if server.contains('?') { '&' } else { '?' };
        format!("{server}{joint}options=-csearch_path%3D{schema}")
    }

    fn open(name: &'static str, url: String, folder: Option<TempDir>) -> Self {
        let database = Database::open(&DatabaseSettings::new(&url)).unwrap();
        crate::run(database.migrate()).unwrap();
        Self {
            name,
            url,
            database,
            _folder: folder,
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Another connection to the same database, as another process would have.
    pub fn open_again(&self) -> Database {
        Database::open(&DatabaseSettings::new(&self.url)).unwrap()
    }

    /// Asks past the store: the first column of each row, which is called `line`.
    pub fn ask(&self, statement: &str) -> Vec<String> {
        if self.is_postgres() {
            let (url, statement) = (self.url.clone(), statement.to_owned());
            return crate::run(async move {
                let (client, driver) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                    .await
                    .unwrap();
                tokio::spawn(driver);
                let rows = client.query(statement.as_str(), &[]).await.unwrap();
                rows.iter().map(|row| row.get::<_, String>(0)).collect()
            });
        }
        let path = self.url.strip_prefix("sqlite://").unwrap();
        let mut connection = SqliteConnection::establish(path).unwrap();
        connection
            .batch_execute("PRAGMA busy_timeout = 5000")
            .unwrap();
        let rows: Vec<Line> = sql_query(statement).load(&mut connection).unwrap();
        rows.into_iter().map(|row| row.line).collect()
    }

    /// Runs statements past the store.
    pub fn execute(&self, statements: &str) -> Result<(), String> {
        if self.is_postgres() {
            return execute_postgres(&self.url, statements);
        }
        let path = self.url.strip_prefix("sqlite://").unwrap();
        let mut connection = SqliteConnection::establish(path).unwrap();
        connection
            .batch_execute(&format!("PRAGMA busy_timeout = 5000; {statements}"))
            .map_err(|error| error.to_string())
    }
}

fn execute_postgres(url: &str, statements: &str) -> Result<(), String> {
    let (url, statements) = (url.to_owned(), statements.to_owned());
    crate::run(async move {
        let (client, driver) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(driver);
        client.batch_execute(&statements).await.map_err(|error| {
            error
                .as_db_error()
                .map_or(error.to_string(), |db| db.message().to_owned())
        })
    })
}
