//! The admin API: operators' programs get tokens by their own key, and read what their roles show them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::admin_api::{
    JWT_BEARER, OPERATOR_PROOF, OperatorAssertion, Program, challenge_of, code, x5t,
};
use e2e::browser::client;
use e2e::jwt::part;
use e2e::operator::Worker;
use e2e::story::{Scene, new_lock};
use e2e::{KeyKind, Lock, Order, Platform, Provider, world};
use idp_core::audit::AuditKind;
use idp_core::operator::{Right, Role};
use protocol::proof::ProofAlgorithm;
use serde_json::json;

#[tokio::test]
async fn an_operator_gets_a_token_by_its_own_key_and_reads() {
    let provider = Provider::with_api();
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    let answer = worker.ask_token(provider, Some("platforms:read")).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.json();
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(told["scope"], "platforms:read");
    assert_eq!(told["expires_in"], 600);
    assert!(told.get("refresh_token").is_none());
    let token = told["access_token"].as_str().unwrap();
    assert_eq!(part(token, 0)["typ"], "at+jwt");
    let claims = part(token, 1);
    assert_eq!(claims["aud"], provider.at("/api/admin"));
    assert_eq!(claims["sub"], worker.id.as_str());

    let program = Program::with(provider, token);
    let me = program.read("/me").await;
    assert_eq!(me["name"], worker.name.as_str());
    assert_eq!(me["scopes"], json!(["platforms:read"]));
    let listed = program.read("/platforms?size=2").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let next = listed["next"].as_str().unwrap();
    let second = program
        .read(&format!("/platforms?size=2&page={next}"))
        .await;
    assert_ne!(second["items"][0]["id"], listed["items"][0]["id"]);
    let id = listed["items"][0]["id"].as_str().unwrap();
    let one = program.get(&format!("/platforms/{id}")).await;
    assert_eq!(one.json()["id"], id);
    let version = one.json()["version"].as_str().unwrap().to_owned();
    assert_eq!(one.header("etag"), format!("\"{version}\""));
    assert_eq!(
        worker.kinds(provider).await,
        [AuditKind::OperatorTokenIssued]
    );
}

#[tokio::test]
async fn every_kind_of_key_signs_its_assertion() {
    let provider = Provider::with_api();
    for (kind, algorithm) in [
        (KeyKind::P256, ProofAlgorithm::Es256),
        (KeyKind::P384, ProofAlgorithm::Es384),
        (KeyKind::Rsa(2048), ProofAlgorithm::Rs256),
        (KeyKind::Rsa(2048), ProofAlgorithm::Ps256),
    ] {
        let lock = world().p256.lock(&Order::enterprise(kind));
        let worker = Worker::with_lock(provider, &[Role::Auditor], lock).await;
        let by_certificate = x5t(&worker.lock);
        // Programs may know the certificate alone.
        let assertion = OperatorAssertion::of(&worker, &provider.issuer)
            .with("iss", by_certificate.as_str())
            .with("sub", by_certificate.as_str())
            .with("aud", provider.at("/oauth2/token"))
            .saying("alg", algorithm.as_str())
            .signed(&worker.lock);
        let form = [("grant_type", JWT_BEARER), ("assertion", &assertion)];
        let answer = provider.ask_token(&form).await;
        assert_eq!(answer.status, 200, "{algorithm:?}: {}", answer.summary());
    }
}

#[tokio::test]
async fn a_lock_that_makes_our_proof_alone_gets_a_token_by_a_challenge() {
    let provider = Provider::with_api();
    let sm2 = world().sm2.lock(&Order::enterprise(KeyKind::Sm2));
    let worker = Worker::with_lock(provider, &[Role::Support], sm2).await;
    let asked = Program::with(provider, "")
        .post("/challenge", &json!({}))
        .await;
    let challenge = challenge_of(&asked);
    assert_eq!(challenge.purpose.as_str(), "operator-login");
    let proof = challenge.proof(&worker.lock);
    let form = [
        ("grant_type", OPERATOR_PROOF),
        ("nonce", &*challenge.nonce),
        ("proof", &*proof),
    ];
    let answer = provider.ask_token(&form).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(answer.json()["scope"], "enterprises:read enterprises:write");
    let again = provider.ask_token(&form).await;
    assert_eq!((again.status, &*again.error()), (400, "invalid_grant"));
}

/// An address that one right alone opens.
const READS: [(&str, Right); 8] = [
    ("/platforms", Right::SeePlatforms),
    ("/enterprises", Right::SeeEnterprises),
    ("/authorities", Right::SeeAuthorities),
    ("/authorities/p256-ca", Right::SeeAuthorities),
    ("/authorities/p256-ca/history", Right::SeeAuthorities),
    ("/operators", Right::SeeOperators),
    ("/notices", Right::SeeNotices),
    ("/platforms?size=1", Right::SeePlatforms),
];

#[tokio::test]
async fn each_role_reads_what_is_its_own_and_nothing_else() {
    let provider = Provider::with_api();
    for role in Role::ALL {
        let worker = Worker::new(provider, &[role]).await;
        let program = worker.program(provider).await;
        for (path, right) in READS {
            let answer = program.get(path).await;
            if role.gives(right) {
                assert_eq!(answer.status, 200, "{role:?} {}", answer.summary());
                assert_eq!(answer.header("cache-control"), "no-store");
            } else {
                assert_eq!(answer.status, 403, "{role:?} {}", answer.summary());
                assert_eq!(code(&answer), "api-scope-insufficient");
                let wanted = format!("scope=\"{}\"", right.scope());
                assert!(answer.header("www-authenticate").contains(&wanted));
            }
        }
    }
}

#[tokio::test]
async fn an_enterprise_is_found_shown_and_its_story_told() {
    let provider = Provider::with_api();
    let scene = Scene::at(provider).await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let credit_code = scene.lock.credit_code();
    let found = program
        .read(&format!("/enterprises?words={credit_code}"))
        .await;
    assert_eq!(found["items"][0]["credit_code"], credit_code.as_str());
    let shown = program.read(&format!("/enterprises/{credit_code}")).await;
    assert_eq!(shown["locks"][0]["role"], "primary");
    let story = program
        .read(&format!("/enterprises/{credit_code}/timeline"))
        .await;
    let kinds: Vec<_> = story["items"].as_array().unwrap().iter().collect();
    assert!(
        kinds
            .iter()
            .any(|event| event["kind"] == "binding.succeeded")
    );
    assert_eq!(kinds[0]["lock_is"]["role"], "primary");

    let nobody = e2e::lock::credit_code();
    let absent = program.get(&format!("/enterprises/{nobody}")).await;
    assert_eq!(
        (absent.status, &*code(&absent)),
        (404, "enterprise-unknown")
    );
    for bad in [
        "/enterprises/x",
        "/enterprises?word=x",
        "/enterprises?size=0",
        "/enterprises?page=x",
        "/enterprises?state=frozen",
        "/enterprises?size=1&size=2",
    ] {
        let answer = program.get(bad).await;
        assert_eq!(
            (answer.status, &*code(&answer)),
            (400, "request-invalid"),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn where_the_api_is_off_nobody_knows_of_it() {
    let provider = Provider::shared();
    let worker = Worker::new(provider, &[Role::Auditor]).await;
    let answer = worker.ask_token(provider, None).await;
    assert_eq!((answer.status, &*answer.error()), (401, "invalid_client"));
    let answer = Program::with(provider, "x").get("/platforms").await;
    assert_eq!(answer.status, 404);
    for (provider, is_there) in [(provider, false), (Provider::with_api(), true)] {
        let url = provider.at("/.well-known/openid-configuration");
        let document = client()
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert_eq!(document.contains(JWT_BEARER), is_there);
        assert_eq!(document.contains(OPERATOR_PROOF), is_there);
    }
}

#[tokio::test]
async fn a_problem_is_told_in_the_language_that_was_asked_for() {
    let provider = Provider::with_api();
    let url = format!("{}/api/admin/v1/me", provider.base);
    let request = client().get(url).header("accept-language", "en");
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let asked: Vec<_> = answer
        .headers()
        .get_all("www-authenticate")
        .iter()
        .collect();
    assert_eq!(asked, ["Bearer", "DPoP algs=\"ES256 PS256\""]);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["title"], "The request brought no token.");
    assert_eq!(body["type"], "urn:yizhengtong:problem:api-token-missing");
}
#[tokio::test]
async fn a_registrar_suspends_a_platform_and_gives_it_a_new_secret() {
    let provider = Provider::with_api();
    let platform = Platform::connect(provider).await;
    let worker = Worker::new(provider, &[Role::Registrar]).await;
    let program = worker.program(provider).await;
    let act = |what: serde_json::Value| {
        json!({
            "act": "platform",
            "platform": platform.id,
            "what": what,
            "reason": "工单 42",
        })
    };
    let rotate = act(json!({ "do": "rotate-secret", "overlap_hours": 0 }));
    let asked = program.post("/acts/challenge", &rotate).await;
    let challenge = challenge_of(&asked);
    assert_eq!(challenge.purpose.as_str(), "approve");
    let shown = asked.json();
    assert_eq!(shown["verb"], "do");
    assert_eq!(shown["what"], "rotate-secret");
    let digest = shown["digest"].as_str().unwrap();
    assert!(challenge.statement.contains(digest));
    assert!(challenge.statement.contains(&worker.name));
    let done = program.do_signed(&rotate, &worker.lock).await;
    assert_eq!(done.status, 200, "{}", done.summary());
    let secret = done.json()["secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, platform.secret);

    let done = program
        .do_signed(&act(json!({ "do": "suspend" })), &worker.lock)
        .await;
    assert_eq!(done.json(), json!({ "done": "made" }));
    let path = format!("/platforms/{}", platform.id);
    assert_eq!(program.read(&path).await["state"], "suspended");
    let again = program
        .do_signed(&act(json!({ "do": "suspend" })), &worker.lock)
        .await;
    assert_eq!((again.status, &*code(&again)), (409, "change-nothing"));
    let kinds = worker.kinds(provider).await;
    assert!(kinds.contains(&AuditKind::PlatformSecretRotated));
    assert!(kinds.contains(&AuditKind::PlatformSuspended));
}

#[tokio::test]
async fn two_persons_agree_over_the_api_and_one_at_the_console() {
    let provider = Provider::with_api();
    let first = Worker::new(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let (one, two) = (
        first.program(provider).await,
        second.program(provider).await,
    );
    let propose = |lock: &Lock| {
        json!({
            "act": "propose",
            "change": {
                "change": "add-operator",
                "name": "乌兰",
                "roles": ["support"],
                "certificate": STANDARD.encode(lock.certificate.der()),
            },
            "reason": "新同事",
        })
    };
    let newcomer = new_lock();
    let done = one.do_signed(&propose(&newcomer), &first.lock).await;
    assert_eq!(done.status, 200, "{}", done.summary());
    let proposal = done.json()["proposal"].as_str().unwrap().to_owned();
    let waiting = two.read("/proposals?state=waiting&size=50").await;
    let items = waiting["items"].as_array().unwrap();
    assert!(items.iter().any(|one| one["id"] == proposal.as_str()));
    let shown = two.read(&format!("/proposals/{proposal}")).await;
    assert_eq!(shown["change"]["name"], "乌兰");

    let approve = json!({ "act": "approve", "proposal": proposal });
    let own = one.do_signed(&approve, &first.lock).await;
    assert_eq!((own.status, &*code(&own)), (409, "proposal-own"));
    let asked = two.post("/acts/challenge", &approve).await.json();
    assert_eq!(asked["digest"], shown["digest"]);
    assert_eq!(asked["change"], shown["change"]);
    let done = two.do_signed(&approve, &second.lock).await;
    assert_eq!(done.json()["done"], "approved");
    let listed = two.read("/operators").await;
    let listed = listed["items"].as_array().unwrap();
    let entered = listed
        .iter()
        .find(|one| one["certificate"]["x5t#S256"] == x5t(&newcomer));
    assert_eq!(entered.unwrap()["roles"], json!(["support"]));

    // Proposed by a program, refused at the console: the same change.
    let done = one.do_signed(&propose(&new_lock()), &first.lock).await;
    let proposal = done.json()["proposal"].as_str().unwrap().to_owned();
    let page = format!("/console/proposals/{proposal}");
    second.decide(&page, "refuse").await;
    let shown = one.read(&format!("/proposals/{proposal}")).await;
    assert_eq!(shown["state"], "refused");
    assert_eq!(shown["decision"]["by"], second.id.as_str());
}

#[tokio::test]
async fn support_freezes_an_enterprise_over_the_api() {
    let provider = Provider::with_api();
    let mut scene = Scene::at(provider).await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let act = json!({
        "act": "enterprise",
        "credit_code": scene.lock.credit_code(),
        "what": { "do": "freeze" },
        "reason": "法院来函",
    });
    let done = program.do_signed(&act, &worker.lock).await;
    assert_eq!(done.status, 200, "{}", done.summary());
    let path = format!("/enterprises/{}", scene.lock.credit_code());
    assert_eq!(program.read(&path).await["state"], "suspended");
    let page = scene.browser.go("/certificate").await;
    assert!(page.has("#challenge-form"), "still signed in");
}
