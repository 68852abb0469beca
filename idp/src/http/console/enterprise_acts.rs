//! `POST /console/enterprises/act`: what support wants to do to an enterprise, on its way to the page that is signed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::id::{KeyLockId, PlatformId, SessionId};
use idp_core::operator::Right;
use idp_core::region::RegionCode;

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

/// What a form, or the address of one, asks for.
pub fn asked(form: &Form) -> Result<EnterpriseAct, Failure> {
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
        "correct" => correction(form)?,
        "end-sign-in" => EnterpriseAct::EndSignIn {
            session: SessionId::from_text(form.one("session")?),
        },
        "end-sign-ins-of-lock" => EnterpriseAct::EndSignInsOfLock { lock: lock()? },
        "end-all-sign-ins" => EnterpriseAct::EndAllSignIns,
        "take-consent-back" => EnterpriseAct::TakeConsentBack {
            platform: PlatformId::from_text(form.one("platform")?),
        },
        "erase" => EnterpriseAct::Erase {
            with_evidence: form.one("with_evidence")? == "yes",
        },
        _ => return Err(invalid()),
    })
}

/// What is left empty stays.
fn correction(form: &Form) -> Result<EnterpriseAct, Failure> {
    let said = |name| {
        let said = form.one(name)?.trim();
        Ok::<_, Failure>((!said.is_empty()).then_some(said))
    };
    let unknown = Failure::refused(StatusCode::BAD_REQUEST, "region-unknown");
    let region = said("region_code")?.map(RegionCode::parse);
    Ok(EnterpriseAct::Correct {
        legal_representative: said("legal_representative")?.map(str::to_owned),
        region_code: region.transpose().or(Err(unknown))?,
    })
}
