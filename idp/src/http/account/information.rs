//! `GET /account` shows the enterprise's information, `POST /account` takes what it may change itself,
//! `POST /account/language` shows the form in another language.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::account::{Information, InformationForm, InformationOutcome, change_information};
use idp_core::enterprise::Enterprise;
use idp_core::fields::{ADDRESS_MAX, EMAIL_MAX, FieldProblem, PERSON_MAX, PHONE_MAX};
use protocol::claims::SubjectType;

use super::shown;
use crate::http::error::Failure;
use crate::http::extract::browser::{Accepted, see_other};
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{page, routes};
use crate::view::{
    Choice, EnterpriseFacts, FieldError, InformationPage, InformationValues, Limits, Problem,
};

/// What stands in the form, whose it is and which version it was filled in from.
struct Typed {
    form: InformationForm,
    enterprise: String,
    version: String,
}

impl Typed {
    fn of(enterprise: &Enterprise) -> Self {
        Self {
            form: InformationForm::of(enterprise),
            enterprise: enterprise.id.to_string(),
            version: enterprise.version.to_string(),
        }
    }

    fn read(form: &Form) -> Result<Self, Failure> {
        let text = |name| form.one(name).map(str::to_owned);
        Ok(Self {
            form: InformationForm {
                phone: text("phone")?,
                contact_email: text("contact_email")?,
                address: text("address")?,
                subject_types: form.all("subject_types"),
            },
            enterprise: text("enterprise")?,
            version: text("version")?,
        })
    }

    /// Another enterprise than the one who is present now filled it in.
    fn is_of_another(&self, browser: &Browser) -> bool {
        let present = browser.present.as_ref();
        present.is_some_and(|p| p.enterprise.id.as_str() != self.enterprise)
    }
}

/// Why the page comes back.
#[derive(Clone, Copy)]
enum Again<'a> {
    No,
    Saved,
    Fields(&'a [(&'static str, FieldProblem)]),
    Changed,
    Stale,
    Unavailable,
}

/// `GET /account`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let enterprise = &browser.present()?.enterprise;
        let saved = parameter(&request, "saved");
        // An address can be made up: only the version that stands was saved.
        let again = match saved {
            Some(version) if enterprise.version.to_string() == version => Again::Saved,
            _ => Again::No,
        };
        Ok(page(&visit, Some(browser), &Typed::of(enterprise), again))
    })
    .await
}

/// `POST /account/language`: the form in the language of `lang`; nothing is checked but where it is from.
pub async fn in_language(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::ACCOUNT);
    let shown = async {
        let form = Form::parse(&body);
        let (browser, typed, accepted) = received(&visit, &request, &form).await?;
        let again = match accepted {
            Accepted::Current => Again::No,
            Accepted::Stale => Again::Stale,
        };
        Ok(page(&visit, Some(&browser), &typed, again))
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `GET /account/language`: the address of a form that was sent, opened anew.
pub async fn afresh() -> HttpResponse {
    see_other(routes::ACCOUNT)
}

/// `POST /account`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::ACCOUNT);
    let form = Form::parse(&body);
    match submitted(&visit, &request, &form).await {
        Ok(answer) => answer,
        Err(failure) => unsaved(&visit, &form, &failure),
    }
}

/// What was typed outlives a store that is away for a while. It goes back to our own page alone: where the
/// browser does not say that the form comes from there, it may be a stranger's.
fn unsaved(visit: &Visit, form: &Form, failure: &Failure) -> HttpResponse {
    let is_away = failure.status == StatusCode::SERVICE_UNAVAILABLE;
    match Typed::read(form) {
        Ok(typed) if is_away && visit.is_from_own_page() => {
            failure.log(&visit.incident_id);
            page(visit, None, &typed, Again::Unavailable)
        }
        _ => failure.page(visit),
    }
}

/// A form of this session, or one that was left open. What another enterprise typed is not shown to this
/// one: its page is out of date.
async fn received(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<(Browser, Typed, Accepted), Failure> {
    let mut browser = Browser::find(visit, request).await?;
    let accepted = browser.accept_form(visit, form).await?;
    let typed = Typed::read(form)?;
    if typed.is_of_another(&browser) {
        return Err(Failure::refused(StatusCode::CONFLICT, "page-outdated"));
    }
    browser.begin_if_none(visit).await?;
    let accepted = match &browser.present {
        Some(_) => accepted,
        None => Accepted::Stale,
    };
    Ok((browser, typed, accepted))
}

async fn submitted(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    // Gather.
    let (browser, mut typed, accepted) = received(visit, request, form).await?;
    if let Accepted::Stale = accepted {
        return Ok(page(visit, Some(&browser), &typed, Again::Stale));
    }
    let information = match Information::parse(&typed.form) {
        Ok(information) => information,
        Err(fields) => return Ok(page(visit, Some(&browser), &typed, Again::Fields(&fields))),
    };
    let who = browser.present()?.authentication.clone();
    // A version that is no number is none that stands.
    let version = typed.version.parse().unwrap_or(u32::MAX);
    // Decide.
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let outcome = visit
        .state
        .database
        .write(move |store| change_information(store, &cx, &caller, &who, (&information, version)))
        .await?;
    // Answer.
    match outcome.map_err(shown::refused)? {
        InformationOutcome::Saved(version) => Ok(see_other(&routes::account_after_saving(version))),
        InformationOutcome::ChangedMeanwhile => {
            // What stands now is the base of the next try; what was typed stays in the form.
            typed.version = browser.present()?.enterprise.version.to_string();
            Ok(page(visit, Some(&browser), &typed, Again::Changed))
        }
    }
}

fn page(visit: &Visit, browser: Option<&Browser>, typed: &Typed, again: Again<'_>) -> HttpResponse {
    let frame = visit.frame(browser);
    let present = browser.and_then(|browser| browser.present.as_ref());
    let region = present
        .and_then(|p| p.enterprise.region_code.region())
        .map_or("", |region| page::region_name(region, visit.locale));
    let choices: Vec<_> = SubjectType::ALL
        .iter()
        .map(|t| (t.as_str(), page::subject_type(&frame, *t)))
        .collect();
    let fields = match again {
        Again::Fields(fields) => fields,
        _ => &[],
    };
    let (status, code) = match again {
        Again::No | Again::Saved => (StatusCode::OK, None),
        Again::Fields(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
        Again::Changed => (StatusCode::CONFLICT, Some("information-changed")),
        Again::Stale => (StatusCode::FORBIDDEN, Some("information-stale")),
        Again::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Some("information-unsaved")),
    };
    let page = InformationPage {
        frame,
        facts: present.map(|p| EnterpriseFacts {
            name: &p.enterprise.name,
            credit_code: p.enterprise.credit_code.as_str(),
            legal_representative: &p.enterprise.legal_representative,
            region,
        }),
        values: InformationValues {
            enterprise: &typed.enterprise,
            version: &typed.version,
            phone: &typed.form.phone,
            contact_email: &typed.form.contact_email,
            address: &typed.form.address,
            subject_types: typed
                .form
                .subject_types
                .iter()
                .map(String::as_str)
                .collect(),
        },
        subject_types: choices
            .iter()
            .map(|(value, label)| Choice { value, label })
            .collect(),
        errors: fields
            .iter()
            .map(|(field, problem)| FieldError {
                field,
                code: problem.code(),
                max: problem.max(),
            })
            .collect(),
        limits: Limits {
            person: PERSON_MAX,
            address: ADDRESS_MAX,
            phone: PHONE_MAX,
            email: EMAIL_MAX,
        },
        days_left: present.and_then(|p| page::days_left(&p.key_lock, visit.cx.now)),
        saved: matches!(again, Again::Saved),
        problem: code.map(|code| Problem {
            code,
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
    };
    let answer = visit.html(status, page.render());
    match browser {
        Some(browser) => browser.answer(visit, answer),
        None => answer,
    }
}
