//! The platform's pages.
//!
//! Owns what each page shows and how claims are put into words. Does not decide who may see it.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use client_adapter::Advice;
use client_adapter::actix::SignInFailure;

use super::facts::{Facts, enterprise_facts, facts_of};
use super::filings::Filing;
use super::frame::Frame;
use super::locale::Locale;
use super::sessions::Session;
use super::site::Site;
use super::typed::Typed;

/// A tender project of the sample list.
struct Project {
    number: String,
    name: Cow<'static, str>,
    kind: Cow<'static, str>,
    deadline: &'static str,
}

fn projects(frame: &Frame<'_>) -> Vec<Project> {
    let id = frame.site.id.to_uppercase();
    [
        ("project-road", "kind-works", "2026-12-18"),
        ("project-school", "kind-works", "2026-12-22"),
        ("project-equipment", "kind-purchase", "2027-01-05"),
        ("project-land", "kind-land", "2027-01-12"),
    ]
    .into_iter()
    .enumerate()
    .map(|(i, (name, kind, deadline))| Project {
        number: format!("{id}-2026-{:03}", 101 + i * 7),
        name: frame.t(name),
        kind: frame.t(kind),
        deadline,
    })
    .collect()
}

#[derive(Template)]
#[template(path = "platform/home.html")]
struct Home<'a> {
    f: Frame<'a>,
    projects: Vec<Project>,
}

#[derive(Template)]
#[template(path = "platform/confirm.html")]
struct Confirm<'a> {
    f: Frame<'a>,
    facts: Vec<Facts>,
    auth_time: String,
}

#[derive(Template)]
#[template(path = "platform/filing_form.html")]
struct FilingFormPage<'a> {
    f: Frame<'a>,
    facts: Vec<Facts>,
    typed: &'a Typed,
}

#[derive(Template)]
#[template(path = "platform/filing_pending.html")]
struct FilingPending<'a> {
    f: Frame<'a>,
    filing: &'a Filing,
    filed_at: String,
}

#[derive(Template)]
#[template(path = "platform/workspace.html")]
struct Workspace<'a> {
    f: Frame<'a>,
    welcome: String,
    projects: Vec<Project>,
}

#[derive(Template)]
#[template(path = "platform/problem.html")]
struct Problem<'a> {
    f: Frame<'a>,
    kind: &'a str,
    technical: Option<String>,
}

impl Problem<'_> {
    fn text(&self, part: &str) -> Cow<'static, str> {
        self.f.t(&format!("problem-{}-{part}", self.kind))
    }
}

pub(super) fn home(site: &Site, request: &HttpRequest, session: Option<&Session>) -> HttpResponse {
    let f = Frame::new(site, request, session);
    let projects = projects(&f);
    page(request, StatusCode::OK, &Home { f, projects })
}

pub(super) fn confirm(site: &Site, request: &HttpRequest, session: &Session) -> HttpResponse {
    let f = Frame::new(site, request, Some(session));
    let facts = facts_of(&f, &session.arrival);
    let auth_time = f.minute(session.arrival.auth_time);
    page(
        request,
        StatusCode::OK,
        &Confirm {
            f,
            facts,
            auth_time,
        },
    )
}

pub(super) fn filing_form(site: &Site, request: &HttpRequest, session: &Session) -> HttpResponse {
    let f = Frame::new(site, request, Some(session));
    let facts = enterprise_facts(&f, &session.arrival).into_iter().collect();
    let typed = &session.typed;
    page(request, StatusCode::OK, &FilingFormPage { f, facts, typed })
}

pub(super) fn filing_pending(
    site: &Site,
    request: &HttpRequest,
    session: &Session,
    filing: &Filing,
) -> HttpResponse {
    let f = Frame::new(site, request, Some(session));
    let filed_at = f.minute(filing.filed_at);
    page(
        request,
        StatusCode::OK,
        &FilingPending {
            f,
            filing,
            filed_at,
        },
    )
}

pub(super) fn workspace(site: &Site, request: &HttpRequest, session: &Session) -> HttpResponse {
    let f = Frame::new(site, request, Some(session));
    let projects = projects(&f);
    let enterprise = f.who().unwrap_or_default();
    let welcome = f.ta("workspace-welcome", &[("enterprise", enterprise)]);
    let workspace = Workspace {
        f,
        welcome,
        projects,
    };
    page(request, StatusCode::OK, &workspace)
}

/// Nobody signed in: what happened, and what to do.
pub(super) fn sign_in_failed(
    site: &Site,
    request: &HttpRequest,
    (status, failure): (StatusCode, &SignInFailure),
) -> HttpResponse {
    let kind = match failure.advice() {
        Advice::Declined => "declined",
        Advice::StartAgain => "start-again",
        Advice::NotTrusted => "not-trusted",
        Advice::CallSupport => "call-support",
    };
    problem(site, request, (status, kind), Some(failure.to_string()))
}

/// A form that does not come from our own page, or from one too old.
pub(super) fn forged(site: &Site, request: &HttpRequest) -> HttpResponse {
    problem(site, request, (StatusCode::FORBIDDEN, "forged"), None)
}

/// Something broke here.
pub(super) fn failed(site: &Site, request: &HttpRequest) -> HttpResponse {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    problem(site, request, (status, "failed"), None)
}

pub(super) fn not_found(site: &Site, request: &HttpRequest) -> HttpResponse {
    problem(site, request, (StatusCode::NOT_FOUND, "not-found"), None)
}

fn problem(
    site: &Site,
    request: &HttpRequest,
    (status, kind): (StatusCode, &str),
    technical: Option<String>,
) -> HttpResponse {
    let session = site.session(request).map(|(_, session)| session);
    let f = Frame::new(site, request, session.as_ref());
    page(request, status, &Problem { f, kind, technical })
}

fn page(request: &HttpRequest, status: StatusCode, template: &impl Template) -> HttpResponse {
    let Ok(html) = template.render() else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut answer = HttpResponse::build(status);
    if let Some(cookie) = Locale::cookie(request) {
        answer.cookie(cookie);
    }
    answer.content_type("text/html; charset=utf-8").body(html)
}
