//! Signing out: here and at the provider, and because the provider says so.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{App, test};
use client_adapter::actix::{BACKCHANNEL_LOGOUT_PATH, configure_sessions};
use client_adapter::{
    Adapter, Clock, InMemorySessionStore, LogoutFault, LogoutTokenFault, Secret, SessionKey,
    Sessions, SignOut,
};
use serde_json::Value;

use crate::fake_provider::{CLIENT_ID, FakeProvider, Signature, Wrong, now};
use crate::{login, settings};

async fn sessions(provider: &FakeProvider) -> Arc<Sessions> {
    let mut settings = settings(provider);
    settings.post_logout_redirect_uri = Some("http://127.0.0.1:9/".parse().unwrap());
    let adapter = Arc::new(Adapter::discover(settings).await.unwrap());
    let store = InMemorySessionStore::new(100, Clock::system());
    Arc::new(Sessions::new(adapter, Arc::new(store)))
}

async fn signed_in(sessions: &Sessions, provider: &FakeProvider) -> SessionKey {
    let signed_in = login(sessions.adapter(), provider).await.unwrap();
    sessions.begin(signed_in).await.unwrap().unwrap()
}

fn notice(provider: &FakeProvider, claims: fn(&mut Value)) -> String {
    provider.logout_notice(Signature::Es256, |_| {}, claims)
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_leads_to_the_provider() {
    let provider = FakeProvider::start(Wrong::default());
    let sessions = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let session = sessions.find(&key).await.unwrap().unwrap();
    let wish = SignOut {
        state: Some(Secret::new("state-1")),
        ui_locales: vec!["zh-CN".to_owned(), "&x=1".to_owned()],
    };
    let url = sessions
        .sign_out(&key, wish.clone())
        .await
        .unwrap()
        .unwrap();
    assert!(sessions.find(&key).await.unwrap().is_none());
    assert!(
        url.as_str()
            .starts_with(&format!("{}/oauth2/logout?", provider.issuer()))
    );
    let sent: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(sent.len(), url.query_pairs().count());
    for (name, value) in [
        ("id_token_hint", session.tokens.id_token.reveal()),
        ("client_id", CLIENT_ID),
        ("post_logout_redirect_uri", "http://127.0.0.1:9/"),
        ("state", "state-1"),
        ("ui_locales", "zh-CN"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
    // There is nobody to sign out any more.
    assert!(sessions.sign_out(&key, wish).await.unwrap().is_none());
}

#[actix_web::test]
async fn signing_out_works_where_the_provider_has_no_such_place() {
    let provider = FakeProvider::start(Wrong {
        discovery: |d| {
            d.as_object_mut().unwrap().remove("end_session_endpoint");
        },
        ..Wrong::default()
    });
    let sessions = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let url = sessions.sign_out(&key, SignOut::default()).await.unwrap();
    assert!(url.is_none());
    assert!(sessions.find(&key).await.unwrap().is_none());
}

#[actix_web::test]
async fn the_provider_ends_sessions_by_sid_or_by_sub() {
    let provider = FakeProvider::start(Wrong::default());
    let sessions = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    let other = notice(&provider, |claims| claims["sid"] = "session-2".into());
    assert_eq!(sessions.receive_logout(&other).await.unwrap(), 0);
    assert!(sessions.find(&key).await.unwrap().is_some());
    let by_sid = notice(&provider, |claims| {
        claims.as_object_mut().unwrap().remove("sub");
        // Not in the second of the sign-ins below.
        claims["iat"] = (now() - 5).into();
    });
    assert_eq!(sessions.receive_logout(&by_sid).await.unwrap(), 1);
    assert!(sessions.find(&key).await.unwrap().is_none());

    signed_in(&sessions, &provider).await;
    signed_in(&sessions, &provider).await;
    let by_sub = notice(&provider, |claims| {
        claims.as_object_mut().unwrap().remove("sid");
    });
    assert_eq!(sessions.receive_logout(&by_sub).await.unwrap(), 2);
}

#[actix_web::test]
async fn a_logout_that_overtakes_its_sign_in_is_not_forgotten() {
    type Change = fn(&mut Value);
    let by_sid: Change = |claims| {
        claims.as_object_mut().unwrap().remove("sub");
    };
    let by_sub: Change = |claims| {
        claims.as_object_mut().unwrap().remove("sid");
    };
    for claims in [by_sid, by_sub] {
        let provider = FakeProvider::start(Wrong::default());
        let sessions = sessions(&provider).await;
        // The code is redeemed; the platform is about to begin a session.
        let signed_in = login(sessions.adapter(), &provider).await.unwrap();
        let told = notice(&provider, claims);
        assert_eq!(sessions.receive_logout(&told).await.unwrap(), 0);
        assert!(sessions.begin(signed_in.clone()).await.unwrap().is_none());
        // Nor with the next cookie.
        assert!(sessions.begin(signed_in).await.unwrap().is_none());
        provider.stop().await;
    }
    // Tokens that were issued later, in the same session of the provider, are of a sign-in that came later.
    let provider = FakeProvider::start(Wrong::default());
    let sessions = sessions(&provider).await;
    let told = notice(&provider, |claims| claims["iat"] = (now() - 1).into());
    assert_eq!(sessions.receive_logout(&told).await.unwrap(), 0);
    let key = signed_in(&sessions, &provider).await;
    assert!(sessions.find(&key).await.unwrap().is_some());
}

#[actix_web::test]
async fn a_logout_that_is_told_late_ends_nothing_that_began_since() {
    type Change = fn(&mut Value);
    let rows: [(Change, bool); 5] = [
        // Long before the sign-in: consent was taken back, and given again.
        (|claims| claims["toe"] = (now() - 60).into(), true),
        // Clocks of the provider's processes differ.
        (|claims| claims["toe"] = (now() - 1).into(), false),
        (|claims| claims["toe"] = now().into(), false),
        // No later than it was said.
        (|claims| claims["toe"] = (now() + 3600).into(), false),
        // Nobody says when.
        (|claims| claims["iat"] = (now() - 60).into(), false),
    ];
    for (i, (claims, goes_on)) in rows.into_iter().enumerate() {
        let provider = FakeProvider::start(Wrong::default());
        let sessions = sessions(&provider).await;
        let key = signed_in(&sessions, &provider).await;
        let told = notice(&provider, claims);
        let ended = sessions.receive_logout(&told).await.unwrap();
        assert_eq!(ended, usize::from(!goes_on), "{i}");
        let found = sessions.find(&key).await.unwrap();
        assert_eq!(found.is_some(), goes_on, "{i}");
        // Who comes afterwards is of a later sign-in as well.
        if goes_on {
            let later = signed_in(&sessions, &provider).await;
            assert!(sessions.find(&later).await.unwrap().is_some());
        }
        provider.stop().await;
    }
}

#[actix_web::test]
async fn wrong_logout_tokens_end_nothing() {
    use LogoutTokenFault as F;
    use Signature as S;
    type Change = fn(&mut Value);
    fn same(_: &mut Value) {}
    let rows: Vec<(&str, S, Change, Change, F)> = vec![
        ("unsigned", S::Unsigned, same, same, F::Algorithm),
        (
            "HS256 with the secret",
            S::Hs256WithSecret,
            same,
            same,
            F::Algorithm,
        ),
        (
            "HS256 with the public key",
            S::Hs256WithPublicKey,
            same,
            same,
            F::Algorithm,
        ),
        ("a broken signature", S::Broken, same, same, F::Signature),
        ("no signature", S::Stripped, same, same, F::Signature),
        (
            "another key under our kid",
            S::OtherKey,
            same,
            same,
            F::Signature,
        ),
        ("an unpublished key", S::NewKey, same, same, F::UnknownKey),
        (
            "no kid",
            S::Es256,
            |h| {
                h.as_object_mut().unwrap().remove("kid");
            },
            same,
            F::UnknownKey,
        ),
        (
            "an ID token",
            S::Es256,
            |h| h["typ"] = "JWT".into(),
            same,
            F::Kind,
        ),
        (
            "no typ",
            S::Es256,
            |h| {
                h.as_object_mut().unwrap().remove("typ");
            },
            same,
            F::Kind,
        ),
        (
            "unknown crit",
            S::Es256,
            |h| h["crit"] = serde_json::json!(["x"]),
            same,
            F::CriticalHeader,
        ),
        (
            "another iss",
            S::Es256,
            same,
            |c| c["iss"] = "https://evil.example".into(),
            F::Issuer,
        ),
        (
            "another aud",
            S::Es256,
            same,
            |c| c["aud"] = "huhehaote".into(),
            F::Audience,
        ),
        (
            "no aud",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("aud");
            },
            F::Malformed,
        ),
        (
            "expired",
            S::Es256,
            same,
            |c| {
                c["iat"] = (now() - 120).into();
                c["exp"] = (now() - 60).into();
            },
            F::Expired,
        ),
        (
            "no exp",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("exp");
            },
            F::Malformed,
        ),
        (
            "for ever",
            S::Es256,
            same,
            |c| c["exp"] = (now() + 86_400).into(),
            F::IssueTime,
        ),
        (
            "from the future",
            S::Es256,
            same,
            |c| c["iat"] = (now() + 100).into(),
            F::IssueTime,
        ),
        (
            "no iat",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("iat");
            },
            F::Malformed,
        ),
        (
            "no jti",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("jti");
            },
            F::Malformed,
        ),
        (
            "an empty jti",
            S::Es256,
            same,
            |c| c["jti"] = "".into(),
            F::Malformed,
        ),
        (
            "no events",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("events");
            },
            F::Malformed,
        ),
        (
            "another event",
            S::Es256,
            same,
            |c| c["events"] = serde_json::json!({ "x": {} }),
            F::Events,
        ),
        (
            "an event that is no object",
            S::Es256,
            same,
            |c| {
                c["events"] =
                    serde_json::json!({ "http://schemas.openid.net/event/backchannel-logout": 1 });
            },
            F::Events,
        ),
        (
            "nobody",
            S::Es256,
            same,
            |c| {
                c.as_object_mut().unwrap().remove("sub");
                c.as_object_mut().unwrap().remove("sid");
            },
            F::Nobody,
        ),
        (
            "an empty sid",
            S::Es256,
            same,
            |c| c["sid"] = "".into(),
            F::Nobody,
        ),
        (
            "a nonce",
            S::Es256,
            same,
            |c| c["nonce"] = "n".into(),
            F::Nonce,
        ),
        (
            "a nonce that is null",
            S::Es256,
            same,
            |c| c["nonce"] = serde_json::Value::Null,
            F::Nonce,
        ),
        (
            "crit that is null",
            S::Es256,
            |h| h["crit"] = serde_json::Value::Null,
            |_| {},
            F::CriticalHeader,
        ),
    ];
    let provider = FakeProvider::start(Wrong::default());
    let sessions = sessions(&provider).await;
    let key = signed_in(&sessions, &provider).await;
    for (what, signature, header, claims, expected) in rows {
        let form = provider.logout_notice(signature, header, claims);
        match sessions.receive_logout(&form).await {
            Err(LogoutFault::Token(fault)) => assert_eq!(fault, expected, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
    let right = notice(&provider, |_| {});
    for form in [
        "",
        "logout_token=",
        "logout_token=a.b.c",
        &format!("{right}&{right}"),
    ] {
        match sessions.receive_logout(form).await {
            Err(LogoutFault::Token(LogoutTokenFault::Malformed)) => {}
            other => panic!("{form}: {other:?}"),
        }
    }
    assert!(sessions.find(&key).await.unwrap().is_some());
    assert_eq!(sessions.receive_logout(&right).await.unwrap(), 1);
    match sessions.receive_logout(&right).await {
        Err(LogoutFault::Token(LogoutTokenFault::Replayed)) => {}
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn a_logout_token_of_a_new_key_makes_the_adapter_look_for_it() {
    let provider = FakeProvider::start(Wrong::default());
    let later = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let hand = Arc::clone(&later);
    let mut settings = settings(&provider);
    settings.clock = Clock::new(move || now() + hand.load(std::sync::atomic::Ordering::SeqCst));
    let adapter = Arc::new(Adapter::discover(settings).await.unwrap());
    let store = InMemorySessionStore::new(100, Clock::system());
    let sessions = Sessions::new(adapter, Arc::new(store));
    signed_in(&sessions, &provider).await;
    provider.publish_other_key();
    later.store(15, std::sync::atomic::Ordering::SeqCst);
    let form = provider.logout_notice(Signature::NewKey, |_| {}, |_| {});
    assert_eq!(sessions.receive_logout(&form).await.unwrap(), 1);
}

#[actix_web::test]
async fn the_route_answers_200_or_400_and_nothing_is_cached() {
    let provider = FakeProvider::start(Wrong::default());
    let sessions = sessions(&provider).await;
    let mounted = Arc::clone(&sessions);
    let app = App::new().configure(|config| configure_sessions(config, mounted));
    let app = test::init_service(app).await;
    let key = signed_in(&sessions, &provider).await;
    let right = notice(&provider, |_| {});
    let forged = provider.logout_notice(Signature::OtherKey, |_| {}, |_| {});
    for (form, status) in [
        (forged, 400),
        (right.clone(), 200),
        (right, 400),
        (format!("logout_token={}", "x".repeat(20_000)), 413),
    ] {
        let request = test::TestRequest::post()
            .uri(BACKCHANNEL_LOGOUT_PATH)
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(form)
            .to_request();
        let answer = test::call_service(&app, request).await;
        assert_eq!(answer.status(), status);
        let cached = answer.headers().get(header::CACHE_CONTROL).unwrap();
        assert_eq!(cached, "no-store");
    }
    assert!(sessions.find(&key).await.unwrap().is_none());
}
