//! Floods: whoever asks for too much is told so, written down once, and holds up nobody else.

use e2e::published::{RESOURCE, change};
use e2e::story::{Scene, new_lock};
use e2e::{Answer, Browser, Platform, PlatformOrder, Provider, TokenRequest};
use idp::config::{Budget, Config, ForwardedHeader};
use idp_core::audit::AuditKind;

const FEW: Budget = Budget {
    burst: 5,
    per_minute: 1,
};

fn behind_proxy(config: &mut Config) {
    config.limits.enabled = true;
    config.http.trusted_proxies = vec!["127.0.0.1".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
}

fn from(provider: &Provider, address: &str) -> Browser {
    Browser::new(provider).with_header("x-forwarded-for", address)
}

async fn limited(provider: &Provider) -> Vec<(String, Option<String>)> {
    let trail = provider.audit().await;
    let of_limits = trail
        .into_iter()
        .map(|entry| entry.event)
        .filter(|event| event.kind == AuditKind::RequestsLimited);
    of_limits
        .map(|event| (event.reason.unwrap(), event.remote_address))
        .collect()
}

fn expect_refused_page(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (429, "too-many-requests"),
        "{}",
        answer.summary()
    );
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_flood_from_one_address_leaves_others_unaffected_and_is_written_down_once() {
    let provider = Provider::start(|config| {
        behind_proxy(config);
        config.limits.pages = FEW;
    });
    let mut flood = from(&provider, "203.0.113.7");
    let mut refused = 0;
    for _ in 0..40 {
        let answer = flood.open("/login").await;
        if answer.status == 429 {
            expect_refused_page(&answer);
            refused += 1;
        }
    }
    assert!(refused >= 34, "{refused}");
    let seen = limited(&provider).await;
    assert_eq!(
        seen,
        [("pages".to_owned(), Some("203.0.113.7".to_owned()))],
        "one event for the whole burst"
    );
    // Somebody else signs in and receives tokens meanwhile: eight pages with another address for each two.
    let other = from(&provider, "203.0.113.8").open("/login").await;
    assert_eq!(other.status, 200);
    let english = flood.clone().speaking("en").open("/login").await;
    assert!(
        english.body.contains("too many requests"),
        "{}",
        english.body
    );
    // What has another budget goes on for the address itself too.
    let keys = flood.open("/oauth2/jwks").await;
    assert_eq!(keys.status, 200);
}

#[tokio::test]
async fn too_many_logins_from_one_address_do_not_stop_a_login_from_another() {
    let provider = Provider::start(|config| {
        behind_proxy(config);
        config.limits.proofs = FEW;
    });
    let mut scene = Scene::at(&provider).await;
    let mut flood = from(&provider, "203.0.113.7");
    let token = vec![("nonce".to_owned(), "x".to_owned())];
    let mut last = 0;
    for _ in 0..10 {
        last = flood.post("/login", &token).await.status;
    }
    assert_eq!(last, 429);
    // The scene's browser comes straight from the proxy's own address: another one.
    let tokens = scene.receive().await;
    let info = scene.platform.userinfo(tokens.access()).await;
    assert_eq!(info.status, 200);
}

#[tokio::test]
async fn only_a_configured_proxy_is_believed_and_only_about_what_it_saw() {
    let provider = Provider::start(|config| {
        behind_proxy(config);
        config.limits.pages = FEW;
    });
    // What stands left of the hop that a proxy saw was written by whoever it saw: it makes nobody another one.
    for n in 0..5 {
        let told = format!("198.51.100.{n}, 203.0.113.7, 10.1.1.1");
        assert_eq!(from(&provider, &told).open("/login").await.status, 200);
    }
    for told in [
        "198.51.100.9, 203.0.113.7",
        "203.0.113.7:4711",
        "x, 203.0.113.7, 10.9.9.9",
    ] {
        expect_refused_page(&from(&provider, told).open("/login").await);
    }
    // A line of the client's own before the proxy's is part of one list (RFC 9110 §5.3).
    let mut two_lines = Browser::new(&provider);
    for value in ["198.51.100.10", "203.0.113.7"] {
        two_lines
            .headers
            .push(("x-forwarded-for", value.to_owned()));
    }
    expect_refused_page(&two_lines.open("/login").await);
    // The header that is not configured is a stranger's.
    let mut forwarded =
        from(&provider, "203.0.113.7").with_header("forwarded", "for=198.51.100.11");
    expect_refused_page(&forwarded.open("/login").await);

    let nobody_trusted = Provider::start(|config| {
        config.limits.enabled = true;
        config.limits.pages = FEW;
    });
    let mut last = 0;
    for n in 0..8 {
        last = from(&nobody_trusted, &format!("198.51.100.{n}"))
            .open("/login")
            .await
            .status;
    }
    assert_eq!(last, 429, "whoever comes directly is who they are");
}

#[tokio::test]
async fn a_proxy_may_say_it_in_the_header_of_rfc_7239() {
    let provider = Provider::start(|config| {
        behind_proxy(config);
        config.http.forwarded_header = ForwardedHeader::Forwarded;
        config.limits.pages = FEW;
    });
    let from = |value: &str| Browser::new(&provider).with_header("forwarded", value);
    for _ in 0..5 {
        let answer = from("for=198.51.100.1, for=\"[2001:db8:1::1]:4711\";proto=https")
            .open("/login")
            .await;
        assert_eq!(answer.status, 200);
    }
    // The same subscriber with another address of theirs.
    let same = from("for=198.51.100.2, for=\"[2001:db8:1::ffff]\"")
        .open("/login")
        .await;
    expect_refused_page(&same);
    assert_eq!(from("for=203.0.113.9").open("/login").await.status, 200);
}

async fn own_platform(provider: &Provider) -> Platform {
    let mut order = PlatformOrder::default();
    order.tokens.client_credentials = true;
    order.tokens.resources = vec![RESOURCE.to_owned()];
    Platform::order(provider, order).await
}

#[tokio::test]
async fn endpoints_answer_a_flood_as_programs_read_it() {
    let provider = Provider::start(|config| {
        config.limits.enabled = true;
        config.limits.endpoints = FEW;
    });
    let mut platform = own_platform(&provider).await;
    change(&provider, &mut platform, |platform| {
        let client = platform.registration.client.as_mut().unwrap();
        client.origins = vec!["https://app.example".to_owned()];
    })
    .await;
    let request = || TokenRequest::own(&platform).with("resource", RESOURCE);
    for _ in 0..5 {
        assert_eq!(request().send().await.status, 200);
    }
    let answer = request().send().await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (429, "temporarily_unavailable")
    );
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.header("x-request-id").is_empty());
    let mut script = Browser::new(&provider).with_header("origin", "https://app.example");
    let read = script.post("/oauth2/token", &[]).await;
    assert_eq!(read.status, 429);
    assert_eq!(
        read.header("access-control-allow-origin"),
        "https://app.example"
    );
    assert_eq!(limited(&provider).await.len(), 1);
}

#[tokio::test]
async fn a_stranger_in_its_name_does_not_use_up_what_a_platform_may_ask_for() {
    let provider = Provider::start(|config| {
        config.limits.enabled = true;
        config.limits.platforms = FEW;
    });
    let platform = own_platform(&provider).await;
    let other = own_platform(&provider).await;
    for _ in 0..20 {
        let mut stranger = TokenRequest::own(&platform).with("resource", RESOURCE);
        stranger.basic = Some((platform.id.clone(), "guessed".to_owned()));
        assert_eq!(stranger.send().await.status, 401);
    }
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let request = TokenRequest::own(&platform).with("resource", RESOURCE);
        statuses.push(request.send().await.status);
    }
    assert_eq!(statuses[..5], [200; 5]);
    assert_eq!(statuses[6], 429, "its own requests do");
    let request = TokenRequest::own(&other).with("resource", RESOURCE);
    assert_eq!(request.send().await.status, 200);
    let seen: Vec<String> = limited(&provider)
        .await
        .into_iter()
        .map(|(kind, _)| kind)
        .collect();
    assert_eq!(seen, ["platform"]);
}

#[tokio::test]
async fn a_lock_that_signs_without_end_is_stopped_and_others_go_on() {
    let provider = Provider::start(|config| {
        config.limits.enabled = true;
        config.limits.locks = FEW;
    });
    let (busy, other) = (new_lock(), new_lock());
    let mut browser = Browser::new(&provider);
    browser.bind(&busy).await;
    Browser::new(&provider).bind(&other).await;
    let mut last = None;
    for _ in 0..7 {
        last = Some(Browser::new(&provider).try_sign_in(&busy).await);
    }
    expect_refused_page(&last.unwrap());
    Browser::new(&provider).sign_in(&other).await;
}

/// What is counted is what is routed: an escaped spelling is no second address of the same endpoint.
#[tokio::test]
async fn an_address_spelt_with_escapes_is_none() {
    let provider = Provider::start(|config| {
        behind_proxy(config);
        config.limits.pages = FEW;
    });
    let mut flood = from(&provider, "203.0.113.8");
    for path in [
        "/logi%6e",
        "/oauth2/authoriz%65",
        "/oauth2/us%65rinfo",
        "/%6cogin",
    ] {
        let answer = flood.open(path).await;
        assert_eq!(answer.status, 404, "{}", answer.summary());
    }
}
