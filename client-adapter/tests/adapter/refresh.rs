//! Sessions and their tokens: refreshed once, by one, for the same person; ended when the provider ends them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use client_adapter::{
    Adapter, Clock, IdTokenFault, InMemorySessionStore, RefreshError, SessionError, SessionKey,
    Sessions, TokenFault,
};

use crate::fake_provider::{FakeProvider, SUBJECT, Signature, Wrong, now};
use crate::{all, login, settings};

/// Sessions of a platform at `provider`, and the hand of its clock.
async fn sessions(provider: &FakeProvider) -> (Sessions, Arc<AtomicI64>) {
    let later = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&later);
    let clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
    let mut settings = settings(provider);
    settings.clock = clock.clone();
    let adapter = Arc::new(Adapter::discover(settings).await.unwrap());
    let store = Arc::new(InMemorySessionStore::new(100, clock));
    (Sessions::new(adapter, store), later)
}

async fn signed_in(sessions: &Sessions, provider: &FakeProvider) -> SessionKey {
    let signed_in = login(sessions.adapter(), provider).await.unwrap();
    sessions.begin(signed_in).await.unwrap().unwrap()
}

fn refreshing() -> Wrong {
    Wrong {
        refreshes: true,
        ..Wrong::default()
    }
}

#[actix_web::test]
async fn tokens_that_end_soon_are_refreshed_once_whoever_asks() {
    let provider = FakeProvider::start(refreshing());
    let (sessions, later) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let first = sessions.find_fresh(&key).await.unwrap().unwrap();
    assert_eq!(provider.seen("/oauth2/token").len(), 1);

    later.store(280, Ordering::SeqCst);
    let many = (0..10).map(|_| sessions.find_fresh(&key));
    for session in all(many).await {
        let session = session.unwrap().unwrap();
        assert_eq!(session.sub, SUBJECT);
        let old = first.tokens.access_token.reveal();
        assert!(!session.tokens.access_token.matches(old));
    }
    let asked = provider.seen("/oauth2/token");
    assert_eq!(asked.len(), 2);
    let refresh_token = first.tokens.refresh_token.unwrap();
    assert_eq!(asked[1].form["refresh_token"], refresh_token.reveal());
    assert!(asked[1].authorization.is_some());
}

#[actix_web::test]
async fn a_session_whose_grant_has_ended_ends() {
    let provider = FakeProvider::start(refreshing());
    let (sessions, later) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let error = |code| Some((400, "application/json", format!(r#"{{"error":"{code}"}}"#)));
    provider.change(Wrong {
        token: error("invalid_grant"),
        ..Wrong::default()
    });
    // Not due: nobody asks.
    assert!(sessions.find_fresh(&key).await.unwrap().is_some());
    later.store(280, Ordering::SeqCst);
    assert!(sessions.find_fresh(&key).await.unwrap().is_none());
    assert!(sessions.find(&key).await.unwrap().is_none());
}

#[actix_web::test]
async fn a_session_outlives_a_provider_that_is_away_or_odd() {
    let provider = FakeProvider::start(refreshing());
    let (sessions, later) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    later.store(280, Ordering::SeqCst);
    provider.change(Wrong {
        token: Some((503, "text/plain", "later".to_owned())),
        ..Wrong::default()
    });
    match sessions.find_fresh(&key).await {
        Err(SessionError::Refresh(error)) => {
            let expected = matches!(*error, RefreshError::Token(TokenFault::Busy));
            assert!(expected, "{error:?}");
        }
        other => panic!("{other:?}"),
    }
    provider.change(refreshing());
    assert!(sessions.find_fresh(&key).await.unwrap().is_some());
}

#[actix_web::test]
async fn a_refreshed_id_token_must_continue_the_session() {
    use IdTokenFault as F;
    type Change = fn(&mut serde_json::Value);
    let rows: [(&str, Change, Option<F>); 12] = [
        ("nothing", |_| {}, None),
        (
            "another sub",
            |c| c["sub"] = "enterprise-2".into(),
            Some(F::OtherSession),
        ),
        (
            "another sid",
            |c| c["sid"] = "session-2".into(),
            Some(F::OtherSession),
        ),
        (
            "another auth_time",
            |c| c["auth_time"] = now().into(),
            Some(F::OtherSession),
        ),
        (
            "another acr",
            |c| c["acr"] = "password".into(),
            Some(F::OtherSession),
        ),
        (
            "another iss",
            |c| c["iss"] = "https://evil.example".into(),
            Some(F::Issuer),
        ),
        (
            "another aud",
            |c| c["aud"] = "huhehaote".into(),
            Some(F::Audience),
        ),
        (
            "another azp",
            |c| c["azp"] = "huhehaote".into(),
            Some(F::AuthorizedParty),
        ),
        (
            "a nonce of another login",
            |c| c["nonce"] = "another".into(),
            Some(F::Nonce),
        ),
        (
            "an old iat",
            |c| c["iat"] = (now() - 3600).into(),
            Some(F::TooOld),
        ),
        (
            "expired",
            |c| c["exp"] = (now() - 1).into(),
            Some(F::Expired),
        ),
        (
            "wrong at_hash",
            |c| c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into(),
            Some(F::AccessTokenHash),
        ),
    ];
    for (what, refreshed, expected) in rows {
        let provider = FakeProvider::start(Wrong {
            refreshed,
            ..refreshing()
        });
        let (sessions, _) = sessions(&provider).await;
        let key = signed_in(&sessions, &provider).await;
        let session = sessions.find(&key).await.unwrap().unwrap();
        match (sessions.adapter().refresh(&session).await, expected) {
            (Ok(_), None) => {}
            (Err(RefreshError::IdToken { fault, .. }), Some(expected)) => {
                assert_eq!(fault, expected, "{what}");
            }
            (other, _) => panic!("{what}: {other:?}"),
        }
        provider.stop().await;
    }
}

#[actix_web::test]
async fn a_forged_refreshed_id_token_is_refused_and_none_is_allowed() {
    let provider = FakeProvider::start(refreshing());
    let (sessions, _) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let mut session = sessions.find(&key).await.unwrap().unwrap();
    for (signature, expected) in [
        (Signature::Unsigned, IdTokenFault::Unsigned),
        (Signature::Hs256WithSecret, IdTokenFault::Algorithm),
        (Signature::OtherKey, IdTokenFault::Signature),
    ] {
        provider.change(Wrong {
            signature,
            ..refreshing()
        });
        match sessions.adapter().refresh(&session).await {
            Err(RefreshError::IdToken { fault, .. }) => assert_eq!(fault, expected),
            other => panic!("{signature:?}: {other:?}"),
        }
        // The refresh token was spent by the attempt; sign in anew.
        provider.change(refreshing());
        let key = signed_in(&sessions, &provider).await;
        session = sessions.find(&key).await.unwrap().unwrap();
    }
    provider.change(Wrong {
        answer: |answer| {
            answer.as_object_mut().unwrap().remove("id_token");
            answer.as_object_mut().unwrap().remove("refresh_token");
        },
        ..refreshing()
    });
    let tokens = sessions.adapter().refresh(&session).await.unwrap();
    // What did not come anew stays.
    assert!(tokens.id_token.matches(session.tokens.id_token.reveal()));
    let old = session.tokens.refresh_token.unwrap();
    assert!(tokens.refresh_token.unwrap().matches(old.reveal()));
}

#[actix_web::test]
async fn without_a_refresh_token_a_session_lives_its_time_and_says_so() {
    let provider = FakeProvider::start(Wrong::default());
    let (sessions, later) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    later.store(3600, Ordering::SeqCst);
    let session = sessions.find_fresh(&key).await.unwrap().unwrap();
    match sessions.adapter().refresh(&session).await {
        Err(RefreshError::NoRefreshToken) => {}
        other => panic!("{other:?}"),
    }
    later.store(8 * 3600 + 1, Ordering::SeqCst);
    assert!(sessions.find_fresh(&key).await.unwrap().is_none());
}

#[actix_web::test]
async fn userinfo_can_be_asked_again() {
    let provider = FakeProvider::start(refreshing());
    let (sessions, _) = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let session = sessions.find(&key).await.unwrap().unwrap();
    provider.change(Wrong {
        user_info: |told| told["name"] = "新名称".into(),
        ..refreshing()
    });
    let told = sessions.adapter().user_info(&session).await.unwrap();
    assert_eq!(told.enterprise.unwrap().name, "新名称");
    provider.change(Wrong {
        user_info: |told| told["sub"] = "enterprise-2".into(),
        ..refreshing()
    });
    assert!(sessions.adapter().user_info(&session).await.is_err());
}
