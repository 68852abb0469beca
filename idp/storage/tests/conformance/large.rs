//! Measurements, not tests: lists and searches on a large database, with the plans of their statements.
//!
//! ```sh
//! YZT_LARGE_ENTERPRISES=1000000 YZT_LARGE_EVENTS=10000000 YZT_LARGE_FOLDER=/var/tmp \
//!     cargo test --workspace --test conformance -- --ignored --nocapture large_sqlite
//! ```
//!
//! `YZT_LARGE_DATABASE` names a file that was filled so before, to measure it again.
//!
//! Rows are made by statements of the databases' own, past the store; what is measured goes through it. Some 500 octets of disk an
//! event, indexes included, and 3 KiB an enterprise; the folder is removed afterwards.

#![allow(
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    reason = "a long list of lists; what the driver calls takes its events by value"
)]

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use idp_core::audit::AuditKind;
use idp_core::enterprise::EnterpriseState;
use idp_core::id::{ConsentId, EnterpriseId, KeyLockId, PlatformId};
use idp_core::inspect::{EnterpriseSearch, dashboard, find_enterprises, timeline};
use idp_core::listing::{
    AuditFilter, ConsentFilter, DeliveryFilter, EnterpriseFilter, GrantFilter, KeyLockFilter,
    NotificationFilter, PageAsk, SessionFilter, Start,
};
use idp_core::logout_delivery::DeliveryStage;
use idp_core::region::RegionCode;
use idp_core::session::LiveSince;
use idp_core::store::Store;
use idp_core::timestamp::Timestamp;

use crate::backend::Backend;
use crate::{large_rows, run, servers};

/// The generated events end here: 2026-11-18.
const END: i64 = 1_795_000_000_000;

/// How often each list is read, with another place or another word each time.
const RUNS: u32 = 21;

/// Statements since the last look, as they were sent.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn sent() -> Vec<String> {
    std::mem::take(&mut *SENT.lock().unwrap_or_else(PoisonError::into_inner))
}

fn record(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let mut sent = SENT.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push(query.to_string());
    }
}

/// Of every connection that is opened from now on.
fn record_statements() {
    set_default_instrumentation(|| Some(Box::new(record))).unwrap();
}

fn size(variable: &str, default: i64) -> i64 {
    let said = std::env::var(variable).ok();
    said.map_or(default, |text| text.parse().unwrap())
}

/// Events that are counted into their hours before the lists are read: a server goes on beside its requests.
const COUNTED_MAX: usize = 1_000_000;

type Read = Box<dyn Fn(&mut dyn Store, u32) -> usize + Send + Sync>;

/// A list as it is measured; the number tells one reading from another.
fn list(read: impl Fn(&mut dyn Store, u32) -> usize + Send + Sync + 'static) -> Read {
    Box::new(read)
}

fn lists(enterprises: i64) -> Vec<(&'static str, Read)> {
    let id = move |run: u32| {
        let number = i64::from(run) * 7_919 % (enterprises / 20).max(1) + 1;
        EnterpriseId::from_text(large_rows::enterprise_id(number))
    };
    let search = |words: &[&'static str], filter: EnterpriseFilter| {
        let words = words.to_vec();
        list(move |s, run| {
            let search = EnterpriseSearch {
                words: words[usize::try_from(run).unwrap() % words.len()].into(),
                filter: filter.clone(),
            };
            find_enterprises(s, &search, (None, None))
                .unwrap()
                .page
                .items
                .len()
        })
    };
    let any = EnterpriseFilter::default;
    let audit = |filter: fn(u32) -> AuditFilter, far: bool| {
        list(move |s, run| {
            // Somewhere in the year, or at its end.
            let place = idp_core::listing::Place {
                number: END - i64::from(run) * 1_400_000_000,
                text: "0".into(),
            };
            let start = if far {
                Start::After(place)
            } else {
                Start::Beginning
            };
            s.page_audit(&filter(run), &PageAsk { start, size: 50 })
                .unwrap()
                .items
                .len()
        })
    };
    let platform = |run: u32| PlatformId::from_text(format!("large-{:02}", run % 16));
    vec![
        ("enterprises, first page", search(&[""], any())),
        (
            "name, 2 characters that most names have",
            search(&["公司", "有限", "内蒙"], any()),
        ),
        (
            "name, 2 characters of some",
            search(&["草原", "鸿雁", "丰泽"], any()),
        ),
        (
            "name, 6 characters",
            search(&["草原丰泽鸿雁", "鸿雁丰泽草原"], any()),
        ),
        ("name, none such", search(&["草司限古", "公司内蒙"], any())),
        (
            "name, suspended ones of a league",
            search(
                &["公司"],
                EnterpriseFilter {
                    state: Some(EnterpriseState::Suspended),
                    regions: RegionCode::parse("150200").unwrap().with_those_below(),
                },
            ),
        ),
        (
            "credit code, its beginning",
            search(&["911501000000", "9115"], any()),
        ),
        (
            "key number",
            search(&["K000000000777", "K000000000123"], any()),
        ),
        (
            "enterprises of a league",
            search(
                &[""],
                EnterpriseFilter {
                    state: None,
                    regions: RegionCode::parse("150200").unwrap().with_those_below(),
                },
            ),
        ),
        (
            "suspended enterprises",
            search(
                &[""],
                EnterpriseFilter {
                    state: Some(EnterpriseState::Suspended),
                    regions: Vec::new(),
                },
            ),
        ),
        (
            "locks ending within 60 days",
            list(|s, _| {
                let at = |days: i64| Timestamp::from_unix_millis(END + days * 86_400_000);
                s.page_ending_key_locks((Some(at(0)), at(60)), &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "locks of an enterprise",
            list(move |s, run| {
                let filter = KeyLockFilter {
                    enterprise: Some(id(run)),
                    ..KeyLockFilter::default()
                };
                s.page_key_locks(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "live sign-ins",
            list(|s, _| {
                let since = |hours: i64| Timestamp::from_unix_millis(END - hours * 3_600_000);
                let live = Some(LiveSince {
                    begun: since(8),
                    seen: since(1),
                });
                let filter = SessionFilter {
                    live,
                    ..SessionFilter::default()
                };
                s.page_sessions(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "sign-ins of an enterprise",
            list(move |s, run| {
                let filter = SessionFilter {
                    enterprise: Some(id(run)),
                    ..SessionFilter::default()
                };
                s.page_sessions(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "consents of a platform",
            list(move |s, run| {
                let filter = ConsentFilter {
                    platform: Some(platform(run)),
                    ..ConsentFilter::default()
                };
                s.page_consents(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "grants of an enterprise",
            list(move |s, run| {
                let filter = GrantFilter {
                    enterprise: Some(id(run)),
                    ..GrantFilter::default()
                };
                s.page_grants(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        ("events, newest", audit(|_| AuditFilter::default(), false)),
        ("events, far back", audit(|_| AuditFilter::default(), true)),
        (
            "timeline of an enterprise",
            list(move |s, run| {
                timeline(s, &id(run), &AuditFilter::default(), (None, None))
                    .unwrap()
                    .page
                    .items
                    .len()
            }),
        ),
        (
            "events with a lock",
            list(|s, run| {
                let key_lock = KeyLockId::from_text(large_rows::lock_id(i64::from(run) * 31 + 1));
                let filter = AuditFilter {
                    key_lock: Some(key_lock),
                    ..AuditFilter::default()
                };
                s.page_audit(&filter, &PageAsk::first(50))
                    .unwrap()
                    .items
                    .len()
            }),
        ),
        (
            "events of a platform, far back",
            audit(
                |run| AuditFilter {
                    platform: Some(PlatformId::from_text(format!("large-{:02}", run % 16))),
                    ..AuditFilter::default()
                },
                true,
            ),
        ),
        (
            "events of a platform where hardly any are",
            audit(
                |_| AuditFilter {
                    platform: Some(PlatformId::from_text("large-rare")),
                    ..AuditFilter::default()
                },
                false,
            ),
        ),
        (
            "refusals for one reason, far back",
            audit(
                |_| AuditFilter {
                    kinds: vec![AuditKind::LoginRefused],
                    reason: Some("certificate-expired".into()),
                    ..AuditFilter::default()
                },
                true,
            ),
        ),
        (
            "three rare kinds",
            audit(
                |_| AuditFilter {
                    kinds: vec![
                        AuditKind::EnterpriseFrozen,
                        AuditKind::LockLost,
                        AuditKind::CaSuspended,
                    ],
                    ..AuditFilter::default()
                },
                false,
            ),
        ),
        (
            "a frequent kind at a platform, far back",
            audit(
                |run| AuditFilter {
                    kinds: vec![AuditKind::UserinfoRead],
                    platform: Some(PlatformId::from_text(format!("large-{:02}", run % 16))),
                    ..AuditFilter::default()
                },
                true,
            ),
        ),
        (
            "events of an operator",
            audit(
                |_| AuditFilter {
                    operator: Some(idp_core::id::OperatorId::from_text("large-operator")),
                    ..AuditFilter::default()
                },
                false,
            ),
        ),
        (
            "an address, one look",
            audit(
                |_| AuditFilter {
                    remote_address: Some("192.0.2.1".into()),
                    ..AuditFilter::default()
                },
                true,
            ),
        ),
        (
            "events of a platform in a month",
            list(move |s, run| {
                let at = |days: i64| Timestamp::from_unix_millis(END - days * 86_400_000);
                let filter = AuditFilter {
                    platform: Some(platform(run)),
                    from: Some(at(i64::from(run) * 15 + 30)),
                    until: Some(at(i64::from(run) * 15)),
                    ..AuditFilter::default()
                };
                let ask = PageAsk::first(50);
                s.page_audit(&filter, &ask).unwrap().items.len()
            }),
        ),
        (
            "sign-ins of a day",
            list(|s, run| {
                let at = |hours: i64| Timestamp::from_unix_millis(END - hours * 3_600_000);
                let filter = SessionFilter {
                    from: Some(at(i64::from(run) + 24)),
                    until: Some(at(i64::from(run))),
                    ..SessionFilter::default()
                };
                let ask = PageAsk::first(50);
                s.page_sessions(&filter, &ask).unwrap().items.len()
            }),
        ),
        (
            "tellings of platforms given up",
            list(|s, _| {
                let filter = DeliveryFilter {
                    stage: Some(DeliveryStage::GivenUp),
                    ..DeliveryFilter::default()
                };
                let ask = PageAsk::first(50);
                s.page_logout_deliveries(&filter, &ask).unwrap().items.len()
            }),
        ),
        (
            "notifications given up",
            list(|s, _| {
                let filter = NotificationFilter {
                    stage: Some(DeliveryStage::GivenUp),
                    enterprise: None,
                };
                let ask = PageAsk::first(50);
                s.page_notifications(&filter, &ask).unwrap().items.len()
            }),
        ),
        (
            "text of a consent",
            list(|s, run| {
                let id = format!("0190c000-0000-7000-8000-{:012x}", run * 977 + 1);
                let found = s.find_consent_statement(&ConsentId::from_text(id));
                usize::from(found.unwrap().is_some())
            }),
        ),
        (
            "1,000 events for an export, far back",
            list(|s, run| {
                let place = idp_core::listing::Place {
                    number: END - i64::from(run) * 1_400_000_000,
                    text: "0".into(),
                };
                let ask = PageAsk {
                    start: Start::After(place),
                    size: 1_000,
                };
                let found = s.page_audit(&AuditFilter::default(), &ask);
                found.unwrap().items.len()
            }),
        ),
        (
            "dashboard, 7 days",
            list(|s, _| {
                let now = Timestamp::from_unix_millis(END);
                let seen = dashboard(s, now, Duration::from_hours(7 * 24)).unwrap();
                seen.sign_ins.len() + seen.arrivals.len() + seen.failures.len()
            }),
        ),
    ]
}

fn measure(backend: &Backend, enterprises: i64) {
    let mut plans = BTreeMap::new();
    println!(
        "\n| {} | items | p50 ms | max ms | statements |\n|---|---|---|---|---|",
        backend.name
    );
    for (name, read) in lists(enterprises) {
        let read = std::sync::Arc::new(read);
        let (mut times, mut items, mut statements) = (Vec::new(), 0, Vec::new());
        for number in 0..RUNS {
            sent();
            let read = std::sync::Arc::clone(&read);
            let began = Instant::now();
            let found = run(backend
                .database
                .read(move |s| Ok::<_, idp_core::store::StoreError>(read(s, number))));
            times.push(began.elapsed());
            items = items.max(found.unwrap());
            statements = sent();
        }
        times.sort();
        statements.retain(|text| text.contains("SELECT"));
        let milliseconds = |at: usize| times[at].as_secs_f64() * 1e3;
        println!(
            "| {name} | {items} | {:.1} | {:.1} | {} |",
            milliseconds(times.len() / 2),
            milliseconds(times.len() - 1),
            statements.len()
        );
        plans.insert(name, statements.pop().unwrap_or_default());
    }
    println!("\nPlans of the last statement of each:");
    for (name, statement) in plans {
        println!("\n{name}\n  {}", large_rows::shortened(&statement));
        for line in large_rows::explain(backend, &statement) {
            println!("    {line}");
        }
    }
}

/// Counts every event into its hour, as a server does beside its requests.
fn count_all(backend: &Backend) {
    let began = Instant::now();
    let mut counted = 0;
    loop {
        let (from, events) = run(backend.database.read(|s| {
            let from = s.find_last_counted()?;
            Ok::<_, idp_core::store::StoreError>((from, s.list_events_to_count(from, 5_000)?))
        }))
        .unwrap();
        let Some(last) = events.last().map(|event| event.sequence) else {
            break;
        };
        counted += events.len();
        if counted > COUNTED_MAX {
            break;
        }
        let counts = idp_core::figures::count(&events);
        assert!(
            run(backend
                .database
                .write(move |s| s.exchange_last_counted((from, last), &counts)))
            .unwrap()
        );
    }
    let each =
        began.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(counted.max(1)).unwrap());
    println!("counted {counted} events into hours, {each:.2} µs each");
}

fn measure_large(backend: &Backend) {
    let (enterprises, events) = (
        size("YZT_LARGE_ENTERPRISES", 20_000),
        size("YZT_LARGE_EVENTS", 200_000),
    );
    if std::env::var("YZT_LARGE_DATABASE").is_err() {
        let began = Instant::now();
        large_rows::fill(backend, (enterprises, events), END);
        println!("{}: filled in {:?}", backend.name, began.elapsed());
    }
    large_rows::fill_what_is_told(backend, (enterprises, events), END);
    large_rows::settle(backend);
    for line in large_rows::sizes(backend) {
        println!("  {line}");
    }
    count_all(backend);
    measure(backend, enterprises);
}

#[test]
#[ignore = "a measurement"]
fn large_sqlite() {
    record_statements();
    let variable = |name: &str| std::env::var(name).ok();
    let backend = match (variable("YZT_LARGE_DATABASE"), variable("YZT_LARGE_FOLDER")) {
        (Some(file), _) => Backend::existing("sqlite", format!("sqlite://{file}")),
        (None, Some(folder)) => Backend::sqlite_in(std::path::Path::new(&folder)),
        (None, None) => Backend::sqlite(),
    };
    measure_large(&backend);
}

#[test]
#[ignore = "a measurement"]
fn large_postgres() {
    record_statements();
    let settings = [
        "shared_buffers=512MB",
        "max_wal_size=4GB",
        "synchronous_commit=off",
    ];
    let Some(server) = servers::postgres(&settings, &[]) else {
        return;
    };
    measure_large(&Backend::postgres(&server.url));
}
