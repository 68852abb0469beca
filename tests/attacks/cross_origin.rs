//! Scripts of other sites that would read what platforms are answered.

use e2e::published::change;
use e2e::{Answer, Browser, Platform, Provider};
use idp_core::platform::PlatformState;
use reqwest::Method;

const OWN: &str = "https://app.cross-origin.example";
const ENDPOINTS: [&str; 4] = [
    "/oauth2/token",
    "/oauth2/userinfo",
    "/oauth2/revoke",
    "/oauth2/par",
];

async fn with_origin(provider: &Provider) -> Platform {
    let mut platform = Platform::connect(provider).await;
    change(provider, &mut platform, |platform| {
        platform.registration.client.as_mut().unwrap().origins = vec![OWN.to_owned()];
    })
    .await;
    platform
}

async fn asked(provider: &Provider, origin: &str, method: Method, path: &str) -> Answer {
    let mut browser = Browser::new(provider).with_header("origin", origin);
    browser.send(method, path, None).await
}

fn allowed(answer: &Answer) -> &str {
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn scripts_of_registered_origins_alone_read_the_endpoints() {
    let provider = Provider::start(|_| ());
    let _platform = with_origin(&provider).await;
    for path in ENDPOINTS {
        for method in [Method::POST, Method::OPTIONS] {
            let answer = asked(&provider, OWN, method.clone(), path).await;
            assert_eq!(
                allowed(&answer),
                OWN,
                "{method} {path}: {}",
                answer.summary()
            );
            assert!(answer.headers_named("vary").contains(&"Origin"), "{path}");
            let exposed = answer.header("access-control-expose-headers");
            assert!(
                exposed.contains("X-Request-Id"),
                "{method} {path}: {exposed}"
            );
        }
        for stranger in [
            "https://evil.example",
            "null",
            "https://app.cross-origin.example.evil.example",
            "https://app.cross-origin.example:8443",
            "http://app.cross-origin.example",
            "https://APP.cross-origin.example",
            "https://app.cross-origin.example/",
        ] {
            for method in [Method::POST, Method::OPTIONS] {
                let answer = asked(&provider, stranger, method.clone(), path).await;
                assert_eq!(allowed(&answer), "", "{stranger} {method} {path}");
                assert!(answer.headers_named("vary").contains(&"Origin"), "{path}");
            }
        }
    }
    let introspection = asked(&provider, OWN, Method::POST, "/oauth2/introspect").await;
    assert_eq!(allowed(&introspection), "", "servers ask there, no scripts");
}

#[tokio::test]
async fn a_preflight_allows_what_a_script_needs_and_no_more() {
    let provider = Provider::start(|_| ());
    let _platform = with_origin(&provider).await;
    let answer = asked(&provider, OWN, Method::OPTIONS, "/oauth2/token").await;
    assert_eq!(answer.status, 204);
    let headers = answer.header("access-control-allow-headers");
    assert_eq!(headers, "authorization, content-type, dpop");
    assert_eq!(answer.header("access-control-allow-methods"), "GET, POST");
}

#[tokio::test]
async fn the_origin_of_a_platform_that_was_stopped_is_a_strangers() {
    let provider = Provider::start(|_| ());
    let platform = with_origin(&provider).await;
    let before = asked(&provider, OWN, Method::POST, "/oauth2/token").await;
    assert_eq!(allowed(&before), OWN);
    provider
        .change_platform(&platform.id, |platform| {
            platform.state = PlatformState::Suspended;
        })
        .await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let after = asked(&provider, OWN, Method::POST, "/oauth2/token").await;
    assert_eq!(allowed(&after), "");
}
