//! Servers that go away and come back: refused quickly, then everything works again by itself.

use std::time::{Duration, Instant};

use idp_core::ephemeral::{Ephemeral as _, EphemeralError};
use idp_core::store::StoreError;
use idp_storage::{Database, DatabaseSettings, EphemeralStore, OpenError};

use crate::backend::Backend;
use crate::{run, samples, servers};

async fn insert(database: &Database) -> Result<bool, StoreError> {
    let enterprise = samples::enterprise();
    database
        .write(move |s| s.insert_enterprise(&enterprise))
        .await
}

#[test]
fn postgres_connections_that_died_are_made_anew() {
    let Some(server) = servers::postgres(&[], &[]) else {
        return;
    };
    let backend = Backend::postgres(&server.url);
    run(insert(&backend.database)).unwrap();
    backend
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idp'",
        )
        .unwrap();
    for _ in 0..20 {
        assert!(run(insert(&backend.database)).unwrap());
    }
}

#[test]
fn postgres_that_is_away_is_unavailable_quickly() {
    let settings = DatabaseSettings::new("postgres://nobody:secret@127.0.0.1:1/none");
    assert!(!format!("{settings:?}").contains("secret"));
    let database = Database::open(&settings).unwrap();
    let began = Instant::now();
    for _ in 0..50 {
        let refused = run(insert(&database)).unwrap_err();
        assert!(
            matches!(&refused, StoreError::Unavailable(_))
                && !refused.to_string().contains("secret")
        );
    }
    assert!(run(database.ping()).is_err());
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn redis_that_stands_still_is_unavailable_and_recovers() {
    let Some(server) = servers::redis(&[]).filter(servers::Server::is_private) else {
        return;
    };
    run(async {
        let store = EphemeralStore::redis(&server.url).await.unwrap();
        store
            .put("test", "a", vec![1], Duration::from_mins(1))
            .await
            .unwrap();
        server.signal("STOP");
        let began = Instant::now();
        assert!(matches!(
            store.get("test", "a").await,
            Err(EphemeralError::Unavailable(_))
        ));
        assert!(store.ping().await.is_err());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
        server.signal("CONT");
        let mut value = store.get("test", "a").await;
        for _ in 0..50 {
            if value.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            value = store.get("test", "a").await;
        }
        assert_eq!(value.unwrap(), Some(vec![1]));
    });
}

#[test]
fn redis_that_is_away_can_not_be_opened() {
    let opened = run(EphemeralStore::redis("redis://:secret@127.0.0.1:1/"));
    assert!(matches!(opened, Err(OpenError::Unreachable(why)) if !why.contains("secret")));
}
