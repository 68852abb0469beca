//! 授权书: the text a consent consists of, signed by the lock where the platform asks for it, and kept as evidence.

use e2e::proof::Challenge;
use e2e::story::Scene;
use e2e::{PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use idp_core::consent::ConsentOutcome;
use idp_core::consent_statement::{ConsentSigner, ConsentStatement, EvidenceKind};
use idp_core::id::ConsentId;
use idp_core::platform::ConsentPolicy;
use protocol::challenge::Purpose;
use sha2::{Digest as _, Sha256};

fn signing(consent: ConsentPolicy) -> PlatformOrder {
    PlatformOrder {
        consent,
        consent_signature: ConsentSigner::Lock,
        ..PlatformOrder::default()
    }
}

async fn scene() -> Scene {
    Scene::ordering(signing(ConsentPolicy::AskAlways)).await
}

async fn kept(provider: &Provider, id: &ConsentId) -> ConsentStatement {
    let id = id.clone();
    let database = &provider.state.database;
    let kept = database.read(move |store| store.find_consent_statement(&id));
    kept.await.unwrap().unwrap()
}

#[tokio::test]
async fn where_the_platform_asks_for_it_the_lock_signs_the_very_text_of_the_page() {
    let provider = Provider::shared();
    let mut scene = scene().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let challenge = Challenge::of(&page);
    assert_eq!(challenge.purpose, Purpose::Consent);
    for word in [
        scene.lock.holder.as_str(),
        &scene.lock.credit_code(),
        &scene.platform.registration.name_zh,
        &scene.platform.id,
        "联系电话",
        &provider.issuer,
    ] {
        assert!(
            challenge.statement.contains(word),
            "{word}: {}",
            challenge.statement
        );
    }
    // Labels alone: no value of what a person is.
    for value in ["0476-8881234", "其其格", "赤峰市红山区钢铁街1号"] {
        assert!(!challenge.statement.contains(value), "{value}");
    }
    assert!(
        !page.has("#grant"),
        "it would be granted without a signature"
    );
    let answer = scene.browser.sign(&page, &scene.lock).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());

    let records = provider.consents(&scene.lock).await;
    assert_eq!(records[0].outcome, ConsentOutcome::Granted);
    let kept = kept(provider, &records[0].id).await;
    assert_eq!(kept.text, challenge.statement);
    let signature = kept.signature.unwrap();
    assert_eq!(signature.nonce, challenge.nonce);
    assert_eq!(signature.origin, challenge.origin);
    assert_eq!(signature.path.chain[0], scene.lock.certificate.der());
    assert!(signature.path.chain.len() >= 2, "with its anchor");
    assert!(signature.path.revocation_checked);
    let evidence = &signature.path.revocation;
    assert_eq!(evidence.len(), signature.path.chain.len() - 1);
    for one in evidence {
        assert_eq!(one.kind, EvidenceKind::Crl);
        let octets = one.octets.as_deref().unwrap();
        assert_eq!(one.sha256, hex::encode(Sha256::digest(octets)));
        assert!(one.this_update <= signature.at.unix_seconds());
        assert!(one.next_update > signature.at.unix_seconds());
    }
}

#[tokio::test]
async fn the_audit_line_holds_text_and_signature_and_no_address() {
    let provider = Provider::shared();
    let mut scene = scene().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let proof = Challenge::of(&page).proof(&scene.lock);
    scene.browser.answer_challenge(&page, &proof, &[]).await;
    let records = provider.consents(&scene.lock).await;
    let events = provider.audit_of_platform(&scene.platform.id).await;
    let granted = events
        .iter()
        .find(|event| event.kind == AuditKind::ConsentGranted)
        .unwrap();
    let digest = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let detail = granted.detail.as_deref().unwrap();
    let text = format!(
        "statement-sha256={}",
        digest(&Challenge::of(&page).statement)
    );
    let proof = format!("signed-by=lock proof-sha256={}", digest(&proof));
    assert!(
        detail.contains(&text) && detail.ends_with(&proof),
        "{detail}"
    );
    assert_eq!(granted.remote_address, None);
    let id = records[0].id.clone();
    let database = &provider.state.database;
    let event = database.read(move |store| store.find_consent_granted(&id));
    let event = event.await.unwrap().unwrap();
    assert_eq!(
        event.line,
        idp_core::transparency::event_line(granted),
        "the kept line is the log's"
    );
}

#[tokio::test]
async fn by_default_nobody_signs_and_the_text_is_kept_all_the_same() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    assert!(!page.has("#challenge-form") && page.has("#grant"));
    scene.browser.decide(&page, "grant").await;
    let records = provider.consents(&scene.lock).await;
    let kept = kept(provider, &records[0].id).await;
    assert_eq!(kept.signer(), ConsentSigner::Provider);
    let shown = page.text("#statement").unwrap();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(squeezed(&kept.text), squeezed(&shown));
}

#[tokio::test]
async fn refusing_needs_no_signature() {
    let mut scene = scene().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let answer = scene.browser.decide(&page, "refuse").await;
    assert_eq!(answer.parameter("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn after_a_failed_signature_the_question_stands_and_can_be_answered() {
    let mut scene = scene().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let again = scene.browser.answer_challenge(&page, "", &[]).await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (403, "proof-missing")
    );
    let answer = scene.browser.sign(&again, &scene.lock).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
}

#[tokio::test]
async fn an_english_page_has_an_english_text_signed() {
    let provider = Provider::shared();
    let mut scene = scene().await;
    let mut english = scene.browser.clone().speaking("en");
    let page = english.go(&scene.platform.ask().path()).await;
    let statement = Challenge::of(&page).statement;
    assert!(
        statement.starts_with("Authorisation (version 2)"),
        "{statement}"
    );
    english.sign(&page, &scene.lock).await;
    let records = provider.consents(&scene.lock).await;
    assert_eq!(records[0].language, "en");
    assert_eq!(kept(provider, &records[0].id).await.text, statement);
    scene.browser = english;
}

#[tokio::test]
async fn a_remembered_consent_that_no_lock_signed_is_asked_for_again() {
    let provider = Provider::shared();
    let order = PlatformOrder {
        consent: ConsentPolicy::RememberDays(30),
        ..PlatformOrder::default()
    };
    let mut scene = Scene::ordering(order).await;
    scene.receive().await;
    let ask = scene.platform.ask().path();
    assert!(scene.browser.go(&ask).await.parameter("code").is_some());
    provider
        .change_platform(&scene.platform.id, |platform| {
            platform.client.as_mut().unwrap().consent_signature = ConsentSigner::Lock;
        })
        .await;
    let ask = scene.platform.ask().path();
    let page = scene.browser.go(&ask).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
    scene.browser.sign(&page, &scene.lock).await;
    // What a lock signed is remembered.
    let ask = scene.platform.ask().path();
    assert!(scene.browser.go(&ask).await.parameter("code").is_some());
}

#[tokio::test]
async fn from_the_portal_the_lock_signs_once() {
    let mut scene = scene().await;
    let chosen = format!("/consent?platform={}", scene.platform.id);
    let page = scene.browser.go(&chosen).await;
    let away = scene.browser.sign(&page, &scene.lock).await;
    assert_eq!(away.status, 303, "{}", away.summary());
    let ask = scene.platform.ask().path();
    let answer = scene.browser.go(&ask).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.summary());
}

#[tokio::test]
async fn what_was_given_at_the_portal_before_the_policy_changed_is_asked_for_again() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let chosen = format!("/consent?platform={}", scene.platform.id);
    let page = scene.browser.go(&chosen).await;
    scene.browser.decide(&page, "grant").await;
    provider
        .change_platform(&scene.platform.id, |platform| {
            platform.client.as_mut().unwrap().consent_signature = ConsentSigner::Lock;
        })
        .await;
    let ask = scene.platform.ask().path();
    let page = scene.browser.go(&ask).await;
    assert!(page.has("#challenge-form"), "{}", page.summary());
}

#[tokio::test]
async fn taking_back_is_appended_whoever_does_it() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let given = provider.consents(&scene.lock).await[0].clone();
    let withdrawn = async |sequence: i64| {
        let (enterprise, platform) = (given.enterprise_id.clone(), given.platform_id.clone());
        let database = &provider.state.database;
        let found = database
            .read(move |store| store.find_consent_withdrawn(&enterprise, &platform, sequence));
        found.await.unwrap()
    };
    assert_eq!(withdrawn(0).await, None);
    let fields = [("platform", scene.platform.id.as_str())];
    scene
        .browser
        .post_own("/account/consents/revoke", &fields)
        .await;
    let by_enterprise = withdrawn(0).await.unwrap();
    assert!(by_enterprise.line.contains(given.id.as_str()));
    assert!(!by_enterprise.line.contains("remote_address"));
    // Given anew and refused: the last word counts.
    scene.receive().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    scene.browser.decide(&page, "refuse").await;
    assert!(withdrawn(by_enterprise.sequence).await.is_some());
}
