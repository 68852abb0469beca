//! `/console/proposals`: changes that wait for a second person, and the decision.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::four_eyes::{FourEyesError, withdraw};
use idp_core::id::{OperatorId, ProposalId};
use idp_core::operator::Operator;
use idp_core::proposal::{Change, EVERYBODY, Proposal, ProposalState};

use super::PROPOSALS;
use super::act::review;
use super::acted::{became, decided};
use super::bench::{PROPOSING, bench, frame};
use super::facts::{of_change, word};
use super::shown::{not_found, show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Desk, Visit};
use crate::http::page::moment;
use crate::operating::{Act, ActError};
use crate::shapes::operator::state_of;
use crate::view::console::{Fact, ProposalPage, ProposalRow, ProposalsPage};

/// Proposals on one page.
const SHOWN: u32 = 50;

/// `GET /console/proposals`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, PROPOSING, async |desk| {
        let state = parameter(&request, "state");
        let state = if state.as_deref() == Some("all") {
            "all"
        } else {
            "waiting"
        };
        let wanted = (state == "waiting").then_some(ProposalState::Waiting);
        let before = parameter(&request, "before").map(ProposalId::from_text);
        let database = &visit.state.database;
        let (mut found, operators) = database
            .read(move |store| {
                let found = store.list_proposals(wanted, before.as_ref(), SHOWN + 1)?;
                Ok::<_, idp_core::store::StoreError>((found, store.list_operators()?))
            })
            .await?;
        let has_older = found.len() > SHOWN as usize;
        found.truncate(SHOWN as usize);
        let last = found.last().filter(|_| has_older);
        let page = ProposalsPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            older: last.map(|last| format!("{PROPOSALS}?state={state}&before={}", last.id)),
            proposals: (found.iter())
                .filter(|one| desk.may(one.change.right()) || sees(desk, one))
                .map(|one| row(&visit, one, &operators))
                .collect(),
            state,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// Whoever reads what a change is about reads the change.
fn sees(desk: &Desk, proposal: &Proposal) -> bool {
    desk.may(proposal.change.seen_by())
}

/// `GET /console/proposals/{id}`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, PROPOSING, async |desk| {
        let (proposal, operators) = find(&visit, desk, &id).await?;
        let is_own = desk.on_duty()?.operator().id == proposal.proposed_by;
        let is_open = proposal.is_open(visit.cx.now);
        let page = ProposalPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            id: proposal.id.as_str(),
            code: proposal.change.code(),
            state: state_of(&proposal, visit.cx.now),
            facts: of_change(&visit, &proposal.change).await?.facts,
            course: course(&visit, &proposal, &operators)?,
            may_decide: is_open && !is_own && desk.may(proposal.change.right()),
            may_withdraw: is_open && is_own,
            done: became(&visit, desk),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /console/proposals/{id}`: toward the page that is signed; one's own is taken back at once.
pub async fn decide(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let at = format!("{PROPOSALS}/{id}");
    visit.at(&at);
    submit(&visit, (&request, &body), PROPOSING, async |desk, form| {
        let (proposal, _) = find(&visit, desk, &id).await?;
        let proposal = proposal.id;
        match form.one("decision")? {
            "approve" => review(&visit, desk, (Act::Approve { proposal }, &at)).await,
            "refuse" => review(&visit, desk, (Act::Refuse { proposal }, &at)).await,
            "withdraw" => taken_back(&visit, desk, proposal).await,
            _ => Err(Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")),
        }
    })
    .await
}

async fn taken_back(visit: &Visit, desk: &Desk, id: ProposalId) -> Result<HttpResponse, Failure> {
    let (proposal, _) = find(visit, desk, id.as_str()).await?;
    let mandate = desk.mandate(visit, proposal.change.right()).await?;
    let (cx, caller, of) = (visit.cx.clone(), visit.caller(), id.clone());
    let database = &visit.state.database;
    database
        .write(move |store| withdraw(store, &cx, (&mandate, &caller), &of))
        .await
        .map_err(|error: FourEyesError| ActError::from(error))?;
    Ok(see_other(&decided(
        desk,
        &format!("{PROPOSALS}/{id}"),
        "withdrawn",
    )))
}

async fn find(visit: &Visit, desk: &Desk, id: &str) -> Result<(Proposal, Vec<Operator>), Failure> {
    let id = ProposalId::from_text(id);
    let database = &visit.state.database;
    let (found, operators) = database
        .read(move |store| {
            let found = store.find_proposal(&id)?;
            Ok::<_, idp_core::store::StoreError>((found, store.list_operators()?))
        })
        .await?;
    let found = found.filter(|one| desk.may(one.change.right()) || sees(desk, one));
    Ok((found.ok_or(not_found())?, operators))
}

/// Who did what, when, and the digest that was signed.
fn course(
    visit: &Visit,
    proposal: &Proposal,
    operators: &[Operator],
) -> Result<Vec<Fact>, Failure> {
    let written = |at| visit.locale.date_time(moment(at));
    let mut course = vec![
        Fact::new("act-reason", &proposal.reason),
        Fact::new("proposal-by", name(operators, &proposal.proposed_by)),
        Fact::new("proposal-at", written(proposal.proposed_at)),
        Fact::new("proposal-until", written(proposal.expires_at)),
    ];
    if let Some(decision) = &proposal.decision {
        course.push(Fact::new(
            "proposal-decided-by",
            name(operators, &decision.by),
        ));
        course.push(Fact::new("proposal-decided-at", written(decision.at)));
    }
    let digest = proposal.change.digest().map_err(ActError::from)?;
    course.push(Fact::code("act-digest", digest));
    Ok(course)
}

fn row<'a>(visit: &Visit, proposal: &'a Proposal, operators: &[Operator]) -> ProposalRow<'a> {
    ProposalRow {
        id: proposal.id.as_str(),
        code: proposal.change.code(),
        subject: match (&proposal.change, proposal.change.subject()) {
            // Names are not one person's alone.
            (Change::ChangeOperator { id, .. }, _) => format!("{} ({id})", name(operators, id)),
            (_, EVERYBODY) => word(visit, "act-everybody"),
            (_, subject) => subject.to_owned(),
        },
        proposed_by: name(operators, &proposal.proposed_by),
        proposed_at: visit.locale.date_time(moment(proposal.proposed_at)),
        state: state_of(proposal, visit.cx.now),
    }
}

fn name(operators: &[Operator], id: &OperatorId) -> String {
    let found = operators.iter().find(|one| one.id == *id);
    found.map_or_else(|| id.to_string(), |one| one.name.clone())
}
