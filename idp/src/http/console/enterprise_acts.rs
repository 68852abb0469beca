//! `POST /console/enterprises/act`: what support wants to do to an enterprise, on its way to the page that is signed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::KeyLockId;
use idp_core::operator::Right;

use super::act::review;
use super::asked::{invalid, reason};
use super::shown::{submit as take_form, within};
use crate::http::error::Failure;
use crate::http::extract::{Form, Visit};
use crate::operating::{Act, EnterpriseAct};

/// For how long re-binding is open where nothing is said, in days.
const REBINDING_DAYS: u16 = 14;

/// `POST /console/enterprises/act`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(super::CONSOLE);
    let rights = [Right::ChangeEnterprises];
    take_form(&visit, (&request, &body), &rights, async |desk, form| {
        let act = Act::Enterprise {
            credit_code: form.one("credit_code")?.trim().to_owned(),
            what: asked(form)?,
            reason: reason(form)?,
        };
        if act.credit_code().is_none() {
            return Err(Failure::refused(StatusCode::BAD_REQUEST, "bad-credit-code"));
        }
        review(&visit, desk, (act, within(form.one("back")?))).await
    })
    .await
}

fn asked(form: &Form) -> Result<EnterpriseAct, Failure> {
    let lock = || Ok::<_, Failure>(KeyLockId::from_text(form.one("lock")?));
    Ok(match form.one("do")? {
        "freeze" => EnterpriseAct::Freeze,
        "unfreeze" => EnterpriseAct::Unfreeze,
        "lock-lost" => EnterpriseAct::LockLost { lock: lock()? },
        "remove-lock" => EnterpriseAct::RemoveLock { lock: lock()? },
        "promote-lock" => EnterpriseAct::PromoteLock { lock: lock()? },
        "open-rebinding" => EnterpriseAct::OpenRebinding {
            days: form.one("days")?.parse().unwrap_or(REBINDING_DAYS),
        },
        "close-rebinding" => EnterpriseAct::CloseRebinding,
        _ => return Err(invalid()),
    })
}
