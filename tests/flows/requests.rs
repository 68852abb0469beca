//! What a platform may ask for: answers by form, single claims, step-up, resources, its own rules.

use std::time::Duration;

use e2e::jwt::part;
use e2e::platform::Method;
use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider};
use idp_core::platform::{ConsentPolicy, RequestRules, TokenRules};
use protocol::claims::{ACR_KEY_LOCK, ACR_KEY_LOCK_FRESH};
use protocol::scope::ScopeSet;
use serde_json::{Value, json};

#[tokio::test]
async fn an_answer_by_form_post_is_a_page_that_posts_it_and_leads_nowhere_else() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask().with("response_mode", "form_post");
    let page = scene.browser.arrive(&scene.lock, &asking).await;
    assert_eq!(page.status, 200, "{}", page.summary());
    assert_eq!(page.location(), None);
    assert_eq!(page.header("cache-control"), "no-store");
    let redirect_uri = &scene.platform.client().redirect_uris[0];
    assert_eq!(
        page.attribute("#leaving-form", "action").as_ref(),
        Some(redirect_uri)
    );
    assert_eq!(
        page.attribute("#leaving-form", "method").as_deref(),
        Some("post")
    );
    let policy = page.header("content-security-policy");
    assert!(
        policy.ends_with(&format!(
            "form-action 'self' https://{}.example",
            scene.platform.id
        )),
        "{policy}"
    );
    let fields = page.fields("#leaving-form");
    let field = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
    };
    assert_eq!(field("state"), Some(asking.state.clone()));
    assert_eq!(field("iss"), Some(provider.issuer.clone()));
    let token = scene
        .platform
        .redeem(&field("code").unwrap(), &asking)
        .send()
        .await;
    assert_eq!(token.status, 200, "{}", token.summary());
}

#[tokio::test]
async fn an_error_by_form_post_is_posted_too_and_nothing_in_state_becomes_html() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let state = "\"><script>alert(1)</script>";
    let asking = platform
        .ask()
        .with("response_mode", "form_post")
        .with("prompt", "none")
        .with("state", state);
    let page = Browser::new(provider).open(&asking.path()).await;
    let fields = page.fields("#leaving-form");
    let expected = [
        ("error", "login_required"),
        ("state", state),
        ("iss", &provider.issuer),
    ];
    let expected = expected.map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(fields, expected);
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn single_claims_are_shown_told_where_they_were_asked_and_remembered_as_such() {
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(1),
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    let claims = json!({
        "userinfo": { "name": { "essential": true }, "email": null },
        "id_token": { "credit_code": null, "auth_time": { "essential": true } },
    });
    let asking = scene
        .platform
        .ask()
        .with("scope", "openid")
        .with("claims", &claims.to_string());
    let page = scene.browser.go(&asking.path()).await;
    let shown = page.attributes("[data-claim]", "data-claim");
    assert_eq!(shown, ["sub", "name", "credit_code"], "{}", page.summary());
    let answer = scene.browser.decide(&page, "grant").await;
    let tokens = scene.redeemed(&answer, &asking).await;
    let id_token = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(id_token["credit_code"], scene.lock.credit_code());
    assert_eq!(id_token["name"], Value::Null);
    let told = scene
        .platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .json();
    let told: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(told, ["name", "sub"]);

    let silent = asking.with("prompt", "none");
    let answer = scene.browser.open(&silent.path()).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
    let more = json!({ "userinfo": { "phone_number": null } });
    let answer = scene
        .browser
        .open(&silent.with("claims", &more.to_string()).path())
        .await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("consent_required")
    );
}

#[tokio::test]
async fn claims_of_scopes_that_the_platform_may_not_have_are_not_told() {
    let order = PlatformOrder {
        scopes: ScopeSet::of_known_words("openid enterprise"),
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    let claims = json!({ "userinfo": { "phone_number": { "essential": true } } });
    let asking = scene.platform.ask().with("claims", &claims.to_string());
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let tokens = scene.redeemed(&answer, &asking).await;
    let told = scene
        .platform
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await
        .json();
    assert_eq!(told["phone_number"], Value::Null);
}

#[tokio::test]
async fn step_up_asks_the_lock_again_and_says_so_in_acr() {
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(1),
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    let plain = scene.platform.ask();
    let answer = scene.browser.arrive(&scene.lock, &plain).await;
    let tokens = scene.redeemed(&answer, &plain).await;
    let before = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(before["acr"], ACR_KEY_LOCK);

    tokio::time::sleep(Duration::from_secs(1)).await;
    let asking = scene
        .platform
        .ask()
        .with("acr_values", &format!("urn:other {ACR_KEY_LOCK_FRESH}"));
    let page = scene.browser.go(&asking.path()).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let tokens = scene.redeemed(&answer, &asking).await;
    let after = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(after["acr"], ACR_KEY_LOCK_FRESH);
    assert!(after["auth_time"].as_i64() > before["auth_time"].as_i64());

    let silent = asking.with("prompt", "none");
    let answer = scene.browser.open(&silent.path()).await;
    assert_eq!(answer.parameter("error").as_deref(), Some("login_required"));
    let essential =
        json!({ "id_token": { "acr": { "essential": true, "values": ["urn:other"] } } });
    let asking = scene.platform.ask().with("claims", &essential.to_string());
    let answer = scene.browser.open(&asking.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("unmet_authentication_requirements")
    );
}

#[tokio::test]
async fn pkce_may_be_left_out_only_where_an_operator_said_so_and_never_half() {
    let order = PlatformOrder {
        requests: RequestRules {
            pkce_optional: true,
            ..RequestRules::default()
        },
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order.clone()).await;
    let asking = scene
        .platform
        .ask()
        .without("code_challenge")
        .without("code_challenge_method");
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let code = answer.parameter("code").unwrap();
    let redeem = scene.platform.redeem(&code, &asking);
    let answer = redeem.clone().send().await;
    // RFC 9700 §4.8.2: a verifier without a challenge means that somebody took the challenge out.
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );

    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let code = answer.parameter("code").unwrap();
    let answer = scene
        .platform
        .redeem(&code, &asking)
        .without("code_verifier")
        .send()
        .await;
    assert_eq!(answer.status, 200, "{}", answer.summary());

    let plain = scene.platform.ask().with("code_challenge_method", "plain");
    let answer = scene.browser.open(&plain.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
    let with = scene.platform.ask();
    let answer = scene.browser.arrive(&scene.lock, &with).await;
    let code = answer.parameter("code").unwrap();
    let answer = scene
        .platform
        .redeem(&code, &with)
        .without("code_verifier")
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );

    let public = Scene::ordering(PlatformOrder {
        method: Method::Public,
        ..order
    })
    .await;
    let asking = public
        .platform
        .ask()
        .without("code_challenge")
        .without("code_challenge_method");
    let answer = Browser::new(Provider::shared()).open(&asking.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request")
    );
}

#[tokio::test]
async fn a_token_for_a_resource_is_of_no_use_elsewhere() {
    const ARCHIVE: &str = "https://archive.example/";
    const LEDGER: &str = "https://ledger.example/";
    let order = PlatformOrder {
        tokens: TokenRules {
            resources: vec![ARCHIVE.to_owned(), LEDGER.to_owned()],
            ..TokenRules::default()
        },
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    let asking = scene
        .platform
        .ask()
        .and("resource", ARCHIVE)
        .and("resource", LEDGER);
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let tokens = scene.redeemed(&answer, &asking).await;
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(part(access, 1)["aud"], json!([ARCHIVE, LEDGER]));
    let refused = scene.platform.userinfo(access).await;
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (401, "invalid_token")
    );

    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let code = answer.parameter("code").unwrap();
    let answer = scene
        .platform
        .redeem(&code, &asking)
        .with("resource", LEDGER)
        .send()
        .await
        .json();
    assert_eq!(
        part(answer["access_token"].as_str().unwrap(), 1)["aud"],
        LEDGER
    );

    let asking = scene.platform.ask().with("resource", ARCHIVE);
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    let code = answer.parameter("code").unwrap();
    let answer = scene
        .platform
        .redeem(&code, &asking)
        .with("resource", LEDGER)
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_target")
    );
    // The provider itself is no resource: without one a token is for its userinfo.
    for resource in ["https://other.example/", &Provider::shared().issuer] {
        let asking = scene.platform.ask().with("resource", resource);
        let answer = scene.browser.open(&asking.path()).await;
        let error = answer.parameter("error");
        assert_eq!(error.as_deref(), Some("invalid_target"), "{resource}");
    }
}

#[tokio::test]
async fn a_native_application_chooses_the_port_of_its_loopback_address() {
    let order = PlatformOrder {
        redirect_uris: vec!["http://127.0.0.1/callback".to_owned()],
        requests: RequestRules {
            native: true,
            ..RequestRules::default()
        },
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    let asking = scene
        .platform
        .ask()
        .with("redirect_uri", "http://127.0.0.1:40123/callback");
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert!(
        answer
            .location()
            .unwrap()
            .starts_with("http://127.0.0.1:40123/callback?")
    );
    scene.redeemed(&answer, &asking).await;
    for astray in [
        "http://localhost:40123/callback",
        "http://127.0.0.1:40123/other",
        "http://10.0.0.1/callback",
    ] {
        let answer = scene
            .browser
            .open(&scene.platform.ask().with("redirect_uri", astray).path())
            .await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "redirect-uri-mismatch"),
            "{astray}"
        );
    }
}

#[tokio::test]
async fn a_registered_max_age_counts_where_the_request_names_none() {
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(1),
        requests: RequestRules {
            default_max_age: Some(1),
            ..RequestRules::default()
        },
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    let page = scene
        .browser
        .go(&scene.platform.ask().with("max_age", "1000").path())
        .await;
    assert!(page.has("#consent-form"), "{}", page.summary());
}
