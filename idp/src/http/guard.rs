//! Around every answer: security headers, and who may post.
//!
//! Owns the content security policy. A page that sends a form on to a platform names the origins it may
//! reach ([`allow_forms_to`]), since browsers hold redirects after a post to `form-action` too.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};
use idp_core::audit::AuditKind;

use super::error::Failure;
use super::extract::{Visit, browser, for_operators};
use super::{length, limit, listener, oidc, problem, routes, trail};
use crate::state::AppState;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// From head to answer, body included.
const ANSWER_TIME: std::time::Duration = std::time::Duration::from_secs(30);

/// Lets the forms of a page lead to the origins of these addresses too.
pub fn allow_forms_to<'a>(page: &mut HttpResponse, addresses: impl Iterator<Item = &'a str>) {
    let policy = form_action(policy_of(page), addresses);
    set_policy(page, &policy);
}

/// Lets a page show a picture of this address's origin.
pub fn allow_picture_of(page: &mut HttpResponse, address: &str) {
    let Ok(url) = url::Url::parse(address) else {
        return;
    };
    let from = format!("img-src 'self' {}", url.origin().ascii_serialization());
    let policy = policy_of(page).replacen("img-src 'self'", &from, 1);
    set_policy(page, &policy);
}

/// What a page was allowed so far.
fn policy_of(page: &HttpResponse) -> String {
    let set = page.headers().get(header::CONTENT_SECURITY_POLICY);
    let set = set.and_then(|policy| policy.to_str().ok());
    set.unwrap_or(POLICY).to_owned()
}

fn set_policy(page: &mut HttpResponse, policy: &str) {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        page.headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// A policy whose forms may also lead to these origins: they are named last in it.
fn form_action<'a>(mut policy: String, origins: impl Iterator<Item = &'a str>) -> String {
    let mut seen = Vec::new();
    for uri in origins {
        let Ok(url) = url::Url::parse(uri) else {
            continue;
        };
        let origin = url.origin().ascii_serialization();
        if !seen.contains(&origin) {
            policy.push(' ');
            policy.push_str(&origin);
            seen.push(origin);
        }
    }
    policy
}

/// The middleware.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let state = request.app_data::<web::Data<AppState>>().cloned();
    let mut response = answered(request, next, state.as_ref()).await?;
    if let Some(state) = &state {
        oidc::open_to_registered(state, &mut response).await;
    }
    limit::say_when(&mut response);
    dress(&mut response, state.is_some_and(|s| s.config.is_https()));
    Ok(response)
}

async fn answered(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    state: Option<&web::Data<AppState>>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(answer) = refused(&mut request, state).await {
        return Ok(request.into_response(answer).map_into_boxed_body());
    }
    // RFC 9110 §9.3.2: HEAD is answered as GET would be; the server leaves the body out.
    if request.method() == Method::HEAD && routes::not_for_head(request.path()).is_none() {
        request.head_mut().method = Method::GET;
    }
    let Ok(response) = tokio::time::timeout(ANSWER_TIME, next.call(request)).await else {
        // Whoever sends a body octet by octet must not hold a place for ever.
        let answer = HttpResponse::RequestTimeout().force_close().finish();
        return Err(actix_web::error::InternalError::from_response("too slow", answer).into());
    };
    let mut response = response?.map_into_boxed_body();
    if let Some(state) = state
        && let Some(failure) = bare_failure(&response)
    {
        let visit = Visit::of(response.request(), state);
        let path = response.request().path();
        let answer = if routes::is_admin_api(path) {
            problem::answer(&visit, &failure)
        } else if routes::is_for_programs(path) {
            oidc::answer::refuse_shape(&visit, failure.status)
        } else {
            browser::look(&visit, response.request()).await;
            failure.answer(&visit, response.request())
        };
        // RFC 9110 §15.5.6: what is allowed, as the framework knows it.
        let allowed = response.headers().get(header::ALLOW).cloned();
        response = response.into_response(answer).map_into_boxed_body();
        if let Some(allowed) = allowed {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
    }
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && let Some(allowed) = routes::not_for_head(response.request().path())
    {
        let allowed = HeaderValue::from_static(allowed);
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    Ok(response)
}

/// What is refused before anybody looks at it closer.
async fn refused(
    request: &mut ServiceRequest,
    state: Option<&web::Data<AppState>>,
) -> Option<HttpResponse> {
    let misshapen = length::refuse_unknown(request).or_else(|| listener::refuse_elsewhere(request));
    if misshapen.is_some() {
        return misshapen;
    }
    let state = state?;
    if is_hidden(request, state) {
        // As if it were not there.
        let visit = Visit::of(request.request(), state);
        let failure = Failure::refused(StatusCode::NOT_FOUND, "not-found");
        return Some(failure.answer(&visit, request.request()));
    }
    // Every address here has one spelling. Routes know an escaped one too, and what is counted, refused or opened by its
    // path would not be.
    if request.path().contains('%') {
        let visit = Visit::of(request.request(), state);
        browser::look(&visit, request.request()).await;
        let failure = Failure::refused(StatusCode::NOT_FOUND, "not-found");
        if routes::is_admin_api(request.path()) {
            return Some(problem::answer(&visit, &failure));
        }
        return Some(failure.answer(&visit, request.request()));
    }
    let excess = limit::refuse_excess(request, state).await;
    if excess.is_some() {
        return excess;
    }
    if is_forged(request, state) {
        return Some(refuse(request, state).await);
    }
    None
}

/// Whether it is an operators' place, and not for whoever asks.
fn is_hidden(request: &ServiceRequest, state: &AppState) -> bool {
    let (path, request) = (request.path(), request.request());
    (routes::is_console(path) && !for_operators::has_console(state, request))
        || (routes::is_admin_api(path) && !for_operators::has_api(state, request))
}

/// Refusals of the framework come without a page of ours: a body too large, a wrong method.
fn bare_failure<B>(response: &ServiceResponse<B>) -> Option<Failure> {
    let code = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too-large",
        _ => return None,
    };
    let dressed = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    (!dressed).then(|| Failure::refused(response.status(), code))
}

/// A post to one of our pages that a browser says comes from elsewhere. Programs send neither header;
/// they still need the session's token.
fn is_forged(request: &ServiceRequest, state: &AppState) -> bool {
    if request.method() != Method::POST || routes::OPEN_TO_OTHERS.contains(&request.path()) {
        return false;
    }
    let headers = request.headers();
    if let Some(origin) = headers.get(header::ORIGIN) {
        return origin.as_bytes() != state.settings.origin.as_bytes();
    }
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() != b"same-origin" && site.as_bytes() != b"none")
}

async fn refuse(request: &ServiceRequest, state: &web::Data<AppState>) -> HttpResponse {
    let visit = Visit::of(request.request(), state);
    let event = trail::event(&visit, AuditKind::RequestForged, "origin");
    let failure = Failure::refused(StatusCode::FORBIDDEN, "csrf");
    let failure = trail::refused(&visit, event, failure).await;
    // A stranger's post brings no cookie; where it does, the page tells the truth all the same.
    browser::look(&visit, request.request()).await;
    failure.answer(&visit, request.request())
}

fn dress<B>(response: &mut ServiceResponse<B>, https: bool) {
    const FIXED: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // `no-referrer` would make browsers send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        // KEY-AGENT §2: the agent's window keeps its opener.
        (
            header::CROSS_ORIGIN_OPENER_POLICY,
            "same-origin-allow-popups",
        ),
        (
            header::PERMISSIONS_POLICY,
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        );
    }
    if https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
}
