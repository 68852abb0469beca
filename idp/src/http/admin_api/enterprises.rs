//! `/api/admin/v1/enterprises`: 企业.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::enterprise::EnterpriseState;
use idp_core::id::EnterpriseId;
use idp_core::inspect::{self, EnterpriseSearch, find_enterprises};
use idp_core::listing::{AuditFilter, EnterpriseFilter, List};
use idp_core::operator::Right;
use idp_core::region::RegionCode;
use pki::holder::credit_code::CreditCode;

use super::caller::{changed, read};
use super::query::{Query, failed, misunderstood};
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::operating::tell_personal_data;
use crate::shapes::{self, audit, enterprise};

/// `GET /api/admin/v1/enterprises`: all, or those that `words` find.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let query = Query::of_list(&request, &["words", "state", "region"])?;
        let region = query.named("region", |word| RegionCode::parse(word).ok())?;
        let search = EnterpriseSearch {
            words: query.word("words").unwrap_or_default().to_owned(),
            filter: EnterpriseFilter {
                state: query.named("state", EnterpriseState::of_word)?,
                regions: region
                    .map(|region| region.with_those_below())
                    .unwrap_or_default(),
            },
        };
        let (cursor, size) = query.page()?;
        let database = &visit.state.database;
        let found = database
            .read(move |store| find_enterprises(store, &search, (cursor.as_deref(), size)))
            .await
            .map_err(failed)?;
        Ok(shapes::page((&found.page, found.list), enterprise::row))
    })
    .await
}

/// `GET /api/admin/v1/enterprises/{code}`
pub async fn show(visit: Visit, request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        Query::read(&request, &[])?;
        let code = credit_code(&code)?;
        let database = &visit.state.database;
        let found = database.read(move |store| enterprise::whole(store, &code));
        found.await?.ok_or(unknown())
    })
    .await
}

/// `GET /api/admin/v1/enterprises/{code}/timeline`
pub async fn timeline(visit: Visit, request: HttpRequest, code: web::Path<String>) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let (cursor, size) = Query::of_list(&request, &[])?.page()?;
        let id = find(&visit, credit_code(&code)?).await?;
        let filter = AuditFilter::default();
        let database = &visit.state.database;
        let shown = database
            .read(move |store| inspect::timeline(store, &id, &filter, (cursor.as_deref(), size)))
            .await
            .map_err(failed)?;
        let named = |entry: &_| {
            let mut row = audit::event(entry);
            enterprise::add_names(&mut row, &shown);
            row
        };
        Ok(shapes::page((&shown.page, List::Audit), named))
    })
    .await
}

/// `GET /api/admin/v1/enterprises/{code}/personal-data?reason=`: what is held of the people behind it. That it is told is an event.
pub async fn personal_data(
    visit: Visit,
    request: HttpRequest,
    code: web::Path<String>,
) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangeEnterprises,
        async |_, mandate| {
            let query = Query::read(&request, &["reason"])?;
            let code = credit_code(&code)?;
            find(&visit, code.clone()).await?;
            let why = (mandate, query.word("reason").unwrap_or_default());
            Ok(tell_personal_data(&visit.state.database, &visit.cx, why, code).await?)
        },
    )
    .await
}

/// A code as an address or a query has it.
pub fn credit_code(text: &str) -> Result<CreditCode, Failure> {
    text.parse().or(Err(misunderstood()))
}

/// The enterprise with this code.
pub async fn find(visit: &Visit, code: CreditCode) -> Result<EnterpriseId, Failure> {
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_enterprise_by_credit_code(&code))
        .await?;
    Ok(found.ok_or(unknown())?.id)
}

const fn unknown() -> Failure {
    Failure::refused(StatusCode::NOT_FOUND, "enterprise-unknown")
}
