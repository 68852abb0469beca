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
use idp::api_client::{Client, KeyFiles, OperatorKey, Place};
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
const READS: [(&str, Right); 15] = [
    ("/platforms", Right::SeePlatforms),
    ("/enterprises", Right::SeeEnterprises),
    ("/authorities", Right::SeeAuthorities),
    ("/authorities/p256-ca", Right::SeeAuthorities),
    ("/authorities/p256-ca/history", Right::SeeAuthorities),
    ("/operators", Right::SeeOperators),
    ("/notices", Right::SeeNotices),
    ("/platforms?size=1", Right::SeePlatforms),
    ("/sign-ins", Right::SeeEnterprises),
    ("/consents", Right::SeeEnterprises),
    ("/key-locks?ending_within_days=30", Right::SeeEnterprises),
    ("/deliveries/logouts", Right::SeePlatforms),
    ("/deliveries/notifications", Right::SeeEnterprises),
    ("/registration-tokens", Right::SeePlatforms),
    ("/audit", Right::SeeAudit),
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

#[tokio::test]
async fn figures_and_events_are_told_to_those_who_see_what_they_count() {
    let provider = Provider::with_api();
    let auditor = Worker::new(provider, &[Role::Auditor]).await;
    let program = auditor.program(provider).await;
    let whole = program.read("/figures?days=7").await;
    let registrar = Worker::new(provider, &[Role::Registrar]).await;
    let part = registrar.program(provider).await.read("/figures").await;
    for (member, is_told) in [
        ("sign_ins", true),
        ("failures", true),
        ("sign_outs", true),
        ("signing_keys", false),
        ("notifications", false),
        ("locks_ending", false),
    ] {
        assert!(whole.get(member).is_some(), "{member}");
        assert_eq!(part.get(member).is_some(), is_told, "{member}");
    }
    let path = format!(
        "/audit?kind=operator.token-issued,operator.refused&operator={}&from=2020-01-01T00:00:00Z",
        registrar.id
    );
    let found = program.read(&path).await;
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{found}");
    assert_eq!(items[0]["kind"], "operator.token-issued");
    let bad = program.get("/audit?kind=no.such").await;
    assert_eq!((bad.status, &*code(&bad)), (400, "request-invalid"));
}

#[tokio::test]
async fn sign_ins_and_consents_are_listed_by_enterprise() {
    let provider = Provider::with_api();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let worker = Worker::new(provider, &[Role::Support]).await;
    let program = worker.program(provider).await;
    let of = scene.lock.credit_code();
    let found = program
        .read(&format!("/sign-ins?enterprise={of}&live=true"))
        .await;
    assert_eq!(found["items"][0]["state"], "live");
    let found = program
        .read(&format!("/consents?enterprise={of}&outcome=granted"))
        .await;
    assert_eq!(found["items"][0]["platform"], scene.platform.id.as_str());
}

/// A program of this product, by a lock's key in a file.
pub(super) async fn client_of(provider: &Provider, lock: &Lock) -> Client {
    let (certificate, key) = lock.files();
    let files = KeyFiles {
        certificate,
        key,
        passphrase: None,
    };
    let place = Place {
        url: provider.issuer.clone(),
        ca: None,
        scope: None,
        language: None,
    };
    let key = OperatorKey::open(&files).unwrap();
    Client::open(&place, key).await.unwrap()
}

#[tokio::test]
async fn the_command_line_s_client_reads_and_acts_by_a_key_in_a_file() {
    let provider = Provider::with_api();
    for kind in [KeyKind::P256, KeyKind::Rsa(2048), KeyKind::Sm2] {
        let authority = match kind {
            KeyKind::Sm2 => &world().sm2,
            _ => &world().p256,
        };
        let lock = authority.lock(&Order::enterprise(kind));
        let worker = Worker::with_lock(provider, &[Role::Registrar], lock).await;
        let client = client_of(provider, &worker.lock).await;
        let me = client.get("me").await.unwrap();
        assert_eq!(me["id"], worker.id.as_str());
        let platform = Platform::connect(provider).await;
        let act = json!({
            "act": "platform",
            "platform": platform.id,
            "what": { "do": "suspend" },
            "reason": "工单 9",
        });
        let asked = client.prepare(&act).await.unwrap();
        let done = client.carry_out(&act, &asked).await.unwrap();
        assert_eq!(done, json!({ "done": "made" }));
        let refused = client.get("audit").await.unwrap_err().to_string();
        assert!(
            refused.starts_with("api-scope-insufficient (403)"),
            "{refused}"
        );
        // What was asked for one act signs no other.
        let another = json!({ "act": "approve", "proposal": "x" });
        let refused = client.carry_out(&another, &asked).await.unwrap_err();
        assert!(refused.to_string().starts_with("NOT SIGNED"), "{refused}");
    }
}

#[tokio::test]
async fn two_clients_propose_and_approve() {
    let provider = Provider::with_api();
    let (first, second) = (
        Worker::new(provider, &[Role::Trust]).await,
        Worker::new(provider, &[Role::Trust]).await,
    );
    let (one, two) = (
        client_of(provider, &first.lock).await,
        client_of(provider, &second.lock).await,
    );
    let propose = json!({
        "act": "propose",
        "change": {
            "change": "add-operator",
            "name": "其木格",
            "roles": ["auditor"],
            "certificate": STANDARD.encode(new_lock().certificate.der()),
        },
        "reason": "新同事",
    });
    let asked = one.prepare(&propose).await.unwrap();
    let done = one.carry_out(&propose, &asked).await.unwrap();
    let approve = json!({ "act": "approve", "proposal": done["proposal"] });
    let asked = two.prepare(&approve).await.unwrap();
    assert_eq!(asked["change"]["name"], "其木格");
    let done = two.carry_out(&approve, &asked).await.unwrap();
    assert_eq!(done["done"], "approved");
}

#[tokio::test]
async fn the_api_is_described_and_what_is_described_is_there() {
    let provider = Provider::with_api();
    let url = provider.at("/api/admin/openapi.json");
    let described: serde_json::Value = client()
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.split('/');
        let path: Vec<_> = path
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect();
        let path = path.join("/");
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let request = client().request(method, provider.at(&path));
            let status = request.send().await.unwrap().status().as_u16();
            let expected = if path.ends_with("v1/challenge") {
                200
            } else {
                401
            };
            assert_eq!(status, expected, "{path}");
        }
    }
}
