//! Properties under concurrency: of many who try at once, one wins, and nobody harms a neighbour.

use std::future::Future;
use std::time::Duration;

use idp_core::id::{CaId, EnterpriseId, GrantId, KeyLockId, SessionId};
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::session::{SessionEnding, Which};
use idp_core::store::StoreError;
use idp_storage::Database;
use protocol::claims::LockRole;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, Standing, at};
use crate::steps::{audit_of, insert_standing, read, write};

pub const ALL: &[Property] = properties![
    of_sixteen_exchanges_one_wins,
    of_two_bindings_of_one_credit_code_one_wins,
    of_many_grants_by_one_code_one_stands,
    of_many_locks_of_one_key_one_is_in_force,
    what_begins_on_held_ground_is_ended_by_whoever_ends_it,
    a_renewal_and_a_redemption_wait_in_no_circle,
    of_many_who_hold_alone_each_may_change_what_it_holds,
    an_exchange_into_a_taken_place_is_no_failure,
    of_many_successors_of_a_signing_key_one_stands,
    refused_work_leaves_nothing_and_its_neighbours_stay,
    panicking_work_leaves_nothing_and_the_database_lives,
    failed_query_fails_the_work_that_passed_over_it,
    what_read_writes_does_not_remain,
    audit_of_many_writers_is_complete_and_growing,
];

/// An error of a use case: the store's, or the caller's own decision to undo.
#[derive(Debug)]
pub enum Undo {
    Store(StoreError),
    Mine,
}

impl From<StoreError> for Undo {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Starts `count` tasks at once and waits for all.
pub async fn all<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..count)
        .map(|number| tokio::spawn(task(number)))
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

fn winners(results: &[bool]) -> usize {
    results.iter().filter(|won| **won).count()
}

async fn exchange(database: Database, id: KeyLockId) -> bool {
    let exchanged = database
        .write(move |s| {
            s.exchange_key_lock_state(&id, KeyLockState::Active, (KeyLockState::Lost, at(5)))
        })
        .await;
    exchanged.unwrap()
}

async fn of_sixteen_exchanges_one_wins(b: &Backend) {
    for _ in 0..10 {
        let standing = samples::standing();
        let id = standing.key_lock.id.clone();
        write!(b, |s| insert_standing(s, &standing)?);
        let results = all(16, |_| exchange(b.database.clone(), id.clone())).await;
        assert_eq!(winners(&results), 1);
    }
}

async fn of_two_bindings_of_one_credit_code_one_wins(b: &Backend) {
    for _ in 0..10 {
        let code = samples::credit_code();
        let results = all(2, |_| {
            let mut enterprise = samples::enterprise();
            enterprise.credit_code = code.clone();
            let key_lock = samples::key_lock(&enterprise, LockRole::Primary);
            let database = b.database.clone();
            async move {
                let bound = database.write(move |s| {
                    if s.insert_enterprise(&enterprise)? && s.insert_key_lock(&key_lock)? {
                        return Ok(());
                    }
                    Err(Undo::Mine)
                });
                match bound.await {
                    Ok(()) => true,
                    Err(Undo::Mine) => false,
                    Err(Undo::Store(error)) => panic!("{error}"),
                }
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let found = read!(b, |s| s.find_enterprise_by_credit_code(&code)?).unwrap();
        assert_eq!(read!(b, |s| s.list_key_locks(&found.id)?).len(), 1);
    }
}

async fn of_many_grants_by_one_code_one_stands(b: &Backend) {
    let standing = samples::standing();
    let grant = standing.grant.clone();
    write!(b, |s| insert_standing(s, &standing)?);
    let results = all(16, |_| {
        let mut grant = grant.clone();
        grant.id = GrantId::from_text(samples::name("grant"));
        let database = b.database.clone();
        async move {
            database
                .write(move |s| s.insert_grant(&grant))
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
    let code = grant.code_sha256;
    let (revoked, _) = write!(b, |s| s.revoke_grant_by_code(&code, at(9))?).unwrap();
    assert!(read!(b, |s| s.find_grant_standing(&revoked)?).is_some());
}

/// Each of another enterprise, by a certificate of its own.
async fn of_many_locks_of_one_key_one_is_in_force(b: &Backend) {
    let number = samples::name("K");
    let results = all(8, |_| {
        let enterprise = samples::enterprise();
        let mut lock = samples::key_lock(&enterprise, LockRole::Primary);
        lock.key_number.clone_from(&number);
        let database = b.database.clone();
        async move {
            let bound = database.write(move |s| {
                s.insert_enterprise(&enterprise)?;
                s.insert_key_lock(&lock)
            });
            bound.await.unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
    let ca = CaId::from_text("ca-1");
    let mut standing = read!(b, |s| s.list_key_locks_by_key_number(&ca, &number)?);
    let (first, ended) = (
        standing[0].clone(),
        standing.remove(0).ended(KeyLockState::Removed, at(5)),
    );
    // An ended one leaves its place.
    let next = KeyLock {
        id: KeyLockId::from_text(samples::name("lock")),
        thumbprint: samples::key_lock(&samples::enterprise(), LockRole::Primary).thumbprint,
        ..first.clone()
    };
    assert!(write!(b, |s| s.exchange_key_lock(&first, &ended)?
        && s.insert_key_lock(&next)?));
}

/// A sign-in or a grant that begins while an operator freezes, a lock ends, a sign-in ends or a consent is taken back.
/// Whoever begins has read that all stands; whoever ends comes between the reading and the writing.
async fn what_begins_on_held_ground_is_ended_by_whoever_ends_it(b: &Backend) {
    for ending in [
        Ending::Enterprise,
        Ending::Lock,
        Ending::Session,
        Ending::Consent,
    ] {
        let standing = samples::standing();
        let session = samples::session(&standing.key_lock, 2);
        let (stored, before) = (standing.clone(), session.clone());
        write!(b, |s| {
            insert_standing(s, &stored)?;
            s.insert_session(&before)?;
            s.upsert_standing_consent(&stored.consent)?;
        });
        let (held, was_held) = std::sync::mpsc::channel();
        let (gone, was_ended) = std::sync::mpsc::channel::<()>();
        let mut grant = standing.grant.clone();
        grant.id = GrantId::from_text(samples::name("grant"));
        grant.code_sha256 = samples::name("code");
        grant.session_id = session.id.clone();
        let fresh = samples::session(&standing.key_lock, 3);
        let (database, ground) = (b.database.clone(), standing.clone());
        let (begun, given, within) = (fresh.clone(), grant.clone(), session.id.clone());
        let beginning = tokio::spawn(async move {
            let written = database.write(move |s| {
                let (enterprise, lock) = (&ground.enterprise.id, &ground.key_lock.id);
                let is_held = match ending {
                    Ending::Enterprise => s.hold_enterprise(enterprise)?.is_some(),
                    Ending::Lock => s.hold_key_lock(lock)?.is_some(),
                    Ending::Session => s.hold_session_standing(&within)?.is_some(),
                    Ending::Consent => {
                        let platform = &ground.grant.platform_id;
                        s.hold_standing_consent(enterprise, platform)?.is_some()
                    }
                };
                assert!(is_held);
                held.send(()).unwrap();
                // Whoever ends is waiting for us, or has ended by now.
                let _ = was_ended.recv_timeout(Duration::from_millis(300));
                s.insert_session(&begun)?;
                assert!(s.insert_grant(&given)?);
                Ok::<_, StoreError>(())
            });
            written.await.unwrap();
        });
        tokio::task::spawn_blocking(move || was_held.recv().unwrap())
            .await
            .unwrap();
        end_ground(b, ending, (&standing, &session.id)).await;
        let _ = gone.send(());
        beginning.await.unwrap();
        let found = read!(b, |s| s.find_grant_standing(&grant.id)?).unwrap();
        assert!(
            found.grant.revoked_at.is_some(),
            "{ending:?}: the grant lives"
        );
        if matches!(ending, Ending::Enterprise | Ending::Lock) {
            let found = read!(b, |s| s.find_session_standing(&fresh.id)?).unwrap();
            assert!(
                found.session.ended.is_some(),
                "{ending:?}: the sign-in lives"
            );
        }
    }
}

/// A login that renews the lock by another key and replaces the browser's sign-in, while a code of that sign-in is
/// redeemed.
async fn a_renewal_and_a_redemption_wait_in_no_circle(b: &Backend) {
    let standing = samples::standing();
    let session = samples::session(&standing.key_lock, 2);
    let (stored, before) = (standing.clone(), session.clone());
    write!(b, |s| {
        insert_standing(s, &stored)?;
        s.insert_session(&before)?;
    });
    let mut grant = standing.grant.clone();
    grant.id = GrantId::from_text(samples::name("grant"));
    grant.code_sha256 = samples::name("code");
    grant.session_id = session.id.clone();
    let renewed = KeyLock {
        thumbprint: samples::key_lock(&standing.enterprise, LockRole::Primary).thumbprint,
        ..standing.key_lock.clone()
    };
    let (databases, ground) = ([b.database.clone(), b.database.clone()], standing.clone());
    let [at_login, at_token] = databases;
    let (old, replaced) = (standing.key_lock.clone(), session.id.clone());
    let login = tokio::spawn(async move {
        let written = at_login.write(move |s| {
            let enterprise = &old.enterprise_id;
            s.hold_enterprise_alone(enterprise)?;
            assert!(s.exchange_key_lock(&old, &renewed)?);
            std::thread::sleep(Duration::from_millis(100));
            s.revoke_grants_of(enterprise, Which::OfLock(&old.id), at(5))?;
            let ending = (at(5), SessionEnding::Replaced);
            s.end_sessions(enterprise, Which::One(&replaced), ending)
        });
        written.await
    });
    let within = session.id.clone();
    let redemption = tokio::spawn(async move {
        let written = at_token.write(move |s| {
            s.hold_session_standing(&within)?;
            s.hold_standing_consent(&ground.enterprise.id, &grant.platform_id)?;
            std::thread::sleep(Duration::from_millis(200));
            s.insert_grant(&grant)
        });
        written.await
    });
    assert_eq!(login.await.unwrap().unwrap(), 1);
    assert!(redemption.await.unwrap().unwrap());
}

async fn of_many_who_hold_alone_each_may_change_what_it_holds(b: &Backend) {
    let standing = samples::standing();
    let session = samples::session(&standing.key_lock, 2);
    let (stored, before) = (standing.clone(), session.clone());
    write!(b, |s| {
        insert_standing(s, &stored)?;
        s.insert_session(&before)?;
    });
    let results = all(8, |_| {
        let (database, id) = (b.database.clone(), session.id.clone());
        let enterprise = standing.enterprise.id.clone();
        async move {
            let written = database.write(move |s| {
                s.hold_enterprise_alone(&enterprise)?;
                let held = s.hold_session_standing(&id)?.unwrap();
                std::thread::sleep(Duration::from_millis(20));
                s.touch_session(&id, at(9))?;
                s.exchange_enterprise(&held.enterprise)
            });
            written.await.unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 8);
}

/// The transaction goes on after it.
async fn an_exchange_into_a_taken_place_is_no_failure(b: &Backend) {
    let [one, other] = [samples::standing(), samples::standing()];
    let (taken, mine) = (one.key_lock.clone(), other.key_lock.clone());
    write!(b, |s| {
        insert_standing(s, &one)?;
        insert_standing(s, &other)?;
    });
    let same_key = KeyLock {
        key_number: taken.key_number.clone(),
        ..mine.clone()
    };
    let same_certificate = KeyLock {
        thumbprint: taken.thumbprint,
        ..mine.clone()
    };
    let renamed = KeyLock {
        holder_name: "新名称".to_owned(),
        ..mine.clone()
    };
    let id = mine.id.clone();
    write!(b, |s| {
        assert!(!s.exchange_key_lock(&mine, &same_key)?);
        assert!(!s.exchange_key_lock(&mine, &same_certificate)?);
        assert!(s.exchange_key_lock(&mine, &renamed)?);
    });
    let found = read!(b, |s| s.find_key_lock(&id)?).unwrap();
    assert_eq!(found.holder_name, "新名称");
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Enterprise,
    Lock,
    Session,
    Consent,
}

/// As the flows do it: first what the others hold, then what stands on it.
async fn end_ground(b: &Backend, what: Ending, (standing, session): (&Standing, &SessionId)) {
    let (standing, session) = (standing.clone(), session.clone());
    write!(b, |s| {
        let enterprise = &standing.enterprise.id;
        let which = match what {
            Ending::Enterprise => {
                assert!(s.exchange_enterprise(&standing.enterprise)?);
                Which::All
            }
            Ending::Lock => {
                let ended = standing.key_lock.ended(KeyLockState::Removed, at(5));
                assert!(s.exchange_key_lock(&standing.key_lock, &ended)?);
                Which::OfLock(&standing.key_lock.id)
            }
            Ending::Session => Which::One(&session),
            Ending::Consent => {
                let mut consent = standing.consent.clone();
                consent.revoked_at = Some(at(5));
                s.upsert_standing_consent(&consent)?;
                s.revoke_grants_to(enterprise, &standing.grant.platform_id, at(5))?;
                return Ok(());
            }
        };
        s.end_sessions(enterprise, which, (at(5), SessionEnding::EndedByOperator))?;
        s.revoke_grants_of(enterprise, which, at(5))?;
    });
}

async fn of_many_successors_of_a_signing_key_one_stands(b: &Backend) {
    let key = samples::signing_key(1);
    let results = all(16, |_| {
        let mut mine = samples::signing_key(1);
        mine.generation = key.generation;
        let database = b.database.clone();
        async move {
            database
                .write(move |s| s.insert_signing_key(&mine))
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
}

/// Every third one is refused after it wrote.
async fn refused_work_leaves_nothing_and_its_neighbours_stay(b: &Backend) {
    let enterprises: Vec<_> = (0..60).map(|_| samples::enterprise()).collect();
    let ids: Vec<EnterpriseId> = enterprises.iter().map(|e| e.id.clone()).collect();
    let results = all(60, |number| {
        let (database, enterprise) = (b.database.clone(), enterprises[number].clone());
        async move {
            let result = database.write(move |s| {
                assert!(s.insert_enterprise(&enterprise)?);
                if number % 3 == 0 {
                    Err(Undo::Mine)
                } else {
                    Ok(number)
                }
            });
            result.await
        }
    })
    .await;
    for (number, (result, id)) in results.into_iter().zip(ids).enumerate() {
        let found = read!(b, |s| s.find_enterprise(&id)?).is_some();
        match result {
            Ok(kept) => assert!(kept == number && number % 3 != 0 && found),
            Err(Undo::Mine) => assert!(number % 3 == 0 && !found),
            Err(Undo::Store(error)) => panic!("{error}"),
        }
    }
}

async fn panicking_work_leaves_nothing_and_the_database_lives(b: &Backend) {
    let results = all(12, |number| {
        let (database, enterprise) = (b.database.clone(), samples::enterprise());
        let id = enterprise.id.clone();
        async move {
            let result = database.write(move |s| {
                s.insert_enterprise(&enterprise)?;
                assert!(number % 4 != 0, "on purpose");
                Ok::<_, StoreError>(())
            });
            (number, id, result.await)
        }
    })
    .await;
    for (number, id, result) in results {
        let found = read!(b, |s| s.find_enterprise(&id)?).is_some();
        assert_eq!((result.is_ok(), found), (number % 4 != 0, number % 4 != 0));
    }
    let read = b
        .database
        .read(|_| -> Result<(), StoreError> { panic!("on purpose") })
        .await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))));
    b.database.ping().await.unwrap();
}

/// A consent record of an unknown enterprise breaks a foreign key.
async fn failed_query_fails_the_work_that_passed_over_it(b: &Backend) {
    let standing = samples::standing();
    let enterprise = samples::enterprise();
    let id = enterprise.id.clone();
    let result = b
        .database
        .write(move |s| {
            s.insert_enterprise(&enterprise)?;
            let failed = s.insert_consent_record(&standing.record);
            assert!(failed.is_err());
            assert!(
                s.find_enterprise(&enterprise.id).is_err(),
                "nothing runs after it"
            );
            Ok::<_, StoreError>(())
        })
        .await;
    assert!(matches!(result, Err(StoreError::Unavailable(_))));
    assert_eq!(read!(b, |s| s.find_enterprise(&id)?), None);
}

async fn what_read_writes_does_not_remain(b: &Backend) {
    let enterprise = samples::enterprise();
    let id = enterprise.id.clone();
    // Refused or undone: each database has its way.
    let _ = b
        .database
        .read(move |s| s.insert_enterprise(&enterprise))
        .await;
    assert_eq!(read!(b, |s| s.find_enterprise(&id)?), None);
}

/// A reader that goes on from the last sequence while others write misses nothing.
async fn audit_of_many_writers_is_complete_and_growing(b: &Backend) {
    const WRITERS: usize = 32;
    const EACH: usize = 8;
    let details: Vec<_> = (0..WRITERS * EACH)
        .map(|_| samples::name("event"))
        .collect();
    let writers = tokio::spawn({
        let (database, details) = (b.database.clone(), details.clone());
        async move {
            all(WRITERS, |writer| {
                let (database, details) = (database.clone(), details.clone());
                async move {
                    for detail in &details[writer * EACH..(writer + 1) * EACH] {
                        let event = samples::audit_event(detail);
                        database
                            .write(move |s| s.append_audit(&event))
                            .await
                            .unwrap();
                    }
                }
            })
            .await
        }
    });
    let mut followed = Vec::new();
    let mut after = 0;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while followed.len() < details.len() {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the follower missed events"
        );
        for entry in read!(b, |s| s.list_audit(after, 50)?) {
            assert!(entry.sequence > after);
            after = entry.sequence;
            if entry
                .event
                .detail
                .as_ref()
                .is_some_and(|detail| details.contains(detail))
            {
                followed.push(entry);
            }
        }
        tokio::task::yield_now().await;
    }
    writers.await.unwrap();
    assert_eq!(audit_of(b, &details, details.len()).await, followed);
}
