//! `/account/locks/remove`: 删除 a secondary lock, after a confirmation. `/account/locks/promote`: make it the
//! primary one, by a signature of the one that is.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind, operator_words};
use idp_core::id::KeyLockId;
use idp_core::key_lock::{KeyLock, KeyLockState, Thumbprint};
use idp_core::locks::{ChangeRefusal, PromoteAttempt, promote, remove};
use idp_core::presence::Present;
use protocol::challenge::Purpose;
use protocol::claims::LockRole;

use super::shown::{self, locks, row};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{challenge, routes, trail};
use crate::view::{ChallengeForm, Locale, Messages, Problem, PromoteLockPage, RemoveLockPage};

/// `GET /account/locks/remove`
pub async fn ask_removal(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let present = browser.present()?;
        let id = parameter(&request, "lock").unwrap_or_default();
        let (_, lock) = changeable(&visit, present, &id).await?;
        let page = RemoveLockPage {
            frame: visit.frame(Some(browser)),
            lock: row(&visit, present, &lock),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /account/locks/remove`
pub async fn removal(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_LOCKS);
    shown::submit(at, (&request, &body), removed).await
}

async fn removed(
    visit: &Visit,
    browser: &mut Browser,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?.clone();
    let id = KeyLockId::from_text(form.one("lock")?);
    let (cx, caller, lock) = (visit.cx.clone(), visit.caller(), id.clone());
    let outcome = visit
        .state
        .database
        .write(move |store| remove(store, &cx, &caller, &present, &lock))
        .await?;
    match outcome {
        Ok(()) => Ok(see_other(&routes::locks_after("removed", &id))),
        Err(refusal) => Err(refused(refusal)),
    }
}

/// `GET /account/locks/promote`
pub async fn ask_promotion(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let id = parameter(&request, "lock").unwrap_or_default();
        promotion_page(&visit, browser, &id, None).await
    })
    .await
}

/// `POST /account/locks/promote`
pub async fn promotion(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_LOCKS);
    shown::submit(at, (&request, &body), promoted).await
}

async fn promoted(
    visit: &Visit,
    browser: &mut Browser,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let present = browser.present()?.clone();
    let id = form.one("lock")?.to_owned();
    let (primary, lock) = match changeable(visit, &present, &id).await {
        Ok(pair) => pair,
        Err(failure) => return Err(written_down(visit, (&present, &id), failure).await),
    };
    // The signature must speak of exactly this change; the page may have been in either language.
    let meant = Locale::ALL.map(|locale| statement(visit, locale, &present, (&primary, &lock)));
    let asked = (Purpose::Approve, &meant[..]);
    let proof = challenge::prove_stated(visit, browser.session()?.0, form, asked).await?;
    let attempt = PromoteAttempt {
        key_lock_id: lock.id.clone(),
        signed_by: proof.map(|proven| Thumbprint(proven.certificate().thumbprint_sha256())),
    };
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let outcome = visit
        .state
        .database
        .write(move |store| promote(store, &cx, &caller, &present, &attempt))
        .await?;
    // Answer.
    match outcome {
        Ok(()) => Ok(see_other(&routes::locks_after("promoted", &lock.id))),
        Err(refusal @ (ChangeRefusal::Proof(_) | ChangeRefusal::OtherLock)) => {
            promotion_page(visit, browser, &id, Some(refusal)).await
        }
        Err(refusal) => Err(refused(refusal)),
    }
}

async fn promotion_page(
    visit: &Visit,
    browser: &Browser,
    id: &str,
    refusal: Option<ChangeRefusal>,
) -> Result<HttpResponse, Failure> {
    let present = browser.present()?;
    let (primary, lock) = changeable(visit, present, id).await?;
    if let Some(unfit) = lock.unfit(&present.enterprise.name, visit.cx.now) {
        return Err(refused(ChangeRefusal::Unfit(unfit)));
    }
    let statement = statement(visit, visit.locale, present, (&primary, &lock));
    let challenge =
        challenge::issue_stated(visit, browser.session()?.0, (Purpose::Approve, statement)).await?;
    let page = PromoteLockPage {
        frame: visit.frame(Some(browser)),
        lock: row(visit, present, &lock),
        challenge: ChallengeForm {
            // Its statement is this page's alone: a page that was open for long comes back anew.
            refresh_path: None,
            ..challenge::form(visit, &challenge)
        },
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
    Ok(visit.html(status, page.render()))
}

/// The text the agent shows and the primary lock signs: exactly which lock takes its place.
fn statement(
    visit: &Visit,
    locale: Locale,
    present: &Present,
    (primary, lock): (&KeyLock, &KeyLock),
) -> String {
    let args = [
        ("enterprise", present.enterprise.name.as_str()),
        ("key", &lock.key_number),
        ("primary", &primary.key_number),
        ("origin", &visit.state.settings.origin),
    ];
    Messages::of(locale)
        .ta("statement-promote-lock", &args)
        .into_owned()
}

/// The primary lock of this session and a secondary one of its enterprise, as they stand; the flow judges
/// them anew when it writes.
async fn changeable(
    visit: &Visit,
    present: &Present,
    id: &str,
) -> Result<(KeyLock, KeyLock), Failure> {
    if present.key_lock.role != LockRole::Primary {
        return Err(refused(ChangeRefusal::NotPrimary));
    }
    if present.key_lock.id.as_str() == id {
        return Err(refused(ChangeRefusal::IsPrimary));
    }
    let locks = locks(visit, present).await?;
    let mut found = locks.into_iter();
    let lock = found.find(|lock| lock.id.as_str() == id && lock.state == KeyLockState::Active);
    let lock = lock.ok_or(refused(ChangeRefusal::Unknown))?;
    Ok((present.key_lock.clone(), lock))
}

/// A change that is refused before the flow, which writes down its own refusals.
async fn written_down(visit: &Visit, (present, id): (&Present, &str), failure: Failure) -> Failure {
    if !failure.status.is_client_error() {
        return failure;
    }
    let event = AuditEvent {
        enterprise_id: Some(present.enterprise.id.clone()),
        session_id: Some(present.authentication.session_id.clone()),
        // A stranger's word, bounded.
        detail: Some(operator_words(id)),
        ..trail::event(visit, AuditKind::LockChangeRefused, failure.code)
    };
    trail::refused(visit, event, failure).await
}

fn refused(refusal: ChangeRefusal) -> Failure {
    let status = match refusal {
        ChangeRefusal::Unknown => StatusCode::NOT_FOUND,
        ChangeRefusal::NotPrimary
        | ChangeRefusal::Proof(_)
        | ChangeRefusal::OtherLock
        | ChangeRefusal::IsPrimary
        | ChangeRefusal::Unfit(_) => StatusCode::FORBIDDEN,
    };
    Failure::refused(status, refusal.code())
}
