//! Operators who are none, who may not, who sign something else, or who would decide alone.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use e2e::browser::{csrf_token, set};
use e2e::operator::Worker;
use e2e::proof::Challenge;
use e2e::story::{Scene, new_lock};
use e2e::{Answer, Browser, Lock, Provider};
use idp_core::audit::AuditKind;
use idp_core::id::ProposalId;
use idp_core::operator::Role;
use idp_core::proposal::ProposalState;

/// Every page of the console with the roles that see it.
const PAGES: [(&str, &[Role]); 7] = [
    ("/console/operators", &[Role::Trust, Role::Auditor]),
    ("/console/operators/new", &[Role::Trust]),
    ("/console/authorities", &[Role::Trust, Role::Auditor]),
    ("/console/authorities/new", &[Role::Trust]),
    // Each sees there what its role may decide or look at.
    ("/console/proposals", &Role::ALL),
    ("/console/proposals?state=all", &Role::ALL),
    ("/console", &Role::ALL),
];

/// Every form of it, with the role that may send it.
const FORMS: [(&str, &[Role]); 6] = [
    ("/console/operators/new", &[Role::Trust]),
    ("/console/authorities/new", &[Role::Trust]),
    ("/console/authorities/nowhere", &[Role::Trust]),
    ("/console/enterprises/act", &[Role::Support]),
    ("/console/sign-ins", &[Role::Support]),
    ("/console/platforms/new", &[Role::Registrar]),
];

async fn expect_event(provider: &Provider, answer: &Answer, reason: &str) {
    let kind = AuditKind::OperatorActRefused;
    provider
        .expect_incident(&answer.incident(), kind, reason)
        .await;
}

/// A review page of a new operator, on its way to the signature.
async fn review(worker: &mut Worker, lock: &Lock) -> Answer {
    let page = worker.browser.open("/console/operators/new").await;
    let pem = lock.pem();
    let typed = [
        ("name", "乌兰"),
        ("roles", "auditor"),
        ("certificate", pem.as_str()),
        ("reason", "新同事"),
    ];
    worker.send(&page, "#new-form", &typed).await
}

async fn proposed(worker: &mut Worker) -> String {
    let page = review(worker, &new_lock()).await;
    worker.proposed(&page).await
}

async fn state(provider: &Provider, address: &str) -> ProposalState {
    let id = ProposalId::from_text(address.rsplit('/').next().unwrap());
    let database = &provider.state.database;
    let found = database.read(move |store| store.find_proposal(&id)).await;
    found.unwrap().unwrap().state
}

#[tokio::test]
async fn a_role_sees_its_own_places_and_no_other_and_trying_is_an_event() {
    let provider = Provider::shared();
    for role in Role::ALL {
        let mut worker = Worker::on_duty(provider, &[role]).await;
        let menu = worker.browser.open("/console").await;
        let links = menu.attributes("#menu a", "href");
        for (path, roles) in PAGES {
            let page = worker.browser.open(path).await;
            let allowed = roles.contains(&role);
            assert_eq!(
                page.status,
                if allowed { 200 } else { 403 },
                "{role:?} {path}"
            );
            if !allowed {
                assert!(!links.contains(&path.to_owned()), "{role:?} {path}");
                expect_event(provider, &page, "operator-not-allowed").await;
            }
        }
        for (path, roles) in FORMS {
            let fields = [("csrf_token".to_owned(), csrf_token(&menu))];
            let answer = worker.browser.post(path, &fields).await;
            let refused = (answer.status, answer.problem()) == (403, "operator-not-allowed".into());
            assert_eq!(refused, !roles.contains(&role), "{role:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_role_can_t_sign_what_another_one_may_do() {
    let provider = Provider::shared();
    let mut trust = Worker::on_duty(provider, &[Role::Trust]).await;
    let page = review(&mut trust, &new_lock()).await;
    for role in [Role::Registrar, Role::Support, Role::Auditor] {
        let mut other = Worker::on_duty(provider, &[role]).await;
        let own = other.browser.open("/console").await;
        let mut fields = page.fields("#challenge-form");
        set(&mut fields, "csrf_token", &csrf_token(&own));
        let proof = Challenge::of(&page).proof(&other.lock);
        set(&mut fields, "proof", &proof);
        let answer = other.browser.post("/console/act", &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "operator-not-allowed")
        );
        expect_event(provider, &answer, "operator-not-allowed").await;
    }
}

#[tokio::test]
async fn nobody_approves_what_he_proposed_himself() {
    let provider = Provider::shared();
    let mut trust = Worker::on_duty(provider, &[Role::Trust]).await;
    let proposal = proposed(&mut trust).await;
    let page = trust.browser.open(&proposal).await;
    assert!(!page.has("#approve") && page.has("#withdraw"));
    for decision in ["approve", "refuse"] {
        let answer = trust.decide(&proposal, decision).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (409, "proposal-own"),
            "{}",
            answer.summary()
        );
        assert_eq!(state(provider, &proposal).await, ProposalState::Waiting);
    }
    let kinds = trust.kinds(provider).await;
    let refused = kinds
        .iter()
        .filter(|k| **k == AuditKind::OperatorActRefused);
    assert_eq!(refused.count(), 2);
}

#[tokio::test]
async fn the_database_itself_refuses_a_decision_of_one_person() {
    let provider = Provider::start(|_| ());
    let mut trust = Worker::on_duty(&provider, &[Role::Trust]).await;
    let proposal = proposed(&mut trust).await;
    let id = proposal.rsplit('/').next().unwrap();
    let file = provider.folder.join("idp.db");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let alone = "UPDATE proposals SET state = 'approved', decided_by = proposed_by, decided_at = 1, \
                 decision_signed = signed";
    for attack in [
        format!("{alone} WHERE id = '{id}'"),
        "DELETE FROM signed_statements".to_owned(),
        "UPDATE signed_statements SET statement = 'x'".to_owned(),
    ] {
        assert!(connection.batch_execute(&attack).is_err(), "{attack}");
    }
}

#[tokio::test]
async fn a_proposal_that_was_altered_in_the_database_is_not_approved() {
    let provider = Provider::start(|_| ());
    let mut first = Worker::on_duty(&provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(&provider, &[Role::Trust]).await;
    let proposal = proposed(&mut first).await;
    let file = provider.folder.join("idp.db");
    let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    connection
        .batch_execute("UPDATE proposals SET change = replace(change, 'auditor', 'trust')")
        .unwrap();
    let answer = second.decide(&proposal, "approve").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "proposal-altered"),
        "{}",
        answer.summary()
    );
    assert_eq!(state(&provider, &proposal).await, ProposalState::Waiting);
    expect_event(&provider, &answer, "proposal-altered").await;
}

#[tokio::test]
async fn a_decision_is_made_once_however_many_come() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut third = Worker::on_duty(provider, &[Role::Trust]).await;
    let proposal = proposed(&mut first).await;
    let (one, other) = tokio::join!(
        second.decide(&proposal, "approve"),
        third.decide(&proposal, "refuse")
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [303, 409],
        "{} {}",
        one.summary(),
        other.summary()
    );
    let again = second.decide(&proposal, "approve").await;
    assert_eq!(again.problem(), "proposal-not-open");
}

#[tokio::test]
async fn a_signature_counts_for_the_very_act_that_was_shown() {
    let provider = Provider::shared();
    let mut trust = Worker::on_duty(provider, &[Role::Trust]).await;
    let (shown, other) = (new_lock(), new_lock());
    let page = review(&mut trust, &shown).await;
    let another = review(&mut trust, &other).await;
    // The act of one page with the signature of another.
    let act = another.fields("#challenge-form");
    let act = &act.iter().find(|(name, _)| name == "act").unwrap().1;
    let proof = Challenge::of(&page).proof(&trust.lock);
    let mut fields = page.fields("#challenge-form");
    set(&mut fields, "proof", &proof);
    set(&mut fields, "act", act);
    let answer = trust.browser.post("/console/act", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "signature-invalid"),
        "{}",
        answer.summary()
    );
    expect_event(provider, &answer, "signature-invalid").await;
    // And the nonce is spent.
    let mut fields = page.fields("#challenge-form");
    set(&mut fields, "proof", &proof);
    let answer = trust.browser.post("/console/act", &fields).await;
    assert_eq!(answer.problem(), "act-spent");
}

#[tokio::test]
async fn another_key_s_signature_counts_for_nothing_though_its_operator_may() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let second = Worker::on_duty(provider, &[Role::Trust]).await;
    for lock in [&second.lock, &new_lock()] {
        let page = review(&mut first, &new_lock()).await;
        let answer = first.browser.sign(&page, lock).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "operator-certificate-differs")
        );
        expect_event(provider, &answer, "operator-certificate-differs").await;
    }
}

#[tokio::test]
async fn a_signature_for_proposing_approves_nothing() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let proposal = proposed(&mut first).await;
    // The second person signs a proposal of its own; its signature is moved to the approval.
    let own = review(&mut second, &new_lock()).await;
    let proof = Challenge::of(&own).proof(&second.lock);
    let mut fields = own.fields("#challenge-form");
    let id = proposal.rsplit('/').next().unwrap();
    set(
        &mut fields,
        "act",
        &format!(r#"{{"act":"approve","proposal":"{id}"}}"#),
    );
    set(&mut fields, "proof", &proof);
    let answer = second.browser.post("/console/act", &fields).await;
    assert_eq!(answer.problem(), "signature-invalid");
    assert_eq!(state(provider, &proposal).await, ProposalState::Waiting);
}

#[tokio::test]
async fn an_act_with_what_is_not_in_it_is_refused() {
    let provider = Provider::shared();
    let mut trust = Worker::on_duty(provider, &[Role::Trust]).await;
    let page = review(&mut trust, &new_lock()).await;
    for act in [
        "",
        "{}",
        "[]",
        r#"{"act":"approve"}"#,
        r#"{"act":"approve","proposal":"x","more":1}"#,
        r#"{"act":"propose","change":{"change":"add-operator","name":"x","roles":[],"certificate":""},"reason":"x"}"#,
        r#"{"act":"propose","change":{"change":"add-operator","name":"x","roles":["root"],"certificate":""},"reason":"x"}"#,
        r#"{"act":"propose","change":{"change":"none"},"reason":"x"}"#,
    ] {
        let mut fields = page.fields("#challenge-form");
        set(&mut fields, "act", act);
        let answer = trust.browser.post("/console/act", &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "request-invalid"),
            "{act}"
        );
    }
}

#[tokio::test]
async fn strangers_and_enterprises_do_not_get_in() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    for lock in [&scene.lock, &new_lock()] {
        let mut browser = scene.browser.clone();
        let page = browser.open("/console/sign-in").await;
        let answer = browser.sign(&page, lock).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "operator-unknown")
        );
        let (kind, incident) = (AuditKind::OperatorRefused, answer.incident());
        provider
            .expect_incident(&incident, kind, "operator-unknown")
            .await;
        let page = browser.open("/console").await;
        assert_eq!(page.location(), Some("/console/sign-in"));
    }
}

#[tokio::test]
async fn neither_session_opens_the_other_s_places() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let worker = Worker::on_duty(provider, &Role::ALL).await;
    let console = worker.browser.cookies.get("yzt_console").unwrap().clone();
    let portal = scene.browser.session().unwrap().clone();
    let mut browser = Browser::new(provider);
    browser.cookies.insert("yzt_console".into(), portal);
    assert_eq!(browser.open("/console").await.status, 303);
    browser.cookies.insert("yzt_session".into(), console);
    assert_eq!(browser.open("/certificate").await.status, 303);
}

#[tokio::test]
async fn a_login_of_the_portal_is_no_sign_in_of_the_console() {
    let provider = Provider::shared();
    let worker = Worker::new(provider, &[Role::Trust]).await;
    let mut browser = Browser::new(provider);
    let login = browser.open("/login").await;
    let proof = Challenge::of(&login).proof(&worker.lock);
    let page = browser.open("/console/sign-in").await;
    let mut fields = page.fields("#challenge-form");
    let nonce = login.fields("#challenge-form");
    let nonce = &nonce.iter().find(|(name, _)| name == "nonce").unwrap().1;
    set(&mut fields, "nonce", nonce);
    set(&mut fields, "proof", &proof);
    let answer = browser.post("/console/sign-in", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "challenge-of-other-browser")
    );
}

#[tokio::test]
async fn a_cookie_planted_before_is_worth_nothing_after() {
    let provider = Provider::shared();
    let mut worker = Worker::new(provider, &[Role::Trust]).await;
    worker.browser.open("/console/sign-in").await;
    let planted = worker.browser.cookies.get("yzt_console").unwrap().clone();
    worker.sign_in().await;
    assert_ne!(worker.browser.cookies.get("yzt_console"), Some(&planted));
    let mut thief = Browser::new(provider);
    thief.cookies.insert("yzt_console".into(), planted);
    assert_eq!(
        thief.open("/console").await.location(),
        Some("/console/sign-in")
    );
}

#[tokio::test]
async fn posts_of_the_console_need_their_page() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &Role::ALL).await;
    for path in [
        "/console/act",
        "/console/sign-out",
        "/console/sign-in",
        "/console/operators/new",
        "/console/proposals/x",
        "/console/enterprises/act",
        "/console/platforms/new",
    ] {
        let fields = [("csrf_token".to_owned(), "guessed".to_owned())];
        let answer = worker.browser.post(path, &fields).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, "csrf"),
            "{path}"
        );
        let mut forged = worker
            .browser
            .clone()
            .with_header("origin", "https://evil.example");
        assert_eq!(forged.post(path, &fields).await.status, 403, "{path}");
    }
    assert_eq!(
        worker.browser.open("/console").await.status,
        200,
        "signed out"
    );
}

#[tokio::test]
async fn the_last_two_of_trust_stay() {
    let provider = Provider::start(|_| ());
    let mut first = Worker::on_duty(&provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(&provider, &[Role::Trust]).await;
    let address = format!("/console/operators/{}", first.id);
    let page = first.browser.open(&address).await;
    let typed = [
        ("roles", "auditor"),
        ("state", "active"),
        ("reason", "转岗"),
    ];
    let proposal = first.propose(&page, "#change-form", &typed).await;
    let answer = second.decide(&proposal, "approve").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "operators-too-few")
    );
    assert_eq!(
        state(&provider, &proposal).await,
        ProposalState::Waiting,
        "half done"
    );
}

#[tokio::test]
async fn what_was_changed_in_between_is_not_changed_over() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let third = Worker::new(provider, &[Role::Support]).await;
    let address = format!("/console/operators/{}", third.id);
    let mut proposals = Vec::new();
    for roles in ["registrar", "auditor"] {
        let page = first.browser.open(&address).await;
        let typed = [("roles", roles), ("state", "active"), ("reason", "转岗")];
        let review = first.send(&page, "#change-form", &typed).await;
        let statement = review.text("#statement").unwrap_or_default();
        let named = format!("{} ({})", third.name, third.id);
        assert!(statement.contains(&named), "{statement}");
        proposals.push(first.proposed(&review).await);
    }
    assert_eq!(second.decide(&proposals[0], "approve").await.status, 303);
    let answer = second.decide(&proposals[1], "approve").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "change-overtaken")
    );
    assert_eq!(state(provider, &proposals[1]).await, ProposalState::Waiting);
}

#[tokio::test]
async fn the_console_is_there_for_its_own_network_alone() {
    let elsewhere = Provider::start(|config| {
        let range = "192.0.2.0/24".to_owned().try_into().unwrap();
        config.console.allowed_addresses = vec![range];
    });
    let off = Provider::start(|config| config.console.enabled = false);
    for provider in [&elsewhere, &off] {
        let worker = Worker::new(provider, &Role::ALL).await;
        let mut browser = worker.browser;
        for path in ["/console", "/console/sign-in", "/console/operators"] {
            assert_eq!(browser.open(path).await.status, 404, "{path}");
        }
        assert_eq!(browser.open("/login").await.status, 200);
    }
}

#[tokio::test]
async fn nobody_is_led_out_of_the_console_by_its_sign_in() {
    let provider = Provider::shared();
    let mut worker = Worker::new(provider, &[Role::Trust]).await;
    let page = worker
        .browser
        .open("/console/sign-in?next=https://evil.example/")
        .await;
    let mut fields = page.fields("#challenge-form");
    assert!(fields.contains(&("next".to_owned(), "/console".to_owned())));
    set(&mut fields, "next", "//evil.example");
    set(
        &mut fields,
        "proof",
        &Challenge::of(&page).proof(&worker.lock),
    );
    let answer = worker.browser.post("/console/sign-in", &fields).await;
    assert_eq!(answer.location(), Some("/console"));
}
