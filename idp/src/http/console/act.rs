//! The page that is signed, and `POST /console/act`: what was signed is done.
//!
//! The exact act goes through the page and comes back; the statement under the signature names its digest, so another act
//! than the one that was shown has another statement.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::challenge::Challenge;
use idp_core::id::SignedStatementId;
use idp_core::proof::ProofRefusal;
use idp_core::signed_statement::SignedStatement;
use protocol::challenge::Purpose;

use super::bench::{bench, frame};
use super::facts;
use super::shown::{submit as take_form, within};
use super::{CONSOLE, PROPOSALS};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::{challenge, trail};
use crate::operating::{Act, ActError, Done, Prepared, Signed, carry_out, prepare};
use crate::view::console::{ActPage, SecretKind, SecretPage};
use crate::view::{ChallengeForm, Locale, Messages, Problem};

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
    // Gather.
    let malformed = Failure::refused(StatusCode::BAD_REQUEST, "request-invalid");
    let act = Act::of_text(form.one("act")?).ok_or(malformed)?;
    let back = within(form.one("back")?);
    let prepared = prepare(&visit.state.database, act).await?;
    desk.mandate(visit, prepared.right).await?;
    let signed = match signature(visit, desk, (form, &prepared)).await? {
        Ok(signed) => signed,
        Err(code) => {
            note(visit, desk, (&prepared, code)).await?;
            return page(visit, desk, (&prepared, back), Some(code)).await;
        }
    };
    // Decide.
    let (cx, what) = (visit.cx.clone(), prepared.clone());
    let done = visit
        .state
        .database
        .write(move |store| carry_out(store, &cx, &signed, &what))
        .await;
    // Answer.
    match done {
        Ok(Done::Secret(platform, secret)) => {
            let shown = (SecretKind::Client, platform.as_str(), &*secret);
            Ok(once(visit, desk, shown))
        }
        Ok(Done::RegistrationToken(id, text)) => {
            let shown = (SecretKind::RegistrationToken, id.as_str(), &*text);
            Ok(once(visit, desk, shown))
        }
        Ok(done) => Ok(see_other(&after(&done, back))),
        Err(error) => {
            if let Some(code) = error.code() {
                note(visit, desk, (&prepared, code)).await?;
            }
            Err(error.into())
        }
    }
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

/// What was signed, by the very certificate of whoever is on duty; or the word for why it counts for nothing.
async fn signature(
    visit: &Visit,
    desk: &Desk,
    (form, prepared): (&Form, &Prepared),
) -> Result<Result<Signed, &'static str>, Failure> {
    let on_duty = desk.on_duty()?;
    let (session, held) = desk.session()?;
    let meant = Locale::ALL.map(|locale| statement(visit, desk, (locale, prepared)));
    let asked = (Purpose::Approve, &meant[..]);
    let (proven, challenge) = match challenge::prove_whole(visit, session, form, asked).await? {
        Ok(proven) => proven,
        Err(refusal) => return Ok(Err(refusal.code())),
    };
    if let Err(unfit) = on_duty.is_proven_by(&proven, visit.cx.now) {
        return Ok(Err(unfit.code()));
    }
    let Some(authentication) = held.authentication.clone() else {
        return Ok(Err(ProofRefusal::ChallengeOfOtherBrowser.code()));
    };
    Ok(Ok(Signed {
        authentication,
        caller: visit.caller(),
        statement: kept(visit, desk, (challenge, form.one("proof")?))?,
    }))
}

fn kept(
    visit: &Visit,
    desk: &Desk,
    (challenge, proof): (Challenge, &str),
) -> Result<SignedStatement, Failure> {
    Ok(SignedStatement {
        id: SignedStatementId::generate(&*visit.cx.rng, visit.cx.now),
        operator_id: desk.on_duty()?.operator().id.clone(),
        at: visit.cx.now,
        purpose: challenge.purpose.as_str().to_owned(),
        origin: visit.state.settings.origin.clone(),
        nonce: challenge.nonce,
        statement: challenge.statement,
        proof: proof.to_owned(),
    })
}

/// A signature that counts for nothing, and an act that was refused, are events.
async fn note(
    visit: &Visit,
    desk: &Desk,
    (prepared, code): (&Prepared, &str),
) -> Result<(), Failure> {
    let (verb, what, subject) = (prepared.verb(), prepared.code, &prepared.subject);
    let detail = format!("{verb} {what} {subject} sha256 {}", prepared.digest);
    let event = AuditEvent {
        operator_id: Some(desk.on_duty()?.operator().id.clone()),
        detail: Some(idp_core::audit::operator_words(&detail)),
        ..trail::event(visit, AuditKind::OperatorActRefused, code)
    };
    trail::write(visit, event).await
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    (prepared, back): (&Prepared, &str),
    refused: Option<&'static str>,
) -> Result<HttpResponse, Failure> {
    let (session, _) = desk.session()?;
    let statement = statement(visit, desk, (visit.locale, prepared));
    let stated = (Purpose::Approve, statement);
    let challenge = challenge::issue_stated(visit, session, stated).await?;
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

/// The text the agent shows and the operator signs: who, what, to what, why, and the digest of the exact change.
fn statement(visit: &Visit, desk: &Desk, (locale, prepared): (Locale, &Prepared)) -> String {
    let messages = Messages::of(locale);
    let name = desk.on_duty.as_ref().map_or("", |on| &on.operator().name);
    let what = messages.t(&format!("act-{}", prepared.code));
    let args = [
        ("operator", name),
        ("what", &*what),
        ("subject", &prepared.subject),
        ("reason", &prepared.reason),
        ("digest", &prepared.digest),
        ("origin", &visit.state.settings.origin),
    ];
    messages
        .ta(&format!("statement-act-{}", prepared.verb()), &args)
        .into_owned()
}

/// Where one goes on.
fn after(done: &Done, back: &str) -> String {
    match done {
        Done::Proposed(id) => format!("{PROPOSALS}/{id}?done=proposed"),
        Done::Approved(id) => format!("{PROPOSALS}/{id}?done=approved"),
        Done::Refused(id) => format!("{PROPOSALS}/{id}?done=refused"),
        Done::Made | Done::Secret(..) | Done::RegistrationToken(..) => back.to_owned(),
    }
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        let status = match &error {
            ActError::NotAllowed => StatusCode::FORBIDDEN,
            ActError::CreditCode | ActError::Unwritable(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::CONFLICT,
        };
        match (error.code(), error) {
            (Some(code), _) => Self::refused(status, code),
            (None, ActError::Store(error)) => error.into(),
            (None, error) => Self::internal(error),
        }
    }
}
