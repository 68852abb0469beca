//! What platforms publish: keys behind a `jwks_uri`, request objects behind a `request_uri`, the list of a sector.

use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::{AssertionKey, request_object};
use e2e::published::{change, own_token, platform_at, publish, publish_at, reaching_provider};
use e2e::publisher::Publisher;
use e2e::story::Scene;
use e2e::{Browser, PlatformOrder, Provider, openssl, scratch};
use idp::published::sector;
use jsonwebtoken::Algorithm::{ES256, RS256};
use sha2::{Digest as _, Sha256};

#[tokio::test]
async fn keys_behind_an_address_are_fetched_once_and_serve_many() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(RS256);
    let publisher = publish(&[&AssertionKey::generate(ES256).named("other"), &key]);
    publisher.delay(Duration::from_millis(300));
    let platform = platform_at(&provider, &publisher.url).await;
    let many = (0..12).map(|_| own_token(&platform, &key));
    for answer in join_all(many).await {
        assert_eq!(answer.status, 200, "{}", answer.summary());
    }
    assert_eq!(publisher.asked(), 1, "one fetch serves all that wait");
}

async fn join_all<F: Future + Send>(futures: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F::Output: Send,
{
    let mut waiting: Vec<_> = futures.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|cx| {
        waiting.retain_mut(|one| match one.as_mut().poll(cx) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

/// The suite's `refresh-token-rp-key-rotation`.
#[tokio::test]
async fn a_new_key_at_the_jwks_uri_counts_at_once_with_a_name_and_without() {
    for name in ["second", ""] {
        let provider = reaching_provider();
        let first = AssertionKey::generate(ES256);
        let publisher = publish(&[&first]);
        let platform = platform_at(&provider, &publisher.url).await;
        assert_eq!(own_token(&platform, &first).await.status, 200);
        let second = AssertionKey::generate(ES256).named(name);
        publish_at(&publisher, &[&second]);
        let answer = own_token(&platform, &second).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.summary());
        assert_eq!(publisher.asked(), 2);
        assert_eq!(own_token(&platform, &first).await.status, 401, "it is gone");
    }
}

#[tokio::test]
async fn keys_at_hand_outlive_an_address_that_fails() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(ES256);
    let publisher = publish(&[&key]);
    let platform = platform_at(&provider, &publisher.url).await;
    assert_eq!(own_token(&platform, &key).await.status, 200);
    publisher.publish(b"<html>".to_vec());
    let other = AssertionKey::generate(ES256).named("other");
    assert_eq!(own_token(&platform, &other).await.status, 401);
    assert_eq!(publisher.asked(), 2, "it was looked at for the other key");
    assert_eq!(own_token(&platform, &key).await.status, 200);
}

#[tokio::test]
async fn a_request_object_signed_by_a_key_behind_an_address_is_taken() {
    let provider = reaching_provider();
    let key = AssertionKey::generate(ES256);
    let keys = publish(&[&key]);
    let platform = platform_at(&provider, &keys.url).await;
    let object = request_object(&key, &platform, &platform.ask(), |_| ());
    let asking = platform.ask().with("request", &object);
    let answer = Browser::new(&provider).open(&asking.path()).await;
    assert!(
        answer.location().unwrap().contains("/login"),
        "{}",
        answer.summary()
    );
    let pushed = platform.push(&platform.ask()).without("client_assertion");
    let assertion = e2e::jwt::Assertion::of(&platform.id, &platform.issuer).signed(&key);
    let pushed = pushed.with_assertion(&assertion).with("request", &object);
    assert_eq!(pushed.send().await.status, 201);
}

async fn referring(provider: &Provider) -> (Scene, Publisher) {
    let mut scene = Scene::at(provider).await;
    scene.platform = e2e::Platform::order(provider, PlatformOrder::signing()).await;
    let publisher = Publisher::of(Vec::new());
    let url = publisher.url.clone();
    change(provider, &mut scene.platform, |platform| {
        let client = platform.registration.client.as_mut().unwrap();
        client.requests.request_uris = vec![url];
    })
    .await;
    (scene, publisher)
}

#[tokio::test]
async fn a_registered_request_uri_is_fetched_and_only_what_it_says_counts() {
    let provider = reaching_provider();
    let (mut scene, publisher) = referring(&provider).await;
    let inside = scene.platform.ask();
    let key = scene.platform.key.as_ref().unwrap();
    let object = request_object(key, &scene.platform, &inside, |_| ());
    publisher.publish(format!("{object}\n").into_bytes());
    let asking = scene
        .platform
        .ask()
        .with("redirect_uri", "https://evil.example/cb")
        .with("request_uri", &publisher.url);
    let answer = scene.browser.arrive(&scene.lock, &asking).await;
    assert_eq!(answer.parameter("state"), Some(inside.state.clone()));
    scene.redeemed(&answer, &inside).await;
}

#[tokio::test]
async fn a_fragment_that_is_a_hash_must_be_the_one_of_the_object() {
    let provider = reaching_provider();
    let (scene, publisher) = referring(&provider).await;
    let platform = &scene.platform;
    let object = request_object(
        platform.key.as_ref().unwrap(),
        platform,
        &platform.ask(),
        |_| (),
    );
    publisher.publish(object.clone().into_bytes());
    let error = async |fragment: &str| {
        let uri = format!("{}#{fragment}", publisher.url);
        let asking = platform.ask().with("request_uri", &uri);
        let answer = Browser::new(&provider).open(&asking.path()).await;
        answer.parameter("error")
    };
    let hash = |text: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    assert_eq!(error(&hash(&object)).await, None);
    assert_eq!(error("version-2").await, None);
    assert_eq!(
        error(&hash("another")).await.as_deref(),
        Some("invalid_request_uri")
    );
}

/// The suite's `request-uri-unsigned-supported-correctly-or-rejected-as-unsupported`.
#[tokio::test]
async fn an_unsigned_object_by_reference_is_refused_in_the_word_for_it() {
    let provider = reaching_provider();
    let (scene, publisher) = referring(&provider).await;
    let platform = &scene.platform;
    let header = serde_json::json!({ "alg": "none" });
    let claims = serde_json::json!({ "client_id": platform.id, "scope": "openid" });
    publisher.publish(e2e::jwt::compact(&header, &claims, &[]).into_bytes());
    let asking = platform.ask().with("request_uri", &publisher.url);
    let answer = Browser::new(&provider).open(&asking.path()).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("request_uri_not_supported")
    );
    assert_eq!(
        answer.parameter("state"),
        asking.parameter("state").map(str::to_owned)
    );
}

#[tokio::test]
async fn a_sector_holds_for_the_redirect_uris_it_lists_alone() {
    let provider = reaching_provider();
    let publisher = Publisher::of(br#"["https://a.example/cb","https://b.example/cb"]"#.to_vec());
    let at = async |uris: &[&str]| {
        let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
        sector(&provider.state, &publisher.url, &uris)
            .await
            .map_err(|e| e.to_string())
    };
    assert_eq!(
        at(&["https://a.example/cb"]).await.as_deref(),
        Ok("127.0.0.1")
    );
    let refused = at(&["https://a.example/cb", "https://c.example/cb"])
        .await
        .unwrap_err();
    assert!(refused.contains("https://c.example/cb"), "{refused}");
    for no_list in [&b"{}"[..], b"[1]", b"nonsense"] {
        publisher.publish(no_list.to_vec());
        assert!(
            at(&["https://a.example/cb"])
                .await
                .unwrap_err()
                .contains("array")
        );
    }
}

#[tokio::test]
async fn an_in_house_ca_is_trusted_where_its_file_is_named_and_nowhere_else() {
    let folder = scratch::folder("https-platform");
    std::fs::write(folder.join("leaf.cnf"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    for step in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=house",
        "req -new -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=platform",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.cnf -out cert.pem",
    ] {
        let words: Vec<&str> = step.split(' ').collect();
        openssl::run(&folder, &words);
    }
    let key = AssertionKey::generate(ES256);
    let body = key.jwks().to_string();
    let whole = format!(
        "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    std::fs::write(folder.join("jwks"), whole).unwrap();
    let port = {
        let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        free.local_addr().unwrap().port()
    };
    let mut server = Command::new("openssl")
        .args([
            "s_server", "-quiet", "-HTTP", "-cert", "cert.pem", "-key", "key.pem",
        ])
        .args(["-accept", &format!("127.0.0.1:{port}")])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let url = format!("https://127.0.0.1:{port}/jwks");
    let trusting = Provider::start(|config| {
        config.outbound.allow_loopback = true;
        config.outbound.ca_file = folder.join("ca.pem");
    });
    let platform = platform_at(&trusting, &url).await;
    let trusted = own_token(&platform, &key).await;
    let wary = reaching_provider();
    let platform = platform_at(&wary, &url).await;
    let refused = own_token(&platform, &key).await;
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(trusted.status, 200, "{}", trusted.summary());
    assert_eq!(refused.status, 401, "{}", refused.summary());
}
