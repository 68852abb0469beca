//! Refreshes that something comes between: nobody waits any more, the store fails, many fail at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use client_adapter::{
    Adapter, Clock, IdTokenFault, InMemorySessionStore, ProviderLogout, RefreshError, Session,
    SessionError, SessionKey, SessionStore, Sessions, StoreFailure, Stored, Tokens,
};
use tokio::time::sleep;

use crate::fake_provider::{FakeProvider, Signature, Wrong, now};
use crate::{all, login, settings};

/// A store that fails to replace so many times.
struct Moody {
    kept: InMemorySessionStore,
    failures: AtomicUsize,
}

impl SessionStore for Moody {
    fn insert<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool> {
        self.kept.insert(key, session)
    }

    fn find<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>> {
        self.kept.find(key)
    }

    fn replace<'a>(&'a self, key: &'a SessionKey, session: Session) -> Stored<'a, bool> {
        let fewer = |left: usize| left.checked_sub(1);
        if (self.failures)
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer)
            .is_ok()
        {
            return Box::pin(async { Err(StoreFailure("away".to_owned())) });
        }
        self.kept.replace(key, session)
    }

    fn remove<'a>(&'a self, key: &'a SessionKey) -> Stored<'a, Option<Session>> {
        self.kept.remove(key)
    }

    fn log_out<'a>(&'a self, logout: &'a ProviderLogout) -> Stored<'a, Option<usize>> {
        self.kept.log_out(logout)
    }
}

/// A platform at a provider that issues refresh tokens.
struct Place {
    provider: FakeProvider,
    sessions: Sessions,
    store: Arc<Moody>,
    later: Arc<AtomicI64>,
}

impl Place {
    async fn new() -> Self {
        let provider = FakeProvider::start(slow(Duration::ZERO));
        let later = Arc::new(AtomicI64::new(0));
        let hand = Arc::clone(&later);
        let clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
        let mut settings = settings(&provider);
        settings.clock = clock.clone();
        let adapter = Arc::new(Adapter::discover(settings).await.unwrap());
        let store = Arc::new(Moody {
            kept: InMemorySessionStore::new(100, clock),
            failures: AtomicUsize::new(0),
        });
        let kept: Arc<dyn SessionStore> = store.clone();
        Self {
            sessions: Sessions::new(adapter, kept),
            provider,
            store,
            later,
        }
    }

    async fn sign_in(&self) -> SessionKey {
        let signed_in = login(self.sessions.adapter(), &self.provider).await;
        let begun = self.sessions.begin(signed_in.unwrap()).await;
        begun.unwrap().unwrap()
    }

    /// How often the token endpoint was asked.
    fn asked(&self) -> usize {
        self.provider.seen("/oauth2/token").len()
    }

    /// Waits for `asking` until the token endpoint was asked so often, and no longer.
    async fn give_up_once_asked(&self, asking: impl Future, count: usize) {
        tokio::select! {
            _ = asking => panic!("it was answered"),
            () = self.provider.has_seen("/oauth2/token", count) => (),
        }
        assert_eq!(self.asked(), count);
    }

    async fn no_refresh_is_under_way(&self) {
        for _ in 0..100 {
            if self.sessions.refreshing() == 0 {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("{} refreshes have no end", self.sessions.refreshing());
    }
}

fn slow(token_takes: Duration) -> Wrong {
    Wrong {
        refreshes: true,
        // Short, so that the clock need not go beyond the end of the ID tokens.
        answer: |answer| answer["expires_in"] = 60.into(),
        token_takes,
        ..Wrong::default()
    }
}

#[actix_web::test]
async fn a_refresh_goes_on_though_nobody_waits_for_it() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    let first = at.sessions.find(&key).await.unwrap().unwrap();
    for round in 1..=3 {
        at.later.fetch_add(40, Ordering::SeqCst);
        at.provider.hold_answers();
        at.give_up_once_asked(at.sessions.find_fresh(&key), 1 + round)
            .await;
        // The provider has replaced the refresh token by now; its answer is on its way.
        if round == 2 {
            // Nobody comes while it is.
            at.provider.let_answers_go();
            at.no_refresh_is_under_way().await;
        }
        let found = async {
            let found = at.sessions.find_fresh(&key).await;
            found.unwrap().unwrap()
        };
        // Asked for first, let go afterwards.
        let (session, ()) = tokio::join!(found, async { at.provider.let_answers_go() });
        let old = first.tokens.access_token.reveal();
        assert!(!session.tokens.access_token.matches(old));
        assert_eq!(at.asked(), 1 + round);
    }
    assert_eq!(at.provider.reuses(), 0);
    at.no_refresh_is_under_way().await;
}

#[actix_web::test]
async fn refreshes_that_are_over_leave_nothing_behind() {
    let at = Place::new().await;
    let mut keys = Vec::new();
    for _ in 0..10 {
        keys.push(at.sign_in().await);
    }
    at.provider.hold_answers();
    at.later.store(40, Ordering::SeqCst);
    let asking = all(keys.iter().map(|key| at.sessions.find_fresh(key)));
    at.give_up_once_asked(asking, 20).await;
    assert_eq!(at.sessions.refreshing(), 10);
    at.provider.let_answers_go();
    at.no_refresh_is_under_way().await;
    assert_eq!(at.provider.reuses(), 0);
}

#[actix_web::test]
async fn a_store_that_fails_loses_no_refresh_token() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    // For a moment: nobody notices.
    at.store.failures.store(2, Ordering::SeqCst);
    at.later.fetch_add(40, Ordering::SeqCst);
    let first = at.sessions.find_fresh(&key).await.unwrap().unwrap();
    assert_eq!(at.asked(), 2);

    // For longer: who asks is told, and nobody spends the old token again.
    at.store.failures.store(1000, Ordering::SeqCst);
    at.later.fetch_add(40, Ordering::SeqCst);
    for _ in 0..3 {
        match at.sessions.find_fresh(&key).await {
            Err(SessionError::Store(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    at.store.failures.store(0, Ordering::SeqCst);
    at.no_refresh_is_under_way().await;
    let session = at.sessions.find_fresh(&key).await.unwrap().unwrap();
    let old = first.tokens.access_token.reveal();
    assert!(!session.tokens.access_token.matches(old));
    assert_eq!(at.asked(), 3);
    at.later.fetch_add(40, Ordering::SeqCst);
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    assert_eq!(at.provider.reuses(), 0);
}

#[actix_web::test]
async fn a_refresh_that_fails_fails_once_for_all_who_wait() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    at.provider.change(Wrong {
        token: Some((503, "text/plain", "later".to_owned())),
        ..slow(Duration::from_millis(100))
    });
    at.later.store(40, Ordering::SeqCst);
    let many = (0..10).map(|_| at.sessions.find_fresh(&key));
    for outcome in all(many).await {
        assert!(
            matches!(outcome, Err(SessionError::Refresh(_))),
            "{outcome:?}"
        );
    }
    assert_eq!(at.asked(), 2);
    // It is over: the next one tries anew.
    at.no_refresh_is_under_way().await;
    at.provider.change(slow(Duration::ZERO));
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    assert_eq!(at.provider.reuses(), 0);
}

#[actix_web::test]
async fn an_answer_that_is_lost_is_asked_for_once_more() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    at.provider.lose_answers(1);
    at.later.fetch_add(40, Ordering::SeqCst);
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    let asked = at.provider.seen("/oauth2/token");
    assert_eq!(asked.len(), 3);
    assert_eq!(
        asked[1].form["refresh_token"],
        asked[2].form["refresh_token"]
    );
    at.later.fetch_add(40, Ordering::SeqCst);
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    assert_eq!((at.asked(), at.provider.reuses()), (4, 0));
}

#[actix_web::test]
async fn an_answer_that_does_not_end_is_given_up_in_time_and_asked_for_once_more() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    at.provider.stall_answers(1);
    at.later.fetch_add(40, Ordering::SeqCst);
    let begun = Instant::now();
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    // The provider gives the same successor for ten seconds.
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert_eq!((at.asked(), at.provider.reuses()), (3, 0));
    at.later.fetch_add(40, Ordering::SeqCst);
    assert!(at.sessions.find_fresh(&key).await.unwrap().is_some());
    assert_eq!((at.asked(), at.provider.reuses()), (4, 0));
}

/// A refresh that fails by its ID token; answers why.
async fn refused(at: &Place, key: &SessionKey) -> IdTokenFault {
    match at.sessions.find_fresh(key).await {
        Err(SessionError::Refresh(error)) => match &*error {
            RefreshError::IdToken { fault, .. } => *fault,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_refresh_token_that_came_beside_a_refused_id_token_is_kept_and_nothing_else() {
    let at = Place::new().await;
    let key = at.sign_in().await;
    let first = at.sessions.find(&key).await.unwrap().unwrap().tokens;
    at.later.fetch_add(40, Ordering::SeqCst);
    // A key that nobody can know yet.
    at.provider.change(Wrong {
        signature: Signature::NewKey,
        ..slow(Duration::ZERO)
    });
    assert_eq!(refused(&at, &key).await, IdTokenFault::UnknownKey);
    let kept = at.sessions.find(&key).await.unwrap().unwrap().tokens;
    let refresh_token = |it: &Tokens| it.refresh_token.as_ref().unwrap().reveal().to_owned();
    assert_ne!(refresh_token(&kept), refresh_token(&first));
    assert!(kept.access_token.matches(first.access_token.reveal()));
    assert!(kept.id_token.matches(first.id_token.reveal()));
    assert_eq!(kept.expires_at, first.expires_at);

    // Another person's, and then none at all: the session takes neither.
    at.provider.change(Wrong {
        refreshed: |claims| claims["sub"] = "enterprise-2".into(),
        ..slow(Duration::ZERO)
    });
    assert_eq!(refused(&at, &key).await, IdTokenFault::OtherSession);
    at.provider.change(Wrong {
        answer: |answer| {
            answer["expires_in"] = 60.into();
            answer.as_object_mut().unwrap().remove("id_token");
        },
        ..slow(Duration::ZERO)
    });
    assert_eq!(refused(&at, &key).await, IdTokenFault::Absent);
    let kept = at.sessions.find(&key).await.unwrap().unwrap().tokens;
    assert!(kept.access_token.matches(first.access_token.reveal()));

    // Right again, by a key that is published by now.
    at.provider.publish_other_key();
    at.provider.change(Wrong {
        signature: Signature::NewKey,
        ..slow(Duration::ZERO)
    });
    at.later.fetch_add(20, Ordering::SeqCst);
    let session = at.sessions.find_fresh(&key).await.unwrap().unwrap();
    assert!(!(session.tokens.access_token).matches(first.access_token.reveal()));
    assert_eq!((at.asked(), at.provider.reuses()), (5, 0));
}
