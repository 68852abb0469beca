//! 企业绑定: `GET /bind` shows the form, `POST /bind` takes form and proof, `POST /bind/language` shows
//! the form in another language. Reading a certificate into it is in [`read`], the page in [`page`].

mod page;
mod read;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::bind::{BindAttempt, BindOutcome, BindRefusal, BindingDetails, BindingForm, bind};
use idp_core::fields::FieldProblem;
use idp_core::id::PlatformId;
use idp_core::key_lock::Thumbprint;
use protocol::challenge::Purpose;

use super::error::Failure;
use super::extract::browser::{Accepted, see_other};
use super::extract::{Browser, Form, Visit};
use super::read_facts::ReadFacts;
use super::{challenge, routes, trail};
use crate::view::{self, BoundPage};

pub use read::read_certificate;

use page::{Again, Typed};
/// `GET /bind`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let browser = Browser::find_or_begin(&visit, &request).await?;
        page::page(&visit, &browser, &Typed::default(), Again::No).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `POST /bind/language`: the same form in the language of `lang`, nothing checked but where it is from.
pub async fn in_language(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::BIND);
    let shown = async {
        let form = Form::parse(&body);
        let mut browser = Browser::find(&visit, &request).await?;
        let again = match browser.accept_form(&visit, &form).await? {
            Accepted::Current => Again::No,
            Accepted::Stale => {
                browser.begin_if_none(&visit).await?;
                Again::Stale
            }
        };
        // Not before: a stranger's form is worth no look at a certificate.
        let typed = typed(&visit, &form)?;
        page::page(&visit, &browser, &typed, again).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `GET /bind/language`: the address of a form that was sent, opened anew.
pub async fn afresh() -> HttpResponse {
    see_other(routes::BIND)
}

/// `POST /bind`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::BIND);
    match submitted(&visit, &request, &Form::parse(&body)).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn submitted(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let mut browser = Browser::find(visit, request).await?;
    let accepted = browser.accept_form(visit, form).await?;
    let typed = typed(visit, form)?;
    if let Accepted::Stale = accepted {
        browser.begin_if_none(visit).await?;
        return page::page(visit, &browser, &typed, Again::Stale).await;
    }
    let typed = listed(visit, typed).await?;
    let details = match BindingDetails::parse(&typed.form) {
        Ok(details) => details,
        Err(fields) => {
            note_fields(visit, &fields).await?;
            return page::page(visit, &browser, &typed, Again::Fields(&fields)).await;
        }
    };
    let attempt = attempt(visit, &browser, form, details).await?;
    // Decide.
    let (cx, caller, tried) = (visit.cx.clone(), visit.caller(), attempt.clone());
    let outcome = visit
        .state
        .database
        .write(move |store| bind(store, &cx, &caller, &tried))
        .await?;
    // Answer.
    match outcome {
        BindOutcome::Bound(..) | BindOutcome::Rebound(..) => {
            bound(visit, &browser, &attempt, view::BindOutcome::Bound)
        }
        BindOutcome::AlreadyBound => {
            bound(visit, &browser, &attempt, view::BindOutcome::AlreadyBound)
        }
        BindOutcome::Refused(refusal) => {
            let of_proof = attempt.verdict.as_ref().ok();
            let typed = Typed {
                read: of_proof
                    .map(|lock| ReadFacts::of(lock, attempt.media_number.clone()))
                    .or(typed.read),
                form: typed.form,
            };
            page::page(visit, &browser, &typed, Again::Refused(refusal)).await
        }
    }
}

/// A CA办理平台 that is not in the directory counts as none chosen: the page offers no other.
async fn listed(visit: &Visit, mut typed: Typed) -> Result<Typed, Failure> {
    let id = PlatformId::from_text(typed.form.ca_platform.trim());
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_platform(&id)).await?;
    if found.is_none() {
        typed.form.ca_platform.clear();
    }
    Ok(typed)
}

/// Which fields can't be read is an event; what was typed in them is not.
async fn note_fields(
    visit: &Visit,
    problems: &[(&'static str, FieldProblem)],
) -> Result<(), Failure> {
    let named = |(field, problem): &(&str, FieldProblem)| format!("{field}: {}", problem.code());
    let fields: Vec<String> = problems.iter().map(named).collect();
    let event = AuditEvent {
        detail: Some(fields.join(", ")),
        ..trail::event(visit, AuditKind::BindingRefused, "fields-invalid")
    };
    trail::write(visit, event).await
}

fn typed(visit: &Visit, form: &Form) -> Result<Typed, Failure> {
    Ok(Typed {
        form: binding_form(form)?,
        read: ReadFacts::carried(visit, form)?,
    })
}

fn binding_form(form: &Form) -> Result<BindingForm, Failure> {
    let text = |name| form.one(name).map(str::to_owned);
    Ok(BindingForm {
        credit_code: text("credit_code")?,
        region_code: text("region_code")?,
        ca_platform: text("ca_platform")?,
        legal_representative: text("legal_representative")?,
        phone: text("phone")?,
        contact_email: text("contact_email")?,
        address: text("address")?,
        subject_types: form.all("subject_types"),
        binder_name: text("binder_name")?,
    })
}

async fn attempt(
    visit: &Visit,
    browser: &Browser,
    form: &Form,
    details: BindingDetails,
) -> Result<BindAttempt, Failure> {
    Ok(
        match challenge::prove(visit, browser, form, Purpose::Bind).await? {
            Ok(proven) => {
                let verdict = challenge::judge(visit, &proven).await;
                BindAttempt {
                    verdict: verdict.map_err(BindRefusal::Certificate),
                    thumbprint: Some(Thumbprint(proven.certificate().thumbprint_sha256())),
                    media_number: proven.media_number().map(str::to_owned),
                    details,
                }
            }
            Err(refusal) => BindAttempt {
                verdict: Err(BindRefusal::Proof(refusal)),
                thumbprint: None,
                media_number: None,
                details,
            },
        },
    )
}

fn bound(
    visit: &Visit,
    browser: &Browser,
    attempt: &BindAttempt,
    outcome: view::BindOutcome,
) -> Result<HttpResponse, Failure> {
    let recognised = attempt.verdict.as_ref().or(Err(Failure::internal(
        "a binding without a recognised lock",
    )))?;
    let page = BoundPage {
        frame: visit.frame(Some(browser)),
        outcome,
        enterprise_name: recognised.holder_name(),
        key_number: recognised.key_number(),
        sign_in_href: routes::LOGIN,
    };
    Ok(visit.html(StatusCode::OK, page.render()))
}
