//! Properties of a database that several processes use and that outlives them.

use idp_core::key_lock::KeyLockState;
use idp_storage::{Database, DatabaseSettings};

use crate::backend::{Backend, Property, properties};
use crate::races::all;
use crate::samples::{self, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    second_process_sees_what_the_first_committed,
    second_process_may_write_at_the_same_time,
    of_exchanges_from_two_processes_one_wins,
    abandoned_work_does_no_harm,
    full_queue_refuses_at_once,
];

async fn second_process_sees_what_the_first_committed(b: &Backend) {
    let enterprise = samples::enterprise();
    let (stored, id) = (enterprise.clone(), enterprise.id.clone());
    let second = b.open_again();
    assert!(second.pending_migrations().await.unwrap().is_empty());
    assert!(second.migrate().await.unwrap().is_empty());
    write!(b, |s| s.insert_enterprise(&stored)?);
    let found = second.read(move |s| s.find_enterprise(&id)).await.unwrap();
    assert_eq!(found, Some(enterprise));
}

async fn second_process_may_write_at_the_same_time(b: &Backend) {
    let databases = [b.database.clone(), b.open_again(), b.open_again()];
    let inserted = all(150, |number| {
        let (database, enterprise) = (databases[number % 3].clone(), samples::enterprise());
        async move {
            database
                .write(move |s| s.insert_enterprise(&enterprise))
                .await
        }
    })
    .await;
    for result in inserted {
        assert!(result.unwrap());
    }
}

async fn of_exchanges_from_two_processes_one_wins(b: &Backend) {
    let databases = [b.database.clone(), b.open_again()];
    for _ in 0..10 {
        let standing = samples::standing();
        let id = standing.key_lock.id.clone();
        write!(b, |s| insert_standing(s, &standing)?);
        let results = all(16, |number| {
            let (database, id) = (databases[number % 2].clone(), id.clone());
            async move {
                let (from, to) = (KeyLockState::Active, (KeyLockState::Removed, at(5)));
                database
                    .write(move |s| s.exchange_key_lock_state(&id, from, to))
                    .await
                    .unwrap()
            }
        })
        .await;
        assert_eq!(results.into_iter().filter(|won| *won).count(), 1);
    }
}

/// Whoever gives up waiting leaves either all of it or nothing, and the database goes on.
async fn abandoned_work_does_no_harm(b: &Backend) {
    for _ in 0..20 {
        let standing = samples::standing();
        let (id, platform) = (standing.enterprise.id.clone(), standing.platform.id.clone());
        let work = b.database.write(move |s| insert_standing(s, &standing));
        let _ = tokio::time::timeout(std::time::Duration::from_micros(100), work).await;
        let found = read!(b, |s| (
            s.find_enterprise(&id)?.is_some(),
            s.find_platform(&platform)?.is_some()
        ));
        assert_eq!(found.0, found.1);
    }
    b.database.ping().await.unwrap();
}

async fn full_queue_refuses_at_once(b: &Backend) {
    let settings = DatabaseSettings {
        queue_capacity: 2,
        pool_size: 1,
        ..DatabaseSettings::new(&b.url)
    };
    let database = Database::open(&settings).unwrap();
    let results = all(100, |_| {
        let (database, event) = (database.clone(), samples::audit_event("queued"));
        async move {
            let slow = move |s: &mut dyn idp_core::store::Store| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                s.append_audit(&event)
            };
            database.write(slow).await
        }
    })
    .await;
    let refused = results.iter().filter(|result| result.is_err()).count();
    assert!((1..100).contains(&refused), "{refused} of 100 refused");
    let event = samples::audit_event("after");
    database
        .write(move |s| s.append_audit(&event))
        .await
        .unwrap();
}
