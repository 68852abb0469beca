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
    processes_may_migrate_at_once,
    every_column_is_in_the_table_of_personal_data,
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

/// docs/DATA-PROTECTION.md says of each column whether it names people; and names none that is not there.
async fn every_column_is_in_the_table_of_personal_data(b: &Backend) {
    let columns = if b.is_postgres() {
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_diesel%'"
    } else {
        "SELECT t.name || '.' || c.name AS line FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '%diesel%'"
    };
    let there: BTreeSet<String> = tokio::task::block_in_place(|| b.ask(columns))
        .into_iter()
        .collect();
    assert!(there.len() > 100, "{there:?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/DATA-PROTECTION.md");
    let page = std::fs::read_to_string(page).unwrap();
    let tables: BTreeSet<&str> = there.iter().filter_map(|c| c.split('.').next()).collect();
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let marked = rows.flat_map(|line| line.split('`').skip(1).step_by(2));
    let told: BTreeSet<String> = marked
        .filter(|word| word.split('.').next().is_some_and(|t| tables.contains(t)))
        .filter(|word| word.contains('.'))
        .map(str::to_owned)
        .collect();
    let missing: Vec<_> = there.difference(&told).collect();
    assert!(
        missing.is_empty(),
        "not in docs/DATA-PROTECTION.md: {missing:?}"
    );
    // Which transaction wrote an event: PostgreSQL alone has it.
    let stale = told.difference(&there).filter(|c| *c != "audit.written_by");
    let stale: Vec<_> = stale.collect();
    assert!(stale.is_empty(), "in no table any more: {stale:?}");
}
