//! Platforms, and strangers in their name, that would have the provider reach what they can't.

use std::time::Duration;

use e2e::jwt::{Assertion, AssertionKey, request_object};
use e2e::published::{RESOURCE, change, own_token, platform_at, publish, reaching_provider};
use e2e::publisher::{Publisher, ok, onward};
use e2e::story::Scene;
use e2e::{Browser, Platform, PlatformOrder, Provider, TokenRequest};
use idp::config::AddressRange;
use idp::published::sector;
use jsonwebtoken::Algorithm::ES256;
use serde_json::json;

/// Registered or not, nothing inside is reached unless the configuration says so.
#[tokio::test]
async fn addresses_inside_are_not_reached_for_keys_requests_or_sectors() {
    let key = AssertionKey::generate(ES256);
    let publisher = publish(&[&key]);
    let port = publisher.url.rsplit(':').next().unwrap().to_owned();
    let provider = Provider::start(|config| {
        config.outbound.allow_addresses =
            vec![AddressRange::try_from("10.9.0.0/16".to_owned()).unwrap()];
    });
    for host in [
        "http://127.0.0.1",
        "https://127.0.0.1",
        "http://localhost",
        "https://localhost",
        "https://[::ffff:127.0.0.1]",
        "https://2130706433",
        "https://0x7f000001",
        "https://169.254.169.254",
        "https://10.1.2.3",
    ] {
        let url = format!("{host}:{port}");
        let mut platform = platform_at(&provider, &url).await;
        assert_eq!(own_token(&platform, &key).await.status, 401, "{url}");
        let registered = url.clone();
        change(&provider, &mut platform, |platform| {
            let client = platform.registration.client.as_mut().unwrap();
            client.requests.request_uris = vec![registered];
        })
        .await;
        let asking = platform.ask().with("request_uri", &url);
        let answer = Browser::new(&provider).open(&asking.path()).await;
        assert_eq!(
            answer.parameter("error").as_deref(),
            Some("invalid_request_uri"),
            "{url}"
        );
        let told = answer.parameter("error_description").unwrap();
        assert!(!told.contains("127") && !told.contains("allow"), "{told}");
        assert!(sector(&provider.state, &url, &[]).await.is_err(), "{url}");
    }
    assert_eq!(publisher.asked(), 0, "nothing went out");
}

#[tokio::test]
async fn nobody_is_led_onward_to_what_a_platform_could_not_register() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(ES256);
    let inner = publish(&[&key]);
    let to = inner.url.clone();
    let outer = Publisher::start(Box::new(move |_| Some(onward(&to))));
    let platform = platform_at(&provider, &outer.url).await;
    assert_eq!(own_token(&platform, &key).await.status, 401);
    assert_eq!((outer.asked(), inner.asked()), (1, 0));
}

#[tokio::test]
async fn a_request_uri_that_is_not_registered_is_never_fetched() {
    let provider = reaching_provider();
    let publisher = Publisher::of(b"nonsense".to_vec());
    let mut platform = Platform::order(&provider, PlatformOrder::signing()).await;
    let registered = publisher.url.clone();
    change(&provider, &mut platform, |platform| {
        let client = platform.registration.client.as_mut().unwrap();
        client.requests.request_uris = vec![registered];
    })
    .await;
    for uri in [
        format!("{}/", publisher.url),
        format!("{}?x=1", publisher.url),
        publisher.url.replace("/published", "/other"),
        publisher.url.replace("127.0.0.1", "localhost"),
        publisher.url.replace("http:", "HTTP:"),
        "file:///etc/passwd".to_owned(),
    ] {
        let asking = platform.ask().with("request_uri", &uri);
        let answer = Browser::new(&provider).open(&asking.path()).await;
        let error = answer.parameter("error");
        assert_eq!(error.as_deref(), Some("request_uri_not_supported"), "{uri}");
    }
    assert_eq!(publisher.asked(), 0);
    // Another platform may not use it either.
    let other = Platform::order(&provider, PlatformOrder::signing()).await;
    let asking = other.ask().with("request_uri", &publisher.url);
    let answer = Browser::new(&provider).open(&asking.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("request_uri_not_supported")
    );
    assert_eq!(publisher.asked(), 0);
}

/// What is behind a registered address may still be anybody's.
#[tokio::test]
async fn what_a_request_uri_gives_is_bounded_and_must_be_the_clients() {
    let provider = reaching_provider();
    let publisher = Publisher::of(Vec::new());
    let mut scene = Scene::at(&provider).await;
    scene.platform = Platform::order(&provider, PlatformOrder::signing()).await;
    let registered = publisher.url.clone();
    change(&provider, &mut scene.platform, |platform| {
        let client = platform.registration.client.as_mut().unwrap();
        client.requests.request_uris = vec![registered];
    })
    .await;
    let platform = &scene.platform;
    let stranger = AssertionKey::generate(ES256);
    let inside = platform.ask();
    let own = platform.key.as_ref().unwrap();
    let nested = request_object(own, platform, &inside, |claims| {
        claims["request_uri"] = json!("https://evil.example/object");
    });
    let foreign = request_object(&stranger, platform, &inside, |_| ());
    let cases: [(Vec<u8>, &str); 6] = [
        (ok(foreign.as_bytes()), "invalid_request_object"),
        (ok(nested.as_bytes()), "invalid_request_object"),
        (ok(&vec![b'a'; 20_000]), "invalid_request_uri"),
        (ok(&[0xff, 0xfe]), "invalid_request_uri"),
        (onward("http://127.0.0.1:1/"), "invalid_request_uri"),
        (
            b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n".to_vec(),
            "invalid_request_uri",
        ),
    ];
    for (answer, error) in cases {
        publisher.answer(Box::new(move |_| Some(answer.clone())));
        let asking = platform.ask().with("request_uri", &publisher.url);
        let answer = Browser::new(&provider).open(&asking.path()).await;
        assert_eq!(
            answer.parameter("error").as_deref(),
            Some(error),
            "{}",
            answer.summary()
        );
    }
}

#[tokio::test]
async fn an_address_that_never_answers_holds_up_nobody_else() {
    let provider = Provider::start(|config| {
        config.outbound.allow_loopback = true;
        config.outbound.timeout_seconds = 2;
    });
    let silent = Publisher::start(Box::new(|_| None));
    let platform = platform_at(&provider, &silent.url).await;
    let key = AssertionKey::generate(ES256);
    let other = Platform::order(&provider, {
        let mut order = PlatformOrder::default();
        order.tokens.client_credentials = true;
        order.tokens.resources = vec![RESOURCE.to_owned()];
        order
    })
    .await;
    let begin = std::time::Instant::now();
    let held = async {
        let refused = own_token(&platform, &key).await;
        (refused.status, begin.elapsed())
    };
    let free = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let answer = TokenRequest::own(&other)
            .with("resource", RESOURCE)
            .send()
            .await;
        (answer.status, begin.elapsed())
    };
    let ((held, held_for), (free, free_for)) = tokio::join!(held, free);
    assert_eq!((held, free), (401, 200));
    assert!(held_for >= Duration::from_secs(2) && held_for < Duration::from_secs(5));
    assert!(free_for < Duration::from_millis(1500), "{free_for:?}");
}

#[tokio::test]
async fn nonsense_in_a_platforms_name_does_not_make_the_provider_ask_it_again_and_again() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(ES256);
    let publisher = publish(&[&key]);
    let platform = platform_at(&provider, &publisher.url).await;
    for n in 0..20 {
        let stranger = AssertionKey::generate(ES256).named(&format!("unknown-{n}"));
        assert_eq!(own_token(&platform, &stranger).await.status, 401);
    }
    assert!(publisher.asked() <= 3, "{}", publisher.asked());
    assert_eq!(own_token(&platform, &key).await.status, 200);
}

#[tokio::test]
async fn key_sets_that_are_no_good_are_not_taken() {
    let key = AssertionKey::generate(ES256);
    let with = |name: &str| {
        let mut jwk = key.public().clone();
        jwk[name] = json!("AAAA");
        json!({ "keys": [jwk] })
    };
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let many: Vec<_> = (0..21).map(|_| key.public().clone()).collect();
    let large = json!({ "keys": [key.public()], "x": "y".repeat(70_000) });
    for octets in [
        with("d").to_string(),
        deep,
        json!({ "keys": many }).to_string(),
        large.to_string(),
        json!([]).to_string(),
        json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] }).to_string(),
    ] {
        let provider = reaching_provider();
        let publisher = Publisher::of(octets.clone().into_bytes());
        let platform = platform_at(&provider, &publisher.url).await;
        let answer = own_token(&platform, &key).await;
        assert_eq!(
            answer.status,
            401,
            "{}",
            octets.chars().take(80).collect::<String>()
        );
    }
}

#[tokio::test]
async fn a_key_for_encryption_verifies_no_assertion() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(ES256);
    let mut jwk = key.public().clone();
    jwk["use"] = json!("enc");
    let publisher = Publisher::of(json!({ "keys": [jwk] }).to_string().into_bytes());
    let platform = platform_at(&provider, &publisher.url).await;
    let assertion = Assertion::of(&platform.id, &platform.issuer).signed(&key);
    let answer = TokenRequest::own(&platform)
        .with_assertion(&assertion)
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client")
    );
}
