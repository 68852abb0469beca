//! The page that is signed, and `POST /console/act`: what was signed is done. How, says [`signed_act`].

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::acted::{acted, decided};
use super::bench::{bench, frame};
use super::facts;
use super::shown::{submit as take_form, within};
use super::{CONSOLE, PROPOSALS};
use crate::http::challenge;
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::signed_act::{self, Answered, Signatory};
use crate::operating::{Act, ActError, Done, Prepared, prepare};
use crate::view::console::{ActPage, SecretKind, SecretPage};
use crate::view::{ChallengeForm, Problem};

/// The page that is signed, for an act that a form asks for.
pub async fn review(
    visit: &Visit,
    desk: &Desk,
    (act, back): (Act, &str),
) -> Result<HttpResponse, Failure> {
    let prepared = prepare(&visit.state.database, act).await?;
    desk.mandate(visit, prepared.right).await?;
    page(visit, desk, (&prepared, back), None).await
}

/// `POST /console/act`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(CONSOLE);
    take_form(&visit, (&request, &body), &[], async |desk, form| {
        submitted(&visit, desk, form).await
    })
    .await
}

async fn submitted(visit: &Visit, desk: &Desk, form: &Form) -> Result<HttpResponse, Failure> {
    let malformed = Failure::refused(StatusCode::BAD_REQUEST, "request-invalid");
    let act = Act::of_text(form.one("act")?).ok_or(malformed)?;
    let back = within(form.one("back")?);
    let prepared = prepare(&visit.state.database, act).await?;
    desk.mandate(visit, prepared.right).await?;
    let answer = (form.one("nonce")?, form.one("proof")?);
    match signed_act::answer(visit, signatory(desk)?, (&prepared, answer)).await? {
        Answered::Done(Done::Secret(platform, secret)) => {
            let shown = (SecretKind::Client, platform.as_str(), &*secret);
            Ok(once(visit, desk, shown))
        }
        Answered::Done(Done::RegistrationToken(id, text)) => {
            let shown = (SecretKind::RegistrationToken, id.as_str(), &*text);
            Ok(once(visit, desk, shown))
        }
        Answered::Done(done) => Ok(see_other(&after(desk, &done, (back, prepared.code)))),
        // Sent twice, it may have been done the first time.
        Answered::Unsigned("challenge-expired") => {
            page(visit, desk, (&prepared, back), Some("act-spent")).await
        }
        Answered::Unsigned(code) => page(visit, desk, (&prepared, back), Some(code)).await,
        Answered::Refused(error) => Err(error.into()),
    }
}

/// Whoever is on duty at this desk.
fn signatory(desk: &Desk) -> Result<Signatory<'_>, Failure> {
    let (session, held) = desk.session()?;
    let over = Failure::refused(StatusCode::UNAUTHORIZED, "operator-session-over");
    Ok(Signatory {
        on_duty: desk.on_duty()?,
        authentication: held.authentication.as_ref().ok_or(over)?,
        session,
    })
}

/// A secret is shown this once; sent again, the form meets a challenge that was answered.
fn once(visit: &Visit, desk: &Desk, (kind, id, secret): (SecretKind, &str, &str)) -> HttpResponse {
    let page = SecretPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        kind,
        id,
        secret,
    };
    visit.html(StatusCode::OK, page.render())
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    (prepared, back): (&Prepared, &str),
    refused: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let challenge = signed_act::ask(visit, signatory(desk)?, prepared).await?;
    let shown = facts::of_act(visit, prepared).await?;
    let page = ActPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        verb: prepared.verb(),
        code: prepared.code,
        facts: shown.facts,
        warnings: shown.warnings,
        challenge: ChallengeForm {
            // Its statement is this page's alone: a page that was open for long comes back anew.
            refresh_path: None,
            ..challenge::form(visit, &challenge)
        },
        act: &prepared.act.to_text().map_err(ActError::from)?,
        back,
        problem: refused.map(|code| Problem {
            code,
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
    };
    let status = match refused {
        None => StatusCode::OK,
        Some(_) => StatusCode::FORBIDDEN,
    };
    Ok(visit.html(status, page.render()))
}

/// Where one goes on, and is told there what was done.
fn after(desk: &Desk, done: &Done, (back, code): (&str, &str)) -> String {
    let (id, code) = match done {
        Done::Proposed(id) => (id, "proposed"),
        Done::Approved(id) => (id, "approved"),
        Done::Refused(id) => (id, "refused"),
        Done::Made | Done::Secret(..) | Done::RegistrationToken(..) => {
            return acted(desk, back, code);
        }
    };
    decided(desk, &format!("{PROPOSALS}/{id}"), code)
}
