//! Whose requests are answered at all.
//!
//! Owns the checks before any route and the headers on every answer. Does not know what a route does.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};

use super::failure::Failure;
use super::length;
use super::server::Shared;

/// The header in which the window's script shows its token.
pub(super) const WINDOW_HEADER: &str = "X-Agent-Window";

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Middleware around every route, the unknown ones too.
pub(super) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_window = request.path() == "/sign";
    let mut response = if let Some(answer) = length::refuse_unknown(&mut request) {
        request.into_response(answer)
    } else if is_addressed_to_us(&request) {
        next.call(request).await?.map_into_boxed_body()
    } else {
        tracing::warn!("request with a foreign Host refused");
        request.into_response(HttpResponse::MisdirectedRequest().finish())
    };
    set_headers(response.headers_mut(), is_window);
    Ok(response)
}

/// DNS rebinding: a page whose name was made to point here still names itself in `Host`.
fn is_addressed_to_us(request: &ServiceRequest) -> bool {
    let Some(shared) = request.app_data::<web::Data<Shared>>() else {
        return false;
    };
    let mut hosts = request.headers().get_all(HOST);
    match (
        hosts.next().and_then(|host| host.to_str().ok()),
        hosts.next(),
    ) {
        (Some(host), None) => is_own_host(host, shared.port),
        _ => false,
    }
}

fn is_own_host(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost", "[::1]"]
        .into_iter()
        .any(|name| *host == format!("{name}:{port}"))
}

fn set_headers(headers: &mut HeaderMap, is_window: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_FRAME_OPTIONS, "DENY");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(CACHE_CONTROL, "no-store");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    // The window must keep its opener, or it has nobody to answer to.
    let opener = if is_window {
        "unsafe-none"
    } else {
        "same-origin"
    };
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        opener,
    );
}

/// Whether a call comes from a page of this very service; then the token it shows.
pub(super) fn own_call(request: &HttpRequest) -> Result<String, Failure> {
    let text = |name: &str| {
        let mut values = request.headers().get_all(name);
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    };
    let host = text(HOST.as_str()).ok_or(Failure::NotOurWindow)?;
    // Browsers attest Origin on every POST, Sec-Fetch-Site since 2020–2023.
    let origin_is_own =
        text(ORIGIN.as_str()).is_some_and(|origin| *origin == format!("http://{host}"));
    let site_is_own = request
        .headers()
        .get("Sec-Fetch-Site")
        .is_none_or(|site| site == "same-origin");
    // A simple cross-origin form cannot send this type.
    let is_json =
        text("Content-Type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    if !origin_is_own || !site_is_own || !is_json {
        return Err(Failure::NotOurWindow);
    }
    text(WINDOW_HEADER)
        .map(str::to_owned)
        .ok_or(Failure::NotOurWindow)
}

/// Whether a page is asked for as a window of its own: not as a frame, an image or by a script of another page.
pub(super) fn is_navigation(request: &HttpRequest) -> bool {
    request
        .headers()
        .get("Sec-Fetch-Dest")
        .is_none_or(|kind| kind == "document")
}
