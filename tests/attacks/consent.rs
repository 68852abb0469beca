//! Consent that the person did not give.

use e2e::account::lock_of_same;
use e2e::browser::{csrf_token, set};
use e2e::proof::Challenge;
use e2e::story::Scene;
use e2e::{Browser, PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use idp_core::consent_statement::ConsentSigner;
use protocol::challenge::Purpose;

#[tokio::test]
async fn an_offer_of_another_browser_can_not_be_answered() {
    let provider = Provider::shared();
    let mut victim = Scene::at(provider).await;
    let mut attacker = Scene::at(provider).await;
    let theirs = attacker.browser.go(&attacker.platform.ask().path()).await;
    let own = victim.browser.go(&victim.platform.ask().path()).await;
    // The victim's own token, the attacker's offer.
    let mut fields = own.fields("#consent-form");
    set(
        &mut fields,
        "consent",
        &theirs.attribute("input[name=consent]", "value").unwrap(),
    );
    set(&mut fields, "decision", "grant");
    let answer = victim.browser.post("/consent", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-expired")
    );
    let incident = answer.incident();
    let (kind, reason) = (AuditKind::ConsentMisused, "offer-of-other-session");
    provider.expect_incident(&incident, kind, reason).await;
    assert!(provider.consents(&victim.lock).await.is_empty());
    assert!(provider.consents(&attacker.lock).await.is_empty());
}

#[tokio::test]
async fn an_offer_shown_to_one_lock_is_not_answered_by_the_next() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    // Another lock signs in, in the same browser, before the old tab is answered.
    let next = Scene::at(provider).await;
    let platform = &scene.platform;
    scene.browser.sign_in_again(platform, &next.lock).await;
    let fresh = scene.browser.open("/certificate").await;
    let mut fields = page.fields("#consent-form");
    set(&mut fields, "csrf_token", &csrf_token(&fresh));
    set(&mut fields, "decision", "grant");
    let answer = scene.browser.post("/consent", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-expired")
    );
    assert!(provider.consents(&next.lock).await.is_empty());
}

#[tokio::test]
async fn an_answer_that_comes_twice_is_refused_and_written_down() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    scene.browser.decide(&page, "grant").await;
    let again = scene.browser.decide(&page, "grant").await;
    assert_eq!(
        (again.status, again.problem().as_str()),
        (400, "request-expired")
    );
    let (kind, reason) = (AuditKind::ConsentMisused, "offer-unknown");
    provider
        .expect_incident(&again.incident(), kind, reason)
        .await;
    let event = provider.audit_of_incident(&again.incident()).await.unwrap();
    assert!(event.enterprise_id.is_some() && event.key_lock_id.is_some());
    assert_eq!(provider.consents(&scene.lock).await.len(), 1);
    // The page shows who is signed in all the same.
    assert_eq!(
        again.text("#signed-in-enterprise"),
        Some(scene.lock.holder.clone())
    );
}

#[tokio::test]
async fn guessing_at_waiting_requests_shows_nothing_and_fills_no_disk() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    for path in ["/login?request=guess", "/consent?request=guess"] {
        let answer = scene.browser.open(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "request-expired"),
            "{path}"
        );
        // A stranger's GET; a durable row for each would be his to multiply.
        let event = provider.audit_of_incident(&answer.incident()).await;
        assert!(event.is_none(), "{event:?}");
    }
}

#[tokio::test]
async fn what_the_form_adds_changes_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let asking = scene.platform.ask().with("scope", "openid");
    let page = scene.browser.go(&asking.path()).await;
    let mut fields = page.fields("#consent-form");
    for (name, value) in [
        ("scope", "openid contact"),
        ("platform", "hohhot"),
        ("decision", "grant"),
    ] {
        set(&mut fields, name, value);
    }
    let answer = scene.browser.post("/consent", &fields).await;
    let code = answer.parameter("code").unwrap();
    let tokens = scene.platform.redeem(&code, &asking).send().await.json();
    assert_eq!(tokens["scope"], "openid");
    assert_eq!(
        provider.consents(&scene.lock).await[0].scopes.to_string(),
        "openid"
    );
}

#[tokio::test]
async fn an_answer_that_is_neither_is_none() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    for decision in ["", "yes", "GRANT"] {
        let page = scene.browser.go(&scene.platform.ask().path()).await;
        let answer = scene.browser.decide(&page, decision).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "request-invalid")
        );
        let (kind, reason) = (AuditKind::ConsentMisused, "decision-unknown");
        provider
            .expect_incident(&answer.incident(), kind, reason)
            .await;
    }
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let mut fields = page.fields("#consent-form");
    fields.push(("decision".to_owned(), "refuse".to_owned()));
    fields.push(("decision".to_owned(), "grant".to_owned()));
    let answer = scene.browser.post("/consent", &fields).await;
    assert_eq!(answer.status, 400);
    assert!(provider.consents(&scene.lock).await.is_empty());
}

#[tokio::test]
async fn nobody_consents_who_is_not_signed_in() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let mut stranger = Browser::new(provider);
    stranger.open("/login").await;
    let answer = stranger.decide(&page, "grant").await;
    assert_eq!(answer.status, 403, "{}", answer.summary());
    assert!(provider.consents(&scene.lock).await.is_empty());
}

#[tokio::test]
async fn what_was_taken_from_a_platform_while_a_request_waited_is_not_served() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let sent = scene.browser.open(&scene.platform.ask().path()).await;
    let path = sent.location().unwrap().to_owned();
    let page = scene.browser.open(&path).await;
    let (code, asking) = scene.code().await;
    let elsewhere = |p: &mut idp_core::platform::Platform| {
        let client = p.client.as_mut().unwrap();
        client.redirect_uris = vec!["https://new.example/callback".to_owned()];
    };
    provider
        .change_platform(&scene.platform.id, elsewhere)
        .await;
    let answer = scene.browser.decide(&page, "grant").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "redirect-uri-mismatch")
    );
    let (kind, reason) = (AuditKind::AuthorizationRefused, "redirect-uri-mismatch");
    provider
        .expect_incident(&answer.incident(), kind, reason)
        .await;
    let redeemed = scene.platform.redeem(&code, &asking).send().await;
    assert_eq!(
        (redeemed.status, redeemed.error().as_str()),
        (400, "invalid_grant")
    );
}

async fn scene_that_signs() -> Scene {
    let order = PlatformOrder {
        consent_signature: ConsentSigner::Lock,
        ..PlatformOrder::default()
    };
    Scene::ordering(order).await
}

#[tokio::test]
async fn a_consent_that_a_lock_must_sign_is_not_given_without_one() {
    let provider = Provider::shared();
    let mut scene = scene_that_signs().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    // As from the page of a platform that asks for no signature.
    let answer = scene.browser.decide(&page, "grant").await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "proof-missing")
    );
    let (kind, reason) = (AuditKind::ConsentMisused, "proof-missing");
    provider
        .expect_incident(&answer.incident(), kind, reason)
        .await;
    assert!(provider.consents(&scene.lock).await.is_empty());
    assert_eq!(answer.parameter("code"), None);
}

#[tokio::test]
async fn a_signature_of_another_text_purpose_or_lock_gives_no_consent() {
    let provider = Provider::shared();
    let mut scene = scene_that_signs().await;
    let second = lock_of_same(&scene.lock);
    scene.browser.activate(&second).await;
    for (what, code) in [
        ("statement", "signature-invalid"),
        ("purpose", "signature-invalid"),
        ("origin", "signature-invalid"),
        ("lock", "not-the-lock-signed-in"),
        ("garbage", "proof-malformed"),
        ("truncated", "signature-invalid"),
    ] {
        let page = scene.browser.go(&scene.platform.ask().path()).await;
        let mut challenge = Challenge::of(&page);
        let proof = match what {
            "statement" => {
                challenge.statement = challenge.statement.replace("联系电话、", "");
                challenge.proof(&scene.lock)
            }
            "purpose" => {
                challenge.purpose = Purpose::Login;
                challenge.proof(&scene.lock)
            }
            "origin" => {
                challenge.origin = "https://elsewhere.example".to_owned();
                challenge.proof(&scene.lock)
            }
            "lock" => challenge.proof(&second),
            "truncated" => {
                let mut draft = challenge.draft(&scene.lock);
                draft.signature.pop();
                draft.json()
            }
            _ => "{}".to_owned(),
        };
        let answer = scene.browser.answer_challenge(&page, &proof, &[]).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, code),
            "{what}"
        );
        provider
            .expect_incident(&answer.incident(), AuditKind::ConsentMisused, code)
            .await;
    }
    assert!(provider.consents(&scene.lock).await.is_empty());
}

#[tokio::test]
async fn a_signature_for_one_offer_counts_for_no_other_and_only_once() {
    let provider = Provider::shared();
    let mut scene = scene_that_signs().await;
    let narrow = scene.platform.ask().with("scope", "openid");
    let small = scene.browser.go(&narrow.path()).await;
    let large = scene.browser.go(&scene.platform.ask().path()).await;
    // Signed: openid alone. Sent: for everything.
    let mut fields = small.fields("#challenge-form");
    set(
        &mut fields,
        "proof",
        &Challenge::of(&small).proof(&scene.lock),
    );
    let offer = large.attribute("input[name=consent]", "value").unwrap();
    set(&mut fields, "consent", &offer);
    let answer = scene.browser.post("/consent", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "signature-invalid")
    );
    // The challenge is spent by that.
    let offer = small.attribute("input[name=consent]", "value").unwrap();
    set(&mut fields, "consent", &offer);
    let answer = scene.browser.post("/consent", &fields).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "challenge-expired")
    );
    assert!(provider.consents(&scene.lock).await.is_empty());
}

#[tokio::test]
async fn a_signature_made_to_sign_in_is_no_consent() {
    let provider = Provider::shared();
    let mut scene = scene_that_signs().await;
    let page = scene.browser.go(&scene.platform.ask().path()).await;
    let mut other = Browser::new(provider);
    let login = other.open("/login").await;
    let mut fields = page.fields("#challenge-form");
    let challenge = Challenge::of(&login);
    set(&mut fields, "nonce", &challenge.nonce);
    set(&mut fields, "proof", &challenge.proof(&scene.lock));
    let answer = scene.browser.post("/consent", &fields).await;
    assert_eq!(answer.status, 403, "{}", answer.summary());
    assert!(provider.consents(&scene.lock).await.is_empty());
}
