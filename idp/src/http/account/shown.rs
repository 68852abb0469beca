//! What the account pages share: the frame of a handler, and locks as they are shown.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::account::AccountRefusal;
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::presence::Present;

use crate::http::error::Failure;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::page;
use crate::http::toward::{Toward, to_login};
use crate::view::{LockRow, LockState};

/// A page for whoever is signed in; anybody else is led to sign in.
pub async fn show(
    visit: &Visit,
    request: &HttpRequest,
    page: impl AsyncFnOnce(&Browser) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let shown = async {
        let browser = Browser::find(visit, request).await?;
        if browser.present.is_none() {
            return Ok(to_login(&Toward::Nowhere));
        }
        page(&browser).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(visit))
}

/// Takes a form of this session from whoever is signed in, and answers as a page at `path`: the form's own
/// address answers no GET.
pub async fn submit(
    (visit, path): (&mut Visit, &str),
    (request, body): (&HttpRequest, &[u8]),
    answer: impl AsyncFnOnce(&Visit, &mut Browser, &Form) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    visit.at(path);
    let visit = &*visit;
    let submitted = async {
        let form = Form::parse(body);
        let mut browser = Browser::find(visit, request).await?;
        browser.check_form(visit, &form).await?;
        browser.present()?;
        answer(visit, &mut browser, &form).await
    };
    submitted
        .await
        .unwrap_or_else(|failure: Failure| failure.page(visit))
}

/// The refusal of a change, as a page.
pub fn refused(refusal: AccountRefusal) -> Failure {
    let status = match refusal {
        AccountRefusal::NotPresent => StatusCode::UNAUTHORIZED,
        AccountRefusal::SessionUnknown | AccountRefusal::ConsentNotInForce => StatusCode::NOT_FOUND,
    };
    Failure::refused(status, refusal.code())
}

/// Every lock of the enterprise that is present, those in force first.
pub async fn locks(visit: &Visit, present: &Present) -> Result<Vec<KeyLock>, Failure> {
    let enterprise = present.enterprise.id.clone();
    let database = &visit.state.database;
    let mut locks = database
        .read(move |store| store.list_key_locks(&enterprise))
        .await?;
    locks.sort_by_key(|lock| lock.state != KeyLockState::Active);
    Ok(locks)
}

/// A lock as a row.
pub fn row<'a>(visit: &Visit, present: &Present, lock: &'a KeyLock) -> LockRow<'a> {
    let now = visit.cx.now;
    LockRow {
        id: lock.id.as_str(),
        holder_name: &lock.holder_name,
        key_number: &lock.key_number,
        media_number: lock.media_number.as_deref(),
        not_after: visit.locale.date(page::moment(lock.not_after)),
        state: match lock.state {
            KeyLockState::Active if now > lock.not_after => LockState::Expired,
            KeyLockState::Active => LockState::Active,
            KeyLockState::Removed => LockState::Removed,
            KeyLockState::Lost => LockState::Lost,
            KeyLockState::Revoked => LockState::Revoked,
        },
        role: page::lock_role(lock.role),
        days_left: match lock.state {
            KeyLockState::Active => page::days_left(lock, now),
            _ => None,
        },
        ended: lock
            .ended_at
            .map(|at| visit.locale.date_time(page::moment(at))),
        is_this: lock.id == present.key_lock.id,
    }
}
