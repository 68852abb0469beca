//! Strangers who would register, and platforms that would raise what they may.

use std::time::Duration;

use e2e::browser::client;
use e2e::registration::{described, own, put_back, terms};
use e2e::{Answer, Provider};
use idp_core::audit::AuditKind;
use idp_core::consent_statement::ConsentSigner;
use idp_core::directory::metadata::client_of;
use idp_core::directory::{
    Act, DirectoryError, RegistrationRefusal, change, revoke_registration_token,
};
use idp_core::id::{PlatformId, RegistrationTokenId};
use idp_core::platform::{Platform, PlatformState};
use idp_core::registration::RegistrationTerms;
use protocol::registration::ClientMetadata;
use protocol::scope::ScopeSet;
use reqwest::Method;
use serde_json::{Value, json};

fn expect_no_token(answer: &Answer, what: &str) {
    let refused = (answer.status, answer.error());
    assert_eq!(refused, (401, "invalid_token".to_owned()), "{what}");
    assert!(
        answer.header("www-authenticate").starts_with("Bearer"),
        "{what}"
    );
    assert_eq!(answer.json().get("client_id"), None, "{what}");
}

async fn count(provider: &Provider) -> usize {
    let platforms = provider.state.database.read(|store| store.list_platforms());
    platforms.await.unwrap().len()
}

#[tokio::test]
async fn nobody_registers_without_a_good_token() {
    let provider = Provider::registering();
    let before = count(&provider).await;
    let url = format!("{}/oauth2/register", provider.base);
    let bare = client().post(&url).json(&described()).send().await.unwrap();
    assert_eq!(bare.status().as_u16(), 401);
    let by_query = format!("{url}?access_token=x");
    let by_query = client().post(by_query).json(&described()).send().await;
    assert_eq!(by_query.unwrap().status().as_u16(), 401);
    expect_no_token(&provider.register("made-up", &described()).await, "made up");
    let (spent, _) = provider.issue(terms(), 1).await;
    assert_eq!(provider.register(&spent, &described()).await.status, 201);
    expect_no_token(&provider.register(&spent, &described()).await, "spent");
    let (short, _) = provider
        .issue_for(terms(), (9, Duration::from_secs(1)))
        .await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    expect_no_token(&provider.register(&short, &described()).await, "expired");
    let (taken_back, id) = provider.issue(terms(), 9).await;
    let (cx, id) = (provider.state.cx(), RegistrationTokenId::from_text(id));
    let done = provider.state.database.write(move |store| {
        let act = Act {
            operator_id: None,
            by: "test",
            reason: None,
        };
        revoke_registration_token(store, &cx, &id, act)
    });
    done.await.unwrap();
    expect_no_token(
        &provider.register(&taken_back, &described()).await,
        "taken back",
    );
    assert_eq!(count(&provider).await, before + 1);
    let refused = provider.audit().await.into_iter();
    let refused = refused.filter(|e| e.event.kind == AuditKind::RegistrationRefused);
    assert_eq!(refused.count(), 6);
}

#[tokio::test]
async fn of_a_hundred_at_once_by_a_token_for_one_one_registers() {
    let provider = Provider::registering();
    let before = count(&provider).await;
    let (token, _) = provider.issue(terms(), 1).await;
    let url = format!("{}/oauth2/register", provider.base);
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let request = client().post(&url).bearer_auth(&token).json(&described());
        asked.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut answers = asked.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers, [vec![201], vec![401; 99]].concat());
    assert_eq!(count(&provider).await, before + 1);
}

#[tokio::test]
async fn a_refused_registration_spends_nothing() {
    let provider = Provider::registering();
    let (token, _) = provider.issue(terms(), 1).await;
    for uri in [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://*.self.example/cb",
        "https://user@self.example/cb",
        "https://self.example/a/../cb",
    ] {
        let answer = provider
            .register(&token, &json!({ "redirect_uris": [uri] }))
            .await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_redirect_uri"),
            "{uri}"
        );
    }
    for name in [
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "jwks_uri",
        "initiate_login_uri",
    ] {
        for uri in [
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "http://10.0.0.1/",
            "file:///etc/passwd",
        ] {
            let mut metadata = described();
            metadata[name] = json!(uri);
            let answer = provider.register(&token, &metadata).await;
            let refused = (answer.status, answer.error());
            assert_eq!(
                refused,
                (400, "invalid_client_metadata".to_owned()),
                "{name}: {uri}"
            );
        }
    }
    assert_eq!(provider.register(&token, &described()).await.status, 201);
}

#[tokio::test]
async fn what_is_too_large_too_deep_or_no_metadata_is_refused_in_json() {
    let provider = Provider::registering();
    let (token, _) = provider.issue(terms(), 1).await;
    let url = format!("{}/oauth2/register", provider.base);
    let send = async |kind: &str, body: String| {
        let request = client().post(&url).bearer_auth(&token);
        let request = request.header("content-type", kind).body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (
            status,
            answer.json::<Value>().await.unwrap()["error"].clone(),
        )
    };
    let refused = (400, json!("invalid_client_metadata"));
    let json = "application/json";
    let nested = format!(
        r#"{{"redirect_uris":{}{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    for body in [
        nested,
        String::new(),
        "[]".to_owned(),
        "null".to_owned(),
        r#"{"redirect_uris":"https://self.example/cb"}"#.to_owned(),
        r#"{"redirect_uris":["https://self.example/cb"],"redirect_uris":[]}"#.to_owned() + "x",
        "\u{0}".to_owned(),
    ] {
        let shown: String = body.chars().take(40).collect();
        assert_eq!(send(json, body).await, refused, "{shown}");
    }
    assert_eq!(send("text/plain", described().to_string()).await, refused);
    let many = json!({ "redirect_uris": vec!["https://self.example/cb"; 1000] });
    assert_eq!(
        send(json, many.to_string()).await,
        (400, json!("invalid_redirect_uri"))
    );
    let huge = format!(r#"{{"client_name":"{}"}}"#, "a".repeat(100_000));
    assert_eq!(send(json, huge).await, (413, json!("invalid_request")));
    assert_eq!(
        send(json, described().to_string()).await.0,
        201,
        "nothing was spent"
    );
}

#[tokio::test]
async fn a_platform_sees_and_changes_no_other_s_registration() {
    let provider = Provider::registering();
    let mine = provider.registered(terms(), &described()).await;
    let others = provider.registered(terms(), &described()).await;
    let (uri, _) = own(&others);
    let (_, token) = own(&mine);
    let nobody = format!("{}/oauth2/register/nobody", provider.base);
    let by_operator = format!("{}/oauth2/register/chifeng", provider.base);
    for uri in [uri, &nobody, &by_operator] {
        for verb in [Method::GET, Method::PUT, Method::DELETE] {
            let what = format!("{verb} {uri}");
            let answer = provider
                .manage(verb, (uri, token), Some(&put_back(&others)))
                .await;
            expect_no_token(&answer, &what);
        }
    }
    // Nor does the token of an operator, or its own at the other endpoint, help.
    let (initial, _) = provider.issue(terms(), 1).await;
    expect_no_token(
        &provider.manage(Method::GET, (uri, &initial), None).await,
        "initial",
    );
    expect_no_token(&provider.register(token, &described()).await, "its own");
    let still = provider.manage(Method::GET, own(&others), None).await;
    assert_eq!(put_back(&still.json()), put_back(&others));
}

#[tokio::test]
async fn a_platform_does_not_raise_what_an_operator_gave_it() {
    let provider = Provider::registering();
    let mut terms = terms();
    terms.scopes = ScopeSet::of_known_words("openid enterprise");
    let told = provider.registered(terms, &described()).await;
    assert_eq!(told["scope"], json!("openid enterprise"));
    let mut body = put_back(&told);
    body["scope"] = json!("openid enterprise certificate contact");
    body["pkce_optional"] = json!(true);
    body["requests"] = json!({ "pkce_optional": true });
    body["resources"] = json!(["https://archive.example/"]);
    body["serves"] = json!([provider.issuer]);
    body["consent"] = json!({ "remember_days": 365 });
    body["consent_signature"] = json!("provider");
    body["state"] = json!("active");
    let id = PlatformId::from_text(told["client_id"].as_str().unwrap());
    // An operator asks for the lock's own signature.
    provider
        .change_platform(id.as_str(), |platform| {
            platform.client.as_mut().unwrap().consent_signature = ConsentSigner::Lock;
        })
        .await;
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(
        answer.json()["scope"],
        json!("openid enterprise"),
        "{}",
        answer.summary()
    );
    let platform = provider.platform_of(&told).await;
    let client = platform.client();
    assert!(client.must_prove_key() && client.tokens.resources.is_empty());
    assert!(client.tokens.serves.is_empty() && client.origins.is_empty());
    assert_eq!(client.consent_signature, ConsentSigner::Lock);
    body["grant_types"] = json!(["authorization_code", "client_credentials"]);
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(
        answer.error(),
        "invalid_client_metadata",
        "{}",
        answer.summary()
    );
}

#[tokio::test]
async fn the_tokens_and_the_secret_are_in_no_row() {
    let provider = Provider::registering();
    let (token, _) = provider.issue(terms(), 1).await;
    let told = provider.register(&token, &described()).await.json();
    let secrets = [
        token.as_str(),
        told["client_secret"].as_str().unwrap(),
        told["registration_access_token"].as_str().unwrap(),
    ];
    for name in ["idp.db", "idp.db-wal"] {
        let octets = std::fs::read(provider.folder.join(name)).unwrap();
        for secret in secrets {
            let found = octets.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{name}");
        }
    }
}

#[tokio::test]
async fn a_suspended_platform_changes_nothing() {
    let provider = Provider::registering();
    let told = provider.registered(terms(), &described()).await;
    let id = told["client_id"].as_str().unwrap();
    let suspended = PlatformState::Suspended;
    provider.change_platform(id, |p| p.state = suspended).await;
    let answer = provider
        .manage(Method::PUT, own(&told), Some(&put_back(&told)))
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (403, "access_denied")
    );
    // Nor does it take itself, and what an operator is to look at, away.
    let answer = provider.manage(Method::DELETE, own(&told), None).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (403, "access_denied")
    );
    assert_eq!(
        provider.manage(Method::GET, own(&told), None).await.status,
        200
    );
}

fn untrusted() -> RegistrationTerms {
    RegistrationTerms {
        trusted: false,
        ..terms()
    }
}

async fn state_of(provider: &Provider, told: &Value) -> PlatformState {
    provider.platform_of(told).await.registration.state
}

#[tokio::test]
async fn what_people_see_of_a_platform_that_was_looked_at_is_looked_at_again_when_it_changes() {
    let provider = Provider::registering();
    let mut metadata = described();
    metadata["client_name"] = json!("A");
    // A host that serves keys is none that was looked at for anything else.
    metadata["jwks_uri"] = json!("https://cdn.example/keys");
    let told = provider.registered(untrusted(), &metadata).await;
    let id = told["client_id"].as_str().unwrap();
    for (name, value) in [
        ("client_name", json!("内蒙古政府采购网")),
        ("client_name#zh-CN", json!("内蒙古政府采购网")),
        ("client_name#en", json!("Procurement of Inner Mongolia")),
        ("logo_uri", json!("https://cdn.example/logo.png")),
        ("client_uri", json!("https://cdn.example/")),
        ("policy_uri", json!("https://cdn.example/policy")),
        ("tos_uri", json!("https://cdn.example/tos")),
        ("redirect_uris", json!(["https://cdn.example/cb"])),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token"]),
        ),
        ("token_endpoint_auth_method", json!("none")),
    ] {
        provider.approve(id).await;
        let mut body = put_back(&told);
        let others = ["client_name", "client_name#zh-CN", "client_name#en"];
        if others.contains(&name) {
            let members = body.as_object_mut().unwrap();
            members.retain(|name, _| !others.contains(&name.as_str()));
        }
        body[name] = value;
        let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.summary());
        let state = state_of(&provider, &told).await;
        assert_eq!(state, PlatformState::Pending, "{name}");
        let answer = provider
            .manage(Method::PUT, own(&told), Some(&put_back(&told)))
            .await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.summary());
        let state = state_of(&provider, &told).await;
        assert_eq!(state, PlatformState::Pending, "{name}: back is no look");
    }
    provider.approve(id).await;
    let mut body = put_back(&told);
    body["logo_uri"] = Value::Null;
    body["jwks_uri"] = json!("https://cdn.example/other");
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(state_of(&provider, &told).await, PlatformState::Active);
}

#[tokio::test]
async fn what_is_activated_is_what_was_shown() {
    let provider = Provider::registering();
    let told = provider.registered(untrusted(), &described()).await;
    let id = told["client_id"].as_str().unwrap();
    let refused = |done: Result<(), DirectoryError>| match done {
        Err(DirectoryError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let blind = refused(provider.approve_as(id, None).await);
    assert!(matches!(blind, RegistrationRefusal::NothingShown(_)));
    let shown = provider.shown(id).await;
    // Between the look and the word it names another place; it waits as before, and nothing says so.
    let mut body = put_back(&told);
    body["redirect_uris"] = json!(["https://elsewhere.example/cb"]);
    let answer = provider.manage(Method::PUT, own(&told), Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let changed = refused(provider.approve_as(id, Some(&shown)).await);
    assert!(changed.to_string().contains("look again"), "{changed}");
    assert_eq!(state_of(&provider, &told).await, PlatformState::Pending);
    let shown = provider.shown(id).await;
    provider.approve_as(id, Some(&shown)).await.unwrap();
    let events = provider.audit_of_platform(id).await;
    let activated = (events.iter()).find(|e| e.kind == AuditKind::PlatformActivated);
    let detail = activated.unwrap().detail.as_deref().unwrap();
    assert!(detail.contains(&shown), "{detail}");
    // Suspending it between does not do away with the look.
    body["redirect_uris"] = json!(["https://third.example/cb"]);
    provider.manage(Method::PUT, own(&told), Some(&body)).await;
    let suspended = PlatformState::Suspended;
    provider.change_platform(id, |p| p.state = suspended).await;
    let blind = refused(provider.approve_as(id, None).await);
    assert!(matches!(blind, RegistrationRefusal::NothingShown(_)));
}

#[tokio::test]
async fn a_platform_loosens_nothing_that_an_operator_tightened() {
    let provider = Provider::registering();
    let key = e2e::jwt::AssertionKey::generate(jsonwebtoken::Algorithm::ES256);
    let told = provider.registered(terms(), &described()).await;
    let before = put_back(&told);
    let mut strict = before.clone();
    strict["token_endpoint_auth_method"] = json!("private_key_jwt");
    strict["jwks"] = key.jwks();
    strict["require_signed_request_object"] = json!(true);
    strict["dpop_bound_access_tokens"] = json!(true);
    strict["subject_type"] = json!("pairwise");
    let metadata: ClientMetadata = serde_json::from_value(strict.clone()).unwrap();
    let (cx, id) = (
        provider.state.cx(),
        PlatformId::from_text(told["client_id"].as_str().unwrap()),
    );
    let tightened = provider.state.database.write(move |store| {
        let act = Act {
            operator_id: None,
            by: "test",
            reason: None,
        };
        let to = |platform: &mut Platform| {
            let client = platform.client.as_mut().unwrap();
            *client = client_of(&cx, &metadata, client)?;
            Ok(())
        };
        change(store, &cx, &id, (act, to))
    });
    tightened.await.unwrap();
    let put = async |body: &Value| provider.manage(Method::PUT, own(&told), Some(body)).await;
    let refused = put(&before).await;
    assert_eq!(refused.error(), "invalid_client_metadata");
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("token_endpoint_auth_method", json!("none")),
        ("require_signed_request_object", json!(false)),
        ("dpop_bound_access_tokens", Value::Null),
        ("subject_type", json!("public")),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token"]),
        ),
    ] {
        let mut body = strict.clone();
        body[name] = value;
        let answer = put(&body).await;
        let refused = (answer.status, answer.error());
        let expected = (400, "invalid_client_metadata".to_owned());
        assert_eq!(refused, expected, "{name}: {}", answer.summary());
        assert!(answer.body.contains(name), "{name}: {}", answer.body);
    }
    // As strict, and stricter, is its own to say.
    strict["require_pushed_authorization_requests"] = json!(true);
    strict["dpop_bound_access_tokens"] = Value::Null;
    strict["tls_client_certificate_bound_access_tokens"] = json!(true);
    let answer = put(&strict).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let client = provider.platform_of(&told).await.registration.client;
    let client = client.unwrap();
    assert!(client.requests.signed_only && client.requests.pushed_only);
}

#[tokio::test]
async fn a_sector_within_the_network_is_not_fetched() {
    let provider = Provider::registering();
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let here = format!("http://{}/sector", listener.local_addr().unwrap());
    let (token, _) = provider.issue(terms(), 1).await;
    let mut told = Vec::new();
    for uri in [
        &here,
        "https://10.0.0.1/sector",
        "https://[::ffff:127.0.0.1]/s",
        "https://nobody.invalid/sector",
    ] {
        let mut metadata = described();
        metadata["subject_type"] = json!("pairwise");
        metadata["sector_identifier_uri"] = json!(uri);
        let answer = provider.register(&token, &metadata).await;
        let refused = (answer.status, answer.error());
        assert_eq!(
            refused,
            (400, "invalid_client_metadata".to_owned()),
            "{uri}"
        );
        told.push(answer.json()["error_description"].clone());
    }
    // What is there, or why nothing is, is told to operators alone.
    assert_eq!((&told[0], &told[1]), (&told[3], &told[3]), "{told:?}");
    let trail = provider.audit().await.into_iter();
    let reasons: Vec<String> = trail.filter_map(|entry| entry.event.reason).collect();
    let within = |reason: &String| reason.contains("within this machine or its networks");
    assert!(reasons.iter().any(within), "{reasons:?}");
    assert!(listener.accept().is_err(), "nobody came");
    // And nothing at all for a token that is none.
    let mut metadata = described();
    metadata["sector_identifier_uri"] = json!(here);
    expect_no_token(&provider.register("made-up", &metadata).await, "made up");
}
