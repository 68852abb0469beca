//! What is large or deep beyond reason: refused before it costs anything, and never a failure of ours.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use e2e::jwt::{compact, request_object};
use e2e::{Browser, Platform, PlatformOrder, Provider, TokenRequest};
use serde_json::json;

/// Deeper than the parser goes (128), and than any stack.
fn deep() -> String {
    format!("{}1{}", "[".repeat(4000), "]".repeat(4000))
}

#[tokio::test]
async fn json_that_is_deeper_than_anything_means_is_refused_wherever_it_comes() {
    let provider = Provider::shared();
    let platform = Platform::order(provider, PlatformOrder::signing()).await;
    let key = platform.key.as_ref().unwrap();
    let mut browser = Browser::new(provider);
    let claims = format!("{{\"userinfo\":{{\"name\":{}}}}}", deep());
    let asking = platform.ask().with("claims", &claims);
    let fields: Vec<(String, String)> = asking.parameters.clone();
    let answer = browser.post("/oauth2/authorize", &fields).await;
    assert_eq!(
        answer.parameter("error").as_deref(),
        Some("invalid_request"),
        "{}",
        answer.summary()
    );

    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let object = format!("{}.{}.AAAA", encode("{\"alg\":\"ES256\"}"), encode(&deep()));
    let header = format!(
        "{}.{}.AAAA",
        encode(&format!("{{\"alg\":{}}}", deep())),
        encode("{}")
    );
    let inside = request_object(key, &platform, &platform.ask(), |claims| {
        claims["claims"] = json!(deep());
    });
    for (object, error) in [
        (object, "invalid_request_object"),
        (header, "invalid_request_object"),
        (inside, "invalid_request"),
    ] {
        let fields = platform.ask().with("request", &object).parameters;
        let answer = Browser::new(provider)
            .post("/oauth2/authorize", &fields)
            .await;
        assert_eq!(
            answer.parameter("error").as_deref(),
            Some(error),
            "{}",
            answer.summary()
        );
    }

    let assertion = format!("{}.{}.AAAA", encode("{\"alg\":\"ES256\"}"), encode(&deep()));
    let answer = TokenRequest::own(&platform)
        .with_assertion(&assertion)
        .send()
        .await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (401, "invalid_client")
    );
    let proof = compact(
        &json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": 1 }),
        &json!({}),
        &[],
    );
    let answer = TokenRequest::own(&platform).with_proof(&proof).send().await;
    assert!((400..500).contains(&answer.status), "{}", answer.summary());
}

/// What comes back to these octets on a connection of its own, and whether the other side then hung up.
fn told(provider: &Provider, octets: &[u8]) -> (String, bool) {
    let address = provider.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // The other side may stop reading.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => return (String::from_utf8_lossy(&answer).into_owned(), true),
            Ok(read) => answer.extend_from_slice(&part[..read]),
            // A reset is hanging up too.
            Err(error) => {
                let hung_up = error.kind() == std::io::ErrorKind::ConnectionReset;
                return (String::from_utf8_lossy(&answer).into_owned(), hung_up);
            }
        }
    }
}

#[test]
fn headers_without_end_are_refused_and_the_connection_closed() {
    let provider = Provider::start(|_| ());
    let head = |extra: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{extra}\r\n");
    let fair = head(&format!(
        "X-Fair: {}\r\nConnection: close\r\n",
        "a".repeat(8_000)
    ));
    assert!(
        told(&provider, fair.as_bytes())
            .0
            .starts_with("HTTP/1.1 200"),
        "8 KB are fair"
    );
    let long = head(&format!("X-Long: {}\r\n", "a".repeat(400_000)));
    let many = (0..200).fold(String::new(), |lines, n| lines + &format!("X-{n}: a\r\n"));
    let long_line = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(400_000));
    for octets in [long, head(&many), long_line] {
        let (answer, hung_up) = told(&provider, octets.as_bytes());
        let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
        let is_refused = ["400", "414", "431", ""].contains(&status.as_str());
        assert!(
            is_refused && hung_up,
            "{status} {hung_up} {}",
            &octets[..40]
        );
    }
    let after = told(&provider, head("Connection: close\r\n").as_bytes()).0;
    assert!(after.starts_with("HTTP/1.1 200"), "{after}");
}
