//! `POST /oauth2/par` (RFC 9126): a platform leaves its authorization request here, proves itself, and gets a name for it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::authorize::error::PageRefusal;
use idp_core::authorize::request::{Way, read};
use idp_core::authorize::{RequestRefusal, object};
use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_core::token::TokenRefusal;
use serde_json::json;

use super::answer;
use crate::http::error::Failure;
use crate::http::extract::client::{Unproven, authenticated, single};
use crate::http::extract::form::pairs;
use crate::http::extract::{Visit, dpop};
use crate::http::{pushed, routes, trail};

/// Parameters of client authentication, which are no part of the request.
const OF_THE_CLIENT: [&str; 3] = ["client_secret", "client_assertion", "client_assertion_type"];

/// Why a request is not kept.
enum Ended {
    Refused(StatusCode, Refusal, Option<PlatformId>),
    Failed(Failure),
}

/// The word on the wire and its explanation.
type Refusal = (&'static str, &'static str);

impl<E: Into<Failure>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unproven> for Ended {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::Refused(refusal, platform) => {
                let status = match refusal {
                    TokenRefusal::InvalidClient(_) => StatusCode::UNAUTHORIZED,
                    _ => StatusCode::BAD_REQUEST,
                };
                Self::Refused(status, (refusal.code(), refusal.description()), platform)
            }
            Unproven::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// `POST /oauth2/par`
pub async fn push(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let answer = match kept(&visit, &request, &pairs(&body)).await {
        Ok(request_uri) => answer::begin(&visit, StatusCode::CREATED).json(json!({
            "request_uri": request_uri,
            "expires_in": visit.state.settings.pushed_lifetime.as_secs(),
        })),
        Err(Ended::Refused(status, refusal, platform)) => {
            refuse(&visit, status, refusal, platform).await
        }
        Err(Ended::Failed(failure)) => answer::fail(&visit, &failure),
    };
    dpop::with_nonce(&visit, &request, answer).await
}

async fn kept(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<String, Ended> {
    let platform = authenticated(visit, request, form).await?;
    let refused =
        |refusal| Ended::Refused(StatusCode::BAD_REQUEST, refusal, Some(platform.id.clone()));
    let mut asked = read_request(visit, form, &platform)
        .await
        .map_err(refused)?;
    // RFC 9449 §10.1: a proof here binds the code as dpop_jkt would.
    let proof = match dpop::proof(visit, request, (routes::PAR, None)).await {
        Ok(proof) => proof,
        Err(dpop::Unproven::Invalid(why)) => return Err(refused(("invalid_dpop_proof", why))),
        Err(dpop::Unproven::NoNonce) => {
            let refusal = TokenRefusal::UseDpopNonce;
            return Err(refused((refusal.code(), refusal.description())));
        }
        Err(dpop::Unproven::Failed(failure)) => return Err(Ended::Failed(failure)),
    };
    if let Some(proof) = proof {
        if asked.dpop_jkt.as_ref().is_some_and(|jkt| *jkt != proof.jkt) {
            let why = "dpop_jkt is another key than that of the DPoP proof";
            return Err(refused(("invalid_dpop_proof", why)));
        }
        asked.dpop_jkt = Some(proof.jkt);
    }
    Ok(pushed::keep(visit, asked).await?)
}

async fn read_request(
    visit: &Visit,
    form: &[(String, String)],
    platform: &Platform,
) -> Result<AuthorizationRequest, Refusal> {
    let invalid = |why| ("invalid_request", why);
    if form.iter().any(|(name, _)| name == "request_uri") {
        // RFC 9126 §2.1
        return Err(invalid("request_uri must not be pushed"));
    }
    let client = platform
        .active_client()
        .ok_or(invalid("the client is not active"))?;
    let object =
        single(form, "request").map_err(|refusal| (refusal.code(), refusal.description()))?;
    let told = |refusal| match refusal {
        RequestRefusal::Page(page) => invalid(explanation(page)),
        RequestRefusal::Redirect {
            error, description, ..
        } => (error.as_str(), description),
    };
    let read = |parameters: &[(String, String)], way| {
        read(
            &visit.cx,
            &*visit.state.keys,
            (parameters, way),
            Some(platform),
        )
        .map_err(told)
    };
    if let Some(object) = object {
        let known = (platform.id.as_str(), client);
        let keys = visit.state.client_keys.for_jwt(client, &object).await;
        let inside = object::open(&visit.cx, known, keys.as_deref(), &object)
            .map_err(|(error, why)| (error.as_str(), why))?;
        return read(&inside, Way::PushedObject);
    }
    let is_asked = |name: &str| !OF_THE_CLIENT.contains(&name);
    let asked = form.iter().filter(|(name, _)| is_asked(name)).cloned();
    read(&asked.collect::<Vec<_>>(), Way::Pushed)
}

/// What a page would say, for a program.
const fn explanation(refusal: PageRefusal) -> &'static str {
    match refusal {
        PageRefusal::RedirectUriMismatch => "redirect_uri is missing or not registered",
        PageRefusal::Malformed => "a parameter came more than once",
        PageRefusal::PlatformUnknown
        | PageRefusal::PlatformNotConnected
        | PageRefusal::PlatformSuspended
        | PageRefusal::RequestUnusable => "the request can't be used",
    }
}

async fn refuse(
    visit: &Visit,
    status: StatusCode,
    (error, description): Refusal,
    platform: Option<PlatformId>,
) -> HttpResponse {
    let reason = format!("{error}: {description}");
    let event = AuditEvent {
        platform_id: platform,
        ..trail::event(visit, AuditKind::AuthorizationRefused, &reason)
    };
    if let Err(failure) = trail::write(visit, event).await {
        return answer::fail(visit, &failure);
    }
    let mut begun = answer::begin(visit, status);
    if status == StatusCode::UNAUTHORIZED {
        answer::ask_for_client(&mut begun);
    }
    answer::refuse(visit, begun, ("par", error, description))
}
