//! `/console/sign-in`: an operator signs a challenge with the certificate it is known by; `/console/sign-out`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::operator_log_in::{OperatorOutcome, OperatorRefusal, sign_in, sign_out};
use protocol::challenge::Purpose;
use serde_json::json;

use super::bench::frame;
use super::shown::within;
use super::{CHALLENGE, CONSOLE, SIGN_IN};
use crate::http::challenge;
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Desk, Form, Visit};
use crate::view::console::{Bench, ConsoleSignInPage};
use crate::view::{ChallengeForm, Messages, Problem};

/// `GET /console/sign-in`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let next = parameter(&request, "next");
    let next = within(next.as_deref().unwrap_or(CONSOLE)).to_owned();
    let shown = async {
        let mut desk = Desk::find(&visit, &request).await?;
        if desk.on_duty.is_some() {
            return Ok(see_other(&next));
        }
        desk.begin_if_none(&visit).await?;
        page(&visit, &desk, &next, None).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `POST /console/sign-in`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(SIGN_IN);
    match submitted(&visit, &request, &Form::parse(&body)).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn submitted(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let mut desk = Desk::find(visit, request).await?;
    let next = within(form.one("next")?);
    desk.check_form(visit, form).await?;
    let (session, _) = desk.session()?;
    let asked = (Purpose::OperatorLogin, &[][..]);
    let proven = challenge::prove_stated(visit, session, form, asked).await?;
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let outcome = visit
        .state
        .database
        .write(move |store| sign_in(store, &cx, &caller, &proven))
        .await?;
    // Answer.
    match outcome {
        OperatorOutcome::SignedIn(authentication) => {
            desk.renew(visit, authentication).await?;
            Ok(desk.answer(visit, see_other(next)))
        }
        OperatorOutcome::Refused(refusal) => page(visit, &desk, next, Some(refusal)).await,
    }
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    next: &str,
    refusal: Option<OperatorRefusal>,
) -> Result<HttpResponse, Failure> {
    let (session, _) = desk.session()?;
    let stated = (Purpose::OperatorLogin, statement(visit));
    let challenge = challenge::issue_stated(visit, session, stated).await?;
    let page = ConsoleSignInPage {
        frame: frame(visit, desk),
        bench: Bench::default(),
        challenge: ChallengeForm {
            refresh_path: Some(CHALLENGE),
            ..challenge::form(visit, &challenge)
        },
        next,
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
    Ok(desk.answer(visit, visit.html(status, page.render())))
}

fn statement(visit: &Visit) -> String {
    let args = [("origin", visit.state.settings.origin.as_str())];
    Messages::of(visit.locale)
        .ta("statement-operator-login", &args)
        .into_owned()
}

/// `POST /console/challenge`: a fresh nonce for a sign-in page that was open for long.
pub async fn refresh(visit: Visit, request: HttpRequest) -> HttpResponse {
    let refreshed = async {
        let desk = Desk::find(&visit, &request).await?;
        desk.check_header(&visit, &request).await?;
        let (session, _) = desk.session()?;
        let stated = (Purpose::OperatorLogin, statement(&visit));
        challenge::issue_stated(&visit, session, stated).await
    };
    match refreshed.await {
        Ok(challenge) => HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .json(json!({ "nonce": challenge.nonce, "statement": challenge.statement })),
        Err(failure) => Failure::json(&failure, &visit),
    }
}

/// `POST /console/sign-out`
pub async fn out(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(SIGN_IN);
    let ended = async {
        let mut desk = Desk::find(&visit, &request).await?;
        desk.check_form(&visit, &Form::parse(&body)).await?;
        if let Some(authentication) = desk.end(&visit).await? {
            let (cx, caller) = (visit.cx.clone(), visit.caller());
            let database = &visit.state.database;
            database
                .write(move |store| sign_out(store, &cx, &caller, &authentication))
                .await?;
        }
        Ok(desk.answer(&visit, see_other(SIGN_IN)))
    };
    ended
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}
