//! Properties of migrations: the same names for both databases, and each way back works.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::Connection as _;
use diesel::sqlite::SqliteConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};
use idp_storage::{Database, DatabaseSettings};

use crate::backend::{Backend, Property, properties};
use crate::samples;
use crate::steps::write;

pub const ALL: &[Property] = properties![
    migrations_go_up_down_and_up_again,
    processes_may_migrate_at_once
];

pub fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(name)
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |database: &str| -> BTreeSet<String> {
        std::fs::read_dir(folder(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for database in ["sqlite", "postgres"] {
        for name in names(database) {
            for file in ["up.sql", "down.sql"] {
                assert!(
                    folder(database).join(&name).join(file).is_file(),
                    "{database}/{name}/{file}"
                );
            }
        }
    }
}

/// On a database of its own: going down loses everything.
async fn migrations_go_up_down_and_up_again(b: &Backend) {
    let backend = another(b).await;
    let url = backend.url.clone();
    let postgres = backend.is_postgres();
    let reverted = tokio::task::spawn_blocking(move || {
        if postgres {
            let mut c = AsyncConnectionWrapper::<AsyncPgConnection>::establish(&url).unwrap();
            let all = FileBasedMigrations::from_path(folder("postgres")).unwrap();
            c.revert_all_migrations(all).unwrap().len()
        } else {
            let mut c =
                SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap();
            let all = FileBasedMigrations::from_path(folder("sqlite")).unwrap();
            c.revert_all_migrations(all).unwrap().len()
        }
    })
    .await
    .unwrap();
    assert_eq!(
        backend.database.pending_migrations().await.unwrap().len(),
        reverted
    );
    assert_eq!(backend.database.migrate().await.unwrap().len(), reverted);
    let enterprise = samples::enterprise();
    assert!(write!(backend, |s| s.insert_enterprise(&enterprise)?));
}

async fn processes_may_migrate_at_once(b: &Backend) {
    let backend = another_unmigrated(b).await;
    let ran = crate::races::all(4, |_| {
        let database = Database::open(&DatabaseSettings::new(&backend.0)).unwrap();
        async move { database.migrate().await.unwrap().len() }
    })
    .await;
    let all = std::fs::read_dir(folder("sqlite")).unwrap().count();
    assert_eq!(ran.iter().sum::<usize>(), all, "{ran:?}");
}

pub async fn another(b: &Backend) -> Backend {
    let server = b.url.clone();
    let postgres = b.is_postgres();
    tokio::task::spawn_blocking(move || {
        if postgres {
            Backend::postgres(strip_schema(&server))
        } else {
            Backend::sqlite()
        }
    })
    .await
    .unwrap()
}

async fn another_unmigrated(b: &Backend) -> (String, Option<tempfile::TempDir>) {
    if !b.is_postgres() {
        let folder = tempfile::tempdir().unwrap();
        return (
            format!("sqlite://{}", folder.path().join("new.db").display()),
            Some(folder),
        );
    }
    let server = b.url.clone();
    let url = tokio::task::spawn_blocking(move || Backend::postgres_schema(strip_schema(&server)));
    (url.await.unwrap(), None)
}

fn strip_schema(url: &str) -> &str {
    url.rsplit_once("options=")
        .map_or(url, |(server, _)| server.trim_end_matches(['?', '&']))
}
