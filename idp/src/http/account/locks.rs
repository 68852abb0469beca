//! `GET /account/locks`: 证书绑定, the enterprise's locks; `POST /account/locks`: 激活, by the signature of
//! the lock to be activated.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::locks::{ActivateAttempt, ActivateRefusal, Activated, activate};
use protocol::challenge::Purpose;
use protocol::claims::LockRole;

use super::shown::{self, locks, row};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::read_facts::ReadFacts;
use crate::http::{challenge, routes};
use crate::view::{Done, LocksPage, Problem};

/// `GET /account/locks`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let done = parameter(&request, "done").zip(parameter(&request, "lock"));
        let done = done
            .as_ref()
            .map(|(what, lock)| (what.as_str(), lock.as_str()));
        page(&visit, browser, (done, None, None)).await
    })
    .await
}

/// `POST /account/locks`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_LOCKS);
    shown::submit(at, (&request, &body), activated).await
}

/// `POST /account/locks/language`: the page in the language of `lang`, with the certificate that was read.
pub async fn in_language(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_LOCKS);
    shown::submit(at, (&request, &body), async |visit, browser, form| {
        let read = ReadFacts::carried(visit, form)?;
        page(visit, browser, (None, read, None)).await
    })
    .await
}

/// `GET /account/locks/language`: the address of a form that was sent, opened anew.
pub async fn afresh() -> HttpResponse {
    see_other(routes::ACCOUNT_LOCKS)
}

async fn activated(
    visit: &Visit,
    browser: &mut Browser,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let present = browser.present()?.clone();
    let attempt = attempt(visit, browser, form).await?;
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
            page(visit, browser, (None, read, Some(refusal))).await
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
