//! `GET /account/locks`: 证书绑定, the enterprise's locks; `POST /account/locks`: 激活, by the signature of
//! the lock to be activated.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::locks::{ActivateAttempt, ActivateRefusal, Activated, activate};
use protocol::challenge::Purpose;
use protocol::claims::LockRole;

use super::shown::{locks, parameter, row, signed_in};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::read_facts::ReadFacts;
use crate::http::{challenge, routes};
use crate::view::{Done, LocksPage, Problem};

/// `GET /account/locks`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let browser = match signed_in(&visit, &request).await? {
            Ok(browser) => browser,
            Err(answer) => return Ok(answer),
        };
        let done = parameter(&request, "done").zip(parameter(&request, "lock"));
        let done = done
            .as_ref()
            .map(|(what, lock)| (what.as_str(), lock.as_str()));
        page(&visit, &browser, (done, None, None)).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `POST /account/locks`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::ACCOUNT_LOCKS);
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
    let browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let present = browser.present()?.clone();
    let attempt = attempt(visit, &browser, form).await?;
    // Decide.
    let (cx, caller, tried) = (visit.cx.clone(), visit.caller(), attempt.clone());
    let outcome = visit
        .state
        .database
        .write(move |store| activate(store, &cx, &caller, &present, &tried))
        .await?;
    // Answer.
    match outcome {
        Activated::Active(id) => Ok(see_other(&routes::locks_after("activated", &id))),
        Activated::Refused(refusal) => {
            let shown = attempt.verdict.as_ref().ok();
            let read = match shown {
                Some(lock) => Some(ReadFacts::of(lock, attempt.media_number.clone())),
                None => ReadFacts::carried(visit, form)?,
            };
            page(visit, &browser, (None, read, Some(refusal))).await
        }
    }
}

async fn attempt(
    visit: &Visit,
    browser: &Browser,
    form: &Form,
) -> Result<ActivateAttempt, Failure> {
    Ok(
        match challenge::prove(visit, browser, form, Purpose::ActivateLock).await? {
            Ok(proven) => {
                let verdict = challenge::judge(visit, &proven).await;
                ActivateAttempt {
                    verdict: verdict.map_err(ActivateRefusal::Certificate),
                    thumbprint: Some(Thumbprint(proven.certificate().thumbprint_sha256())),
                    media_number: proven.media_number().map(str::to_owned),
                }
            }
            Err(refusal) => ActivateAttempt {
                verdict: Err(ActivateRefusal::Proof(refusal)),
                thumbprint: None,
                media_number: None,
            },
        },
    )
}

/// What was just done is shown where it is so: an address can be made up.
fn done<'a>(locks: &'a [KeyLock], what: &str, id: &str) -> Option<(Done, &'a str)> {
    let lock = locks.iter().find(|lock| lock.id.as_str() == id)?;
    let is_active = lock.state == KeyLockState::Active;
    let done = match what {
        "activated" if is_active => Done::Activated,
        "removed" if lock.state == KeyLockState::Removed => Done::Removed,
        "promoted" if is_active && lock.role == LockRole::Primary => Done::Promoted,
        _ => return None,
    };
    Some((done, &lock.key_number))
}

type Shown<'a> = (
    Option<(&'a str, &'a str)>,
    Option<ReadFacts>,
    Option<ActivateRefusal>,
);

/// The page, with a fresh challenge each time for the primary lock's session.
async fn page(
    visit: &Visit,
    browser: &Browser,
    (said, read, refusal): Shown<'_>,
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?;
    let locks = locks(visit, present).await?;
    let challenge = match present.key_lock.role {
        LockRole::Primary => Some(challenge::issue(visit, browser, Purpose::ActivateLock).await?),
        LockRole::Secondary => None,
    };
    let page = LocksPage {
        frame: visit.frame(Some(browser)),
        locks: locks.iter().map(|lock| row(visit, present, lock)).collect(),
        challenge: challenge.as_ref().map(|it| challenge::form(visit, it)),
        certificate: read.as_ref().map(ReadFacts::shown),
        done: said.and_then(|(what, id)| done(&locks, what, id)),
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
