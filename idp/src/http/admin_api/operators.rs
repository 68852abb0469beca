//! `/api/admin/v1/operators` and `/api/admin/v1/proposals`: who works here, and what two persons decide.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::four_eyes::{self, FourEyesError};
use idp_core::id::ProposalId;
use idp_core::operator::Right;
use idp_core::proposal::{Proposal, ProposalState};
use serde_json::{Value, json};

use super::caller::{Caller, answered_within, read};
use super::query::Query;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::operating::ActError;
use crate::shapes::operator;

/// Who has to do with changes of two persons.
const PROPOSING: &[Right] = &[
    Right::SeeAuthorities,
    Right::SeeOperators,
    Right::SeePlatforms,
];

/// `GET /api/admin/v1/operators`: they are few, and one page.
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeOperators], async |_| {
        Query::read(&request, &[])?;
        let database = &visit.state.database;
        let all = database.read(|store| store.list_operators()).await?;
        let all: Vec<Value> = all.iter().map(operator::row).collect();
        Ok(json!({ "items": all, "next": null }))
    })
    .await
}

/// `GET /api/admin/v1/proposals`: the newest first; those alone whose noun the caller sees.
pub async fn proposals(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, PROPOSING, async |caller| {
        let query = Query::of_list(&request, &["state"])?;
        let state = query.named("state", ProposalState::of_word)?;
        let (before, size) = query.before()?;
        let database = &visit.state.database;
        let mut found = database
            .read(move |store| {
                let before = before.map(ProposalId::from_text);
                store.list_proposals(state, before.as_ref(), size + 1)
            })
            .await?;
        let next = Query::next(&mut found, size, |one| one.id.as_str().to_owned());
        let seen = found.iter().filter(|one| sees(caller, one));
        let items: Result<Vec<Value>, Failure> = seen.map(|one| shown(&visit, one)).collect();
        Ok(json!({ "items": items?, "next": next }))
    })
    .await
}

/// `GET /api/admin/v1/proposals/{id}`
pub async fn proposal(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    read(&visit, &request, PROPOSING, async |caller| {
        Query::read(&request, &[])?;
        shown(&visit, &find(&visit, caller, &id).await?)
    })
    .await
}

/// `POST /api/admin/v1/proposals/{id}/withdraw`: whoever proposed it takes it back.
pub async fn withdraw(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    answered_within(&visit, &request, async |caller| {
        Query::read(&request, &[])?;
        let found = find(&visit, caller, &id).await?;
        let mandate = caller.mandate(&visit, found.change.right()).await?;
        let (cx, by) = (visit.cx.clone(), visit.caller());
        let database = &visit.state.database;
        let done = database
            .write(move |store| four_eyes::withdraw(store, &cx, (&mandate, &by), &found.id))
            .await;
        let withdrawn = done.map_err(|error: FourEyesError| ActError::from(error))?;
        Ok(shown(&visit, &withdrawn)?)
    })
    .await
}

/// One that the caller sees.
async fn find(visit: &Visit, caller: &Caller, id: &str) -> Result<Proposal, Failure> {
    let id = ProposalId::from_text(id);
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_proposal(&id)).await?;
    let found = found.filter(|one| sees(caller, one));
    found.ok_or(Failure::refused(StatusCode::NOT_FOUND, "proposal-unknown"))
}

fn sees(caller: &Caller, proposal: &Proposal) -> bool {
    caller.may(proposal.change.right()) || caller.may(proposal.change.seen_by())
}

fn shown(visit: &Visit, proposal: &Proposal) -> Result<Value, Failure> {
    operator::proposal(proposal, visit.cx.now).map_err(Failure::internal)
}
