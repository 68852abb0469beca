//! Consent receipts: downloaded by whoever took part, and verified by nothing but what a reader trusts.

use std::time::Duration;

use e2e::authority::world;
use e2e::jwt::part;
use e2e::lock::{KeyKind, Order};
use e2e::receipt::{ask, given, order, payload, provider, receipt, trust, wrong, wrong_with};
use e2e::story::new_lock;
use e2e::{Browser, PlatformOrder, Provider, TokenRequest};
use idp::receipts::{Standing, verify};
use idp::signing::{Keeper, ensure_keys, rotate_now};
use idp_core::consent_statement::ConsentSigner;
use idp_core::platform::ConsentPolicy;
use serde_json::{Value, json};

#[tokio::test]
async fn a_receipt_with_the_locks_signature_holds_whatever_key_the_lock_has() {
    let provider = provider();
    let locks = [
        world().p256.lock(&Order::enterprise(KeyKind::P256)),
        world().sm2.lock(&Order::enterprise(KeyKind::Sm2)),
        world().rsa.lock(&Order::enterprise(KeyKind::Rsa(2048))),
    ];
    for lock in locks {
        let (scene, id) = given(provider, lock, order(ConsentSigner::Lock)).await;
        let jws = receipt(provider, &scene.platform, &id).await;
        let verified = verify(&jws, &trust(provider).await);
        assert_eq!(wrong(&verified), Vec::<String>::new());
        assert_eq!(verified.standing(), Standing::Good);
        let names: Vec<_> = verified.checks.iter().map(|check| check.name).collect();
        let all = [
            "format",
            "jws",
            "statement",
            "content",
            "lock-signature",
            "chain",
            "holder",
            "revocation",
            "inclusion",
            "checkpoint",
        ];
        assert_eq!(names.len(), all.len(), "{names:?}");
        assert!(all.iter().all(|name| names.contains(name)), "{names:?}");
    }
}

#[tokio::test]
async fn a_receipt_says_who_whom_what_and_no_value_of_personal_data() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), order(ConsentSigner::Lock)).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let header = part(&jws, 0);
    assert_eq!(
        (header["typ"].as_str(), header["alg"].as_str()),
        (Some("consent-receipt+jws"), Some("ES256"))
    );
    let said = payload(&jws);
    assert_eq!(said["receipt_id"], json!(id));
    assert_eq!(said["iss"], json!(provider.issuer));
    let parties = said["party_identification"].as_array().unwrap();
    assert_eq!(parties[0]["credit_code"], json!(scene.lock.credit_code()));
    assert_eq!(parties[0]["party_name"], json!(scene.lock.holder));
    assert_eq!(parties[2]["party_id"], json!(scene.platform.id));
    let pii = said["pii_processing"][0]["pii_information"]
        .as_array()
        .unwrap();
    let contact = pii.iter().find(|one| one["pii_type"] == "contact").unwrap();
    assert_eq!(
        contact["pii_attributes"],
        json!(["phone_number", "address"])
    );
    let text = said.to_string();
    for value in [
        "0476-8881234",
        "其其格",
        "赤峰市红山区钢铁街1号",
        "巴特尔",
        "127.0.0.1\\\"",
        "remote_address",
    ] {
        assert!(!text.contains(value), "{value} is in the receipt");
    }
}

#[tokio::test]
async fn without_a_lock_the_providers_word_is_what_there_is() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    assert_eq!(wrong_with(provider, &jws).await, Vec::<String>::new());
    let said = payload(&jws);
    assert_eq!(said["evidence"]["signed_by"], json!("provider"));
    assert_eq!(said["evidence"].get("signature"), None);
}

#[tokio::test]
async fn what_is_not_trusted_leaves_checks_unmade_and_nothing_passes_for_it() {
    let provider = provider();
    let (scene, id) = given(provider, new_lock(), order(ConsentSigner::Lock)).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let verified = verify(&jws, &idp::receipts::Trust::default());
    assert_eq!(verified.standing(), Standing::Incomplete);
    assert_eq!(
        wrong(&verified),
        [
            "jws: unchecked no-keys",
            "chain: unchecked no-ca",
            "revocation: unchecked no-ca",
            "checkpoint: unchecked no-log-key"
        ]
    );
}

#[tokio::test]
async fn taking_back_is_appended_with_its_own_line_and_shows_in_receipts_of_before() {
    let provider = provider();
    let (mut scene, first) = given(provider, new_lock(), PlatformOrder::default()).await;
    scene.receive().await;
    let fields = [("platform", scene.platform.id.as_str())];
    let browser = &mut scene.browser;
    browser.post_own("/account/consents/revoke", &fields).await;
    let consents = provider.consents(&scene.lock).await;
    let second = consents.iter().find(|one| {
        one.outcome == idp_core::consent::ConsentOutcome::Granted && one.id.as_str() != first
    });
    for id in [first.as_str(), second.unwrap().id.as_str()] {
        let jws = receipt(provider, &scene.platform, id).await;
        let verified = verify(&jws, &trust(provider).await);
        assert_eq!(wrong(&verified), Vec::<String>::new());
        assert!(verified.is_withdrawn(), "{id}");
        let events = payload(&jws)["events"].clone();
        assert_eq!(events[0]["event_state"], json!("consent given"));
        assert_eq!(events[1]["event_state"], json!("consent withdrawn"));
    }
    // Given once more: that one stands.
    scene.receive().await;
    let newest = provider.consents(&scene.lock).await[0].id.to_string();
    let jws = receipt(provider, &scene.platform, &newest).await;
    assert!(!verify(&jws, &trust(provider).await).is_withdrawn());
}

#[tokio::test]
async fn a_receipt_of_before_verifies_after_the_keys_have_changed() {
    let provider = Provider::start(|_| ());
    let (scene, id) = given(&provider, new_lock(), order(ConsentSigner::Lock)).await;
    let old = receipt(&provider, &scene.platform, &id).await;
    let state = &provider.state;
    let keeper = Keeper::load(&state.config).unwrap();
    let now = state.cx().now;
    rotate_now(&state.database, &keeper, &state.cx(), now, "drill")
        .await
        .unwrap();
    ensure_keys(&state.database, |_| Ok(keeper), &state.keys, &state.cx())
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let new = receipt(&provider, &scene.platform, &id).await;
    assert_ne!(part(&old, 0)["kid"], part(&new, 0)["kid"]);
    for jws in [&old, &new] {
        assert_eq!(wrong_with(&provider, jws).await, Vec::<String>::new());
    }
    // As anybody fetches them.
    let keys = provider.fetch("/receipts/keys").await.json();
    let kids: Vec<&Value> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["kid"])
        .collect();
    assert!(kids.contains(&&part(&old, 0)["kid"]) && kids.contains(&&part(&new, 0)["kid"]));
    assert!(!keys.to_string().contains("\"d\""));
}

#[tokio::test]
async fn a_platform_finds_the_receipt_by_a_token_and_its_consents_in_a_list() {
    let provider = provider();
    let (mut scene, id) = given(provider, new_lock(), PlatformOrder::default()).await;
    let jws = receipt(provider, &scene.platform, &id).await;
    let tokens = scene.receive().await;
    receipt(
        provider,
        &scene.platform,
        provider.consents(&scene.lock).await[0].id.as_str(),
    )
    .await;
    let answer = ask(&scene.platform, "token", tokens.access()).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/jose"),
        "{}",
        answer.summary()
    );
    assert_ne!(payload(&answer.body)["receipt_id"], json!(id));
    assert_eq!(payload(&jws)["receipt_id"], json!(id));
    let listed = TokenRequest::for_receipt(&scene.platform, "/oauth2/receipts")
        .send()
        .await
        .json();
    let listed = listed["consents"].as_array().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|one| one["consent"] == json!(id)));
}

#[tokio::test]
async fn an_enterprise_downloads_the_receipt_from_its_consents_and_checks_it_on_the_page() {
    let provider = provider();
    let (mut scene, id) = given(provider, new_lock(), order(ConsentSigner::Lock)).await;
    receipt(provider, &scene.platform, &id).await;
    let page = scene.browser.open("/account/consents").await;
    let link = page.attribute(&format!("#receipt-{}", scene.platform.id), "href");
    let answer = scene.browser.open(&link.unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert!(answer.header("content-disposition").contains("attachment"));
    for language in ["zh-CN", "en"] {
        let mut anybody = Browser::new(provider).speaking(language);
        let page = anybody.open("/receipt").await;
        assert!(page.has("#receipt-form"));
        let fields = [("receipt".to_owned(), answer.body.clone())];
        let checked = anybody.post("/receipt", &fields).await;
        assert_eq!(checked.status, 200, "{}", checked.summary());
        let verdict = checked.text("#verdict-title").unwrap();
        let good = ["凭证有效", "The receipt holds"];
        assert!(good.contains(&verdict.as_str()), "{verdict}");
        assert!(checked.has("#statement"));
        // The file as it was saved, and as an editor saved it again.
        let marked = format!("\u{feff}{}\r\n", answer.body);
        for content in [&answer.body, &marked] {
            let file = Some(("file", "consent-receipt.jws", content.as_bytes()));
            let checked = anybody.upload("/receipt", &[], file).await;
            assert_eq!(checked.status, 200, "{}", checked.summary());
            assert_eq!(checked.text("#verdict-title").unwrap(), verdict);
            assert!(checked.has("#statement") && checked.has("#receipt-file-form"));
        }
        let broken = [("receipt".to_owned(), answer.body.replace('.', ""))];
        let checked = anybody.post("/receipt", &broken).await;
        let verdict = checked.text("#verdict-title").unwrap();
        let bad = ["凭证无效", "The receipt does not hold"];
        assert!(bad.contains(&verdict.as_str()), "{verdict}");
    }
}

#[tokio::test]
async fn before_the_logs_head_holds_it_the_answer_says_so() {
    // Its housekeeping signs no head within this test.
    let provider = Provider::start(|_| ());
    provider.grow_log(1).await;
    let (mut scene, id) = given(
        &provider,
        new_lock(),
        PlatformOrder {
            consent: ConsentPolicy::AskAlways,
            ..PlatformOrder::default()
        },
    )
    .await;
    let answer = ask(&scene.platform, "consent", &id).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (503, "not_yet"),
        "{}",
        answer.summary()
    );
    assert_eq!(answer.header("retry-after"), "60");
    let path = format!("/account/receipt?consent={id}");
    let page = scene.browser.open(&path).await;
    assert_eq!(
        (page.status, page.problem().as_str()),
        (503, "receipt-not-yet")
    );
    receipt(&provider, &scene.platform, &id).await;
}
