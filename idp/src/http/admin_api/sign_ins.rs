//! `/api/admin/v1/sign-ins` and `/api/admin/v1/consents`: who signed in where, and what was agreed to.

use actix_web::{HttpRequest, HttpResponse};
use idp_core::consent::ConsentOutcome;
use idp_core::id::{EnterpriseId, KeyLockId, PlatformId};
use idp_core::inspect;
use idp_core::listing::{ConsentFilter, List, SessionFilter};
use idp_core::operator::Right;
use idp_core::session::LiveSince;

use super::caller::read;
use super::enterprises::{credit_code, find};
use super::query::{Query, failed};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::shapes::{self, consent, sign_in};

/// `GET /api/admin/v1/sign-ins`: newest first.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let query = Query::of_list(
            &request,
            &["enterprise", "lock", "address", "live", "from", "until"],
        )?;
        let live = query.named("live", |word| word.parse().ok())?;
        let filter = SessionFilter {
            enterprise: enterprise(&visit, &query).await?,
            key_lock: query.word("lock").map(KeyLockId::from_text),
            live: (live == Some(true)).then(|| LiveSince::at(&visit.cx.settings, visit.cx.now)),
            from: query.moment("from")?,
            until: query.moment("until")?,
            remote_address: query.word("address").map(str::to_owned),
            ..SessionFilter::default()
        };
        let (cursor, size) = query.page()?;
        let database = &visit.state.database;
        let seen = database
            .read(move |store| inspect::sign_ins(store, &filter, (cursor.as_deref(), size)))
            .await
            .map_err(failed)?;
        let row = |one: &_| sign_in::row(one, &seen.enterprises, &visit.cx);
        Ok(shapes::page((&seen.page, List::Sessions), row))
    })
    .await
}

/// `GET /api/admin/v1/consents`: newest first.
pub async fn consents(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let query = Query::of_list(
            &request,
            &["enterprise", "platform", "outcome", "from", "until"],
        )?;
        let filter = ConsentFilter {
            enterprise: enterprise(&visit, &query).await?,
            platform: query.word("platform").map(PlatformId::from_text),
            outcome: query.named("outcome", ConsentOutcome::of_word)?,
            from: query.moment("from")?,
            until: query.moment("until")?,
        };
        let (cursor, size) = query.page()?;
        let database = &visit.state.database;
        let seen = database
            .read(move |store| inspect::consents(store, &filter, (cursor.as_deref(), size)))
            .await
            .map_err(failed)?;
        let row = |one: &_| consent::row(one, &seen.enterprises);
        Ok(shapes::page((&seen.page, List::Consents), row))
    })
    .await
}

/// The enterprise that `enterprise` names by its credit code.
async fn enterprise(visit: &Visit, query: &Query) -> Result<Option<EnterpriseId>, Failure> {
    match query.word("enterprise") {
        None => Ok(None),
        Some(code) => find(visit, credit_code(code)?).await.map(Some),
    }
}
