//! Authorization requests that are refused: as a page while the address can't be trusted, then to the
//! platform.

use e2e::{Asking, Browser, Platform, PlatformOrder, Provider};
use idp_core::audit::AuditKind;
use idp_core::platform::PlatformState;
use protocol::scope::ScopeSet;

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_can_not_be_trusted() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    let ask = || platform.ask();
    let refused = [
        (ask().with("client_id", "nobody"), 400, "platform-unknown"),
        (ask().without("client_id"), 400, "platform-unknown"),
        (
            ask().with("client_id", "hohhot"),
            400,
            "platform-not-connected",
        ),
        (ask().without("redirect_uri"), 400, "redirect-uri-mismatch"),
        (
            ask().with("redirect_uri", "https://evil.example/"),
            400,
            "redirect-uri-mismatch",
        ),
        (ask().and("client_id", "other"), 400, "request-invalid"),
        (
            ask().and("redirect_uri", "https://evil.example/"),
            400,
            "request-invalid",
        ),
        (ask().and("state", "other"), 400, "request-invalid"),
    ];
    for (asking, status, code) in refused {
        let answer = Browser::new(provider).open(&asking.path()).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, code),
            "{}",
            asking.path()
        );
        assert_eq!(answer.header("location"), "");
        let incident = answer.incident();
        provider
            .expect_incident(&incident, AuditKind::AuthorizationRefused, code)
            .await;
    }
}

#[tokio::test]
async fn a_suspended_platform_gets_a_page() {
    let provider = Provider::shared();
    let platform = Platform::connect(provider).await;
    provider
        .change_platform(&platform.id, |p| p.state = PlatformState::Suspended)
        .await;
    let answer = Browser::new(provider).open(&platform.ask().path()).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (403, "platform-suspended")
    );
}

async fn sent_back(platform: &Platform, asking: &Asking) -> (String, String) {
    let answer = Browser::new(Provider::shared()).open(&asking.path()).await;
    let location = answer
        .location()
        .unwrap_or_else(|| panic!("{}", answer.summary()));
    assert!(
        location.starts_with(&platform.client().redirect_uris[0]),
        "{location}"
    );
    assert_eq!(answer.parameter("code"), None);
    assert_eq!(answer.parameter("iss"), Some(platform.issuer.clone()));
    let names: Vec<String> = url::Url::parse(location)
        .unwrap()
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .filter(|name| !["error", "error_description", "state", "iss"].contains(&name.as_str()))
        .collect();
    assert!(names.is_empty(), "unexpected parameters {names:?}");
    let description = answer.parameter("error_description").unwrap_or_default();
    // RFC 6749 §4.1.2.1: %x20-21 / %x23-5B / %x5D-7E.
    let allowed = |c: char| (' '..='~').contains(&c) && c != '"' && c != '\\';
    assert!(description.chars().all(allowed), "{description}");
    (
        answer.parameter("error").unwrap(),
        answer.parameter("state").unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_platform_is_told_what_is_wrong_with_its_request() {
    let provider = Provider::shared();
    let order = PlatformOrder {
        scopes: ScopeSet::of_known_words("openid enterprise"),
        ..PlatformOrder::default()
    };
    let platform = Platform::order(provider, order).await;
    let ask = || platform.ask();
    let long = "n".repeat(2049);
    let jwt = "eyJhbGciOiJub25lIn0.e30.";
    let refused = [
        (ask().without("response_type"), "invalid_request"),
        (
            ask().with("response_type", "token"),
            "unsupported_response_type",
        ),
        (
            ask().with("response_type", "code id_token"),
            "unsupported_response_type",
        ),
        (ask().with("response_mode", "fragment"), "invalid_request"),
        (ask().without("scope"), "invalid_scope"),
        (ask().with("scope", "enterprise"), "invalid_scope"),
        (ask().with("scope", "openid contact"), "invalid_scope"),
        (ask().with("request", jwt), "request_not_supported"),
        (
            ask().with("request_uri", "https://platform.example/r"),
            "request_uri_not_supported",
        ),
        (
            ask().with("request_uri", "http://169.254.169.254/"),
            "request_uri_not_supported",
        ),
        (
            ask().with("registration", "{}"),
            "registration_not_supported",
        ),
        (ask().without("code_challenge"), "invalid_request"),
        (ask().without("code_challenge_method"), "invalid_request"),
        (
            ask().with("code_challenge_method", "plain"),
            "invalid_request",
        ),
        (ask().with("code_challenge", "short"), "invalid_request"),
        (ask().with("prompt", "whatever"), "invalid_request"),
        (ask().with("prompt", "none login"), "invalid_request"),
        (ask().with("max_age", "soon"), "invalid_request"),
        (ask().with("max_age", "-1"), "invalid_request"),
        (ask().with("nonce", &long), "invalid_request"),
        (ask().and("nonce", "second"), "invalid_request"),
        (ask().and("scope", "openid"), "invalid_request"),
        (ask().and("code_challenge", "second"), "invalid_request"),
    ];
    let count = refused.len();
    for (asking, error) in refused {
        let (told, state) = sent_back(&platform, &asking).await;
        assert_eq!(told, error, "{}", asking.path());
        assert_eq!(state, asking.state);
    }
    let trail = provider.audit().await;
    let of_platform = trail.iter().filter(|e| {
        e.event.kind == AuditKind::AuthorizationRefused
            && e.event.detail.as_deref() == Some(platform.id.as_str())
    });
    assert_eq!(of_platform.count(), count, "each refusal is written down");
}

#[tokio::test]
async fn a_request_that_waited_too_long_is_over() {
    let provider = Provider::start(|config| config.lifetimes.request = 1);
    let platform = Platform::connect(&provider).await;
    let mut browser = Browser::new(&provider);
    let login = browser.open(&platform.ask().path()).await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let answer = browser.follow(login).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (400, "request-expired")
    );
}
