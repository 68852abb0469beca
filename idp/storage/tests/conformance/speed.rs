//! A measurement, not a test: `cargo test -p idp-storage --release -- --ignored --nocapture speed`.
//!
//! Durable writes a second and processor time for each, with 1, 16 and 64 callers at once, and point
//! reads on the caller's thread against a hop to another.

use std::time::{Duration, Instant};

use idp_core::store::StoreError;
use idp_storage::Database;

use crate::backend::Backend;
use crate::races::all;
use crate::steps::insert_standing;
use crate::{run, samples, servers};

const WINDOW: Duration = Duration::from_secs(3);

/// Operations a caller does in a row, so that starting callers does not count.
const EACH: usize = 50;

/// Processor time of this process, user and system.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|f| f.parse::<u64>().ok())
            .unwrap_or(0)
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn measure<F>(label: &str, callers: usize, task: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // Each caller repeats one task; what a task does is built anew every time.
    let (began, processor) = (Instant::now(), processor_time());
    let mut operations = 0_u32;
    while began.elapsed() < WINDOW {
        run(all(callers, |_| task()));
        operations += u32::try_from(callers * EACH).unwrap();
    }
    let (elapsed, processor) = (began.elapsed(), processor_time().saturating_sub(processor));
    let per_second = f64::from(operations) / elapsed.as_secs_f64();
    let cost = processor.as_secs_f64() * 1e6 / f64::from(operations);
    println!("{label}, {callers} callers: {per_second:.0}/s, {cost:.0} µs processor each");
}

async fn append(database: Database) {
    for _ in 0..EACH {
        let event = samples::audit_event("thumbprint");
        database
            .write(move |s| s.append_audit(&event))
            .await
            .unwrap();
    }
}

fn writes(name: &str, database: &Database) {
    for callers in [1, 16, 64] {
        measure(&format!("{name}: durable audit events"), callers, || {
            append(database.clone())
        });
    }
}

fn reads(name: &str, database: &Database) {
    let standing = samples::standing();
    let id = standing.grant.id.clone();
    run(database.write(move |s| {
        insert_standing(s, &standing)?;
        s.insert_grant(&standing.grant).map(drop)
    }))
    .unwrap();
    for callers in [1, 16] {
        measure(
            &format!("{name}: grants with all they stand on"),
            callers,
            || {
                let (database, id) = (database.clone(), id.clone());
                async move {
                    for _ in 0..EACH {
                        let id = id.clone();
                        let found = database.read(move |s| s.find_grant_standing(&id)).await;
                        assert!(found.unwrap().is_some());
                    }
                }
            },
        );
        measure(
            &format!("{name}: the same, each on another thread"),
            callers,
            || {
                let (database, id) = (database.clone(), id.clone());
                async move {
                    for _ in 0..EACH {
                        let (database, id) = (database.clone(), id.clone());
                        let handle = tokio::runtime::Handle::current();
                        let hop = tokio::task::spawn_blocking(move || {
                            handle.block_on(database.read(move |s| s.find_grant_standing(&id)))
                        });
                        assert!(hop.await.unwrap().unwrap().is_some());
                    }
                }
            },
        );
        measure(&format!("{name}: unknown enterprises"), callers, || {
            let database = database.clone();
            async move {
                for _ in 0..EACH {
                    let id = idp_core::id::EnterpriseId::from_text("none");
                    let found = database.read(move |s| s.find_enterprise(&id)).await;
                    assert!(found.unwrap().is_none());
                }
            }
        });
        measure(&format!("{name}: empty reads"), callers, || {
            let database = database.clone();
            async move {
                for _ in 0..EACH {
                    database.read(|_| Ok::<_, StoreError>(())).await.unwrap();
                }
            }
        });
    }
}

#[test]
#[ignore = "a measurement"]
fn speed_of_sqlite() {
    let backend = Backend::sqlite();
    writes("sqlite", &backend.database);
    reads("sqlite", &backend.database);
}

#[test]
#[ignore = "a measurement"]
fn speed_of_postgres() {
    let Some(server) = servers::postgres(&["fsync=on"], &[]) else {
        return;
    };
    let backend = Backend::postgres(&server.url);
    writes("postgres", &backend.database);
    reads("postgres", &backend.database);
}
