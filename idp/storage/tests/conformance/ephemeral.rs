//! Properties of the ephemeral store.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use idp_core::challenge::Challenge;
use idp_core::ephemeral::{Ephemeral, EphemeralError, Spent, TypedEphemeral};
use idp_core::timestamp::Timestamp;
use idp_storage::EphemeralStore;
use protocol::challenge::Purpose;

use crate::races::all;
use crate::samples::name;

type Property = fn(EphemeralStore) -> Pin<Box<dyn Future<Output = ()>>>;

const KIND: &str = "test";
const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(80);
const PAST_SHORT: Duration = Duration::from_millis(120);

pub fn check(backend: &str, store: &EphemeralStore) {
    macro_rules! properties {
        ($($property:ident),* $(,)?) => { [$((stringify!($property), (|s| Box::pin($property(s))) as Property)),*] };
    }
    let properties = properties![
        value_comes_back_until_taken,
        put_replaces,
        kinds_do_not_meet,
        put_if_absent_stores_once,
        entry_past_its_lifetime_is_gone,
        reading_may_begin_the_lifetime_anew,
        spent_value_is_known_as_spent,
        spent_mark_ends_with_the_lifetime,
        count_grows_and_ends_with_its_window,
        count_is_no_record,
        any_octets_come_back,
        typed_records_come_back,
        of_sixty_four_takers_one_wins,
        of_sixty_four_spenders_one_wins,
        of_sixty_four_replays_one_is_stored,
        every_count_is_counted,
        store_answers_ping,
    ];
    for (name, property) in &properties {
        println!("{backend}: {name}");
        crate::run(property(store.clone()));
    }
    println!("{backend}: {} properties passed", properties.len());
}

async fn value_comes_back_until_taken(s: EphemeralStore) {
    let id = name("id");
    assert_eq!(s.get(KIND, &id).await.unwrap(), None);
    assert_eq!(s.take(KIND, &id).await.unwrap(), None);
    s.put(KIND, &id, b"v".to_vec(), LONG).await.unwrap();
    assert_eq!(s.get(KIND, &id).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(s.take(KIND, &id).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(s.take(KIND, &id).await.unwrap(), None);
    assert_eq!(s.get(KIND, &id).await.unwrap(), None);
    assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Unknown);
}

async fn put_replaces(s: EphemeralStore) {
    let id = name("id");
    s.put(KIND, &id, b"old".to_vec(), SHORT).await.unwrap();
    s.put(KIND, &id, b"new".to_vec(), LONG).await.unwrap();
    tokio::time::sleep(PAST_SHORT).await;
    assert_eq!(s.take(KIND, &id).await.unwrap(), Some(b"new".to_vec()));
}

async fn kinds_do_not_meet(s: EphemeralStore) {
    let id = name("id");
    s.put("one", &id, b"1".to_vec(), LONG).await.unwrap();
    assert_eq!(s.get("two", &id).await.unwrap(), None);
    assert!(
        s.put_if_absent("two", &id, b"2".to_vec(), LONG)
            .await
            .unwrap()
    );
    assert_eq!(s.take("one", &id).await.unwrap(), Some(b"1".to_vec()));
    assert_eq!(s.take("two", &id).await.unwrap(), Some(b"2".to_vec()));
}

async fn put_if_absent_stores_once(s: EphemeralStore) {
    let id = name("id");
    assert!(
        s.put_if_absent(KIND, &id, b"1".to_vec(), SHORT)
            .await
            .unwrap()
    );
    assert!(
        !s.put_if_absent(KIND, &id, b"2".to_vec(), LONG)
            .await
            .unwrap()
    );
    assert_eq!(s.get(KIND, &id).await.unwrap(), Some(b"1".to_vec()));
    tokio::time::sleep(PAST_SHORT).await;
    assert!(
        s.put_if_absent(KIND, &id, b"3".to_vec(), LONG)
            .await
            .unwrap()
    );
    assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Won(b"3".to_vec()));
    assert!(
        !s.put_if_absent(KIND, &id, b"4".to_vec(), LONG)
            .await
            .unwrap()
    );
}

async fn entry_past_its_lifetime_is_gone(s: EphemeralStore) {
    let ids = [(); 5].map(|()| name("id"));
    for id in &ids {
        s.put(KIND, id, b"v".to_vec(), SHORT).await.unwrap();
    }
    s.put(KIND, &ids[0], b"v".to_vec(), Duration::ZERO)
        .await
        .unwrap();
    tokio::time::sleep(PAST_SHORT).await;
    assert_eq!(s.get(KIND, &ids[0]).await.unwrap(), None);
    assert_eq!(s.get(KIND, &ids[1]).await.unwrap(), None);
    assert_eq!(s.take(KIND, &ids[2]).await.unwrap(), None);
    assert_eq!(s.spend(KIND, &ids[3]).await.unwrap(), Spent::Unknown);
    assert_eq!(s.get_extending(KIND, &ids[4], LONG).await.unwrap(), None);
    assert_eq!(s.get(KIND, &ids[4]).await.unwrap(), None);
}

async fn reading_may_begin_the_lifetime_anew(s: EphemeralStore) {
    let (kept, lost) = (name("id"), name("id"));
    s.put(KIND, &kept, b"v".to_vec(), SHORT).await.unwrap();
    s.put(KIND, &lost, b"v".to_vec(), LONG).await.unwrap();
    assert_eq!(
        s.get_extending(KIND, &kept, LONG).await.unwrap(),
        Some(b"v".to_vec())
    );
    assert_eq!(
        s.get_extending(KIND, &lost, SHORT).await.unwrap(),
        Some(b"v".to_vec())
    );
    tokio::time::sleep(PAST_SHORT).await;
    assert_eq!(s.get(KIND, &kept).await.unwrap(), Some(b"v".to_vec()));
    assert_eq!(s.get(KIND, &lost).await.unwrap(), None);
}

async fn spent_value_is_known_as_spent(s: EphemeralStore) {
    let id = name("id");
    s.put(KIND, &id, b"v".to_vec(), LONG).await.unwrap();
    assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Won(b"v".to_vec()));
    assert_eq!(
        s.spend(KIND, &id).await.unwrap(),
        Spent::Before(b"v".to_vec())
    );
    assert_eq!(s.get(KIND, &id).await.unwrap(), None);
    assert_eq!(s.get_extending(KIND, &id, LONG).await.unwrap(), None);
    assert_eq!(
        s.spend(KIND, &id).await.unwrap(),
        Spent::Before(b"v".to_vec())
    );
    assert_eq!(s.take(KIND, &id).await.unwrap(), None);
}

async fn spent_mark_ends_with_the_lifetime(s: EphemeralStore) {
    let id = name("id");
    s.put(KIND, &id, b"v".to_vec(), SHORT).await.unwrap();
    assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Won(b"v".to_vec()));
    tokio::time::sleep(PAST_SHORT).await;
    assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Unknown);
}

async fn count_grows_and_ends_with_its_window(s: EphemeralStore) {
    let (id, other) = (name("id"), name("id"));
    assert_eq!(s.count(KIND, &id, SHORT).await.unwrap(), 1);
    assert_eq!(s.count(KIND, &id, LONG).await.unwrap(), 2);
    assert_eq!(s.count(KIND, &other, LONG).await.unwrap(), 1);
    tokio::time::sleep(PAST_SHORT).await;
    assert_eq!(s.count(KIND, &id, LONG).await.unwrap(), 1);
    assert_eq!(s.count(KIND, &id, LONG).await.unwrap(), 2);
}

async fn count_is_no_record(s: EphemeralStore) {
    let id = name("id");
    s.count(KIND, &id, LONG).await.unwrap();
    let impossible = |result| matches!(result, Err(EphemeralError::ImpossibleRecord(KIND)));
    assert!(impossible(s.get(KIND, &id).await));
    assert!(matches!(
        s.spend(KIND, &id).await,
        Err(EphemeralError::ImpossibleRecord(KIND))
    ));
}

async fn any_octets_come_back(s: EphemeralStore) {
    for value in [
        vec![],
        vec![b's'],
        vec![b'f', 0],
        (0..=255).collect(),
        vec![7; 100_000],
    ] {
        let id = format!("{}:\u{0}\r\n 盟市", name("id"));
        s.put(KIND, &id, value.clone(), LONG).await.unwrap();
        assert_eq!(s.get(KIND, &id).await.unwrap(), Some(value.clone()));
        assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Won(value.clone()));
        assert_eq!(s.spend(KIND, &id).await.unwrap(), Spent::Before(value));
    }
}

async fn typed_records_come_back(s: EphemeralStore) {
    let challenge = Challenge {
        nonce: name("nonce"),
        session: "session".into(),
        purpose: Purpose::Login,
        statement: "登录".into(),
        issued_at: Timestamp::from_unix_seconds(1),
    };
    let id = challenge.nonce.clone();
    s.put_record(&id, &challenge, LONG).await.unwrap();
    assert_eq!(
        s.get_record::<Challenge>(&id).await.unwrap(),
        Some(challenge.clone())
    );
    assert_eq!(
        s.take_record::<Challenge>(&id).await.unwrap(),
        Some(challenge)
    );
    s.put("challenge", &id, b"{}".to_vec(), LONG).await.unwrap();
    let read = s.take_record::<Challenge>(&id).await;
    assert!(matches!(
        read,
        Err(EphemeralError::ImpossibleRecord("challenge"))
    ));
}

const RACERS: usize = 64;
const ROUNDS: usize = 50;

async fn of_sixty_four_takers_one_wins(s: EphemeralStore) {
    for _ in 0..ROUNDS {
        let id = name("id");
        s.put(KIND, &id, b"v".to_vec(), LONG).await.unwrap();
        let taken = all(RACERS, |_| {
            let (s, id) = (s.clone(), id.clone());
            async move { s.take(KIND, &id).await.unwrap() }
        })
        .await;
        assert_eq!(taken.iter().flatten().count(), 1);
    }
}

async fn of_sixty_four_spenders_one_wins(s: EphemeralStore) {
    for _ in 0..ROUNDS {
        let id = name("id");
        s.put(KIND, &id, b"v".to_vec(), LONG).await.unwrap();
        let spent = all(RACERS, |_| {
            let (s, id) = (s.clone(), id.clone());
            async move { s.spend(KIND, &id).await.unwrap() }
        })
        .await;
        let (won, before) = (Spent::Won(b"v".to_vec()), Spent::Before(b"v".to_vec()));
        assert_eq!(spent.iter().filter(|spent| **spent == won).count(), 1);
        assert_eq!(
            spent.iter().filter(|spent| **spent == before).count(),
            RACERS - 1
        );
    }
}

async fn of_sixty_four_replays_one_is_stored(s: EphemeralStore) {
    for _ in 0..ROUNDS {
        let id = name("id");
        let stored = all(RACERS, |_| {
            let (s, id) = (s.clone(), id.clone());
            async move { s.put_if_absent(KIND, &id, vec![], LONG).await.unwrap() }
        })
        .await;
        assert_eq!(stored.into_iter().filter(|stored| *stored).count(), 1);
    }
}

async fn every_count_is_counted(s: EphemeralStore) {
    let id = name("id");
    let mut counts = all(RACERS, |_| {
        let (s, id) = (s.clone(), id.clone());
        async move { s.count(KIND, &id, LONG).await.unwrap() }
    })
    .await;
    counts.sort_unstable();
    assert!(counts.into_iter().eq(1..=u64::try_from(RACERS).unwrap()));
}

async fn store_answers_ping(s: EphemeralStore) {
    s.ping().await.unwrap();
}
