//! 企业登录: `GET /login` asks a lock to sign, `POST /login` takes its answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::authorization::AuthorizationRequest;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::key_lock::Thumbprint;
use idp_core::log_in::{LoginAttempt, LoginOutcome, LoginRefusal, log_in};
use idp_core::platform::Platform;
use pki::holder::credit_code::CreditCode;
use protocol::challenge::Purpose;

use super::error::Failure;
use super::extract::browser::see_other;
use super::extract::{Browser, Form, Visit};
use super::{challenge, page, routes};
use crate::view::{LoginPage, Problem};

/// `GET /login`
pub async fn show(mut visit: Visit, request: HttpRequest) -> HttpResponse {
    let waiting = super::extract::form::pairs(request.query_string().as_bytes())
        .into_iter()
        .find(|(name, _)| name == "request")
        .map(|(_, id)| id);
    match shown(&mut visit, &request, waiting.as_deref()).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn shown(
    visit: &mut Visit,
    request: &HttpRequest,
    waiting: Option<&str>,
) -> Result<HttpResponse, Failure> {
    let browser = Browser::find_or_begin(visit, request).await?;
    page(visit, &browser, waiting, None).await
}

/// `POST /login`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::LOGIN);
    match submitted(&mut visit, &request, &Form::parse(&body)).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn submitted(
    visit: &mut Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let mut browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let waiting = Some(form.one("request")?).filter(|id| !id.is_empty());
    let attempt = attempt(visit, &browser, form).await?;
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let outcome = visit
        .state
        .database
        .write(move |store| log_in(store, &cx, &caller, &attempt))
        .await?;
    // Answer.
    match outcome {
        LoginOutcome::SignedIn(authentication) => {
            browser.renew(visit, authentication).await?;
            let next = routes::with_request(routes::CERTIFICATE, waiting);
            Ok(browser.answer(visit, see_other(&next)))
        }
        LoginOutcome::Refused(refusal) => page(visit, &browser, waiting, Some(refusal)).await,
    }
}

async fn attempt(visit: &Visit, browser: &Browser, form: &Form) -> Result<LoginAttempt, Failure> {
    let proven = match challenge::prove(visit, browser, form, Purpose::Login).await? {
        Ok(proven) => proven,
        Err(refusal) => {
            return Ok(LoginAttempt {
                verdict: Err(LoginRefusal::Proof(refusal)),
                thumbprint: None,
            });
        }
    };
    let certificate = proven.certificate();
    Ok(LoginAttempt {
        verdict: visit
            .state
            .verdicts
            .on(certificate, visit.cx.now)
            .map_err(LoginRefusal::Certificate),
        thumbprint: Some(Thumbprint(certificate.thumbprint_sha256())),
    })
}

/// The page, with a fresh challenge each time.
async fn page(
    visit: &mut Visit,
    browser: &Browser,
    waiting: Option<&str>,
    refusal: Option<LoginRefusal>,
) -> Result<HttpResponse, Failure> {
    let (platform, expected) = match waiting {
        // A refusal is read in any case, even when the request behind it is gone.
        Some(id) => match heading(visit, id).await {
            Ok(heading) => Some(heading),
            Err(_) if refusal.is_some() => None,
            Err(failure) => return Err(failure),
        },
        None => None,
    }
    .unzip();
    let expected = expected.flatten();
    let challenge = challenge::issue(visit, browser, Purpose::Login).await?;
    let page = LoginPage {
        frame: visit.frame(Some(browser)),
        challenge: challenge::form(visit, &challenge),
        request: waiting,
        platform_name: platform
            .as_ref()
            .map(|p| page::platform_name(p, visit.locale)),
        expected: expected.as_ref().map(CreditCode::as_str),
        problem: refusal.map(|refusal| Problem {
            code: refusal.code(),
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
    };
    let status = match refusal {
        None => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    Ok(browser.answer(visit, visit.html(status, page.render())))
}

/// The platform whose request waits, and the enterprise it hints at. Only a well-formed credit code is
/// ever shown: a hint is a stranger's text. The request may wish for a language too.
async fn heading(
    visit: &mut Visit,
    waiting: &str,
) -> Result<(Arc<Platform>, Option<CreditCode>), Failure> {
    let expired = Failure::refused(StatusCode::BAD_REQUEST, "request-expired");
    let Some(request) = visit
        .state
        .ephemeral
        .get_record::<AuthorizationRequest>(waiting)
        .await?
    else {
        return Err(expired);
    };
    visit.wish(request.ui_locales.as_deref());
    let hint = request
        .login_hint
        .as_deref()
        .and_then(|hint| hint.parse().ok());
    let platform = visit
        .state
        .database
        .find_platform(&request.platform_id)
        .await?
        .ok_or(expired)?;
    Ok((platform, hint))
}
