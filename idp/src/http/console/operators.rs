//! `/console/operators`: who works here; entering and changing somebody is proposed.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::id::OperatorId;
use idp_core::operator::{Operator, OperatorState, Right, Role, Roles};
use idp_core::operators::{OperatorsRefusal, check_certificate};
use idp_core::proposal::Change;
use pki::certificate::Certificate;

use super::OPERATORS;
use super::act::review;
use super::asked::{choices, invalid, proposal, reason};
use super::bench::{bench, frame};

use super::facts::{ending, of_operator, role_names, word};
use super::shown::{not_found, show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Form, Visit};
use crate::http::page::moment;
use crate::operating::Act;
use crate::view::Problem;
use crate::view::console::{OperatorFormPage, OperatorPage, OperatorRow, OperatorsPage};

/// `GET /console/operators`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeOperators], async |desk| {
        let database = &visit.state.database;
        let all = database.read(|store| store.list_operators()).await?;
        let page = OperatorsPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            operators: all.iter().map(|one| row(&visit, one)).collect(),
            may_change: desk.may(Right::ChangeOperators),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `GET /console/operators/{id}`
pub async fn show(visit: Visit, request: HttpRequest, id: web::Path<String>) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeOperators], async |desk| {
        let operator = find(&visit, &id).await?;
        let names = names(&visit);
        let page = OperatorPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            id: operator.id.as_str(),
            name: &operator.name,
            version: operator.version,
            state: operator.state.as_str(),
            facts: of_operator(&visit, &operator),
            roles: choices(&names),
            has: operator.roles.iter().map(Role::as_str).collect(),
            may_change: desk.may(Right::ChangeOperators),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /console/operators/{id}`: what differs from how the operator stands is proposed.
pub async fn change(
    mut visit: Visit,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    visit.at(&format!("{OPERATORS}/{id}"));
    let rights = [Right::ChangeOperators];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let now = find(&visit, &id).await?;
        let roles = roles(form)?;
        let state = OperatorState::of_word(form.one("state")?).ok_or(invalid())?;
        let pasted = form.one("certificate")?.trim();
        let certificate = match pasted {
            "" => None,
            text => Some(certificate(&visit, text).map_err(|e| refused(&e))?),
        };
        let change = Change::ChangeOperator {
            id: now.id.clone(),
            version: form.one("version")?.parse().or(Err(invalid()))?,
            roles: (roles != now.roles).then_some(roles),
            state: (state != now.state).then_some(state),
            certificate,
        };
        let reason = reason(form)?;
        let back = format!("{OPERATORS}/{id}");
        review(&visit, desk, (proposal(change, reason), &back)).await
    })
    .await
}

/// `GET /console/operators/new`
pub async fn ask(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::ChangeOperators], async |desk| {
        form_page(&visit, desk, (&Form::parse(b""), None))
    })
    .await
}

/// `POST /console/operators/new`
pub async fn add(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at("/console/operators/new");
    let rights = [Right::ChangeOperators];
    submit(
        &visit,
        (&request, &body),
        &rights,
        async |desk, form| match wanted(&visit, form) {
            Ok(act) => review(&visit, desk, (act, OPERATORS)).await,
            Err(failure) => form_page(&visit, desk, (form, Some(failure.code))),
        },
    )
    .await
}

fn wanted(visit: &Visit, form: &Form) -> Result<Act, Failure> {
    let name = idp_core::fields::required(form.one("name")?, 64);
    let change = Change::AddOperator {
        name: name.or(Err(refused(&OperatorsRefusal::Name)))?,
        roles: roles(form)?,
        certificate: certificate(visit, form.one("certificate")?).map_err(|e| refused(&e))?,
    };
    let reason = reason(form)?;
    Ok(proposal(change, reason))
}

/// The form, with what was typed.
fn form_page(
    visit: &Visit,
    desk: &Desk,
    (form, problem): (&Form, Option<&'static str>),
) -> Result<HttpResponse, Failure> {
    let names = names(visit);
    let page = OperatorFormPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        roles: choices(&names),
        has: form.all("roles"),
        name: form.one("name")?,
        certificate: form.one("certificate")?,
        reason: form.one("reason")?,
        problem: problem.map(Problem::plain),
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::BAD_REQUEST,
    };
    Ok(visit.html(status, page.render()))
}

/// One certificate of a pasted PEM text, as changes carry it.
fn certificate(visit: &Visit, pem: &str) -> Result<String, OperatorsRefusal> {
    let unreadable = OperatorsRefusal::CertificateUnreadable;
    let all = Certificate::from_pem(pem).or(Err(unreadable.clone()))?;
    let [one] = all.as_slice() else {
        return Err(unreadable);
    };
    check_certificate(&visit.cx, one.der())?;
    Ok(STANDARD.encode(one.der()))
}

fn roles(form: &Form) -> Result<Roles, Failure> {
    let words = form.all("roles");
    let roles: Result<Vec<Role>, _> = words.iter().map(|word| word.parse()).collect();
    let none = Failure::refused(StatusCode::BAD_REQUEST, "operator-no-role");
    Roles::new(roles.or(Err(invalid()))?).or(Err(none))
}

async fn find(visit: &Visit, id: &str) -> Result<Operator, Failure> {
    let id = OperatorId::from_text(id);
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_operator(&id)).await?;
    found.ok_or(not_found())
}

fn row<'a>(visit: &Visit, operator: &'a Operator) -> OperatorRow<'a> {
    let (ends, left) = ending(visit, operator);
    OperatorRow {
        id: operator.id.as_str(),
        name: &operator.name,
        roles: role_names(visit, &operator.roles),
        state: operator.state.as_str(),
        not_after: visit.locale.date(moment(ends)),
        is_due: left.is_some(),
    }
}

fn names(visit: &Visit) -> Vec<(&'static str, String)> {
    let name = |role: Role| {
        (
            role.as_str(),
            word(visit, &format!("role-{}", role.as_str())),
        )
    };
    Role::ALL.into_iter().map(name).collect()
}

fn refused(refusal: &OperatorsRefusal) -> Failure {
    Failure::refused(StatusCode::BAD_REQUEST, refusal.code())
}
