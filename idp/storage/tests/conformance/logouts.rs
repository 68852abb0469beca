//! Properties of telling platforms: a delivery is taken by one, moves once, and is found while it waits; sign-ins that
//! continue one another are one row.

use idp_core::id::{GrantId, LogoutDeliveryId, SessionId};
use idp_core::logout_delivery::{DeliveryStage, DeliveryState, LEASE, LogoutDelivery};
use idp_core::session::Which;
use idp_core::store::Store;
use idp_core::timestamp::Timestamp;

use crate::backend::{Backend, Property, properties};
use crate::samples::{self, Standing, at};
use crate::steps::{insert_standing, read, write};

pub const ALL: &[Property] = properties![
    a_delivery_comes_back_as_it_was_written_and_moves_once,
    what_is_due_is_found_and_nothing_else,
    of_sixteen_who_take_a_delivery_one_has_it,
    only_what_was_settled_is_forgotten,
    a_sign_in_is_revoked_with_those_that_it_continues,
    everybody_is_signed_out_at_once,
];

/// Long before everything else that a shared database may hold.
const EARLY: i64 = -9_000_000;

fn delivery(standing: &Standing, due: i64) -> LogoutDelivery {
    let id = LogoutDeliveryId::from_text(samples::name("delivery"));
    LogoutDelivery::of(&samples::ended(&standing.grant), id, at(due))
}

async fn stored(b: &Backend, due: &[i64]) -> (Standing, Vec<LogoutDelivery>) {
    let standing = samples::standing();
    let deliveries: Vec<_> = due.iter().map(|due| delivery(&standing, *due)).collect();
    let (ground, written) = (standing.clone(), deliveries.clone());
    write!(b, |s| {
        insert_standing(s, &ground)?;
        for delivery in &written {
            s.insert_logout_delivery(delivery)?;
        }
    });
    (standing, deliveries)
}

async fn a_delivery_comes_back_as_it_was_written_and_moves_once(b: &Backend) {
    let (_, deliveries) = stored(b, &[3]).await;
    let waiting = deliveries[0].clone();
    let taken = waiting.taken(at(4));
    let done = taken.in_state(DeliveryState::Refused(at(5)), Some("invalid_request"));
    let steps = [
        (waiting.clone(), taken.clone()),
        (waiting.clone(), taken.clone()),
        (taken.clone(), done.clone()),
        (taken, waiting.clone()),
    ];
    let (id, absent) = (waiting.id.clone(), LogoutDeliveryId::from_text("absent"));
    let (moved, found, none) = write!(b, |s| {
        assert_eq!(s.find_logout_delivery(&id)?, Some(waiting));
        let mut moved = Vec::new();
        for (from, to) in &steps {
            moved.push(s.exchange_logout_delivery(from, to)?);
        }
        (
            moved,
            s.find_logout_delivery(&id)?,
            s.find_logout_delivery(&absent)?,
        )
    });
    assert_eq!(moved, [true, false, true, false]);
    assert_eq!((found, none), (Some(done), None));
}

/// Due ones of one platform, in order.
fn due_of(
    s: &mut dyn Store,
    standing: &Standing,
    now: Timestamp,
) -> Result<Vec<LogoutDelivery>, idp_core::store::StoreError> {
    let mut due = s.list_due_logout_deliveries(now, &[], 10_000)?;
    due.retain(|delivery| delivery.platform_id == standing.platform.id);
    Ok(due)
}

async fn what_is_due_is_found_and_nothing_else(b: &Backend) {
    let (standing, deliveries) = stored(b, &[EARLY + 20, EARLY + 10, EARLY + 30]).await;
    let done = deliveries[1].in_state(DeliveryState::Confirmed(at(EARLY + 11)), None);
    let (middle, platform) = (deliveries[1].clone(), standing.platform.id.clone());
    let newest = done.id.clone();
    let (before, without, after, confirmed) = write!(b, |s| {
        let before = due_of(s, &standing, at(EARLY + 20))?;
        let mut without =
            s.list_due_logout_deliveries(at(EARLY + 20), std::slice::from_ref(&platform), 9)?;
        without.retain(|delivery| delivery.platform_id == platform);
        assert!(s.exchange_logout_delivery(&middle, &done)?);
        let after = due_of(s, &standing, at(EARLY + 30))?;
        (
            before,
            without,
            after,
            s.list_logout_deliveries(DeliveryStage::Confirmed, 10_000)?,
        )
    });
    let [first, second, third] = [&deliveries[1], &deliveries[0], &deliveries[2]];
    assert_eq!(before, [first.clone(), second.clone()]);
    assert_eq!(without, []);
    assert_eq!(after, [second.clone(), third.clone()]);
    assert!(confirmed.iter().any(|delivery| delivery.id == newest));
    assert!(confirmed.is_sorted_by_key(|delivery| {
        let (_, at) = delivery.state.parts();
        std::cmp::Reverse(at)
    }));
}

async fn of_sixteen_who_take_a_delivery_one_has_it(b: &Backend) {
    let (_, deliveries) = stored(b, &[3]).await;
    let takers = (0..16).map(|_| {
        let (database, waiting) = (b.database.clone(), deliveries[0].clone());
        tokio::spawn(async move {
            let taken = waiting.taken(at(4));
            database
                .write(move |s| s.exchange_logout_delivery(&waiting, &taken))
                .await
                .unwrap()
        })
    });
    let takers: Vec<_> = takers.collect();
    let mut won = 0;
    for taker in takers {
        won += usize::from(taker.await.unwrap());
    }
    assert_eq!(won, 1);
    let id = deliveries[0].id.clone();
    let found = read!(b, |s| s.find_logout_delivery(&id)?).unwrap();
    assert_eq!(found.state, DeliveryState::Waiting(at(4) + LEASE));
}

async fn only_what_was_settled_is_forgotten(b: &Backend) {
    let (_, deliveries) = stored(b, &[EARLY - 100, EARLY - 100, EARLY - 100]).await;
    let settled = [
        deliveries[0].in_state(DeliveryState::GivenUp(at(EARLY - 60)), Some("silent")),
        deliveries[1].in_state(DeliveryState::Confirmed(at(EARLY - 50)), None),
    ];
    let ids: Vec<_> = deliveries.iter().map(|d| d.id.clone()).collect();
    let (gone, left, counts) = write!(b, |s| {
        for (from, to) in deliveries.iter().zip(&settled) {
            assert!(s.exchange_logout_delivery(from, to)?);
        }
        let counts = s.count_logout_deliveries()?;
        let gone = [
            s.forget_logout_deliveries(at(EARLY - 50), 9)?,
            s.forget_logout_deliveries(at(EARLY - 50), 9)?,
        ];
        let mut left = Vec::new();
        for id in &ids {
            left.push(s.find_logout_delivery(id)?.is_some());
        }
        (gone, left, counts)
    });
    assert_eq!(gone, [1, 0]);
    assert_eq!(left, [false, true, true]);
    assert!(counts.waiting >= 1 && counts.confirmed >= 1 && counts.given_up >= 1);
}

async fn a_sign_in_is_revoked_with_those_that_it_continues(b: &Backend) {
    let standing = samples::standing();
    let first = samples::session(&standing.key_lock, 1);
    let second = samples::session(&standing.key_lock, 2).continuing(&first);
    let third = samples::session(&standing.key_lock, 3).continuing(&second);
    let other = samples::session(&standing.key_lock, 4);
    let grant_in = |session: &SessionId| {
        let mut grant = standing.grant.clone();
        grant.id = GrantId::from_text(samples::name("grant"));
        grant.code_sha256 = samples::name("code");
        grant.session_id = session.clone();
        grant
    };
    let sessions = [&first, &second, &third, &other].map(Clone::clone);
    let grants = [&first.id, &second.id, &other.id].map(grant_in);
    let (id, lock) = (standing.enterprise.id.clone(), standing.key_lock.id.clone());
    let ids = [first.id.clone(), other.id.clone()];
    let (of_row, of_others, of_lock) = write!(b, |s| {
        insert_standing(s, &standing)?;
        for session in &sessions {
            s.insert_session(session)?;
        }
        for grant in &grants {
            assert!(s.insert_grant(grant)?);
        }
        let row = Which::AllBut(&third.id);
        let of_others = s.revoke_grants_of(&id, row, at(9))?;
        let of_lock = s.revoke_grants_of(&id, Which::OfLockBut(&lock, &second.id), at(9))?;
        (
            s.revoke_grants_of(&id, Which::One(&third.id), at(9))?,
            of_others,
            of_lock,
        )
    });
    let sessions_of = |ended: &[idp_core::grant::EndedGrant]| {
        let mut found: Vec<_> = ended.iter().map(|e| e.session_id.clone()).collect();
        found.sort();
        found
    };
    assert_eq!(of_row.len(), 2);
    assert!(sessions_of(&of_row).contains(&ids[0]));
    assert_eq!(sessions_of(&of_others), [ids[1].clone()]);
    assert_eq!(of_lock, []);
}

/// Rolled back at its end: others' sign-ins stand in the same database.
async fn everybody_is_signed_out_at_once(b: &Backend) {
    use idp_core::session::SessionEnding;
    use idp_core::store::StoreError;
    #[derive(Debug)]
    enum Ended {
        Seen(Vec<String>, Vec<bool>),
        Failed(String),
    }
    impl From<StoreError> for Ended {
        fn from(error: StoreError) -> Self {
            Self::Failed(error.to_string())
        }
    }
    // Later than whatever else is there.
    let late = 9_000_000;
    let grounds = [samples::standing(), samples::standing()];
    let work = move |s: &mut dyn Store| -> Result<(), Ended> {
        let mut grants = Vec::new();
        for (number, standing) in grounds.iter().enumerate() {
            insert_standing(s, standing)?;
            s.insert_session(&samples::session(&standing.key_lock, 1))?;
            let mut grant = standing.grant.clone();
            grant.created_at = at(late - i64::try_from(number).unwrap());
            assert!(s.insert_grant(&grant)?);
            grants.push(grant);
        }
        let sessions = s.end_every_session((at(late), SessionEnding::EndedByOperator))?;
        assert!(sessions >= 2);
        // The second was given before those that are told of.
        let (ended, untold) = s.revoke_every_grant(at(late), at(late))?;
        assert!(ended >= 2);
        let told = untold.iter().map(|one| one.enterprise_id.to_string());
        let mut stands = Vec::new();
        for grant in &grants {
            let standing = s.find_grant_standing(&grant.id)?.unwrap();
            stands.push(standing.grant.revoked_at.is_none());
            let live = s.list_sessions(&grant.enterprise_id, 9)?;
            stands.extend(live.iter().map(|one| one.ended.is_none()));
        }
        assert_eq!(s.revoke_every_grant(at(late), at(late))?.0, 0);
        Err(Ended::Seen(told.collect(), stands))
    };
    match b.database.write(work).await {
        Err(Ended::Seen(told, stands)) => {
            assert_eq!(told.len(), 1);
            assert_eq!(stands, [false; 4]);
        }
        Err(Ended::Failed(why)) => panic!("{why}"),
        Ok(()) => panic!("it was to be rolled back"),
    }
}
