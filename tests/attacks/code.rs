//! Authorization codes in the wrong hands, at the wrong time, twice.

use e2e::platform::challenge_of;
use e2e::story::Scene;
use e2e::{Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;

#[tokio::test]
async fn a_code_cannot_be_used_twice_and_the_second_use_kills_what_the_first_gave() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let tokens = scene.receive().await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let replay = scene
        .platform
        .redeem(&tokens.code, &tokens.asking)
        .send()
        .await;
    assert_eq!(
        (replay.status, replay.error().as_str()),
        (400, "invalid_grant")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
    let id = &scene.platform.id;
    assert_eq!(
        provider
            .count_of_platform(id, AuditKind::CodeReplayed)
            .await,
        1
    );
    assert_eq!(
        provider
            .count_of_platform(id, AuditKind::UserinfoRefused)
            .await,
        1
    );
    // The person is not harmed: a new code works.
    let again = scene.receive().await;
    assert_eq!(scene.platform.userinfo(again.access()).await.status, 200);
}

#[tokio::test]
async fn a_code_that_comes_again_after_its_lifetime_still_kills_what_it_gave() {
    let provider = Provider::start(|config| config.lifetimes.code = 3);
    let mut scene = Scene::at(&provider).await;
    let tokens = scene.receive().await;
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 200);
    let replay = scene
        .platform
        .redeem(&tokens.code, &tokens.asking)
        .send()
        .await;
    assert_eq!(
        (replay.status, replay.error().as_str()),
        (400, "invalid_grant")
    );
    assert_eq!(scene.platform.userinfo(tokens.access()).await.status, 401);
}

#[tokio::test]
async fn a_hundred_redemptions_at_once_give_one_answer_at_most_and_no_live_token() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let (code, asking) = scene.code().await;
    let requests = (0..100).map(|_| {
        let request = scene.platform.redeem(&code, &asking);
        tokio::spawn(async move { request.send().await })
    });
    let mut given = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        let answer = request.await.unwrap();
        match answer.status {
            200 => given.push(answer.json()["access_token"].as_str().unwrap().to_owned()),
            _ => assert_eq!(answer.error(), "invalid_grant", "{}", answer.summary()),
        }
    }
    assert!(given.len() <= 1, "{} redemptions succeeded", given.len());
    for token in &given {
        assert_eq!(
            scene.platform.userinfo(token).await.status,
            401,
            "a replayed code's token lives"
        );
    }
    let replayed = provider
        .count_of_platform(&scene.platform.id, AuditKind::CodeReplayed)
        .await;
    assert!(replayed >= 99, "{replayed} of the replays are written down");
}

#[tokio::test]
async fn a_code_of_another_client_opens_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let thief = Platform::connect(provider).await;
    let (code, asking) = scene.code().await;
    let answer = thief.redeem(&code, &asking).send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    assert!(answer.json().get("access_token").is_none());
    let refused = provider
        .count_of_platform(&thief.id, AuditKind::TokenRefused)
        .await;
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn without_the_right_verifier_a_code_opens_nothing() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let mut wrong = vec![None, Some(String::new())];
    wrong.push(Some("x".repeat(43)));
    // Too short and too long by one, the right octets in the wrong alphabet, and the challenge itself.
    wrong.push(Some("y".repeat(42)));
    wrong.push(Some("z".repeat(129)));
    wrong.push(Some("=".repeat(43)));
    for verifier in wrong {
        let (code, asking) = scene.code().await;
        let request = scene.platform.redeem(&code, &asking);
        let request = match &verifier {
            None => request.without("code_verifier"),
            Some(text) => request.with("code_verifier", text),
        };
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_grant"),
            "{verifier:?}"
        );
    }
    let (code, asking) = scene.code().await;
    let challenge = asking.parameter("code_challenge").unwrap().to_owned();
    let request = scene
        .platform
        .redeem(&code, &asking)
        .with("code_verifier", &challenge);
    assert_eq!(request.send().await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_short_verifier_is_refused_even_when_its_digest_fits() {
    let mut scene = Scene::at(Provider::shared()).await;
    for verifier in [
        "short",
        &"v".repeat(42),
        &"v".repeat(129),
        "空".repeat(20).as_str(),
    ] {
        let asking = scene
            .platform
            .ask()
            .with("code_challenge", &challenge_of(verifier));
        let answer = scene.browser.arrive(&scene.lock, &asking).await;
        let code = answer.parameter("code").unwrap();
        let request = scene
            .platform
            .redeem(&code, &asking)
            .with("code_verifier", verifier);
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_grant"),
            "{verifier}"
        );
    }
}

#[tokio::test]
async fn a_code_is_tied_to_its_redirect_uri() {
    let provider = Provider::shared();
    let mut scene = Scene::at(provider).await;
    let order = PlatformOrder {
        redirect_uris: vec![
            "https://{id}.example/a".to_owned(),
            "https://{id}.example/b".to_owned(),
        ],
        ..PlatformOrder::default()
    };
    scene.platform = Platform::order(provider, order).await;
    let other = scene.platform.client().redirect_uris[1].clone();
    let (code, asking) = scene.code().await;
    let answer = scene
        .platform
        .redeem(&code, &asking)
        .with("redirect_uri", &other)
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
    let (code, asking) = scene.code().await;
    let answer = scene
        .platform
        .redeem(&code, &asking)
        .without("redirect_uri")
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "invalid_grant")
    );
}

#[tokio::test]
async fn any_parameter_that_comes_twice_at_the_token_endpoint_is_refused() {
    let mut scene = Scene::at(Provider::shared()).await;
    let (code, asking) = scene.code().await;
    let whole = || scene.platform.redeem(&code, &asking);
    for name in [
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_id",
    ] {
        let mut request = whole();
        if name == "client_id" {
            request = request.and(name, &scene.platform.id);
        }
        let value = request
            .form
            .iter()
            .find(|(n, _)| n == name)
            .unwrap()
            .1
            .clone();
        let request = request.and(name, &value);
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (400, "invalid_request"),
            "{name}"
        );
    }
    assert_eq!(
        whole().send().await.status,
        200,
        "the code was lost on a malformed request"
    );
}

#[tokio::test]
async fn a_code_in_the_query_of_the_token_endpoint_is_not_looked_at() {
    let mut scene = Scene::at(Provider::shared()).await;
    let (code, asking) = scene.code().await;
    let request = scene.platform.redeem(&code, &asking);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&request.form);
    let url = format!("{}/oauth2/token?{}", scene.platform.base, query.finish());
    let empty: [(&str, &str); 0] = [];
    let sent = e2e::browser::client()
        .post(url)
        .basic_auth(&scene.platform.id, Some(&scene.platform.secret))
        .form(&empty);
    assert_eq!(sent.send().await.unwrap().status(), 400);
    assert_eq!(request.send().await.status, 200);
}
