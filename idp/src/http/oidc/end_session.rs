//! `/oauth2/logout`: the end session endpoint (RP-Initiated Logout 1.0 §2), by GET and by POST.
//!
//! A post from another site comes without our cookie (`SameSite=Lax`), so that nothing could be said about this browser:
//! what it asks waits while the browser comes again by GET.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::end_session::{Asked, LogoutRefusal};
use idp_core::id::PlatformId;
use idp_core::sign_out::EndSession;

use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::extract::browser::{self, see_other};
use crate::http::extract::form::pairs;
use crate::http::{routes, signing_out, trail};
use crate::view::BackLink;

/// `GET /oauth2/logout`
pub async fn by_query(visit: Visit, request: HttpRequest) -> HttpResponse {
    end_session(visit, &request, &pairs(request.query_string().as_bytes())).await
}

/// `POST /oauth2/logout`
pub async fn by_form(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    end_session(visit, &request, &pairs(&body)).await
}

async fn end_session(
    mut visit: Visit,
    request: &HttpRequest,
    parameters: &[(String, String)],
) -> HttpResponse {
    visit.at(routes::LOGOUT);
    let asked = match admitted(&mut visit, parameters).await {
        Ok(Ok(asked)) => asked,
        Ok(Err((refusal, platform))) => {
            browser::look(&visit, request).await;
            return refuse(&visit, refusal, platform).await;
        }
        Err(failure) => return failure.page(&visit),
    };
    let answered = async {
        if request.method() == actix_web::http::Method::POST {
            let id = signing_out::keep(&visit, &asked).await?;
            return Ok(see_other(&routes::logout_asked(&id)));
        }
        signing_out::go_on(&visit, request, (asked, None)).await
    };
    match answered.await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

/// Why a request is refused, and whose it is where that is known.
type Refused = (LogoutRefusal, Option<PlatformId>);

async fn admitted(
    visit: &mut Visit,
    parameters: &[(String, String)],
) -> Result<Result<EndSession, Refused>, Failure> {
    let asked = match Asked::read(&visit.cx, &*visit.state.keys, parameters) {
        Ok(asked) => asked,
        Err(refusal) => return Ok(Err((refusal, None))),
    };
    visit.wish(asked.ui_locales.as_deref());
    let platform = match &asked.platform {
        None => None,
        Some(id) => visit.state.database.find_platform(id).await?,
    };
    let known = platform.as_deref().map(|platform| platform.id.clone());
    Ok(asked
        .admit(platform.as_deref())
        .map_err(|refusal| (refusal, known)))
}

/// Written down, then a page: never a redirect. Whoever is signed in can sign out from there.
async fn refuse(
    visit: &Visit,
    refusal: LogoutRefusal,
    platform: Option<PlatformId>,
) -> HttpResponse {
    let event = AuditEvent {
        platform_id: platform,
        ..trail::event(visit, AuditKind::LogoutRefused, refusal.code())
    };
    let failure = Failure::refused(StatusCode::BAD_REQUEST, refusal.code());
    let failure = trail::refused(visit, event, failure).await;
    if visit.is_signed_in() {
        let here = BackLink {
            href: routes::LOGOUT,
            label_key: "sign-out-here",
        };
        return failure.page_leading_to(visit, here);
    }
    failure.page(visit)
}
