//! Platforms at the console: registered in the guided form, changed, stopped, given another secret; all of it signed.

use e2e::browser::{Fields, set};
use e2e::operator::Worker;
use e2e::story::Scene;
use e2e::{Answer, Provider};
use idp_core::audit::AuditKind;
use idp_core::id::PlatformId;
use idp_core::operator::Role;
use idp_core::platform::{ConsentPolicy, JwsAlgorithm, Platform, PlatformState, SecurityProfile};
use serde_json::Value;

async fn platform(provider: &Provider, id: &str) -> Option<Platform> {
    let id = PlatformId::from_text(id);
    let database = &provider.state.database;
    let found = database.read(move |store| store.find_platform(&id)).await;
    found.unwrap()
}

/// What a registrar types to register a platform.
fn typed(id: &str) -> Fields {
    [
        ("id", id),
        ("name_zh", "试验公共资源交易平台"),
        ("name_en", "Trial platform"),
        ("region_code", "150400"),
        ("zone", "eastern"),
        ("support_contact", "0476-1234567"),
        (
            "redirect_uris",
            "https://p.example/callback\nhttps://p.example/other",
        ),
        ("initiate_login_uri", "https://p.example/login"),
        ("backchannel_logout_uri", "https://p.example/logout"),
        ("post_logout_redirect_uris", "https://p.example/bye"),
        ("method", "client_secret_basic"),
        ("jwks_uri", ""),
        ("id_token_alg", "PS256"),
        ("scopes", "openid"),
        ("scopes", "enterprise"),
        ("consent_days", "30"),
        ("profile", "standard"),
        ("rules", "refresh"),
        ("more", r#"{"contacts":["ops@p.example"]}"#),
        ("reason", "新平台接入"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Sends the form of a page with these fields.
async fn send(worker: &mut Worker, page: &Answer, typed: &Fields) -> Answer {
    let mut fields = page.fields("#wanted-form");
    fields.retain(|(name, _)| !typed.iter().any(|(n, _)| n == name));
    fields.extend_from_slice(typed);
    let action = page.attribute("#wanted-form", "action").unwrap();
    worker.browser.post(&action, &fields).await
}

async fn registered(worker: &mut Worker, id: &str) -> Answer {
    let page = worker.browser.open("/console/platforms/new").await;
    let review = send(worker, &page, &typed(id)).await;
    worker.sign(&review).await
}

#[tokio::test]
async fn a_platform_is_registered_and_its_secret_is_shown_once() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    let page = worker.browser.open("/console/platforms/new").await;
    let proposed = page.attribute("#id_token_alg [selected]", "value");
    assert_eq!(proposed.as_deref(), Some("ES256"));
    let review = send(&mut worker, &page, &typed("trial-one")).await;
    let shown = review.texts("dd").join("\n");
    for fact in [
        "https://p.example/callback",
        "ops@p.example",
        "trial-one",
        "新平台接入",
    ] {
        assert!(shown.contains(fact), "{fact}: {}", review.summary());
    }
    assert!(
        platform(provider, "trial-one").await.is_none(),
        "not signed yet"
    );
    let fields = review.fields("#challenge-form");
    let proof = e2e::proof::Challenge::of(&review).proof(&worker.lock);
    let done = worker.browser.answer_challenge(&review, &proof, &[]).await;
    assert_eq!(done.text("#client-id").as_deref(), Some("trial-one"));
    let secret = done.text("#client-secret").unwrap();
    assert!(secret.len() >= 40, "{secret}");

    let kept = platform(provider, "trial-one").await.unwrap();
    assert_eq!(kept.state, PlatformState::Active);
    let client = kept.client.unwrap();
    assert_eq!(client.consent, ConsentPolicy::RememberDays(30));
    assert_eq!(client.id_token_alg, JwsAlgorithm::Ps256);
    assert!(client.tokens.refresh && client.redirect_uris.len() == 2);
    let events = provider.audit_of_platform("trial-one").await;
    let added = events.iter().find(|e| e.kind == AuditKind::PlatformAdded);
    let added = added.unwrap();
    assert_eq!(added.operator_id.as_ref(), Some(&worker.id));
    assert_eq!(added.reason.as_deref(), Some("新平台接入"));
    // Sent once more, it is answered by no secret.
    let mut again = fields;
    set(&mut again, "proof", &proof);
    let answer = worker.browser.post("/console/act", &again).await;
    assert!(!answer.has("#client-secret") && answer.status == 403);
}

#[tokio::test]
async fn a_changed_platform_shows_what_differs_and_is_changed_as_it_was_shown() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    registered(&mut worker, "trial-two").await;
    let page = worker
        .browser
        .open("/console/platforms/trial-two/change")
        .await;
    assert_eq!(
        page.attribute("#name_zh", "value").as_deref(),
        Some("试验公共资源交易平台")
    );
    let stale = page.clone();
    let mut wanted = typed("trial-two");
    set(&mut wanted, "consent_days", "");
    set(&mut wanted, "profile", "standard");
    set(&mut wanted, "reason", "每次登录都询问");
    wanted.retain(|(name, _)| name != "id");
    let review = send(&mut worker, &page, &wanted).await;
    assert_eq!(
        review
            .text("[data-fact=platform-consent_days] del")
            .as_deref(),
        Some("30")
    );
    assert!(
        !review.has("[data-fact=platform-redirect_uris] del"),
        "{}",
        review.summary()
    );
    let done = worker.sign(&review).await;
    let of = "/console/platforms/trial-two";
    worker.is_told(&done, (of, "change-platform")).await;
    let kept = platform(provider, "trial-two").await.unwrap();
    assert_eq!(kept.client.unwrap().consent, ConsentPolicy::AskAlways);

    // The page that was open since before changes nothing.
    set(&mut wanted, "name_en", "Another name");
    let review = send(&mut worker, &stale, &wanted).await;
    let refused = worker.sign(&review).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (409, "change-overtaken")
    );
    let kept = platform(provider, "trial-two").await.unwrap();
    assert_eq!(kept.name_en, "Trial platform");
}

#[tokio::test]
async fn what_can_t_be_kept_comes_back_with_what_was_typed_and_is_never_signed() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    for (field, bad, why) in [
        ("redirect_uris", "http://p.example/callback", "https"),
        ("region_code", "110000", "15 开头"),
        ("more", "{", "「其他元数据"),
        ("more", r#"{"contact":["ops@p.example"]}"#, "contact 不是"),
        (
            "more",
            r#"{"id_token_signed_response_alg":"RS256"}"#,
            "id_token_signed_response_alg 请在上面",
        ),
        ("consent_days", "400", "365"),
        ("id", "chifeng platform", "小写字母"),
        ("method", "private_key_jwt", ""),
        ("name_zh", "", "名称为 1 至 100"),
    ] {
        let page = worker.browser.open("/console/platforms/new").await;
        let mut wanted = typed("trial-bad");
        set(&mut wanted, field, bad);
        let back = send(&mut worker, &page, &wanted).await;
        assert!(back.has("#error-summary"), "{field}: {}", back.summary());
        assert_eq!(back.status, 400, "{field}");
        assert!(
            back.text("#why").unwrap().contains(why),
            "{field}: {:?}",
            back.text("#why")
        );
        assert_eq!(
            back.attribute("#backchannel_logout_uri", "value")
                .as_deref(),
            Some("https://p.example/logout")
        );
    }
}

#[tokio::test]
async fn a_registrar_suspends_activates_and_rotates_with_overlap() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    scene.receive().await;
    let mut worker = Worker::on_duty(provider, &[Role::Registrar]).await;
    let address = format!("/console/platforms/{}", scene.platform.id);
    for (act, state) in [
        ("suspend", PlatformState::Suspended),
        ("activate", PlatformState::Active),
    ] {
        let page = worker.browser.open(&address).await;
        let typed = [("do", act), ("reason", "检修")];
        let review = worker.send(&page, "#platform-form", &typed).await;
        let done = worker.sign(&review).await;
        let told = format!("{act}-platform");
        worker.is_told(&done, (&address, &told)).await;
        assert_eq!(
            platform(provider, &scene.platform.id).await.unwrap().state,
            state
        );
    }
    registered(&mut worker, "trial-three").await;
    let page = worker.browser.open("/console/platforms/trial-three").await;
    let typed = [
        ("do", "rotate-secret"),
        ("overlap", "24"),
        ("reason", "年度更换"),
    ];
    let review = worker.send(&page, "#secret-form", &typed).await;
    let statement = review.text("#statement").unwrap_or_default();
    assert!(
        statement.contains("试验公共资源交易平台 (trial-three)"),
        "{statement}"
    );
    let done = worker.sign(&review).await;
    assert!(done.has("#client-secret"), "{}", done.summary());
    let page = worker.browser.open("/console/platforms/trial-three").await;
    assert!(page.has("[data-fact=platform-secret-until]"));
    // Whoever makes another one now is told what that ends.
    let review = worker.send(&page, "#secret-form", &typed).await;
    let warned = review.texts(".callout-warn").join(" ");
    assert!(warned.contains("旧密钥"), "{warned}");
}

#[tokio::test]
async fn the_configuration_is_a_file_without_a_secret() {
    let provider = Provider::shared();
    let mut worker = Worker::on_duty(provider, &[Role::Auditor]).await;
    let mut registrar = Worker::on_duty(provider, &[Role::Registrar]).await;
    let done = registered(&mut registrar, "trial-four").await;
    let secret = done.text("#client-secret").unwrap();
    let file = worker
        .browser
        .open("/console/platforms/trial-four/configuration")
        .await;
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"trial-four.json\""
    );
    let said: Value = file.json();
    assert_eq!(said["client_id"], "trial-four");
    assert_eq!(said["issuer"], provider.issuer);
    assert_eq!(
        said["metadata"]["redirect_uris"][0],
        "https://p.example/callback"
    );
    assert!(!file.body.contains(&secret) && !file.body.contains("sha256"));
    let page = worker.browser.open("/console/platforms/trial-four").await;
    assert!(
        !page.has("#edit") && !page.has("#platform-form"),
        "an auditor is offered changes"
    );
}

#[tokio::test]
async fn a_listed_platform_is_connected_under_the_strict_profile() {
    let provider = Provider::start(|_| ());
    let mut worker = Worker::on_duty(&provider, &[Role::Registrar]).await;
    let page = worker.browser.open("/console/platforms/wuhai/change").await;
    let mut wanted = typed("wuhai");
    wanted.retain(|(name, _)| name != "id");
    for (name, value) in [
        ("method", "private_key_jwt"),
        ("jwks_uri", "https://p.example/jwks"),
        ("profile", "fapi2"),
        ("region_code", "150300"),
        ("more", r#"{"dpop_bound_access_tokens":true}"#),
    ] {
        set(&mut wanted, name, value);
    }
    let review = send(&mut worker, &page, &wanted).await;
    let done = worker.sign(&review).await;
    let of = "/console/platforms/wuhai";
    worker.is_told(&done, (of, "connect-platform")).await;
    let kept = platform(&provider, "wuhai").await.unwrap();
    assert_eq!(kept.state, PlatformState::Active);
    assert_eq!(kept.client.unwrap().profile, SecurityProfile::Fapi2);
}
