//! Who asks for too much is told so, and when to come again (RFC 6585 §4).
//!
//! Owns what counts toward which budget; counting is [`crate::limits`]'s. By address everything counts, before it is looked
//! at; by platform and by lock only what was proven to be theirs, so that nobody can use up what is another's.

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::id::PlatformId;

use super::error::Failure;
use super::extract::Visit;
use super::extract::client_address::client_address;
use super::{oidc, problem, routes, trail};
use crate::limits::{Excess, Kind, Whose};
use crate::state::AppState;

/// The code of its text.
const CODE: &str = "too-many-requests";

/// When to come again where nobody said.
const LATER: HeaderValue = HeaderValue::from_static("60");

/// Toward what a request counts; `None`: it costs nothing worth counting.
fn kind(method: &Method, path: &str) -> Option<Kind> {
    if path.starts_with(routes::REGISTER) {
        return Some(Kind::Registrations);
    }
    if routes::is_for_programs(path) {
        return (method != Method::OPTIONS).then_some(Kind::Endpoints);
    }
    // At the console what is proven is a person's signature; all else there is a form of somebody signed in.
    let proves_nothing = match path {
        routes::AUTHORIZE | routes::CHALLENGE | routes::END_SESSION => true,
        routes::CONSOLE_SIGN_IN | routes::CONSOLE_ACT => false,
        _ => routes::is_console(path),
    };
    if method == Method::POST && !proves_nothing {
        return Some(Kind::Proofs);
    }
    let is_page = routes::is_page(path) || method == Method::POST;
    is_page.then_some(Kind::Pages)
}

/// The answer to a request that is one too many for its address.
pub async fn refuse_excess(
    request: &ServiceRequest,
    state: &web::Data<AppState>,
) -> Option<HttpResponse> {
    let kind = kind(request.method(), request.path())?;
    let address = client_address(request.request(), state)?;
    let now = state.cx().now.unix_seconds();
    let taken = state.limits.take(kind, Whose::of_address(address), now);
    let excess = taken.err()?;
    let visit = Visit::of(request.request(), state);
    note(&visit, kind, excess, None).await;
    let failure = failure();
    let mut answer = if routes::is_admin_api(request.path()) {
        problem::answer(&visit, &failure)
    } else if routes::is_for_programs(request.path()) || kind == Kind::Registrations {
        oidc::answer::fail(&visit, &failure)
    } else {
        failure.answer(&visit, request.request())
    };
    answer
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(excess.seconds));
    Some(answer)
}

/// Counts a request of a platform that proved itself.
pub async fn of_platform(visit: &Visit, platform: &PlatformId) -> Result<(), Failure> {
    let whose = Whose::Platform(platform.as_str().to_owned());
    take(visit, Kind::Platform, (whose, Some(platform))).await
}

/// Counts a proof of a lock.
pub async fn of_lock(visit: &Visit, thumbprint: [u8; 32]) -> Result<(), Failure> {
    take(visit, Kind::Lock, (Whose::Lock(thumbprint), None)).await
}

async fn take(
    visit: &Visit,
    kind: Kind,
    (whose, platform): (Whose, Option<&PlatformId>),
) -> Result<(), Failure> {
    let now = visit.cx.now.unix_seconds();
    let Err(excess) = visit.state.limits.take(kind, whose, now) else {
        return Ok(());
    };
    note(visit, kind, excess, platform).await;
    Err(failure())
}

/// Says when to come again, where a refusal does not.
pub fn say_when<B>(response: &mut ServiceResponse<B>) {
    let is_bare = response.status() == StatusCode::TOO_MANY_REQUESTS
        && !response.headers().contains_key(header::RETRY_AFTER);
    if is_bare {
        response.headers_mut().insert(header::RETRY_AFTER, LATER);
    }
}

const fn failure() -> Failure {
    Failure::refused(StatusCode::TOO_MANY_REQUESTS, CODE)
}

/// One event for as long as somebody goes on: a flood must not fill the disk. That it can't be written lets nobody in.
async fn note(visit: &Visit, kind: Kind, excess: Excess, platform: Option<&PlatformId>) {
    if !excess.is_new {
        return;
    }
    let event = AuditEvent {
        platform_id: platform.cloned(),
        ..trail::event(visit, AuditKind::RequestsLimited, kind.as_str())
    };
    if let Err(failure) = trail::write(visit, event).await {
        failure.log(&visit.incident_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_request_has_a_budget_of_its_own() {
        let of = |method, path| kind(&method, path);
        assert_eq!(of(Method::GET, routes::LOGIN), Some(Kind::Pages));
        assert_eq!(of(Method::POST, routes::LOGIN), Some(Kind::Proofs));
        assert_eq!(of(Method::POST, routes::CHALLENGE), Some(Kind::Pages));
        assert_eq!(of(Method::POST, routes::AUTHORIZE), Some(Kind::Pages));
        assert_eq!(of(Method::GET, routes::AUTHORIZE), Some(Kind::Pages));
        assert_eq!(of(Method::POST, routes::TOKEN), Some(Kind::Endpoints));
        assert_eq!(of(Method::OPTIONS, routes::TOKEN), None);
        assert_eq!(
            of(Method::PUT, "/oauth2/register/x"),
            Some(Kind::Registrations)
        );
        assert_eq!(of(Method::GET, routes::JWKS), None);
        assert_eq!(of(Method::GET, "/healthz"), None);
        assert_eq!(of(Method::GET, "/assets/style.css"), None);
    }
}
