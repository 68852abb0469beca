//! Deliberately wrong answers: each is refused, and each by its own name.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use client_adapter::protocol::scope::Scope;
use client_adapter::{
    Adapter, Advice, AuthorizationRefusal, CallbackQuery, Clock, HttpFailure, IdTokenFault,
    LoginError, MalformedCallback, Prompt, StartLogin, TokenFault, UserInfoFault,
};

use crate::fake_provider::{FakeProvider, Signature, Wrong, now};
use crate::{settings, sign_in, sign_in_with};

/// What is wrong, how to do it, and how it must be called.
type Row = (&'static str, Wrong, fn(&LoginError) -> bool);

macro_rules! row {
    ($what:expr, { $($field:ident : $value:expr),* }, $error:pat) => {
        (
            $what,
            Wrong { $($field: $value,)* ..Wrong::default() },
            (|error| matches!(error, $error)) as fn(&LoginError) -> bool,
        )
    };
}

async fn refuse_all(rows: Vec<Row>) {
    for (what, wrong, is_expected) in rows {
        let provider = FakeProvider::start(wrong);
        let error = (sign_in(&provider, settings(&provider)).await).expect_err(what);
        assert!(is_expected(&error), "{what}: {error:?}");
        assert!(!error.to_string().is_empty());
        provider.stop().await;
    }
}

#[actix_web::test]
async fn id_tokens_with_wrong_claims_are_refused() {
    use IdTokenFault as F;
    use LoginError::IdToken;
    fn without(claims: &mut serde_json::Value, name: &str) {
        claims.as_object_mut().unwrap().remove(name);
    }
    refuse_all(vec![
        row!("wrong iss", { claims: |c| c["iss"] = "https://evil.example".into() }, IdToken(F::Issuer)),
        row!("iss with a slash more", { claims: |c| c["iss"] = format!("{}/", c["iss"].as_str().unwrap()).into() }, IdToken(F::Issuer)),
        row!("no iss", { claims: |c| without(c, "iss") }, IdToken(F::Missing("iss"))),
        row!("wrong aud", { claims: |c| c["aud"] = "huhehaote".into() }, IdToken(F::Audience)),
        row!("no aud", { claims: |c| without(c, "aud") }, IdToken(F::Audience)),
        row!("empty aud", { claims: |c| c["aud"] = serde_json::json!([]) }, IdToken(F::Audience)),
        row!("another aud beside ours", { claims: |c| c["aud"] = serde_json::json!(["chifeng", "evil"]) }, IdToken(F::Audience)),
        row!("wrong azp", { claims: |c| c["azp"] = "huhehaote".into() }, IdToken(F::AuthorizedParty)),
        row!("no exp", { claims: |c| without(c, "exp") }, IdToken(F::Missing("exp"))),
        row!("expired", { claims: |c| c["exp"] = (now() - 1).into() }, IdToken(F::Expired)),
        row!("exp is a text", { claims: |c| c["exp"] = "tomorrow".into() }, IdToken(F::Malformed)),
        row!("exp beyond all calendars", { claims: |c| c["exp"] = i64::MAX.into() }, IdToken(F::Malformed)),
        row!("no iat", { claims: |c| without(c, "iat") }, IdToken(F::Missing("iat"))),
        row!("iat in the future", { claims: |c| c["iat"] = (now() + 120).into() }, IdToken(F::FromTheFuture)),
        row!("iat long ago", { claims: |c| c["iat"] = (now() - 3600).into() }, IdToken(F::TooOld)),
        row!("no nonce", { claims: |c| without(c, "nonce") }, IdToken(F::Nonce)),
        row!("wrong nonce", { claims: |c| c["nonce"] = "another".into() }, IdToken(F::Nonce)),
        row!("no sub", { claims: |c| without(c, "sub") }, IdToken(F::Missing("sub"))),
        row!("empty sub", { claims: |c| c["sub"] = "".into() }, IdToken(F::Subject)),
        row!("endless sub", { claims: |c| c["sub"] = "x".repeat(256).into() }, IdToken(F::Subject)),
        row!("no acr", { claims: |c| without(c, "acr") }, IdToken(F::Acr)),
        row!("wrong acr", { claims: |c| c["acr"] = "password".into() }, IdToken(F::Acr)),
        row!("no at_hash", { claims: |c| without(c, "at_hash") }, IdToken(F::Missing("at_hash"))),
        row!("wrong at_hash", { claims: |c| c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into() }, IdToken(F::AccessTokenHash)),
        row!("no sid", { claims: |c| without(c, "sid") }, IdToken(F::Missing("sid"))),
        row!("no auth_time", { claims: |c| without(c, "auth_time") }, IdToken(F::Missing("auth_time"))),
    ])
    .await;
}

#[actix_web::test]
async fn id_tokens_with_wrong_headers_and_signatures_are_refused() {
    use IdTokenFault as F;
    use LoginError::IdToken;
    refuse_all(vec![
        row!("alg none", { signature: Signature::Unsigned }, IdToken(F::Unsigned)),
        row!("alg None", { signature: Signature::Unsigned, header: |h| h["alg"] = "None".into() }, IdToken(F::Algorithm)),
        row!("HS256 with the client secret", { signature: Signature::Hs256WithSecret }, IdToken(F::Algorithm)),
        row!("HS256 with the public key", { signature: Signature::Hs256WithPublicKey }, IdToken(F::Algorithm)),
        row!("PS256, which was not agreed", { header: |h| h["alg"] = "PS256".into() }, IdToken(F::Algorithm)),
        row!("RS256 over an EC key", { header: |h| h["alg"] = "RS256".into() }, IdToken(F::UnknownKey)),
        row!("a broken signature", { signature: Signature::Broken }, IdToken(F::Signature)),
        row!("no signature", { signature: Signature::Stripped }, IdToken(F::Signature)),
        row!("another key under our kid", { signature: Signature::OtherKey }, IdToken(F::Signature)),
        row!("an unpublished key", { signature: Signature::NewKey }, IdToken(F::UnknownKey)),
        row!("an unpublished key that brings itself", { signature: Signature::NewKey, header: |h| {
            h["jku"] = "http://127.0.0.1:9/jwks".into();
            h["jwk"] = serde_json::json!({ "kty": "EC" });
        } }, IdToken(F::UnknownKey)),
        row!("unknown crit", { header: |h| {
            h["crit"] = serde_json::json!(["exp-policy"]);
            h["exp-policy"] = "x".into();
        } }, IdToken(F::CriticalHeader)),
        row!("empty crit", { header: |h| h["crit"] = serde_json::json!([]) }, IdToken(F::CriticalHeader)),
        row!("an access token", { header: |h| h["typ"] = "at+jwt".into() }, IdToken(F::Kind)),
        row!("a logout token", { header: |h| h["typ"] = "logout+jwt".into() }, IdToken(F::Kind)),
        row!("a nested token", { header: |h| h["cty"] = "JWT".into() }, IdToken(F::Kind)),
        row!("no JWT", { answer: |a| a["id_token"] = "nonsense".into() }, IdToken(F::Malformed)),
        row!("five parts", { answer: |a| a["id_token"] = "a.b.c.d.e".into() }, IdToken(F::Malformed)),
    ])
    .await;
}

#[actix_web::test]
async fn wrong_token_answers_are_refused() {
    let error = |status, code: &str| {
        Some((
            status,
            "application/json",
            format!(r#"{{"error":"{code}"}}"#),
        ))
    };
    let html = || "<html>".to_owned();
    refuse_all(vec![
        row!("token_type mac", { answer: |a| a["token_type"] = "mac".into() }, LoginError::Token(TokenFault::Type)),
        row!("token_type DPoP", { answer: |a| a["token_type"] = "DPoP".into() }, LoginError::Token(TokenFault::Type)),
        row!("no token_type", { answer: |a| { a.as_object_mut().unwrap().remove("token_type"); } }, LoginError::Token(TokenFault::Malformed)),
        row!("no access_token", { answer: |a| { a.as_object_mut().unwrap().remove("access_token"); } }, LoginError::Token(TokenFault::Malformed)),
        row!("no id_token", { answer: |a| { a.as_object_mut().unwrap().remove("id_token"); } }, LoginError::IdTokenMissing),
        row!("a page", { token: Some((200, "text/html", html())) }, LoginError::Token(TokenFault::Malformed)),
        row!("nothing", { token: Some((200, "application/json", String::new())) }, LoginError::Token(TokenFault::Malformed)),
        row!("a redirect", { token: Some((307, "text/plain", "to /elsewhere".to_owned())) }, LoginError::Token(TokenFault::Malformed)),
        row!("an endless answer", { token: Some((200, "application/json", " ".repeat(2_000_000))) }, LoginError::Token(TokenFault::Unreachable(HttpFailure::TooLong))),
        row!("invalid_grant", { token: error(400, "invalid_grant") }, LoginError::Token(TokenFault::GrantRefused)),
        row!("invalid_client", { token: error(401, "invalid_client") }, LoginError::Token(TokenFault::ClientRefused)),
        row!("unauthorized_client", { token: error(400, "unauthorized_client") }, LoginError::Token(TokenFault::Refused(_))),
        row!("another error", { token: error(400, "slow_down") }, LoginError::Token(TokenFault::Refused(_))),
        row!("busy", { token: error(400, "temporarily_unavailable") }, LoginError::Token(TokenFault::Busy)),
        row!("too many", { token: error(429, "slow_down") }, LoginError::Token(TokenFault::Busy)),
        row!("away", { token: Some((503, "text/plain", "later".to_owned())) }, LoginError::Token(TokenFault::Busy)),
        row!("a failure", { token: Some((500, "text/plain", "oh".to_owned())) }, LoginError::Token(TokenFault::Malformed)),
    ])
    .await;
}

#[actix_web::test]
async fn wrong_userinfo_is_refused() {
    use LoginError::UserInfo;
    use UserInfoFault as F;
    refuse_all(vec![
        row!("another sub", { user_info: |u| u["sub"] = "enterprise-2".into() }, UserInfo(F::OtherSubject)),
        row!("no sub", { user_info: |u| { u.as_object_mut().unwrap().remove("sub"); } }, UserInfo(F::Malformed)),
        row!("half an enterprise", { user_info: |u| { u.as_object_mut().unwrap().remove("credit_code"); } }, UserInfo(F::MalformedClaims(Scope::Enterprise))),
        row!("an unknown subject type", { user_info: |u| u["subject_types"] = serde_json::json!(["emperor"]) }, UserInfo(F::MalformedClaims(Scope::Enterprise))),
        row!("a certificate of another shape", { user_info: |u| u["certificate_not_after"] = "soon".into() }, UserInfo(F::MalformedClaims(Scope::Certificate))),
        row!("401", { user_info_answer: Some((401, "text/plain", String::new())) }, UserInfo(F::Refused(401))),
        row!("a page", { user_info_answer: Some((200, "text/html", "<html>".to_owned())) }, UserInfo(F::Malformed)),
        row!("a forged JWT", { user_info_answer: Some((200, "application/jwt", "e30.e30.".to_owned())) }, UserInfo(F::Malformed)),
    ])
    .await;
}

#[actix_web::test]
async fn wrong_callbacks_are_refused() {
    fn set(answer: &mut [(String, String)], name: &str, value: &str) {
        let (_, held) = answer.iter_mut().find(|(n, _)| n == name).unwrap();
        value.clone_into(held);
    }
    fn remove(answer: &mut Vec<(String, String)>, name: &str) {
        answer.retain(|(n, _)| n != name);
    }
    fn error(answer: &mut Vec<(String, String)>, code: &str) {
        remove(answer, "code");
        answer.push(("error".to_owned(), code.to_owned()));
    }
    refuse_all(vec![
        row!("no iss", { callback: |a| remove(a, "iss") }, LoginError::IssuerMissing),
        row!("wrong iss", { callback: |a| set(a, "iss", "https://evil.example") }, LoginError::Issuer),
        row!("iss with a slash more", { callback: |a| { let (_, v) = &mut a[2]; v.push('/'); } }, LoginError::Issuer),
        row!("no state", { callback: |a| remove(a, "state") }, LoginError::State),
        row!("wrong state", { callback: |a| set(a, "state", "another") }, LoginError::State),
        row!("no code", { callback: |a| remove(a, "code") }, LoginError::CodeMissing),
        row!("empty code", { callback: |a| set(a, "code", "") }, LoginError::CodeMissing),
        row!("a code nobody issued", { callback: |a| set(a, "code", "guess") }, LoginError::Token(TokenFault::GrantRefused)),
        row!("state twice", { callback: |a| a.push(("state".to_owned(), "x".to_owned())) }, LoginError::MalformedCallback(MalformedCallback::Repeated)),
        row!("declined", { callback: |a| error(a, "access_denied") }, LoginError::Refused(AuthorizationRefusal::AccessDenied)),
        row!("login_required", { callback: |a| error(a, "login_required") }, LoginError::Refused(AuthorizationRefusal::LoginRequired)),
        row!("invalid_scope", { callback: |a| error(a, "invalid_scope") }, LoginError::Refused(AuthorizationRefusal::RequestRefused { .. })),
        row!("declined by somebody else", { callback: |a| { error(a, "access_denied"); set(a, "iss", "https://evil.example"); } }, LoginError::Issuer),
        row!("code and error", { callback: |a| a.push(("error".to_owned(), "server_error".to_owned())) }, LoginError::Refused(AuthorizationRefusal::ServerError)),
    ])
    .await;
}

#[actix_web::test]
async fn a_code_is_not_exchanged_twice() {
    let provider = FakeProvider::start(Wrong::default());
    let adapter = Adapter::discover(settings(&provider)).await.unwrap();
    let (url, pending) = adapter.start_login(StartLogin::default()).await.unwrap();
    let query = CallbackQuery::parse(&provider.authorize(&url)).unwrap();
    assert!(
        adapter
            .finish_login(query.clone(), pending.clone())
            .await
            .is_ok()
    );
    let error = adapter.finish_login(query, pending).await.unwrap_err();
    assert!(
        matches!(error, LoginError::Token(TokenFault::GrantRefused)),
        "{error:?}"
    );
    assert_eq!(error.advice(), Advice::StartAgain);
}

#[actix_web::test]
async fn a_code_of_another_login_is_refused_by_its_verifier() {
    let provider = FakeProvider::start(Wrong::default());
    let adapter = Adapter::discover(settings(&provider)).await.unwrap();
    let (victim_url, _) = adapter.start_login(StartLogin::default()).await.unwrap();
    let (own_url, own) = adapter.start_login(StartLogin::default()).await.unwrap();
    // A stolen code, injected into the attacker's own login (RFC 9700 §4.5).
    let stolen = provider.authorize(&victim_url);
    let stolen = stolen
        .split('&')
        .find(|pair| pair.starts_with("code="))
        .unwrap();
    let own_query = provider.authorize(&own_url);
    let injected = own_query
        .split('&')
        .map(|pair| {
            if pair.starts_with("code=") {
                stolen
            } else {
                pair
            }
        })
        .collect::<Vec<_>>()
        .join("&");
    let query = CallbackQuery::parse(&injected).unwrap();
    let error = adapter.finish_login(query, own).await.unwrap_err();
    assert!(
        matches!(error, LoginError::Token(TokenFault::GrantRefused)),
        "{error:?}"
    );
}

#[actix_web::test]
async fn a_login_that_took_too_long_is_refused() {
    let provider = FakeProvider::start(Wrong::default());
    let late = Arc::new(AtomicI64::new(0));
    let mut settings = settings(&provider);
    let hand = Arc::clone(&late);
    settings.clock = Clock::new(move || now() + hand.load(Ordering::SeqCst));
    let adapter = Adapter::discover(settings).await.unwrap();
    let (url, pending) = adapter.start_login(StartLogin::default()).await.unwrap();
    let query = CallbackQuery::parse(&provider.authorize(&url)).unwrap();
    late.store(client_adapter::PENDING_LOGIN_SECONDS + 1, Ordering::SeqCst);
    let error = adapter.finish_login(query, pending).await.unwrap_err();
    assert!(matches!(error, LoginError::Expired), "{error:?}");
}

#[actix_web::test]
async fn signing_in_longer_ago_than_asked_for_is_refused() {
    let provider = FakeProvider::start(Wrong {
        claims: |claims| claims["auth_time"] = (now() - 600).into(),
        ..Wrong::default()
    });
    let max_age = StartLogin {
        max_age: Some(Duration::from_mins(5)),
        ..StartLogin::default()
    };
    let prompt = StartLogin {
        prompt: Some(Prompt::Login),
        ..StartLogin::default()
    };
    for wish in [max_age, prompt] {
        let error = (sign_in_with(&provider, settings(&provider), wish).await).unwrap_err();
        assert!(
            matches!(error, LoginError::IdToken(IdTokenFault::AuthTime)),
            "{error:?}"
        );
    }
}
