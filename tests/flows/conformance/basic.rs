//! The basic plan, and the form post plan, which is the same with `response_mode=form_post`.

use std::time::Duration;

use e2e::jwt::{compact, now, request_object};
use e2e::{Browser, Platform, PlatformOrder};
use protocol::claims::ACR_KEY_LOCK;
use reqwest::Method;
use serde_json::{Value, json};

use super::tester::{Mode, Tester, id_token, order, posting};

macro_rules! modules {
    ($($name:ident),* $(,)?) => {
        mod plan {
            $(#[tokio::test]
            async fn $name() {
                Box::pin(super::$name(super::Mode::Query)).await;
            })*
        }
        mod form_post_plan {
            $(#[tokio::test]
            async fn $name() {
                Box::pin(super::$name(super::Mode::FormPost)).await;
            })*
        }
    };
}

modules!(
    oidcc_server,
    oidcc_response_type_missing,
    oidcc_idtoken_signature,
    oidcc_idtoken_unsigned,
    oidcc_userinfo_get,
    oidcc_userinfo_post_header,
    oidcc_userinfo_post_body,
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow,
    oidcc_scope_profile,
    oidcc_scope_email,
    oidcc_scope_address,
    oidcc_scope_phone,
    oidcc_scope_all,
    oidcc_alternate_happy_flow,
    oidcc_display_page,
    oidcc_display_popup,
    oidcc_ui_locales,
    oidcc_claims_locales,
    oidcc_login_hint,
    oidcc_prompt_login,
    oidcc_prompt_none_not_logged_in,
    oidcc_prompt_none_logged_in,
    oidcc_max_age_1,
    oidcc_max_age_10000,
    oidcc_ensure_request_with_unknown_parameter_succeeds,
    oidcc_id_token_hint,
    oidcc_ensure_request_with_acr_values_succeeds,
    oidcc_codereuse,
    oidcc_codereuse_30seconds,
    oidcc_ensure_registered_redirect_uri,
    oidcc_ensure_post_request_succeeds,
    oidcc_server_client_secret_post,
    oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
    oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
    oidcc_claims_essential,
    oidcc_ensure_request_object_with_redirect_uri,
    oidcc_refresh_token,
    oidcc_ensure_request_with_valid_pkce_succeeds,
);

async fn oidcc_server(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (asked_to_sign, _) = tester.happy(&asking).await;
    assert!(asked_to_sign);
}

async fn oidcc_response_type_missing(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask().without("response_type");
    let answer = tester.browser.go(&asking.path()).await;
    let error = tester.callback(&answer, &asking).error().to_owned();
    assert_eq!(error, "invalid_request");
}

/// The checks of every module look at algorithm, `kid` and signature.
async fn oidcc_idtoken_signature(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    assert_eq!(tester.platform.client().id_token_alg.as_str(), "RS256");
    let asking = tester.ask();
    tester.happy(&asking).await;
}

/// Nobody can register `none`: the module skips itself where the metadata do not offer it.
async fn oidcc_idtoken_unsigned(mode: Mode) {
    let tester = Tester::new(mode).await;
    let metadata = tester
        .platform
        .fetch("/.well-known/openid-configuration")
        .await
        .json();
    let offered = metadata["id_token_signing_alg_values_supported"]
        .as_array()
        .unwrap();
    assert!(!offered.contains(&json!("none")), "{offered:?}");
}

/// The checks of every module read userinfo by GET.
async fn oidcc_userinfo_get(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    tester.happy(&asking).await;
}

async fn userinfo_by_post(tester: &mut Tester, in_body: bool) {
    let asking = tester.ask();
    let (_, response) = tester.happy(&asking).await;
    let access = response["access_token"].as_str().unwrap();
    let request = e2e::browser::client().post(tester.provider.at("/oauth2/userinfo"));
    let request = if in_body {
        request.form(&[("access_token", access)])
    } else {
        request.bearer_auth(access)
    };
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["sub"], id_token(&response)["sub"]);
}

async fn oidcc_userinfo_post_header(mode: Mode) {
    userinfo_by_post(&mut Tester::new(mode).await, false).await;
}

async fn oidcc_userinfo_post_body(mode: Mode) {
    userinfo_by_post(&mut Tester::new(mode).await, true).await;
}

async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask().without("nonce");
    tester.happy(&asking).await;
}

/// What userinfo tells for a scope of OpenID Connect Core §5.4.
async fn told_for(mode: Mode, scope: &str, expected: &[&str]) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask().with("scope", &format!("openid {scope}"));
    let (_, response) = tester.happy(&asking).await;
    let told = tester.userinfo(&response).await;
    let mut names: Vec<&str> = told
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.retain(|name| *name != "sub");
    assert_eq!(names, expected, "{scope}");
    for name in names {
        let value = &told[name];
        assert!(
            if name == "address" {
                value["formatted"].is_string()
            } else {
                value.is_string()
            },
            "{told}"
        );
    }
}

async fn oidcc_scope_profile(mode: Mode) {
    told_for(mode, "profile", &["name"]).await;
}

/// No address of an enterprise's mail is known here.
async fn oidcc_scope_email(mode: Mode) {
    told_for(mode, "email", &[]).await;
}

async fn oidcc_scope_address(mode: Mode) {
    told_for(mode, "address", &["address"]).await;
}

async fn oidcc_scope_phone(mode: Mode) {
    told_for(mode, "phone", &["phone_number"]).await;
}

async fn oidcc_scope_all(mode: Mode) {
    let all = ["address", "name", "phone_number"];
    told_for(mode, "profile email address phone", &all).await;
}

async fn oidcc_alternate_happy_flow(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let mut asking = tester.ask().with("scope", "contact openid");
    asking.parameters.reverse();
    tester.happy(&asking).await;
}

/// A parameter that is no error, whatever it means here.
async fn tolerated(mode: Mode, name: &str, value: &str) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask().and(name, value);
    tester.happy(&asking).await;
}

async fn oidcc_display_page(mode: Mode) {
    tolerated(mode, "display", "page").await;
}

async fn oidcc_display_popup(mode: Mode) {
    tolerated(mode, "display", "popup").await;
}

async fn oidcc_ui_locales(mode: Mode) {
    tolerated(mode, "ui_locales", "se en").await;
}

async fn oidcc_claims_locales(mode: Mode) {
    tolerated(mode, "claims_locales", "se").await;
}

async fn oidcc_login_hint(mode: Mode) {
    tolerated(mode, "login_hint", "buffy@example.com").await;
}

async fn oidcc_ensure_request_with_unknown_parameter_succeeds(mode: Mode) {
    tolerated(mode, "extra", "foobar").await;
}

async fn oidcc_prompt_login(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let asking = tester.ask().with("prompt", "login");
    let (asked_to_sign, second) = tester.happy(&asking).await;
    assert!(asked_to_sign);
    let times = [&first, &second].map(|response| id_token(response)["auth_time"].as_i64().unwrap());
    assert!(times[1] > times[0], "{times:?}");
}

async fn oidcc_prompt_none_not_logged_in(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask().with("state", &"s".repeat(128));
    let (_, callback) = tester.silently(asking).await;
    assert_eq!(callback.error(), "login_required");
}

async fn oidcc_prompt_none_logged_in(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    let (asking, callback) = tester.silently(tester.ask()).await;
    let second = tester.tokens(&callback, &asking).await;
    for claim in ["sub", "auth_time"] {
        assert_eq!(id_token(&first)[claim], id_token(&second)[claim]);
    }
}

async fn oidcc_max_age_1(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let asking = tester.ask().with("max_age", "1");
    let (asked_to_sign, second) = tester.happy(&asking).await;
    assert!(asked_to_sign);
    let times = [&first, &second].map(|response| id_token(response)["auth_time"].as_i64().unwrap());
    assert!(times[1] > times[0] && now() - times[1] < 10, "{times:?}");
}

async fn oidcc_max_age_10000(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    let asking = tester.ask().with("max_age", "10000");
    let (asked_to_sign, second) = tester.happy(&asking).await;
    assert!(!asked_to_sign);
    assert_eq!(
        id_token(&first)["auth_time"],
        id_token(&second)["auth_time"]
    );
}

async fn oidcc_id_token_hint(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    let hint = first["id_token"].as_str().unwrap();
    let asking = tester.ask().with("id_token_hint", hint);
    let (asking, callback) = tester.silently(asking).await;
    let second = tester.tokens(&callback, &asking).await;
    assert_eq!(id_token(&first)["sub"], id_token(&second)["sub"]);
}

async fn oidcc_ensure_request_with_acr_values_succeeds(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester
        .ask()
        .with("acr_values", &format!("1 {ACR_KEY_LOCK} 2"));
    let (_, response) = tester.happy(&asking).await;
    assert_eq!(id_token(&response)["acr"], ACR_KEY_LOCK);
}

async fn code_reused_after(mode: Mode, wait: Duration) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let (_, callback) = tester.authorize(&asking).await;
    let response = tester.tokens(&callback, &asking).await;
    tokio::time::sleep(wait).await;
    let again = tester.redeem(&callback, &asking).send().await;
    assert_eq!(
        (again.status, again.error().as_str()),
        (400, "invalid_grant")
    );
    let access = response["access_token"].as_str().unwrap();
    let revoked = tester.platform.userinfo(access).await;
    assert_eq!(revoked.status, 401, "what the code gave is revoked");
}

async fn oidcc_codereuse(mode: Mode) {
    code_reused_after(mode, Duration::ZERO).await;
}

async fn oidcc_codereuse_30seconds(mode: Mode) {
    code_reused_after(mode, Duration::from_secs(31)).await;
}

async fn oidcc_ensure_registered_redirect_uri(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    for uri in [
        "https://evil.example/callback",
        "https://{id}.example/callback/more",
    ] {
        let uri = uri.replace("{id}", &tester.platform.id);
        let asking = tester.ask().with("redirect_uri", &uri);
        let page = tester.browser.go(&asking.path()).await;
        assert_eq!((page.status, page.location()), (400, None));
        assert_eq!(page.problem(), "redirect-uri-mismatch");
        assert!(!page.has("#leaving-form"));
    }
}

async fn oidcc_ensure_post_request_succeeds(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let browser = &mut tester.browser;
    let answer = browser
        .send(Method::POST, "/oauth2/authorize", Some(&asking.parameters))
        .await;
    let page = browser.follow(answer).await;
    let (_, callback) = tester.go_on(page, &asking).await;
    tester.tokens(&callback, &asking).await;
}

async fn oidcc_server_client_secret_post(mode: Mode) {
    let mut tester = Tester::with(mode, posting()).await;
    let asking = tester.ask();
    tester.happy(&asking).await;
}

async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester
        .ask()
        .and("request_uri", "https://tester.example/request.jwt");
    let answer = tester.browser.go(&asking.path()).await;
    let callback = tester.callback(&answer, &asking);
    assert_eq!(callback.error(), "request_uri_not_supported");
}

async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let asking = tester.ask();
    let mut claims = json!({ "iss": tester.platform.id, "aud": tester.provider.issuer });
    for (name, value) in &asking.parameters {
        claims[name] = json!(value);
    }
    let object = compact(&json!({ "alg": "none" }), &claims, &[]);
    let asking = asking.and("request", &object);
    let answer = tester.browser.go(&asking.path()).await;
    let callback = tester.callback(&answer, &asking);
    assert_eq!(callback.error(), "request_not_supported");
}

async fn oidcc_claims_essential(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let wish = json!({ "userinfo": { "name": { "essential": true } } });
    let asking = tester
        .ask()
        .with("scope", "openid")
        .with("claims", &wish.to_string());
    let (_, response) = tester.happy(&asking).await;
    let told = tester.userinfo(&response).await;
    assert!(told["name"].is_string(), "{told}");
}

/// `redirect_uri` inside the request object is the one that counts.
async fn oidcc_ensure_request_object_with_redirect_uri(mode: Mode) {
    let mut order = PlatformOrder {
        method: e2e::platform::Method::PrivateKeyJwt(jsonwebtoken::Algorithm::RS256),
        ..order()
    };
    order.redirect_uris = vec![
        "https://{id}.example/callback".to_owned(),
        "https://{id}.example/other".to_owned(),
    ];
    let mut tester = Tester::with(mode, order).await;
    let other = tester.platform.client().redirect_uris[1].clone();
    let inside = tester.ask().with("redirect_uri", &other);
    let key = tester.platform.key.as_ref().unwrap();
    let object = request_object(key, &tester.platform, &inside, |_| ());
    let sent = tester.ask().and("request", &object);
    let first = tester.browser.go(&sent.path()).await;
    let (_, callback) = tester.go_on(first, &inside).await;
    tester.tokens(&callback, &inside).await;
}

async fn oidcc_refresh_token(mode: Mode) {
    let mut order = order();
    order.tokens.refresh = true;
    let mut tester = Tester::with(mode, order).await;
    let second_client = Platform::order(tester.provider, super::tester::order()).await;
    let asking = tester.ask();
    let (_, first) = tester.happy(&asking).await;
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let stolen = second_client.refresh(refresh_token);
    let refused = stolen.send().await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (400, "invalid_grant")
    );
    let answer = tester.platform.refresh(refresh_token).send().await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let second = answer.json();
    assert_ne!(second["access_token"], first["access_token"]);
    let told = tester.userinfo(&second).await;
    let (before, after) = (id_token(&first), id_token(&second));
    assert_eq!(told["sub"], before["sub"]);
    // OpenID Connect Core §12.2
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    let metadata = tester
        .platform
        .fetch("/.well-known/openid-configuration")
        .await
        .json();
    let grants = metadata["grant_types_supported"].as_array().unwrap();
    assert!(grants.contains(&json!("refresh_token")));
}

async fn oidcc_ensure_request_with_valid_pkce_succeeds(mode: Mode) {
    let mut tester = Tester::new(mode).await;
    let plain = tester.platform.ask();
    let asking = match mode {
        Mode::Query => plain,
        Mode::FormPost => plain.and("response_mode", "form_post"),
    };
    tester.happy(&asking).await;
}

/// A person in another browser is another person.
#[tokio::test]
async fn nobody_else_is_signed_in_by_that() {
    let mut tester = Tester::new(Mode::Query).await;
    let asking = tester.ask();
    tester.happy(&asking).await;
    tester.browser = Browser::new(tester.provider);
    let (_, callback) = tester.silently(tester.ask()).await;
    assert_eq!(callback.error(), "login_required");
}
