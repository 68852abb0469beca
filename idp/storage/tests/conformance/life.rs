//! Properties of what changes: enterprises, locks in their life, sign-ins. Of two who change the same at
//! once, one does.

use idp_core::enterprise::{Enterprise, EnterpriseRename, EnterpriseState};
use idp_core::id::{GrantId, SessionId};
use idp_core::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use idp_core::session::{LiveSince, SessionEnding, SessionStanding, Which};
use protocol::claims::LockRole;

use crate::backend::{Backend, Property, properties};
use crate::races::{Undo, all};
use crate::samples::{self, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    enterprise_is_exchanged_as_it_was_read,
    rename_comes_back_with_its_evidence,
    key_lock_is_exchanged_only_as_it_was_read,
    superseded_certificate_comes_back,
    key_locks_are_found_by_the_number_of_their_key,
    session_comes_back_with_what_it_stands_on,
    sessions_are_listed_newest_first_and_touched_forward,
    sessions_end_once_and_only_those_that_are_meant,
    sessions_that_are_live_are_listed_however_many_are_not,
    old_sessions_go_off_record_some_at_once,
    grants_of_a_session_or_a_lock_are_revoked_and_no_others,
    newest_grant_is_found_whether_it_stands,
    standing_consents_are_listed_by_enterprise,
    of_sixteen_activations_of_one_certificate_one_wins,
    of_reactivation_and_loss_one_wins,
    of_removal_and_renewal_one_wins,
    of_sixteen_promotions_one_wins_and_one_primary_is_left,
];

async fn enterprise_is_exchanged_as_it_was_read(b: &Backend) {
    let enterprise = samples::enterprise();
    let mut to = enterprise.clone();
    to.phone = None;
    to.address = Some("新城区".into());
    to.name = "新名".into();
    to.state = EnterpriseState::Suspended;
    to.rebinding_until = Some(at(9));
    let (id, first, second) = (enterprise.id.clone(), to.clone(), enterprise.clone());
    let done = write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        (
            s.exchange_enterprise(&first)?,
            s.exchange_enterprise(&second)?,
        )
    });
    assert_eq!(done, (true, false));
    to.version = 1;
    assert_eq!(read!(b, |s| s.find_enterprise(&id)?), Some(to));
}

async fn rename_comes_back_with_its_evidence(b: &Backend) {
    let enterprise = samples::enterprise();
    let id = enterprise.id.clone();
    let rename = EnterpriseRename {
        enterprise_id: id.clone(),
        old_name: "旧名".into(),
        new_name: "新名".into(),
        at: at(3),
        by: "审核员".into(),
        reason: "营业执照变更".into(),
        evidence_name: "执照.pdf".into(),
        evidence_sha256: "ab".repeat(32),
    };
    let stored = rename.clone();
    write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        s.insert_enterprise_rename(&stored, &[0, 255, 10])?;
    });
    let found = read!(b, |s| (
        s.list_enterprise_renames(&id)?,
        s.find_rename_evidence(&id, &"ab".repeat(32))?,
        s.find_rename_evidence(&id, "none")?
    ));
    assert_eq!(found, (vec![rename], Some(vec![0, 255, 10]), None));
}

/// A bound primary lock, stored.
async fn bound(b: &Backend) -> (Enterprise, KeyLock) {
    let standing = samples::standing();
    let found = (standing.enterprise.clone(), standing.key_lock.clone());
    write!(b, |s| insert_standing(s, &standing)?);
    found
}

fn with_certificate(lock: &KeyLock) -> KeyLock {
    let enterprise = samples::enterprise();
    KeyLock {
        thumbprint: samples::key_lock(&enterprise, LockRole::Primary).thumbprint,
        serial_number: "NEW".into(),
        not_after: at(999_999),
        ..lock.clone()
    }
}

async fn key_lock_is_exchanged_only_as_it_was_read(b: &Backend) {
    let (_, lock) = bound(b).await;
    let mut renewed = with_certificate(&lock);
    renewed.media_number = Some("M-2".into());
    let (from, to) = (lock.clone(), renewed.clone());
    assert!(write!(b, |s| s.exchange_key_lock(&from, &to)?));
    // The certificate, the role and the state are each a guard.
    let changes: [fn(&mut KeyLock); 3] = [
        |lock| lock.thumbprint = Thumbprint([1; 32]),
        |lock| lock.role = LockRole::Secondary,
        |lock| lock.state = KeyLockState::Removed,
    ];
    for change in changes {
        let (mut from, to) = (renewed.clone(), lock.clone());
        change(&mut from);
        assert!(!write!(b, |s| s.exchange_key_lock(&from, &to)?));
    }
    let id = lock.id.clone();
    assert_eq!(read!(b, |s| s.find_key_lock(&id)?), Some(renewed));
}

async fn superseded_certificate_comes_back(b: &Backend) {
    let (_, lock) = bound(b).await;
    let old = SupersededCertificate::of(&lock, at(5));
    let stored = old.clone();
    write!(b, |s| s.insert_superseded_certificate(&stored)?);
    let (id, thumbprint) = (lock.id.clone(), lock.thumbprint);
    let found = read!(b, |s| (
        s.find_superseded_certificate(thumbprint)?,
        s.list_superseded_certificates(&id)?
    ));
    assert_eq!(found, (Some(old.clone()), vec![old]));
}

async fn key_locks_are_found_by_the_number_of_their_key(b: &Backend) {
    let enterprise = samples::enterprise();
    let number = samples::name("K");
    let mut locks = [LockRole::Primary, LockRole::Secondary, LockRole::Secondary]
        .map(|role| samples::key_lock(&enterprise, role));
    locks[0].key_number.clone_from(&number);
    locks[1].key_number.clone_from(&number);
    locks[1].bound_at = at(0);
    // Of one key at most one is in force.
    locks[1].state = KeyLockState::Removed;
    let (stored, ca) = (locks.clone(), locks[0].ca_id.clone());
    write!(b, |s| {
        s.insert_enterprise(&enterprise)?;
        for lock in &stored {
            s.insert_key_lock(lock)?;
        }
    });
    let found = read!(b, |s| s.list_key_locks_by_key_number(&ca, &number)?);
    assert_eq!(found, [locks[1].clone(), locks[0].clone()]);
}

async fn session_comes_back_with_what_it_stands_on(b: &Backend) {
    let (enterprise, key_lock) = bound(b).await;
    let session = samples::session(&key_lock, 7);
    let (stored, id) = (session.clone(), session.id.clone());
    write!(b, |s| s.insert_session(&stored)?);
    let found = read!(b, |s| s.find_session_standing(&id)?).unwrap();
    assert!(found.is_alive(at(8)));
    let whole = SessionStanding {
        session,
        key_lock,
        enterprise,
    };
    assert_eq!(found, whole);
}

async fn sessions_are_listed_newest_first_and_touched_forward(b: &Backend) {
    let (enterprise, lock) = bound(b).await;
    let sessions = [10, 30, 20].map(|second| samples::session(&lock, second));
    let (stored, first) = (sessions.clone(), sessions[0].id.clone());
    write!(b, |s| {
        for session in &stored {
            s.insert_session(session)?;
        }
        s.touch_session(&first, at(40))?;
        s.touch_session(&first, at(35))?;
    });
    let id = enterprise.id.clone();
    let listed = read!(b, |s| s.list_sessions(&id, 9)?);
    let names: Vec<_> = listed.iter().map(|s| s.begun_at).collect();
    assert_eq!(names, [at(30), at(20), at(10)]);
    assert_eq!(listed[2].seen_at, at(40));
    let id = enterprise.id.clone();
    assert_eq!(read!(b, |s| s.list_sessions(&id, 2)?).len(), 2);
}

async fn sessions_end_once_and_only_those_that_are_meant(b: &Backend) {
    let (enterprise, primary) = bound(b).await;
    let (_, stranger) = bound(b).await;
    let secondary = samples::key_lock(&enterprise, LockRole::Secondary);
    let mine = [&primary, &primary, &secondary].map(|lock| samples::session(lock, 1));
    let other = samples::session(&stranger, 1);
    let (stored, also) = (mine.clone(), other.clone());
    write!(b, |s| {
        s.insert_key_lock(&secondary)?;
        for session in stored.iter().chain([&also]) {
            s.insert_session(session)?;
        }
    });
    let (id, lock) = (enterprise.id.clone(), mine[2].key_lock_id.clone());
    let [one, two, three] = mine.clone().map(|session| session.id);
    let foreign = other.id.clone();
    let ended = write!(b, |s| {
        let first = (at(5), SessionEnding::SignedOut);
        let second = (at(6), SessionEnding::LockEnded);
        [
            s.end_sessions(&id, Which::One(&foreign), first)?,
            s.end_sessions(&id, Which::One(&one), first)?,
            s.end_sessions(&id, Which::One(&one), second)?,
            s.end_sessions(&id, Which::OfLockBut(&lock, &three), second)?,
            s.end_sessions(&id, Which::OfLock(&lock), second)?,
            s.end_sessions(&id, Which::AllBut(&two), second)?,
            s.end_sessions(&id, Which::All, second)?,
        ]
    });
    assert_eq!(ended, [0, 1, 0, 0, 1, 0, 1]);
    let (one, foreign) = (mine[0].id.clone(), other.id);
    let found = read!(b, |s| [
        s.find_session_standing(&one)?.unwrap(),
        s.find_session_standing(&foreign)?.unwrap()
    ]);
    let first = Some((at(5), SessionEnding::SignedOut));
    assert_eq!(found.map(|it| it.session.ended), [first, None]);
}

async fn sessions_that_are_live_are_listed_however_many_are_not(b: &Backend) {
    let (enterprise, lock) = bound(b).await;
    let live = [20, 21].map(|second| samples::session(&lock, second));
    let mut over = Vec::new();
    for second in 22..40 {
        let mut session = samples::session(&lock, second);
        session.ended = Some((at(second), SessionEnding::SignedOut));
        over.push(session);
    }
    let mut idle = samples::session(&lock, 23);
    idle.seen_at = at(9);
    over.extend([idle, samples::session(&lock, 10)]);
    let (stored, id) = (live.clone(), enterprise.id.clone());
    write!(b, |s| {
        for session in stored.iter().chain(&over) {
            s.insert_session(session)?;
        }
    });
    let since = LiveSince {
        begun: at(10),
        seen: at(10),
    };
    let [first, second] = live;
    let found = read!(b, |s| (
        s.list_standing_sessions(&id, since, 9)?,
        s.list_standing_sessions(&id, since, 1)?
    ));
    assert_eq!(found, (vec![second.clone(), first], vec![second]));
}

async fn old_sessions_go_off_record_some_at_once(b: &Backend) {
    let (enterprise, lock) = bound(b).await;
    let stored = [-900, -800, -700, 5].map(|second| samples::session(&lock, second));
    let (kept, id) = (stored[3].clone(), enterprise.id.clone());
    write!(b, |s| {
        for session in &stored {
            s.insert_session(session)?;
        }
    });
    let gone = write!(b, |s| [
        s.forget_sessions(at(-600), 2)?,
        s.forget_sessions(at(-600), 2)?,
        s.forget_sessions(at(-600), 2)?
    ]);
    assert_eq!(gone, [2, 1, 0]);
    assert_eq!(read!(b, |s| s.list_sessions(&id, 9)?), [kept]);
}

async fn grants_of_a_session_or_a_lock_are_revoked_and_no_others(b: &Backend) {
    let standing = samples::standing();
    let (grant, id) = (standing.grant.clone(), standing.enterprise.id.clone());
    write!(b, |s| {
        insert_standing(s, &standing)?;
        s.insert_grant(&standing.grant)?;
    });
    let (session, lock, of) = (grant.session_id, grant.key_lock_id, grant.id);
    let other = SessionId::from_text("other");
    let revoked = write!(b, |s| [
        s.revoke_grants_of(&id, Which::One(&other), at(9))?.len(),
        s.revoke_grants_of(&id, Which::AllBut(&session), at(9))?
            .len(),
        s.revoke_grants_of(&id, Which::OfLock(&lock), at(9))?.len(),
        s.revoke_grants_of(&id, Which::One(&session), at(9))?.len(),
        s.revoke_grants_of(&id, Which::All, at(9))?.len(),
    ]);
    assert_eq!(revoked, [0, 0, 1, 0, 0]);
    let found = read!(b, |s| s.find_grant_standing(&of)?).unwrap();
    assert_eq!(found.grant.revoked_at, Some(at(9)));
}

async fn newest_grant_is_found_whether_it_stands(b: &Backend) {
    let standing = samples::standing();
    let (id, platform) = (standing.enterprise.id.clone(), standing.platform.id.clone());
    let mut newer = standing.grant.clone();
    newer.id = GrantId::from_text(samples::name("grant"));
    newer.code_sha256 = samples::name("code");
    newer.created_at = at(50);
    let found = write!(b, |s| {
        insert_standing(s, &standing)?;
        let none = s.find_last_grant_at(&id, &platform)?;
        s.insert_grant(&newer)?;
        s.insert_grant(&standing.grant)?;
        let last = s.find_last_grant_at(&id, &platform)?;
        s.revoke_grants_of(&id, Which::All, at(60))?;
        [none, last, s.find_last_grant_at(&id, &platform)?]
    });
    assert_eq!(found, [None, Some(at(50)), Some(at(50))]);
}

async fn standing_consents_are_listed_by_enterprise(b: &Backend) {
    let standing = samples::standing();
    let (id, consent) = (standing.enterprise.id.clone(), standing.consent.clone());
    write!(b, |s| insert_standing(s, &standing)?);
    assert_eq!(read!(b, |s| s.list_standing_consents(&id)?), [consent]);
}

fn winners(results: &[bool]) -> usize {
    results.iter().filter(|won| **won).count()
}

async fn of_sixteen_activations_of_one_certificate_one_wins(b: &Backend) {
    let (enterprise, _) = bound(b).await;
    let secondary = samples::key_lock(&enterprise, LockRole::Secondary);
    let results = all(16, |_| {
        let mut mine = secondary.clone();
        mine.id = samples::key_lock(&enterprise, LockRole::Secondary).id;
        let database = b.database.clone();
        async move {
            database
                .write(move |s| s.insert_key_lock(&mine))
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
}

/// Every second task makes the one change, the others the other.
async fn one_of_two_wins(b: &Backend, from: &KeyLock, changes: [KeyLock; 2]) -> KeyLock {
    let results = all(8, |number| {
        let (from, to) = (from.clone(), changes[number % 2].clone());
        let database = b.database.clone();
        async move {
            database
                .write(move |s| s.exchange_key_lock(&from, &to))
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
    let id = from.id.clone();
    read!(b, |s| s.find_key_lock(&id)?).unwrap()
}

fn in_state(lock: &KeyLock, state: KeyLockState) -> KeyLock {
    KeyLock {
        state,
        ..lock.clone()
    }
}

async fn of_reactivation_and_loss_one_wins(b: &Backend) {
    let (_, lock) = bound(b).await;
    let removed = in_state(&lock, KeyLockState::Removed);
    let (from, to) = (lock.clone(), removed.clone());
    assert!(write!(b, |s| s.exchange_key_lock(&from, &to)?));
    let ways = [KeyLockState::Active, KeyLockState::Lost].map(|state| in_state(&lock, state));
    let left = one_of_two_wins(b, &removed, ways.clone()).await;
    assert!(ways.contains(&left));
}

async fn of_removal_and_renewal_one_wins(b: &Backend) {
    let (_, lock) = bound(b).await;
    let ways = [
        in_state(&lock, KeyLockState::Removed),
        with_certificate(&lock),
    ];
    let left = one_of_two_wins(b, &lock, ways.clone()).await;
    assert!(ways.contains(&left));
}

async fn of_sixteen_promotions_one_wins_and_one_primary_is_left(b: &Backend) {
    let (enterprise, primary) = bound(b).await;
    let secondaries: Vec<_> = (0..4)
        .map(|_| samples::key_lock(&enterprise, LockRole::Secondary))
        .collect();
    let stored = secondaries.clone();
    write!(b, |s| {
        for lock in &stored {
            assert!(s.insert_key_lock(lock)?);
        }
    });
    let results = all(16, |number| {
        let (old, new) = (primary.clone(), secondaries[number % 4].clone());
        let database = b.database.clone();
        async move {
            let promoted = database.write(move |s| {
                let with_role = |lock: &KeyLock, role| KeyLock {
                    role,
                    ..lock.clone()
                };
                let done = s.exchange_key_lock(&old, &with_role(&old, LockRole::Secondary))?
                    && s.exchange_key_lock(&new, &with_role(&new, LockRole::Primary))?;
                if done { Ok(()) } else { Err(Undo::Mine) }
            });
            match promoted.await {
                Ok(()) => true,
                Err(Undo::Mine) => false,
                Err(Undo::Store(error)) => panic!("{error}"),
            }
        }
    })
    .await;
    assert_eq!(winners(&results), 1);
    let id = enterprise.id.clone();
    let locks = read!(b, |s| s.list_key_locks(&id)?);
    assert_eq!(
        locks.iter().filter(|lock| lock.is_active_primary()).count(),
        1
    );
}
