//! Pages of enterprises for whoever may not see or change them, and addresses that nobody of ours made.

use e2e::Provider;
use e2e::browser::{csrf_token, set};
use e2e::operator::Worker;
use e2e::story::Scene;
use idp_core::audit::AuditKind;
use idp_core::enterprise::EnterpriseState;
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
    let seen = ["/console/enterprises".to_owned(), at.clone()];
    let changed = [
        format!("{at}/do/freeze"),
        format!("{at}/do/lock-lost?lock={lock}"),
    ];
    for role in Role::ALL {
        let mut worker = Worker::on_duty(provider, &[role]).await;
        let menu = worker.browser.open("/console").await;
        let sees = matches!(role, Role::Support | Role::Auditor);
        assert_eq!(menu.has("#console-nav-enterprises"), sees, "{role:?}");
        let paths = seen.iter().map(|path| (path, sees));
        let changes = changed.iter().map(|path| (path, role == Role::Support));
        for (path, may) in paths.chain(changes) {
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
        let is_refused = page.problem() == "search-words" && page.status == 400;
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
