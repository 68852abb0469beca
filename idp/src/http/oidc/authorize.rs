//! `/oauth2/authorize` (RFC 6749 §3.1), by GET and by POST: reads the request, and on to what it meets.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::RequestRefusal;
use idp_core::authorize::error::{PageRefusal, answer_uri};
use idp_core::authorize::request::{client_id, read};
use idp_core::cx::random_text;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, Platform};

use crate::http::error::Failure;
use crate::http::extract::browser::{self, see_other};
use crate::http::extract::form::pairs;
use crate::http::extract::{Browser, Visit};
use crate::http::onward::{self, Onward, leave};
use crate::http::toward::{Toward, to_login};
use crate::http::{routes, trail};

/// `GET /oauth2/authorize`
pub async fn by_query(visit: Visit, request: HttpRequest) -> HttpResponse {
    let parameters = pairs(request.query_string().as_bytes());
    authorize(visit, &request, &parameters).await
}

/// `POST /oauth2/authorize` (`OpenID` Connect Core §3.1.2.1)
pub async fn by_form(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    authorize(visit, &request, &pairs(&body)).await
}

async fn authorize(
    mut visit: Visit,
    request: &HttpRequest,
    parameters: &[(String, String)],
) -> HttpResponse {
    visit.at(routes::HOME);
    let (asked, client) = match admitted(&visit, parameters).await {
        Ok(Ok(admitted)) => admitted,
        Ok(Err((refusal, known))) => {
            browser::look(&visit, request).await;
            return refuse(&visit, parameters, (refusal, known)).await;
        }
        Err(failure) => return failure.page(&visit),
    };
    visit.wish(asked.ui_locales.as_deref());
    match go_on(&visit, request, &asked, &client).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

/// Why a request is refused, and whose it is where that is known.
type Refused = (RequestRefusal, Option<PlatformId>);

async fn admitted(
    visit: &Visit,
    parameters: &[(String, String)],
) -> Result<Result<(AuthorizationRequest, Client), Refused>, Failure> {
    let id = match client_id(parameters) {
        Ok(id) => id.map(PlatformId::from_text),
        Err(refusal) => return Ok(Err((refusal, None))),
    };
    let platform = match id {
        None => None,
        Some(id) => visit.state.database.find_platform(&id).await?,
    };
    let request = match read(
        &visit.cx,
        &*visit.state.keys,
        parameters,
        platform.as_deref(),
    ) {
        Ok(request) => request,
        Err(refusal) => return Ok(Err((refusal, platform.map(|platform| platform.id.clone())))),
    };
    let client = platform
        .as_deref()
        .and_then(Platform::active_client)
        .cloned()
        .ok_or_else(|| Failure::internal("an admitted platform without a client"))?;
    Ok(Ok((request, client)))
}

async fn go_on(
    visit: &Visit,
    request: &HttpRequest,
    asked: &AuthorizationRequest,
    client: &Client,
) -> Result<HttpResponse, Failure> {
    let browser = Browser::find(visit, request).await?;
    let waits_for = match onward::go_on(visit, &browser, (asked, None), client).await? {
        Onward::Leave(answer) => return Ok(answer),
        Onward::LogIn => to_login,
        Onward::Ask => to_consent,
    };
    let id = random_text(&*visit.cx.rng);
    let lifetime = visit.state.settings.request_lifetime;
    visit
        .state
        .ephemeral
        .put_record(&id, asked, lifetime)
        .await?;
    Ok(waits_for(&Toward::Request(id)))
}

fn to_consent(toward: &Toward) -> HttpResponse {
    see_other(&toward.by(routes::CONSENT))
}

/// Written down, then a page or a redirect.
async fn refuse(
    visit: &Visit,
    parameters: &[(String, String)],
    (refusal, known): Refused,
) -> HttpResponse {
    let reason = match &refusal {
        RequestRefusal::Page(refusal) => refusal.code().to_owned(),
        RequestRefusal::Redirect {
            error, description, ..
        } => format!("{}: {description}", error.as_str()),
    };
    let named = client_id(parameters).ok().flatten();
    let event = AuditEvent {
        platform_id: known,
        // A stranger's text: cut to what a platform's identifier can be.
        detail: named.map(|id| id.chars().filter(char::is_ascii_graphic).take(40).collect()),
        ..trail::event(visit, AuditKind::AuthorizationRefused, &reason)
    };
    if let Err(failure) = trail::write(visit, event).await {
        return failure.page(visit);
    }
    match refusal {
        RequestRefusal::Page(refusal) => {
            Failure::refused(status(refusal), refusal.code()).page(visit)
        }
        RequestRefusal::Redirect {
            redirect_uri,
            state,
            error,
            description,
        } => {
            let answer = [
                ("error", error.as_str()),
                ("error_description", description),
            ];
            let issuer = &visit.state.settings.issuer;
            match answer_uri(issuer, &redirect_uri, state.as_deref(), &answer) {
                Some(uri) => leave(&uri),
                None => Failure::internal("a registered redirect URI can't be read").page(visit),
            }
        }
    }
}

const fn status(refusal: PageRefusal) -> StatusCode {
    match refusal {
        PageRefusal::PlatformSuspended => StatusCode::FORBIDDEN,
        PageRefusal::PlatformUnknown
        | PageRefusal::PlatformNotConnected
        | PageRefusal::RedirectUriMismatch
        | PageRefusal::Malformed => StatusCode::BAD_REQUEST,
    }
}
