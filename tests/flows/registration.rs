//! Platforms that register themselves (RFC 7591, `OpenID` Connect Registration 1.0) and manage it (RFC 7592).

use e2e::publisher::Publisher;
use e2e::registration::{described, own, put_back, terms};
use e2e::story::new_lock;
use e2e::{Browser, Provider};
use idp_core::audit::AuditKind;
use idp_core::platform::SecurityProfile;
use reqwest::Method;
use serde_json::{Value, json};

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn the_endpoint_is_there_and_named_only_where_it_is_switched_on() {
    let closed = Provider::shared();
    let mut browser = Browser::new(closed);
    let document = browser.open(DISCOVERY).await.json();
    assert_eq!(document["registration_endpoint"], Value::Null);
    let (token, _) = closed.issue(terms(), 1).await;
    assert_eq!(closed.register(&token, &described()).await.status, 404);
    let open = Provider::registering();
    let document = Browser::new(&open).open(DISCOVERY).await.json();
    let there = format!("{}/oauth2/register", open.issuer);
    assert_eq!(document["registration_endpoint"], json!(there));
}

#[tokio::test]
async fn a_platform_registers_and_people_arrive_there() {
    let provider = Provider::registering();
    let asked = json!({
        "redirect_uris": ["https://self.example/cb?from=yzt"], "client_name": "Own platform",
        "client_name#zh-CN": "自助平台", "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token"], "contacts": ["ops@self.example"],
        "policy_uri": "https://self.example/policy", "initiate_login_uri": "https://self.example/login",
        "software_id": "own", "nobody_knows": { "this": 1 },
    });
    let (token, id) = provider.issue(terms(), 2).await;
    let answer = provider.register(&token, &asked).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let told = answer.json();
    for (name, value) in asked.as_object().unwrap() {
        match name.as_str() {
            "nobody_knows" => assert_eq!(told[name], Value::Null),
            // The plain name is the Chinese one, as pages show it.
            "client_name" => assert_eq!(told["client_name#en"], *value),
            name => assert_eq!(told[name], *value, "{name}"),
        }
    }
    assert_eq!(told["client_secret_expires_at"], json!(0));
    assert!(told["client_id_issued_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(told["id_token_signed_response_alg"], json!("RS256"));
    let platform = provider.platform_of(&told).await;
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    let tokens = platform.receive(&mut browser, &lock).await;
    assert!(tokens.response["refresh_token"].is_string());
    let events = provider.audit_of_platform(&platform.id).await;
    let registered = events
        .iter()
        .find(|e| e.kind == AuditKind::PlatformRegistered);
    let detail = registered.unwrap().detail.as_deref().unwrap();
    assert!(
        detail.contains(&id) && detail.contains("of test"),
        "{detail}"
    );
    // Another one, and no third.
    assert_eq!(provider.register(&token, &described()).await.status, 201);
    let spent = provider.register(&token, &described()).await;
    assert_eq!(
        (spent.status, spent.error().as_str()),
        (401, "invalid_token")
    );
}

#[tokio::test]
async fn who_is_not_trusted_waits_for_an_operator() {
    let provider = Provider::registering();
    let mut terms = terms();
    terms.trusted = false;
    let told = provider.registered(terms, &described()).await;
    let platform = provider.platform_of(&told).await;
    let mut browser = Browser::new(&provider);
    let page = browser.go(&platform.ask().path()).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (400, "platform-not-connected")
    );
    let listed = browser.open("/platforms").await;
    assert!(
        !listed.body.contains(&platform.id),
        "what waits is not shown"
    );
    let refused = platform.redeem("none", &platform.ask()).send().await;
    assert_eq!(refused.error(), "unauthorized_client");
    assert!(refused.body.contains("waits for the approval"));
    provider.approve(&platform.id).await;
    assert_eq!(browser.go(&platform.ask().path()).await.status, 200);
    // At the hosts that were looked at it changes what it likes; elsewhere it waits once more.
    let mut body = put_back(&told);
    body["redirect_uris"] = json!(["https://self.example/cb", "https://self.example/new"]);
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(browser.go(&platform.ask().path()).await.status, 200);
    body["redirect_uris"] = json!(["https://self.example/cb", "https://elsewhere.example/cb"]);
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(browser.go(&platform.ask().path()).await.status, 400);
}

#[tokio::test]
async fn a_platform_reads_and_replaces_its_registration() {
    let provider = Provider::registering();
    let told = provider.registered(terms(), &described()).await;
    let read = provider.manage(Method::GET, own(&told), None).await.json();
    assert_eq!(put_back(&read), put_back(&told));
    assert_eq!(
        read["registration_access_token"],
        told["registration_access_token"]
    );
    assert_eq!(read["client_secret"], Value::Null, "kept as a digest alone");
    let mut body = put_back(&told);
    body["redirect_uris"] = json!(["https://self.example/other"]);
    body["logo_uri"] = Value::Null;
    body["client_secret"] = told["client_secret"].clone();
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let now = answer.json();
    assert_eq!(now["redirect_uris"], body["redirect_uris"]);
    assert_eq!(now["client_secret"], Value::Null, "the secret stays");
    // From a secret to none, and back to a new one.
    body["token_endpoint_auth_method"] = json!("none");
    body["client_secret"] = Value::Null;
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.json()["client_secret_expires_at"], Value::Null);
    body["token_endpoint_auth_method"] = json!("client_secret_basic");
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    let fresh = answer.json()["client_secret"].clone();
    assert!(fresh.is_string() && fresh != told["client_secret"]);
    for (name, value) in [
        ("client_id", Value::Null),
        ("client_id", json!("neimenggu")),
        ("client_secret", json!("chosen by the client")),
        ("client_id_issued_at", json!(1)),
        ("registration_access_token", json!("x")),
    ] {
        let mut bent = body.clone();
        bent[name] = value.clone();
        let answer = provider.manage(Method::PUT, own(&told), Some(&bent)).await;
        let refused = (answer.status, answer.error());
        assert_eq!(
            refused,
            (400, "invalid_client_metadata".to_owned()),
            "{name}={value}"
        );
    }
}

#[tokio::test]
async fn a_registration_that_is_given_up_ends_what_stood_on_it() {
    let provider = Provider::registering();
    let told = provider.registered(terms(), &described()).await;
    let platform = provider.platform_of(&told).await;
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    let tokens = platform.receive(&mut browser, &lock).await;
    assert_eq!(platform.userinfo(tokens.access()).await.status, 200);
    let answer = provider.manage(Method::DELETE, own(&told), None).await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert_eq!(platform.userinfo(tokens.access()).await.status, 401);
    assert_eq!(browser.go(&platform.ask().path()).await.status, 400);
    for verb in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = provider
            .manage(verb, own(&told), Some(&put_back(&told)))
            .await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (401, "invalid_token")
        );
    }
    let kind = AuditKind::PlatformWithdrawn;
    assert_eq!(provider.count_of_platform(&platform.id, kind).await, 1);
    let listed = browser.open("/platforms").await;
    assert!(!listed.body.contains(&platform.id));
}

#[tokio::test]
async fn the_dynamic_plan_s_descriptions_are_taken_or_refused_as_it_wants() {
    let provider = Provider::registering();
    let uri = |uri: &str| json!({ "redirect_uris": [uri] });
    let with = |name: &str, value: Value| {
        let mut metadata = described();
        metadata[name] = value;
        metadata
    };
    let table = [
        (uri("https://self.example/cb?foo=bar"), 201, ""),
        (
            uri("https://self.example/cb#foobar"),
            400,
            "invalid_redirect_uri",
        ),
        (uri("http://self.example/cb"), 400, "invalid_redirect_uri"),
        (json!({}), 400, "invalid_redirect_uri"),
        (
            with("response_types", json!(["code id_token"])),
            400,
            "invalid_client_metadata",
        ),
        (
            with("initiate_login_uri", json!("https://self.example/login")),
            201,
            "",
        ),
        (
            with("initiate_login_uri", json!("http://self.example/login")),
            400,
            "invalid_client_metadata",
        ),
        (
            with("logo_uri", json!("https://self.example/logo.png")),
            201,
            "",
        ),
        (with("tos_uri", json!("https://self.example/tos")), 201, ""),
        (
            with("userinfo_signed_response_alg", json!("RS256")),
            201,
            "",
        ),
        (
            with("id_token_signed_response_alg", json!("none")),
            400,
            "invalid_client_metadata",
        ),
        (
            with("software_statement", json!("e30.e30.")),
            400,
            "unapproved_software_statement",
        ),
    ];
    let (token, _) = provider.issue(terms(), 100).await;
    for (metadata, status, error) in table {
        let answer = provider.register(&token, &metadata).await;
        assert_eq!(answer.status, status, "{metadata}: {}", answer.summary());
        if status == 201 {
            for (name, value) in metadata.as_object().unwrap() {
                assert_eq!(answer.json()[name], *value, "{name}");
            }
        } else {
            assert_eq!(answer.error(), error, "{metadata}");
        }
    }
}

#[tokio::test]
async fn a_redirect_uri_with_a_query_is_that_query_and_no_other() {
    let provider = Provider::registering();
    let metadata = json!({ "redirect_uris": ["https://self.example/cb?foo=bar"] });
    let told = provider.registered(terms(), &metadata).await;
    let platform = provider.platform_of(&told).await;
    for (uri, status) in [
        ("https://self.example/cb?foo=bar", 200),
        ("https://self.example/cb?bar=foo", 400),
        ("https://self.example/cb?foo=bar&more=1", 400),
        ("https://self.example/cb", 400),
    ] {
        let asking = platform.ask().with("redirect_uri", uri);
        let page = Browser::new(&provider).go(&asking.path()).await;
        assert_eq!(page.status, status, "{uri}");
    }
}

#[tokio::test]
async fn the_profile_of_the_token_is_the_platform_s() {
    let provider = Provider::registering();
    let mut terms = terms();
    terms.profile = SecurityProfile::Fapi2;
    let (token, _) = provider.issue(terms, 2).await;
    let answer = provider.register(&token, &described()).await;
    assert_eq!(answer.error(), "invalid_client_metadata");
    assert!(answer.body.contains("FAPI 2.0"), "{}", answer.body);
    let key = e2e::jwt::AssertionKey::generate(jsonwebtoken::Algorithm::ES256);
    let mut metadata = described();
    metadata["token_endpoint_auth_method"] = json!("private_key_jwt");
    metadata["jwks"] = key.jwks();
    metadata["dpop_bound_access_tokens"] = json!(true);
    let answer = provider.register(&token, &metadata).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
    let told = answer.json();
    assert_eq!(told["id_token_signed_response_alg"], json!("ES256"));
    assert_eq!(told["require_pushed_authorization_requests"], json!(true));
    assert_eq!(told["client_secret"], Value::Null);
}

#[tokio::test]
async fn a_sector_must_list_the_redirect_uris() {
    let provider = Provider::start(|config| {
        config.registration.enabled = true;
        config.outbound.allow_loopback = true;
    });
    let publisher = Publisher::of(br#"["https://self.example/cb"]"#.to_vec());
    let mut metadata = described();
    metadata["subject_type"] = json!("pairwise");
    metadata["sector_identifier_uri"] = json!(publisher.url);
    let (token, _) = provider.issue(terms(), 2).await;
    let answer = provider.register(&token, &metadata).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
    assert_eq!(answer.json()["sector_identifier_uri"], json!(publisher.url));
    metadata["redirect_uris"] = json!(["https://self.example/cb", "https://other.example/cb"]);
    let answer = provider.register(&token, &metadata).await;
    assert_eq!(
        answer.error(),
        "invalid_client_metadata",
        "{}",
        answer.summary()
    );
    let why = "no JSON array with each of the redirect URIs";
    assert!(answer.body.contains(why), "{}", answer.body);
    let trail = provider.audit().await.into_iter();
    let mut reasons = trail.filter_map(|entry| entry.event.reason);
    assert!(reasons.any(|reason| reason.contains("https://other.example/cb")));
}

#[tokio::test]
async fn what_a_platform_says_of_itself_is_shown_before_people_sign_and_agree() {
    let provider = Provider::registering();
    let mut metadata = described();
    for (name, path) in [
        ("client_uri", "about"),
        ("logo_uri", "logo.png"),
        ("policy_uri", "policy?a=1&b=2"),
        ("tos_uri", "tos"),
    ] {
        metadata[name] = json!(format!("https://self.example/{path}"));
    }
    let told = provider.registered(terms(), &metadata).await;
    let platform = provider.platform_of(&told).await;
    let lock = new_lock();
    let mut browser = Browser::new(&provider);
    browser.bind(&lock).await;
    let login = browser.go(&platform.ask().path()).await;
    assert!(login.has("#challenge-form"));
    browser.sign_in(&lock).await;
    let consent = browser.go(&platform.ask().path()).await;
    assert!(consent.has("#consent-form"));
    for page in [login, consent] {
        let logo = page.attribute("#platform-logo", "src");
        assert_eq!(logo.as_deref(), metadata["logo_uri"].as_str());
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("img-src 'self' https://self.example;"),
            "{policy}"
        );
        for (link, name) in [
            ("#platform-site", "client_uri"),
            ("#platform-policy", "policy_uri"),
            ("#platform-terms", "tos_uri"),
        ] {
            assert_eq!(
                page.attribute(link, "href").as_deref(),
                metadata[name].as_str()
            );
            let rel = page.attribute(link, "rel");
            assert_eq!(rel.as_deref(), Some("noopener noreferrer"), "{link}");
        }
    }
    // Whoever says nothing is shown as before.
    let plain = provider.registered(terms(), &described()).await;
    let plain = provider.platform_of(&plain).await;
    let page = browser.go(&plain.ask().path()).await;
    assert!(!page.has("#about-platform"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("img-src 'self';"), "{policy}");
}
