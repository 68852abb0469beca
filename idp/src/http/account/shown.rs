//! What the account pages share: who is here, and locks as they are shown.

use actix_web::{HttpRequest, HttpResponse};
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::presence::Present;

use crate::http::error::Failure;
use crate::http::extract::form::pairs;
use crate::http::extract::{Browser, Visit};
use crate::http::page;
use crate::http::toward::{Toward, to_login};
use crate::view::{LockRow, LockState};

/// The browser of somebody who is signed in; anybody else is led to sign in.
pub async fn signed_in(
    visit: &Visit,
    request: &HttpRequest,
) -> Result<Result<Browser, HttpResponse>, Failure> {
    let browser = Browser::find(visit, request).await?;
    if browser.present.is_none() {
        return Ok(Err(to_login(&Toward::Nowhere)));
    }
    Ok(Ok(browser))
}

/// A value of the address.
pub fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = pairs(request.query_string().as_bytes());
    pairs.into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
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
        is_this: lock.id == present.key_lock.id,
    }
}
