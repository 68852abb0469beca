//! The console: operators sign in, propose, approve, and see what their roles show them.

use e2e::Provider;
use e2e::operator::Worker;
use e2e::story::{Scene, new_lock};
use idp_core::audit::AuditKind;
use idp_core::operator::{OperatorState, Role};
use idp_core::proposal::ProposalState;
use pki::certificate::Certificate;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::Proof;

#[tokio::test]
async fn an_operator_signs_in_works_and_signs_out() {
    let provider = Provider::shared();
    let mut worker = Worker::new(provider, &[Role::Trust, Role::Auditor]).await;
    let page = worker.browser.go("/console/operators").await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    let answer = worker.browser.sign(&page, &worker.lock).await;
    assert_eq!(answer.location(), Some("/console/operators"));
    let page = worker.browser.follow(answer).await;
    assert_eq!(page.text("#operator-name"), Some(worker.name.clone()));
    assert!(page.has(&format!("[id='operator-{}']", worker.id)));
    let signed_in = worker.browser.go("/console/sign-in").await;
    assert_eq!(signed_in.text("h1").as_deref(), Some("总览"));

    let answer = worker.send(&signed_in, "#sign-out-form", &[]).await;
    assert_eq!(answer.location(), Some("/console/sign-in"));
    let page = worker.browser.go("/console").await;
    assert!(page.has("#challenge-form"), "still signed in");
    assert_eq!(
        worker.kinds(provider).await,
        [AuditKind::OperatorSignedIn, AuditKind::OperatorSignedOut]
    );
}

#[tokio::test]
async fn the_console_speaks_english_too() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Trust]).await;
    worker.browser = worker.browser.clone().speaking("en");
    for (path, title) in [
        ("/console", "Overview"),
        ("/console/operators", "Operators"),
        ("/console/operators/new", "Register an operator"),
        ("/console/proposals", "Changes to approve"),
        ("/console/authorities", "Certificate authorities"),
        ("/console/authorities/new", "Enter a certificate authority"),
    ] {
        let page = worker.browser.open(path).await;
        assert_eq!(
            (page.status, page.text("h1").as_deref()),
            (200, Some(title))
        );
    }
}

/// Proposes to enter a new operator with this lock; the address of the proposal.
async fn proposed(worker: &mut Worker, lock: &e2e::Lock, roles: &str) -> String {
    let page = worker.browser.open("/console/operators/new").await;
    let pem = lock.pem();
    let typed = [
        ("name", "乌兰"),
        ("roles", roles),
        ("certificate", pem.as_str()),
        ("reason", "新同事"),
    ];
    let review = worker.send(&page, "#new-form", &typed).await;
    worker.proposed(&review).await
}

#[tokio::test]
async fn a_second_person_lets_an_operator_in() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let lock = new_lock();
    let proposal = proposed(&mut first, &lock, "support").await;

    let waiting = second.browser.open("/console/proposals").await;
    let link = format!("a[href='{proposal}']");
    assert!(waiting.has(&link), "{}", waiting.summary());
    let page = second.browser.open(&proposal).await;
    assert_eq!(
        page.text("[data-fact=operator-name]").as_deref(),
        Some("乌兰")
    );
    let done = second.decide(&proposal, "approve").await;
    let told = done.location().unwrap_or_default().to_owned();
    let expected = format!("{proposal}?decided=approved.");
    assert!(told.starts_with(&expected), "{}", done.summary());
    assert!(second.browser.open(&told).await.has("#done"));
    // Nobody else's link says so.
    let forged = format!("{expected}0123456789abcdef0123456789abcdef");
    for not_told in [&*forged, expected.trim_end_matches('.')] {
        let page = second.browser.open(not_told).await;
        assert!(page.status == 200 && !page.has("#done"), "{not_told}");
    }
    assert_eq!(
        second.kinds(provider).await,
        [
            AuditKind::OperatorSignedIn,
            AuditKind::ChangeApproved,
            AuditKind::OperatorAdded
        ]
    );
    let mut third = Worker {
        lock,
        ..Worker::new(provider, &[Role::Auditor]).await
    };
    assert_eq!(third.sign_in().await.location(), Some("/console"));
    let page = third.browser.open("/console").await;
    assert_eq!(page.text("#operator-name").as_deref(), Some("乌兰"));
}

#[tokio::test]
async fn what_two_persons_signed_is_kept_whole_and_verifies() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let proposal = proposed(&mut first, &new_lock(), "auditor").await;
    second.decide(&proposal, "refuse").await;
    let id = proposal.rsplit('/').next().unwrap().to_owned();
    let id = idp_core::id::ProposalId::from_text(id);
    let (proposal, signed) = provider
        .state
        .database
        .read(move |store| {
            let proposal = store.find_proposal(&id)?.unwrap();
            let decision = proposal.decision.clone().unwrap().signed.unwrap();
            let proposed = store.find_signed_statement(&proposal.signed)?.unwrap();
            let decided = store.find_signed_statement(&decision)?.unwrap();
            Ok::<_, idp_core::store::StoreError>((proposal, [proposed, decided]))
        })
        .await
        .unwrap();
    assert_eq!(proposal.state, ProposalState::Refused);
    let digest = proposal.change.digest().unwrap();
    for (one, worker) in signed.iter().zip([&first, &second]) {
        assert_eq!(one.operator_id, worker.id);
        assert!(one.statement.contains(&digest) && one.statement.contains(&worker.name));
        assert!(
            one.statement.contains("\n职责：审计员\n"),
            "{}",
            one.statement
        );
        let proof = Proof::from_json(&one.proof).unwrap();
        let text = ChallengeText {
            origin: &one.origin,
            nonce: &one.nonce,
            purpose: Purpose::Approve,
            statement: &one.statement,
        };
        let certificate = Certificate::from_der(&proof.certificate).unwrap();
        assert_eq!(certificate.der(), worker.lock.certificate.der());
        pki::signature::verify_signature(
            &certificate,
            pki::signature::SignatureAlgorithm::Es256,
            &text.to_be_signed(proof.algorithm),
            &proof.signature,
        )
        .unwrap();
    }
}

#[tokio::test]
async fn a_suspended_operator_is_out_at_once() {
    let provider = Provider::shared();
    let mut first = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(provider, &[Role::Trust]).await;
    let mut third = Worker::on_duty(provider, &[Role::Registrar]).await;
    let address = format!("/console/operators/{}", third.id);
    let page = first.browser.open(&address).await;
    let typed = [
        ("roles", "registrar"),
        ("state", "suspended"),
        ("reason", "离职"),
    ];
    let proposal = first.propose(&page, "#change-form", &typed).await;
    assert_eq!(
        third.browser.open("/console").await.status,
        200,
        "too early"
    );
    second.decide(&proposal, "approve").await;
    let page = third.browser.go("/console").await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    let refused = third.sign_in().await;
    assert_eq!(
        (refused.status, refused.problem()),
        (403, "operator-suspended".into())
    );
    let id = third.id.clone();
    let found = provider
        .state
        .database
        .read(move |store| store.find_operator(&id))
        .await;
    assert_eq!(found.unwrap().unwrap().state, OperatorState::Suspended);
}

#[tokio::test]
async fn support_freezes_an_enterprise_with_a_signature() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let page = support.browser.open("/console").await;
    let code = scene.lock.credit_code();
    let fields = [
        ("csrf_token", e2e::browser::csrf_token(&page)),
        ("credit_code", code.clone()),
        ("do", "freeze".to_owned()),
        ("reason", "涉嫌冒用".to_owned()),
        ("back", "/console".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let review = support
        .browser
        .post("/console/enterprises/act", &fields)
        .await;
    assert!(review.text("#statement").unwrap().contains(&code));
    assert_eq!(
        scene.browser.open("/certificate").await.status,
        200,
        "too early"
    );
    let done = support.sign(&review).await;
    support.is_told(&done, ("/console", "freeze")).await;
    assert_eq!(scene.browser.open("/certificate").await.status, 303);
    let trail = support.trail(provider).await;
    let frozen = trail.iter().find(|e| e.kind == AuditKind::EnterpriseFrozen);
    let frozen = frozen.expect("no event");
    assert_eq!(frozen.reason.as_deref(), Some("涉嫌冒用"));
    assert!(frozen.detail.as_ref().unwrap().contains(&support.name));
}

#[tokio::test]
async fn two_persons_suspend_and_recognise_a_ca_again() {
    let provider = Provider::start(|_| ());
    let mut first = Worker::on_duty(&provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(&provider, &[Role::Trust]).await;
    let list = first.browser.open("/console/authorities").await;
    let id = list.text("#authorities td.code a").unwrap();
    let address = format!("/console/authorities/{id}");
    for (act, state) in [("suspend", "suspended"), ("activate", "active")] {
        let page = first.browser.open(&address).await;
        let typed = [("do", act), ("reason", "年度检查")];
        let proposal = first.propose(&page, "#state-form", &typed).await;
        let done = second.decide(&proposal, "approve").await;
        assert_eq!(done.status, 303, "{}", done.summary());
        let ca = idp_core::id::CaId::from_text(&id);
        let found = provider
            .state
            .database
            .read(move |store| store.find_certificate_authority(&ca))
            .await;
        assert_eq!(found.unwrap().unwrap().state.as_str(), state);
    }
    let page = first.browser.open(&address).await;
    let by = format!("{}, {}", first.name, second.name);
    assert!(
        page.texts("#history td").contains(&by),
        "{}",
        page.summary()
    );
}

#[tokio::test]
async fn a_change_of_an_entry_shows_what_it_takes_the_place_of() {
    let provider = Provider::start(|_| ());
    let mut first = Worker::on_duty(&provider, &[Role::Trust]).await;
    let mut second = Worker::on_duty(&provider, &[Role::Trust]).await;
    let list = first.browser.open("/console/authorities").await;
    let id = list.text("#authorities td.code a").unwrap();
    let page = first
        .browser
        .open(&format!("/console/authorities/{id}/change"))
        .await;
    let entry = page.text("#entry").unwrap();
    let old = list
        .text(&format!("[id='authority-{id}'] td:nth-child(2)"))
        .unwrap();
    let broken = first
        .send(
            &page,
            "#entry-form",
            &[("entry", "name = 1"), ("reason", "改名")],
        )
        .await;
    assert_eq!(
        (broken.status, broken.text("#entry").as_deref()),
        (400, Some("name = 1"))
    );
    let changed = entry.replacen(&old, "换名测试CA", 1);
    let typed = [("entry", changed.as_str()), ("reason", "改名")];
    let review = first.send(&page, "#entry-form", &typed).await;
    assert_eq!(review.text("[data-fact=authority-name] del"), Some(old));
    let proposal = first.proposed(&review).await;
    second.decide(&proposal, "approve").await;
    let list = first.browser.open("/console/authorities").await;
    let name = list.text(&format!("[id='authority-{id}'] td:nth-child(2)"));
    assert_eq!(name.as_deref(), Some("换名测试CA"));
}

#[tokio::test]
async fn everybody_is_signed_out_when_two_of_support_say_so() {
    use idp_core::audit::AuditKind;
    use idp_core::proposal::Change;
    // A provider of its own: nobody else's sign-ins end.
    let provider = &Provider::start(|_| {});
    let mut scenes = [Scene::at(provider).await, Scene::at(provider).await];
    let mut tokens = Vec::new();
    for scene in &mut scenes {
        tokens.push(
            scene
                .platform
                .receive(&mut scene.browser, &scene.lock)
                .await,
        );
    }
    let mut first = Worker::on_duty(provider, &[Role::Support]).await;
    let mut second = Worker::on_duty(provider, &[Role::Support]).await;
    let page = first.browser.open("/console/sign-ins").await;
    let typed = [("reason", "签名私钥泄露")];
    let proposal = first.propose(&page, "#end-every-form", &typed).await;
    let digest = Change::EndEverySignIn {}.digest().unwrap();
    let shown = second.browser.open(&proposal).await;
    assert!(shown.texts("dd").contains(&digest));
    for (scene, tokens) in scenes.iter_mut().zip(&tokens) {
        let told = scene.platform.userinfo(tokens.access()).await;
        assert_eq!(told.status, 200);
        assert_eq!(scene.browser.open("/account").await.status, 200);
    }
    second.decide(&proposal, "approve").await;
    for (scene, tokens) in scenes.iter_mut().zip(&tokens) {
        let told = scene.platform.userinfo(tokens.access()).await;
        assert_eq!(told.status, 401);
        assert_eq!(scene.browser.open("/account").await.status, 303);
        // The lock is bound as before.
        scene.browser.sign_in(&scene.lock).await;
    }
    let events = provider.audit().await;
    let ended = events.iter().find(|entry| {
        entry.event.kind == AuditKind::SessionsEnded && entry.event.enterprise_id.is_none()
    });
    let event = &ended.unwrap().event;
    assert_eq!(event.reason.as_deref(), Some("签名私钥泄露"));
    let detail = event.detail.as_deref().unwrap();
    assert!(
        detail.ends_with("every one, 2 sign-ins, 2 grants"),
        "{detail}"
    );
    // Operators go on working.
    assert_eq!(second.browser.open("/console").await.status, 200);
}

#[tokio::test]
async fn a_platform_loses_every_grant_when_two_registrars_say_so() {
    use idp_core::proposal::Change;
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene
        .platform
        .receive(&mut scene.browser, &scene.lock)
        .await;
    let mut first = Worker::on_duty(provider, &[Role::Registrar]).await;
    let mut second = Worker::on_duty(provider, &[Role::Registrar]).await;
    let address = format!("/console/platforms/{}", scene.platform.id);
    let change = Change::EndGrants {
        platform: idp_core::id::PlatformId::from_text(&scene.platform.id),
    };
    let page = first.browser.open(&address).await;
    let typed = [("do", "end-grants"), ("reason", "平台密钥泄露")];
    let proposal = first.propose(&page, "#platform-form", &typed).await;
    let digest = change.digest().unwrap();
    assert!(
        second
            .browser
            .open(&proposal)
            .await
            .texts("dd")
            .contains(&digest)
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    second.decide(&proposal, "approve").await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn a_form_whose_session_ended_meanwhile_still_shows_what_was_typed() {
    let provider = Provider::shared();
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let page = support.browser.open("/console/enterprises").await;
    let token = ("csrf_token".to_owned(), e2e::browser::csrf_token(&page));
    let leaving = [token.clone()];
    let out = support.browser.post("/console/sign-out", &leaving).await;
    assert_eq!(out.status, 303);
    let typed = [
        ("credit_code", "91150100330000009K"),
        ("do", "freeze"),
        ("reason", "涉嫌冒用，来函〔2026〕7号"),
        ("back", "/console/enterprises?words=建设"),
    ];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let fields = [&[token][..], &typed[..]].concat();
    let path = "/console/enterprises/act";
    // Where no browser says that the form is ours, it may be a stranger's.
    let unsaid = support.browser.post(path, &fields).await;
    assert!(!unsaid.has("#typed"), "{}", unsaid.summary());
    let mut honest = support
        .browser
        .clone()
        .with_header("origin", &provider.issuer);
    let over = honest.post(path, &fields).await;
    assert_eq!(
        over.problem(),
        "operator-session-over",
        "{}",
        over.summary()
    );
    let kept = over.text("#typed").unwrap();
    assert!(
        kept.contains("涉嫌冒用，来函〔2026〕7号") && kept.contains("原因"),
        "{kept}"
    );
    // What no page of ours says leads to the console's own first page.
    assert_eq!(
        over.attribute("#back", "href").as_deref(),
        Some("/console/sign-in?next=%2Fconsole")
    );
    assert!(!kept.contains("csrf"), "{kept}");
}
