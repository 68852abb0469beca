//! `/oauth2/authorize` (RFC 6749 §3.1), by GET and by POST: reads the request, and on to what it meets.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::error::PageRefusal;
use idp_core::authorize::request::{
    Way, client_id, read, refuse as refuse_request, single as value,
};
use idp_core::authorize::{ErrorCode, RequestRefusal, object};
use idp_core::cx::random_text;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, Platform};

use crate::http::error::Failure;
use crate::http::extract::browser::{self, see_other};
use crate::http::extract::form::pairs;
use crate::http::extract::{Browser, Visit};
use crate::http::onward::{self, Onward};
use crate::http::toward::{Toward, to_login};
use crate::http::{leave, pushed, routes, trail};

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
    let request = match read_request(visit, parameters, platform.as_deref()).await? {
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

/// Reads a request in whichever way it came: pushed before, by a request object, by its parameters.
async fn read_request(
    visit: &Visit,
    parameters: &[(String, String)],
    platform: Option<&Platform>,
) -> Result<Result<AuthorizationRequest, RequestRefusal>, Failure> {
    let named = (
        value(parameters, "request"),
        value(parameters, "request_uri"),
    );
    let (Ok(object), Ok(reference)) = named else {
        return Ok(Err(RequestRefusal::Page(PageRefusal::Malformed)));
    };
    let refused = |error, why| Ok(Err(refuse_request(parameters, platform, (error, why))));
    let (Some(platform), Some(client)) = (platform, platform.and_then(Platform::active_client))
    else {
        return Ok(read(
            &visit.cx,
            &*visit.state.keys,
            (parameters, Way::Plain),
            platform,
        ));
    };
    match (object, reference) {
        (Some(_), Some(_)) => {
            let why = "request and request_uri exclude one another";
            refused(ErrorCode::InvalidRequest, why)
        }
        (None, Some(name)) if pushed::is_name(name) => {
            let found = pushed::find(visit, &platform.id, name).await?;
            let unusable = RequestRefusal::Page(PageRefusal::RequestUnusable);
            Ok(found
                .filter(|asked| asked.is_still_registered(client))
                .ok_or(unusable))
        }
        (None, Some(uri)) => match visit.state.request_objects.fetch(client, uri).await {
            Ok(object) => match opened(visit, platform, client, &object).await {
                Ok(request) => Ok(request),
                // `OpenID` Connect Core §3.1.2.6: each way has a word of its own.
                Err((ErrorCode::RequestNotSupported, why)) => {
                    refused(ErrorCode::RequestUriNotSupported, why)
                }
                Err((error, why)) => refused(error, why),
            },
            Err((error, why)) => refused(error, why),
        },
        (Some(object), None) => match opened(visit, platform, client, object).await {
            Ok(request) => Ok(request),
            Err((error, why)) => refused(error, why),
        },
        (None, None) => {
            let sent = (parameters, Way::Plain);
            Ok(read(&visit.cx, &*visit.state.keys, sent, Some(platform)))
        }
    }
}

/// What a request object says, once it is the client's.
async fn opened(
    visit: &Visit,
    platform: &Platform,
    client: &Client,
    object: &str,
) -> Result<Result<AuthorizationRequest, RequestRefusal>, object::Refused> {
    let keys = visit.state.client_keys.for_jwt(client, object).await;
    let known = (platform.id.as_str(), client);
    let inside = object::open(&visit.cx, known, keys.as_deref(), object)?;
    let sent = (inside.as_slice(), Way::Object);
    Ok(read(&visit.cx, &*visit.state.keys, sent, Some(platform)))
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
            to,
            error,
            description,
        } => {
            let issuer = &visit.state.settings.issuer;
            let answer = to.error(issuer, error, Some(description));
            let platform = PlatformId::from_text(named.unwrap_or_default());
            match leave::with(visit, &platform, &answer).await {
                Ok(answer) => answer,
                Err(failure) => failure.page(visit),
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
        | PageRefusal::RequestUnusable
        | PageRefusal::Malformed => StatusCode::BAD_REQUEST,
    }
}
