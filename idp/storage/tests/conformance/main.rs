//! One suite of properties, run on every backend: SQLite in a file and in memory, PostgreSQL, the
//! ephemeral store in process and on Redis.
//!
//! Each property is a function over a backend. Servers: see `servers.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod audit_log;
mod authorities;
mod backend;
mod checkpoint;
mod consents;
mod durable;
mod ephemeral;
mod figures;
mod grants;
mod health;
mod in_process;
mod large;
mod large_rows;
mod life;
mod listings;
mod logouts;
mod migrations;
mod narrowed;
mod notifications;
mod nouns;
mod opening;
mod operators;
mod outage;
mod past_the_store;
mod races;
mod refresh_tokens;
mod registrations;
mod remembered;
mod samples;
mod servers;
mod speed;
mod steps;
mod tls;

use std::future::Future;
use std::sync::LazyLock;

use backend::{Backend, Property};
use idp_storage::EphemeralStore;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap()
});

/// Runs a future to its end. Not from inside another.
fn run<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

fn check(backend: &Backend, properties: &[&[Property]]) {
    let mut passed = 0;
    for (name, property) in properties.iter().copied().flatten() {
        println!("{}: {name}", backend.name);
        property(backend);
        passed += 1;
    }
    println!("{}: {passed} properties passed", backend.name);
}

#[test]
fn sqlite_has_every_property() {
    let backend = Backend::sqlite();
    check(
        &backend,
        &[
            nouns::ALL,
            authorities::ALL,
            grants::ALL,
            refresh_tokens::ALL,
            registrations::ALL,
            operators::ALL,
            consents::ALL,
            past_the_store::ALL,
            operators::PAST_THE_STORE,
            consents::PAST_THE_STORE,
            audit_log::ALL,
            audit_log::PAST_THE_STORE,
            races::ALL,
            life::ALL,
            logouts::ALL,
            notifications::ALL,
            health::ALL,
            listings::ALL,
            narrowed::ALL,
            figures::ALL,
            durable::ALL,
            migrations::ALL,
            refresh_tokens::ON_ITS_OWN,
            remembered::ALL,
            listings::PAST_THE_STORE,
        ],
    );
}

#[test]
fn sqlite_in_memory_has_every_property_of_one_process() {
    check(
        &Backend::sqlite_in_memory(),
        &[
            nouns::ALL,
            authorities::ALL,
            grants::ALL,
            refresh_tokens::ALL,
            registrations::ALL,
            operators::ALL,
            consents::ALL,
            audit_log::ALL,
            races::ALL,
            life::ALL,
            logouts::ALL,
            notifications::ALL,
            health::ALL,
            listings::ALL,
            narrowed::ALL,
            figures::ALL,
        ],
    );
}

#[test]
fn postgres_has_every_property() {
    let Some(server) = servers::postgres(&[], &[]) else {
        return;
    };
    let backend = Backend::postgres(&server.url);
    check(
        &backend,
        &[
            nouns::ALL,
            authorities::ALL,
            grants::ALL,
            refresh_tokens::ALL,
            registrations::ALL,
            operators::ALL,
            consents::ALL,
            past_the_store::ALL,
            operators::PAST_THE_STORE,
            consents::PAST_THE_STORE,
            audit_log::ALL,
            audit_log::PAST_THE_STORE,
            races::ALL,
            life::ALL,
            logouts::ALL,
            notifications::ALL,
            health::ALL,
            listings::ALL,
            narrowed::ALL,
            figures::ALL,
            durable::ALL,
            migrations::ALL,
            refresh_tokens::ON_ITS_OWN,
            remembered::ALL,
            listings::PAST_THE_STORE,
        ],
    );
}

#[test]
fn in_process_has_every_ephemeral_property() {
    ephemeral::check("in process", &EphemeralStore::in_process(16 << 20));
}

#[test]
fn redis_has_every_ephemeral_property() {
    let Some(server) = servers::redis(&[]) else {
        return;
    };
    ephemeral::check("redis", &run(EphemeralStore::redis(&server.url)).unwrap());
}
