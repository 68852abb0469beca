//! The actix-web routes, with browsers.

use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{App, HttpRequest, HttpResponse, test, web};
use client_adapter::actix::{SignIn, SignInFailure, SignInPages, configure};
use client_adapter::{
    Adapter, AdapterSettings, Advice, Clock, InMemoryPendingStore, LoginError, SignedIn, StartError,
};
use url::Url;

use crate::fake_provider::{FakeProvider, Wrong};
use crate::settings;

struct Pages;

impl SignInPages for Pages {
    async fn on_signed_in(&self, signed_in: SignedIn, _request: &HttpRequest) -> HttpResponse {
        let target = signed_in.target.map(|target| target.to_string());
        HttpResponse::Ok().body(format!("{} {target:?}", signed_in.sub))
    }

    async fn on_error(&self, failure: SignInFailure, _request: &HttpRequest) -> HttpResponse {
        let name = match &failure {
            SignInFailure::Start(StartError::ForeignInitiator) => "foreign initiator",
            SignInFailure::Start(StartError::ForeignTarget(_)) => "foreign target",
            SignInFailure::Start(StartError::Push(_)) => "push",
            SignInFailure::Start(StartError::Provider(_)) => "provider",
            SignInFailure::Login(LoginError::UnknownLogin) => "unknown login",
            SignInFailure::Login(LoginError::OtherBrowser) => "other browser",
            SignInFailure::Login(LoginError::State) => "state",
            SignInFailure::Login(_) => "login",
        };
        assert_ne!(failure.advice(), Advice::CallSupport);
        HttpResponse::BadRequest().body(name)
    }
}

fn sign_in(settings: AdapterSettings) -> web::Data<SignIn<Pages>> {
    let store = InMemoryPendingStore::new(100, Clock::system());
    let adapter = Adapter::new(settings).unwrap();
    web::Data::new(SignIn::new(Arc::new(adapter), Arc::new(store), Pages))
}

macro_rules! platform {
    ($settings:expr) => {{
        let sign_in = sign_in($settings);
        test::init_service(App::new().configure(|config| configure(config, sign_in))).await
    }};
}

/// One request: status, body, `Location`, cookies.
macro_rules! get {
    ($app:expr, $path:expr, $cookie:expr) => {{
        let mut request = test::TestRequest::get().uri($path);
        let cookie: Option<&Cookie<'_>> = $cookie;
        if let Some(cookie) = cookie {
            request = request.cookie(cookie.clone());
        }
        answer(test::call_service(&$app, request.to_request()).await).await
    }};
}

struct Answer {
    status: StatusCode,
    location: Option<Url>,
    cookie: Option<Cookie<'static>>,
    body: String,
}

async fn answer<B: actix_web::body::MessageBody>(
    response: actix_web::dev::ServiceResponse<B>,
) -> Answer {
    assert_eq!(
        response.headers().get(header::CACHE_CONTROL).unwrap(),
        "no-store"
    );
    assert_eq!(
        response.headers().get(header::REFERRER_POLICY).unwrap(),
        "no-referrer"
    );
    let cookie = response.response().cookies().next().map(Cookie::into_owned);
    let location = response.headers().get(header::LOCATION);
    Answer {
        status: response.status(),
        location: location.map(|it| it.to_str().unwrap().parse().unwrap()),
        cookie,
        body: String::from_utf8(test::read_body(response).await.to_vec()).unwrap(),
    }
}

#[actix_web::test]
async fn a_browser_that_started_a_login_finishes_it_once() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    let started = get!(app, "/auth/login?target=/projects&ui_locales=en", None);
    assert_eq!(started.status, StatusCode::SEE_OTHER);
    let cookie = started.cookie.unwrap();
    assert_eq!(cookie.name(), "yizhengtong-login-chifeng");
    assert_eq!(cookie.http_only(), Some(true));
    assert_eq!(cookie.same_site(), Some(SameSite::Lax));
    assert_eq!(cookie.path(), Some("/"));

    let url = started.location.unwrap();
    let callback = format!("/auth/callback?{}", provider.authorize(&url));
    let arrived = get!(app, &callback, Some(&cookie));
    assert_eq!(arrived.status, StatusCode::OK, "{}", arrived.body);
    assert_eq!(arrived.body, r#"enterprise-1 Some("/projects")"#);
    let replayed = get!(app, &callback, Some(&cookie));
    assert_eq!(replayed.body, "unknown login");
}

#[actix_web::test]
async fn another_browser_cannot_finish_a_login() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    let other = get!(app, "/auth/login", None).cookie.unwrap();
    for cookie in [None, Some(&other)] {
        let started = get!(app, "/auth/login", None);
        let query = provider.authorize(&started.location.unwrap());
        let callback = format!("/auth/callback?{query}");
        assert_eq!(get!(app, &callback, cookie).body, "other browser");
    }
}

#[actix_web::test]
async fn two_tabs_of_one_browser_both_finish() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    let first = get!(app, "/auth/login", None);
    let cookie = first.cookie.unwrap();
    let second = get!(app, "/auth/login", Some(&cookie));
    assert_eq!(second.cookie.unwrap().value(), cookie.value());
    for url in [first.location.unwrap(), second.location.unwrap()] {
        let callback = format!("/auth/callback?{}", provider.authorize(&url));
        assert_eq!(get!(app, &callback, Some(&cookie)).status, StatusCode::OK);
    }
}

#[actix_web::test]
async fn the_portal_initiates_by_get_and_by_post() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    let form = format!("iss={}&target_link_uri=/projects", provider.issuer());
    let by_get = get!(app, &format!("/auth/initiate?{form}"), None);
    assert_eq!(by_get.status, StatusCode::SEE_OTHER);
    let request = test::TestRequest::post()
        .uri("/auth/initiate")
        .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
        .set_payload(form)
        .to_request();
    // A post of another site comes without our cookie: it is led on to a GET, which has it, and so keeps it.
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert!(response.response().cookies().next().is_none());
    let onward = response.headers().get(header::LOCATION).unwrap();
    let onward = onward.to_str().unwrap().to_owned();
    assert!(onward.starts_with("/auth/initiate?iss=http%3A%2F%2F"));
    let cookie = by_get.cookie.unwrap();
    let by_post = get!(app, &onward, Some(&cookie));
    assert_eq!(by_post.status, StatusCode::SEE_OTHER);
    assert_eq!(by_post.cookie.unwrap().value(), cookie.value());
}

#[actix_web::test]
async fn a_post_that_no_portal_sends_leads_nowhere() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    for (form, status, body) in [
        (
            "iss=https://evil.example".to_owned(),
            400,
            "foreign initiator",
        ),
        (
            format!("iss={0}&iss={0}", provider.issuer()),
            400,
            "foreign initiator",
        ),
        (
            format!("iss={}&target_link_uri=//evil.example/", provider.issuer()),
            400,
            "foreign target",
        ),
        ("x".repeat(9000), 413, ""),
    ] {
        let request = test::TestRequest::post()
            .uri("/auth/initiate")
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(form.clone())
            .to_request();
        let refused = answer(test::call_service(&app, request).await).await;
        assert_eq!(refused.status, status, "{form}");
        assert!(refused.body.contains(body), "{}", refused.body);
        assert_eq!(refused.location, None);
        assert!(refused.cookie.is_none());
    }
}

#[actix_web::test]
async fn doors_stay_shut_for_strangers() {
    let provider = FakeProvider::start(Wrong::default());
    let app = platform!(settings(&provider));
    for (path, expected) in [
        ("/auth/initiate", "foreign initiator"),
        (
            "/auth/initiate?iss=https://evil.example",
            "foreign initiator",
        ),
        ("/auth/login?target=https://evil.example/", "foreign target"),
        ("/auth/login?target=//evil.example/", "foreign target"),
        ("/auth/callback", "state"),
        ("/auth/callback?code=x&state=guess&iss=x", "unknown login"),
        ("/auth/callback?code=x&code=y", "login"),
    ] {
        let refused = get!(app, path, None);
        assert_eq!(refused.body, expected, "{path}");
        assert_eq!(refused.location, None);
        assert!(refused.cookie.is_none());
    }
}

#[actix_web::test]
async fn on_https_the_cookie_is_secure_and_bound_to_the_host() {
    let provider = FakeProvider::start(Wrong::default());
    let mut settings = settings(&provider);
    settings.redirect_uri = "https://platform.example/sso/return".parse().unwrap();
    let app = platform!(settings);
    let started = get!(app, "/auth/login", None);
    let cookie = started.cookie.unwrap();
    assert_eq!(cookie.name(), "__Host-yizhengtong-login-chifeng");
    assert_eq!(cookie.secure(), Some(true));
    assert_eq!(cookie.domain(), None);
    let query = provider.authorize(&started.location.unwrap());
    let arrived = get!(app, &format!("/sso/return?{query}"), Some(&cookie));
    assert_eq!(arrived.status, StatusCode::OK);
}
