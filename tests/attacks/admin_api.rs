//! The admin API: what is no operator's own assertion, token or right opens nothing, and is written down.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use e2e::Provider;
use e2e::admin_api::{
    JWT_BEARER, OPERATOR_PROOF, OperatorAssertion, Program, challenge_of, code, jwt, x5t,
};
use e2e::browser::client;
use e2e::dpop::DpopKey;
use e2e::jwt::now;
use e2e::operator::Worker;
use e2e::proof::Challenge;
use e2e::story::{Scene, new_lock};
use e2e::{Platform, PlatformOrder, TokenRequest};
use idp::config::AddressRange;
use idp_core::audit::AuditKind;
use idp_core::hand::Hand;
use idp_core::operator::{OperatorState, Role, Roles};
use idp_core::operators::{self, OperatorChange};
use serde_json::{Value, json};

/// Sends an assertion; what the trail says of the refusal.
async fn refused(provider: &Provider, assertion: &str) -> String {
    let form = [("grant_type", JWT_BEARER), ("assertion", assertion)];
    let answer = provider.ask_token(&form).await;
    assert_eq!(
        (answer.status, &*answer.error()),
        (400, "invalid_grant"),
        "{}",
        answer.summary()
    );
    let event = provider
        .audit_of_incident(answer.header("x-request-id"))
        .await;
    let event = event.expect("a refusal is an event");
    assert_eq!(event.kind, AuditKind::OperatorRefused);
    event.reason.unwrap()
}

#[tokio::test]
async fn an_assertion_is_its_operators_own_new_and_for_us_alone() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Auditor]).await;
    let (stranger, other) = (new_lock(), Worker::new(provider, &[Role::Trust]).await);
    let good = || OperatorAssertion::of(&worker, &provider.issuer);
    let lock = &worker.lock;
    let elsewhere = "https://other.example";
    for (assertion, signed_by, why) in [
        (good(), &stranger, "assertion-signature"),
        (
            good().saying("x5t#S256", x5t(&stranger)),
            &stranger,
            "assertion-certificate",
        ),
        (
            good().saying("x5t#S256", x5t(&other.lock)),
            &other.lock,
            "assertion-subject",
        ),
        (
            good().saying("x5t#S256", x5t(&other.lock)),
            lock,
            "assertion-signature",
        ),
        (
            good().with("sub", other.id.as_str()),
            lock,
            "assertion-subject",
        ),
        (good().with("iss", "somebody"), lock, "assertion-subject"),
        (good().with("aud", elsewhere), lock, "assertion-audience"),
        (
            good().with("aud", json!([provider.issuer, elsewhere])),
            lock,
            "assertion-audience",
        ),
        (good().with("aud", json!([])), lock, "assertion-audience"),
        (
            good().with("aud", provider.at("/api/admin")),
            lock,
            "assertion-audience",
        ),
        (good().with("exp", now() - 61), lock, "assertion-expired"),
        (
            good().with("exp", now() + 400),
            lock,
            "assertion-too-far-ahead",
        ),
        (good().with("nbf", now() + 90), lock, "assertion-not-yet"),
        (good().with("iat", now() + 90), lock, "assertion-not-yet"),
        (good().with("jti", ""), lock, "assertion-malformed"),
        (good().without("jti"), lock, "assertion-malformed"),
        (good().without("exp"), lock, "assertion-malformed"),
        (good().without("aud"), lock, "assertion-malformed"),
        (good().saying("typ", "at+jwt"), lock, "assertion-malformed"),
        (
            good().saying("crit", json!(["x"])),
            lock,
            "assertion-malformed",
        ),
        (good().saying("b64", false), lock, "assertion-malformed"),
    ] {
        let text = assertion.signed(signed_by);
        assert_eq!(refused(provider, &text).await, why, "{}", assertion.claims);
    }
    let nameless = json!({ "alg": "ES256" });
    let text = jwt(lock, &nameless, &good().claims);
    assert_eq!(refused(provider, &text).await, "assertion-malformed");
    // Named twice, and not alike.
    let x5c = json!([STANDARD.encode(stranger.certificate.der())]);
    let text = good().saying("x5c", x5c).signed(lock);
    assert_eq!(refused(provider, &text).await, "assertion-malformed");
    assert_eq!(refused(provider, "no.jwt").await, "assertion-malformed");

    let text = good().signed(lock);
    let form = [("grant_type", JWT_BEARER), ("assertion", &*text)];
    assert_eq!(provider.ask_token(&form).await.status, 200);
    assert_eq!(refused(provider, &text).await, "assertion-used");
}

#[tokio::test]
async fn no_algorithm_but_the_keys_own_counts() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Auditor]).await;
    let good = OperatorAssertion::of(&worker, &provider.issuer);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let headed = |alg: &str| {
        let header = json!({ "alg": alg, "x5t#S256": x5t(&worker.lock) });
        format!("{}.{}", part(&header), part(&good.claims))
    };
    for alg in ["none", "NONE", "HS256", "EdDSA", "SM2SM3", "ES256K", ""] {
        let text = format!("{}.", headed(alg));
        assert_eq!(
            refused(provider, &text).await,
            "assertion-algorithm",
            "{alg}"
        );
    }
    // The public key, or the certificate, is no shared secret.
    for secret in [
        worker.lock.certificate.subject_public_key_info_der(),
        worker.lock.certificate.der(),
    ] {
        let text = headed("HS256");
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, text.as_bytes());
        let text = format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
        assert_eq!(refused(provider, &text).await, "assertion-algorithm");
    }
    // One that is known and does not fit the key.
    for alg in ["RS256", "PS256", "ES384"] {
        let text = headed(alg);
        let signature = worker.lock.sign(worker.lock.algorithm, text.as_bytes());
        let text = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(
            refused(provider, &text).await,
            "assertion-signature",
            "{alg}"
        );
    }
}

#[tokio::test]
async fn a_scope_beyond_the_roles_is_refused_whole() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    for scope in [
        "audit:read",
        "platforms:read audit:read",
        "openid",
        "platforms:read openid",
        "platforms:*",
    ] {
        let answer = worker.ask_token(provider, Some(scope)).await;
        assert_eq!(
            (answer.status, &*answer.error()),
            (400, "invalid_scope"),
            "{scope}"
        );
    }
    let kinds = worker.kinds(provider).await;
    assert_eq!(kinds, [AuditKind::OperatorRefused; 5]);
}

/// Changes an operator on the machine.
async fn change(provider: &Provider, worker: &Worker, to: OperatorChange) {
    let (cx, id) = (provider.state.cx(), worker.id.clone());
    let changed = provider.state.database.write(move |store| {
        let hand = Hand::on_the_machine("root", None);
        let version = store.find_operator(&id).unwrap().unwrap().version;
        operators::change(store, &cx, &hand, (&id, version, to))
    });
    changed.await.unwrap();
}

#[tokio::test]
async fn a_token_ends_with_the_duty_it_stands_for() {
    let provider = Provider::with_api();
    for (to, expected, again) in [
        (
            OperatorChange {
                state: Some(OperatorState::Suspended),
                ..OperatorChange::default()
            },
            (401, "api-operator-off-duty"),
            400,
        ),
        (
            OperatorChange {
                certificate: Some(new_lock().certificate.der().to_vec()),
                ..OperatorChange::default()
            },
            (401, "api-operator-off-duty"),
            400,
        ),
        (
            OperatorChange {
                roles: Some(Roles::new([Role::Support]).unwrap()),
                ..OperatorChange::default()
            },
            (403, "operator-not-allowed"),
            200,
        ),
    ] {
        let worker = Worker::new(provider, &[Role::Registrar]).await;
        let program = worker.program(provider).await;
        assert_eq!(program.get("/platforms").await.status, 200);
        change(provider, &worker, to).await;
        let answer = program.get("/platforms").await;
        assert_eq!((answer.status, &*code(&answer)), expected);
        if expected.0 == 401 {
            let asked = answer.header("www-authenticate");
            assert_eq!(asked, "Bearer error=\"invalid_token\"");
        }
        assert_eq!(worker.ask_token(provider, None).await.status, again);
        let trail = worker.trail(provider).await;
        assert!(
            trail
                .iter()
                .any(|event| event.reason.as_deref() == Some(expected.1))
        );
    }
}

#[tokio::test]
async fn no_other_token_opens_the_api_and_its_own_opens_nothing_else() {
    let provider = Provider::with_api();
    let mut scene = Scene::at(provider).await;
    let api = provider.at("/api/admin");
    let mut order = PlatformOrder::default();
    order.tokens.client_credentials = true;
    order.tokens.resources = vec![api.clone()];
    order.tokens.serves = vec![api.clone()];
    let platform = Platform::order(provider, order).await;
    let own = TokenRequest::own(&platform)
        .with("resource", &api)
        .send()
        .await;
    assert_eq!(own.status, 200, "{}", own.summary());
    let own = own.json()["access_token"].as_str().unwrap().to_owned();
    let persons = scene.receive().await.access().to_owned();
    for token in [&*own, &*persons, "x", "a.b.c"] {
        let answer = Program::with(provider, token).get("/platforms").await;
        assert_eq!((answer.status, &*code(&answer)), (401, "api-token-invalid"));
        let incident = answer.header("x-request-id").to_owned();
        provider
            .expect_incident(&incident, AuditKind::ApiRefused, "api-token-invalid")
            .await;
    }
    let worker = Worker::new(provider, &[Role::Registrar, Role::Auditor]).await;
    let token = worker.program(provider).await.token;
    let answer = platform.userinfo_by("Bearer", &token, &[]).await;
    assert_eq!((answer.status, &*answer.error()), (401, "invalid_token"));
    let asked = TokenRequest::about(&platform, "/oauth2/introspect", &token);
    assert_eq!(asked.send().await.json(), json!({ "active": false }));
    let given_up = TokenRequest::about(&platform, "/oauth2/revoke", &token);
    assert_eq!(given_up.send().await.status, 200);
    let still = Program::with(provider, &token).get("/platforms").await;
    assert_eq!(still.status, 200, "a platform gave an operator's token up");
}

#[tokio::test]
async fn a_bound_token_is_of_no_use_to_a_thief() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    let mut key = DpopKey::generate(&provider.issuer);
    let assertion = OperatorAssertion::of(&worker, &provider.issuer).signed(&worker.lock);
    let ask = async |key: &DpopKey| {
        let form = [("grant_type", JWT_BEARER), ("assertion", &*assertion)];
        let proof = key.sign(&key.proof("POST", "/oauth2/token"));
        let url = provider.at("/oauth2/token");
        let request = client().post(url).form(&form).header("dpop", proof);
        request.send().await.unwrap()
    };
    // The assertion is not used up where only our nonce is missing.
    let answer = ask(&key).await;
    assert_eq!(answer.status(), 400);
    let nonce = answer.headers()["dpop-nonce"].to_str().unwrap().to_owned();
    key.nonce = Some(nonce);
    let told: Value = ask(&key).await.json().await.unwrap();
    assert_eq!(told["token_type"], "DPoP", "{told}");
    let token = told["access_token"].as_str().unwrap();

    let answer = Program::with(provider, token).get("/platforms").await;
    assert_eq!(
        (answer.status, &*code(&answer)),
        (401, "api-token-wrong-sender")
    );
    let path = "/api/admin/v1/platforms";
    let mut thief = DpopKey::generate(&provider.issuer);
    thief.nonce.clone_from(&key.nonce);
    for (key, status) in [(&thief, 401), (&key, 200)] {
        let proof = key.sign(&key.proof_with("GET", path, token));
        let request = client().get(provider.at(path)).header("dpop", proof);
        let request = request.header("authorization", format!("DPoP {token}"));
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn a_challenge_of_the_api_is_answered_there_once_by_an_operator() {
    let provider = Provider::with_api();
    let mut worker = Worker::new(provider, &[Role::Registrar]).await;
    let nobody = Program::with(provider, "");
    let ask = async |challenge: &Challenge, proof: &str| {
        let form = [
            ("grant_type", OPERATOR_PROOF),
            ("nonce", &*challenge.nonce),
            ("proof", proof),
        ];
        provider.ask_token(&form).await
    };
    let issue = async || challenge_of(&nobody.post("/challenge", &json!({})).await);
    let challenge = issue().await;
    let answer = ask(&challenge, &challenge.proof(&new_lock())).await;
    assert_eq!((answer.status, &*answer.error()), (400, "invalid_grant"));
    let challenge = issue().await;
    let reworded = Challenge {
        statement: "something else".to_owned(),
        ..challenge.clone()
    };
    let answer = ask(&challenge, &reworded.proof(&worker.lock)).await;
    assert_eq!((answer.status, &*answer.error()), (400, "invalid_grant"));
    // The console's challenge is the console's, and the other way round.
    let page = worker.browser.open("/console/sign-in").await;
    let consoles = Challenge::of(&page);
    let answer = ask(&consoles, &consoles.proof(&worker.lock)).await;
    assert_eq!((answer.status, &*answer.error()), (400, "invalid_grant"));
    let page = worker.browser.open("/console/sign-in").await;
    let ours = issue().await;
    let proof = ours.proof(&worker.lock);
    let mut fields = page.fields("#challenge-form");
    e2e::browser::set(&mut fields, "nonce", &ours.nonce);
    e2e::browser::set(&mut fields, "proof", &proof);
    let answer = worker.browser.post("/console/sign-in", &fields).await;
    assert_eq!(
        (answer.status, &*answer.problem()),
        (403, "challenge-of-other-browser")
    );
}

#[tokio::test]
async fn elsewhere_there_is_no_api_and_no_token() {
    let range: AddressRange = serde_json::from_value(json!("10.8.0.0/16")).unwrap();
    let provider = Provider::start(|config| {
        config.api.enabled = true;
        config.console.allowed_addresses = vec![range];
    });
    let worker = Worker::new(&provider, &[Role::Auditor]).await;
    let answer = worker.ask_token(&provider, None).await;
    assert_eq!((answer.status, &*answer.error()), (401, "invalid_client"));
    let program = Program::with(&provider, "x");
    assert_eq!(program.get("/platforms").await.status, 404);
    assert_eq!(program.post("/challenge", &json!({})).await.status, 404);
}

#[tokio::test]
async fn a_token_comes_by_its_header_alone_and_browsers_of_others_are_not_served() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    let token = worker.program(provider).await.token;
    let path = format!("/platforms?access_token={token}");
    let answer = Program::with(provider, "").get(&path).await;
    assert_eq!(
        (answer.status, &*code(&answer)),
        (400, "api-token-malformed")
    );
    let url = provider.at("/api/admin/v1/challenge");
    let foreign = client().post(url).header("origin", "https://evil.example");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let url = provider.at("/api/admin/v1/platforms");
    let read = client().get(url).bearer_auth(&token);
    let read = read
        .header("origin", "https://evil.example")
        .send()
        .await
        .unwrap();
    let opened = read.headers().get("access-control-allow-origin");
    assert_eq!(opened, None);
    assert!(read.headers().get("set-cookie").is_none());
    // An address has one spelling, and whatever is wrong is told in JSON.
    let spelt = Program::with(provider, &token).get("/plat%66orms").await;
    assert_eq!((spelt.status, &*code(&spelt)), (404, "not-found"));
    let nowhere = Program::with(provider, &token).get("/nowhere").await;
    assert_eq!((nowhere.status, &*code(&nowhere)), (404, "not-found"));
}

/// Freezes an enterprise that is nobody's.
fn freeze() -> Value {
    json!({
        "act": "enterprise",
        "credit_code": e2e::lock::credit_code(),
        "what": { "do": "freeze" },
        "reason": "工单 7",
    })
}

#[tokio::test]
async fn what_is_done_is_what_was_signed_once_by_whoever_was_asked() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Support]).await;
    let other = Worker::new(provider, &[Role::Support]).await;
    let (program, others) = (
        worker.program(provider).await,
        other.program(provider).await,
    );
    let ask = async |act: &Value| challenge_of(&program.post("/acts/challenge", act).await);
    let submit = async |program: &Program, act: &Value, nonce: &str, proof: &str| {
        let body = json!({ "act": act, "nonce": nonce, "proof": proof });
        let answer = program.post("/acts", &body).await;
        (answer.status, code(&answer))
    };
    let refused = |status: u16, word: &str| (status, word.to_owned());
    // Signed for one act, sent with another.
    let (act, another) = (freeze(), freeze());
    let challenge = ask(&act).await;
    let proof = challenge.proof(&worker.lock);
    let answer = submit(&program, &another, &challenge.nonce, &proof).await;
    assert_eq!(answer, refused(403, "signature-invalid"));
    // That spent it, for the right act too.
    let answer = submit(&program, &act, &challenge.nonce, &proof).await;
    assert_eq!(answer, refused(403, "challenge-expired"));
    // Another operator's challenge, with that one's own signature.
    let challenge = ask(&act).await;
    let proof = challenge.proof(&other.lock);
    let answer = submit(&others, &act, &challenge.nonce, &proof).await;
    assert_eq!(answer.0, 403);
    // Somebody else's key under this operator's challenge.
    let challenge = ask(&act).await;
    let proof = challenge.proof(&other.lock);
    let answer = submit(&program, &act, &challenge.nonce, &proof).await;
    assert_eq!(answer, refused(403, "operator-certificate-differs"));
    // Without a signature, and with what is none.
    for (proof, word) in [("", "proof-missing"), ("{}", "proof-malformed")] {
        let challenge = ask(&act).await;
        let answer = submit(&program, &act, &challenge.nonce, proof).await;
        assert_eq!(answer, refused(403, word));
    }
    // A sign-in's challenge is none for an act.
    let sign_in = challenge_of(&program.post("/challenge", &json!({})).await);
    let proof = sign_in.proof(&worker.lock);
    let answer = submit(&program, &act, &sign_in.nonce, &proof).await;
    assert_eq!(answer.0, 403);
    let trail = worker.trail(provider).await;
    let noted = trail
        .iter()
        .filter(|it| it.kind == AuditKind::OperatorActRefused);
    assert_eq!(noted.count(), 6);
}

#[tokio::test]
async fn the_right_is_asked_for_again_when_the_act_is_done() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let act = freeze();
    let challenge = challenge_of(&program.post("/acts/challenge", &act).await);
    let to = OperatorChange {
        roles: Some(Roles::new([Role::Auditor]).unwrap()),
        ..OperatorChange::default()
    };
    change(provider, &worker, to).await;
    let proof = challenge.proof(&worker.lock);
    let body = json!({ "act": act, "nonce": challenge.nonce, "proof": proof });
    let answer = program.post("/acts", &body).await;
    assert_eq!(
        (answer.status, &*code(&answer)),
        (403, "operator-not-allowed")
    );

    // A token for reading does not act, whatever the roles are.
    let worker = Worker::new(provider, &[Role::Support]).await;
    let token = worker
        .ask_token(provider, Some("enterprises:read"))
        .await
        .json();
    let program = Program::with(provider, token["access_token"].as_str().unwrap());
    let answer = program.post("/acts/challenge", &freeze()).await;
    assert_eq!(
        (answer.status, &*code(&answer)),
        (403, "api-scope-insufficient")
    );
    let asked = answer.header("www-authenticate");
    assert!(asked.contains("scope=\"enterprises:write\""), "{asked}");
}

#[tokio::test]
async fn an_act_is_json_and_all_of_it_is_known() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let mut more = freeze();
    more["force"] = json!(true);
    for bad in [more, json!({}), json!([]), json!({ "act": "erase-all" })] {
        let answer = program.post("/acts/challenge", &bad).await;
        assert_eq!((answer.status, &*code(&answer)), (400, "request-invalid"));
    }
    let url = provider.at("/api/admin/v1/acts/challenge");
    let form = client().post(url).bearer_auth(&program.token);
    let form = form.form(&[("act", "enterprise")]).send().await.unwrap();
    assert_eq!(form.status(), 415);
    let nobody = Program::with(provider, "").post("/acts", &json!({})).await;
    assert_eq!((nobody.status, &*code(&nobody)), (401, "api-token-missing"));
}
