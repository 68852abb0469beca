//! `/api/admin/v1/enterprises/{code}/evidence`: the paper behind a change of name, handed in before the act that names it is signed,
//! and given out.

use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::evidence::{EVIDENCE_MAX, WAITS};
use idp_core::inspect::find_paper;
use idp_core::operator::Right;
use serde_json::json;

use super::caller::{answered, changed};
use super::enterprises::{credit_code, find};
use super::query::{Query, not_found};
use crate::http::extract::Visit;
use crate::http::extract::upload::whole;
use crate::http::file::paper;
use crate::operating;

/// `POST /api/admin/v1/enterprises/{code}/evidence?name=`: the body is the file. It waits for the token that handed it in, which
/// signs the act `rename` that names it.
pub async fn hand_in(
    visit: Visit,
    request: HttpRequest,
    code: web::Path<String>,
    body: web::Payload,
) -> HttpResponse {
    changed(
        &visit,
        &request,
        Right::ChangeEnterprises,
        async |caller, _| {
            let query = Query::read(&request, &["name"])?;
            find(&visit, credit_code(&code)?).await?;
            // Of whoever may hand something in alone.
            let content = whole(&request, body, EVIDENCE_MAX).await?;
            let file = (query.word("name").unwrap_or_default(), content);
            let by = caller.authentication();
            let facts = operating::hand_in(&visit.state.database, &visit.cx, by, file).await?;
            Ok(json!({ "evidence": facts, "expires_in": WAITS.as_secs() }))
        },
    )
    .await
}

/// `GET /api/admin/v1/enterprises/{code}/evidence/{sha256}`
pub async fn download(
    visit: Visit,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    answered(&visit, &request, &[Right::SeeEnterprises], async |_| {
        Query::read(&request, &[])?;
        let (code, sha256) = path.into_inner();
        let code = credit_code(&code)?;
        let database = &visit.state.database;
        let found = database
            .read(move |store| find_paper(store, &code, &sha256))
            .await?;
        let (rename, content) = found.ok_or(not_found())?;
        Ok(paper(&rename, content))
    })
    .await
}
