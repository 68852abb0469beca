//! Pages of enterprises for whoever may not see or change them, and addresses that nobody of ours made.

use e2e::browser::{csrf_token, set};
use e2e::operator::Worker;
use e2e::story::Scene;
use e2e::{Answer, Provider};
use idp_core::audit::AuditKind;
use idp_core::enterprise::EnterpriseState;
use idp_core::evidence::EVIDENCE_MAX;
use idp_core::listing::{List, Place, Start};
use idp_core::operator::Role;

fn page_of(scene: &Scene) -> String {
    format!("/console/enterprises/{}", scene.lock.credit_code())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn enterprises_are_supports_and_auditors_and_auditors_change_nothing() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let lock = provider.lock_id(&scene.lock).await;
    let pages = ["/console/enterprises".to_owned(), at.clone()];
    let forms = [
        format!("{at}/do/freeze"),
        format!("{at}/do/lock-lost?lock={lock}"),
    ];
    for role in Role::ALL {
        let mut worker = Worker::on_duty(provider, &[role]).await;
        let menu = worker.browser.open("/console").await;
        let sees = matches!(role, Role::Support | Role::Auditor);
        assert_eq!(menu.has("#console-nav-enterprises"), sees, "{role:?}");
        let to_see = pages.iter().map(|path| (path, sees));
        let to_change = forms.iter().map(|path| (path, role == Role::Support));
        for (path, may) in to_see.chain(to_change) {
            let page = worker.browser.open(path).await;
            assert_eq!(page.status, if may { 200 } else { 403 }, "{role:?} {path}");
            if !may {
                let kind = AuditKind::OperatorActRefused;
                provider
                    .expect_incident(&page.incident(), kind, "operator-not-allowed")
                    .await;
            }
        }
        if role == Role::Auditor {
            let page = worker.browser.open(&at).await;
            assert!(
                !page.has("#acts") && !page.has("#locks a"),
                "{}",
                page.summary()
            );
        }
    }
}

#[tokio::test]
async fn an_act_that_support_s_page_made_is_no_other_role_s() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let form = support
        .browser
        .open(&format!("{}/do/freeze", page_of(&scene)))
        .await;
    let review = support
        .send(&form, "#act-form", &[("reason", "来函")])
        .await;
    for role in [Role::Auditor, Role::Registrar, Role::Trust] {
        let mut other = Worker::on_duty(provider, &[role]).await;
        let token = csrf_token(&other.browser.open("/console").await);
        for (page, selector) in [(&form, "#act-form"), (&review, "#challenge-form")] {
            let mut fields = page.fields(selector);
            set(&mut fields, "csrf_token", &token);
            set(&mut fields, "reason", "来函");
            let action = page.attribute(selector, "action").unwrap();
            let answer = other.browser.post(&action, &fields).await;
            assert_eq!(
                (answer.status, answer.problem().as_str()),
                (403, "operator-not-allowed"),
                "{role:?} {action}"
            );
        }
    }
    let stands = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(stands.state, EnterpriseState::Active);
}

#[tokio::test]
async fn hostile_words_find_nothing_and_are_shown_as_they_are() {
    let provider = Provider::shared();
    Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let long = "公司".repeat(2_000);
    for words in [
        "'; DROP TABLE enterprises; --",
        "\"><script>alert(1)</script>",
        "%%",
        "__",
        "NEAR(a b)",
        "{{ frame.csrf_token }}",
        "公\0司",
        "公司\u{202e}",
        "司",
        &long,
    ] {
        let path = format!("/console/enterprises?q={}", encoded(words));
        let page = support.browser.open(&path).await;
        assert!(page.texts("#enterprises tr").is_empty(), "{words}");
        let is_refused = page.has("#error-summary") && page.status == 400;
        assert!(
            is_refused || page.has("#no-enterprises"),
            "{words}: {}",
            page.summary()
        );
        assert!(!page.body.contains("<script>alert"), "{words}");
    }
}

#[tokio::test]
async fn addresses_that_nobody_of_ours_made_are_refused() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let other = Scene::at(provider).await;
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let at = page_of(&scene);
    let place = Place {
        number: 1,
        text: "a".into(),
    };
    let stolen = Start::After(place).to_cursor(List::Sessions).unwrap();
    for path in [
        format!("/console/enterprises?page={stolen}"),
        format!("/console/enterprises?q=%E5%85%AC%E5%8F%B8&page={stolen}"),
        "/console/enterprises?page=../../etc".to_owned(),
        "/console/enterprises?state=everything".to_owned(),
        "/console/enterprises?region=999999".to_owned(),
        format!("{at}?page={stolen}"),
        format!("{at}?kinds=everything"),
    ] {
        let page = support.browser.open(&path).await;
        assert_eq!(
            (page.status, page.problem().as_str()),
            (400, "request-invalid"),
            "{path}"
        );
    }
    let foreign = provider.lock_id(&other.lock).await;
    for path in [
        "/console/enterprises/911501000000000000".to_owned(),
        "/console/enterprises/%2e%2e".to_owned(),
        format!("{at}/"),
        format!("{at}//do/freeze"),
        format!("{at}/do/freeze/now"),
        format!("{at}/do/everything"),
        format!("{at}/do/lock-lost"),
        format!("{at}/do/lock-lost?lock={foreign}"),
    ] {
        let page = support.browser.open(&path).await;
        assert_eq!(page.status, 404, "{path}: {}", page.summary());
    }
    let unfit = provider.lock_id(&scene.lock).await;
    let page = support
        .browser
        .open(&format!("{at}/do/promote-lock?lock={unfit}"))
        .await;
    assert_eq!(page.problem(), "enterprise-lock-state");
}

/// Hands in this file, if any, with a new name.
async fn renaming(worker: &mut Worker, at: &str, content: Option<&[u8]>) -> Answer {
    let form = worker.browser.open(&format!("{at}/do/rename")).await;
    let mut fields = form.fields("#act-form");
    set(&mut fields, "new_name", "冒名有限公司");
    set(&mut fields, "reason", "来函");
    let file = content.map(|content| ("evidence", "paper.pdf", content));
    worker
        .browser
        .upload("/console/enterprises/rename", &fields, file)
        .await
}

#[tokio::test]
async fn evidence_is_there_whole_and_not_too_large() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let large = vec![b'a'; EVIDENCE_MAX + 1];
    for (content, status, code) in [
        (None, 400, "evidence-missing"),
        (Some(&b""[..]), 400, "evidence-size"),
        (Some(&large[..]), 413, "too-large"),
    ] {
        let answer = renaming(&mut support, &at, content).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, code));
    }
    let most = renaming(&mut support, &at, Some(&large[1..])).await;
    assert!(most.has("#act"), "{}", most.summary());
    // It is no PDF, whatever it is called.
    assert!(most.has(".callout-warn"));
}

#[tokio::test]
async fn a_file_that_was_swapped_or_let_go_after_it_was_shown_renames_nobody() {
    // Its own: it lets go what waits for anybody.
    let provider = &Provider::start(|_| ());
    let scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let shown = renaming(&mut support, &at, Some(b"%PDF the true one")).await;
    let other = renaming(&mut support, &at, Some(b"%PDF another one")).await;
    let answer = support.sign(&shown).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "evidence-gone")
    );

    // The other file's act under the statement of the first.
    let shown = renaming(&mut support, &at, Some(b"%PDF the true one")).await;
    let swapped = other.attribute("input[name=act]", "value").unwrap();
    let proof = e2e::proof::Challenge::of(&shown).proof(&support.lock);
    let mut fields = shown.fields("#challenge-form");
    set(&mut fields, "proof", &proof);
    set(&mut fields, "act", &swapped);
    let answer = support.browser.post("/console/act", &fields).await;
    assert_eq!(answer.status, 403, "{}", answer.summary());

    let shown = renaming(&mut support, &at, Some(b"%PDF once more")).await;
    let later = provider.state.cx().now + std::time::Duration::from_mins(1);
    let database = &provider.state.database;
    database
        .write(move |store| store.forget_waiting_evidence(later))
        .await
        .unwrap();
    let answer = support.sign(&shown).await;
    assert_eq!(answer.problem(), "evidence-gone");
    let stands = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(stands.name, scene.lock.holder);
}

#[tokio::test]
async fn evidence_of_another_sign_in_counts_for_nothing() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let at = page_of(&scene);
    let mut first = Worker::on_duty(provider, &[Role::Support]).await;
    let mut second = Worker::on_duty(provider, &[Role::Support]).await;
    let shown = renaming(&mut first, &at, Some(b"%PDF the first one's")).await;
    let act = shown.attribute("input[name=act]", "value").unwrap();
    let own = second.browser.open("/console").await;
    let fields = [
        ("csrf_token", csrf_token(&own)),
        ("act", act),
        ("back", at.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let review = second.browser.post("/console/act", &fields).await;
    let answer = second.sign(&review).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "evidence-gone")
    );

    // Signed in anew it is another sign-in, even of the same operator.
    first.browser = e2e::Browser::new(provider);
    first.sign_in().await;
    let own = first.browser.open("/console").await;
    let mut fields = fields.to_vec();
    set(&mut fields, "csrf_token", &csrf_token(&own));
    let review = first.browser.post("/console/act", &fields).await;
    assert_eq!(first.sign(&review).await.problem(), "evidence-gone");
    let stands = provider
        .enterprise(&scene.lock.credit_code())
        .await
        .unwrap();
    assert_eq!(stands.name, scene.lock.holder);
}

#[tokio::test]
async fn evidence_needs_its_page_and_the_right_and_is_given_to_nobody_else() {
    let provider = Provider::shared();
    let scene = Scene::at(provider).await;
    let other = Scene::at(provider).await;
    let at = page_of(&scene);
    let mut support = Worker::on_duty(provider, &[Role::Support]).await;
    let form = support.browser.open(&format!("{at}/do/rename")).await;
    let mut fields = form.fields("#act-form");
    set(&mut fields, "new_name", "冒名有限公司");
    set(&mut fields, "reason", "来函");
    let file = Some(("evidence", "paper.pdf", &b"%PDF"[..]));
    let mut forged = fields.clone();
    set(&mut forged, "csrf_token", "forged");
    let path = "/console/enterprises/rename";
    let answer = support.browser.upload(path, &forged, file).await;
    assert_eq!(answer.status, 403, "{}", answer.summary());
    let mut auditor = Worker::on_duty(provider, &[Role::Auditor]).await;
    set(
        &mut fields,
        "csrf_token",
        &csrf_token(&auditor.browser.open("/console").await),
    );
    let answer = auditor.browser.upload(path, &fields, file).await;
    assert_eq!(answer.problem(), "operator-not-allowed");
    let mut stranger = e2e::Browser::new(provider);
    let answer = stranger.upload(path, &fields, file).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (401, "operator-session-over")
    );
    let answer = support
        .browser
        .post_octets(path, "multipart/form-data", b"--".to_vec())
        .await;
    assert_eq!(answer.status, 400, "{}", answer.summary());

    let review = renaming(&mut support, &at, Some(b"%PDF paper")).await;
    support.sign(&review).await;
    let sha256 = review.text("[data-fact=evidence-sha256]").unwrap();
    let mut registrar = Worker::on_duty(provider, &[Role::Registrar]).await;
    let file = registrar
        .browser
        .open(&format!("{at}/evidence/{sha256}"))
        .await;
    assert_eq!(file.problem(), "operator-not-allowed");
    for path in [
        format!("{}/evidence/{sha256}", page_of(&other)),
        format!("{at}/evidence/{}", "0".repeat(64)),
        format!("{at}/evidence/{sha256}/x"),
    ] {
        assert_eq!(support.browser.open(&path).await.status, 404, "{path}");
    }
}
