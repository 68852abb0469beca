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
use super::server::Shared;
use super::{assistant, length};

/// The header in which the window's script shows its token.
pub(super) const WINDOW_HEADER: &str = "X-Agent-Window";

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The assistant has forms; they go to this service alone.
const ASSISTANT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                                connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What kind of page an answer is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The window, which answers the page that opened it.
    Window,
    /// A page of the assistant.
    Assistant,
    /// What opens the window to try it.
    WindowTest,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        match path {
            "/sign" => Self::Window,
            "/check" => Self::WindowTest,
            _ if assistant::owns(path) => Self::Assistant,
            _ => Self::Other,
        }
    }
}

/// Middleware around every route, the unknown ones too.
pub(super) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let kind = Kind::of(request.path());
    let mut response = if let Some(answer) = length::refuse_unknown(&mut request) {
        request.into_response(answer)
    } else if is_addressed_to_us(&request) {
        next.call(request).await?.map_into_boxed_body()
    } else {
        tracing::warn!("request with a foreign Host refused");
        request.into_response(HttpResponse::MisdirectedRequest().finish())
    };
    set_headers(response.headers_mut(), kind);
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

fn set_headers(headers: &mut HeaderMap, kind: Kind) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    let has_forms = matches!(kind, Kind::Assistant | Kind::WindowTest);
    set(
        CONTENT_SECURITY_POLICY,
        if has_forms { ASSISTANT_POLICY } else { POLICY },
    );
    set(X_FRAME_OPTIONS, "DENY");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With `no-referrer` browsers send forms with the origin `null`. Other sites learn nothing either way.
    set(
        REFERRER_POLICY,
        if has_forms {
            "same-origin"
        } else {
            "no-referrer"
        },
    );
    set(CACHE_CONTROL, "no-store");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    let opener = match kind {
        // The window must keep its opener, or it has nobody to answer to.
        Kind::Window => "unsafe-none",
        Kind::WindowTest => "same-origin-allow-popups",
        Kind::Assistant | Kind::Other => "same-origin",
    };
    set(
        HeaderName::from_static("cross-origin-opener-policy"),
        opener,
    );
}

/// Whether a call comes from a page of this very service; then the token it shows.
pub(super) fn own_call(request: &HttpRequest) -> Result<String, Failure> {
    // A simple cross-origin form cannot send this type.
    if !is_own_post(request, "application/json") {
        return Err(Failure::NotOurWindow);
    }
    only(request, WINDOW_HEADER)
        .map(str::to_owned)
        .ok_or(Failure::NotOurWindow)
}

/// Whether a form comes from a page of this very service. Its token is looked at by who reads it.
pub(super) fn is_own_form(request: &HttpRequest) -> bool {
    is_own_post(request, "application/x-www-form-urlencoded")
}

/// Browsers attest Origin on every POST, Sec-Fetch-Site since 2020–2023.
fn is_own_post(request: &HttpRequest, kind: &str) -> bool {
    let is_kind = |sent: &str| {
        let sent = sent.split(';').next().unwrap_or_default();
        sent.trim_end().eq_ignore_ascii_case(kind)
    };
    let origin_is_own = only(request, HOST.as_str()).is_some_and(|host| {
        let own = format!("http://{host}");
        only(request, ORIGIN.as_str()).is_some_and(|origin| origin == own)
    });
    origin_is_own
        && request
            .headers()
            .get("Sec-Fetch-Site")
            .is_none_or(|site| site == "same-origin")
        && only(request, "Content-Type").is_some_and(is_kind)
}

/// The value of a header that is there once.
fn only<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether a page is asked for as a window of its own: not as a frame, an image or by a script of another page.
pub(super) fn is_navigation(request: &HttpRequest) -> bool {
    request
        .headers()
        .get("Sec-Fetch-Dest")
        .is_none_or(|kind| kind == "document")
}

/// Whether something is asked for by a page of this very service, or as a window of its own.
pub(super) fn is_own_or_navigation(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let is_framed = headers.get("Sec-Fetch-Dest").is_some_and(|kind| {
        ["iframe", "frame", "object", "embed"]
            .iter()
            .any(|frame| kind == frame)
    });
    let site_is_own = headers
        .get("Sec-Fetch-Site")
        .is_some_and(|site| site == "same-origin");
    !is_framed && (site_is_own || is_navigation(request))
}
