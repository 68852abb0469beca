//! The binding page: what was typed and read is in it again, whatever came in between.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use idp_core::bind::{BindRefusal, BindingForm};
use idp_core::fields::{ADDRESS_MAX, EMAIL_MAX, FieldProblem, PERSON_MAX, PHONE_MAX};
use idp_core::platform::Platform;
use idp_core::region::regions;
use protocol::challenge::Purpose;
use protocol::claims::SubjectType;

use crate::http::error::Failure;
use crate::http::extract::{Browser, Visit};
use crate::http::read_facts::ReadFacts;
use crate::http::{challenge, page as words};
use crate::view::{BindPage, BindValues, Choice, ChoiceGroup, FieldError, Frame, Limits, Problem};

/// What a person has done so far.
#[derive(Default)]
pub struct Typed {
    /// The form.
    pub form: BindingForm,
    /// The certificate that was read.
    pub read: Option<ReadFacts>,
}

/// Why the page comes back.
#[derive(Clone, Copy)]
pub enum Again<'a> {
    /// It does not, or only in another language.
    No,
    /// Fields can't be read.
    Fields(&'a [(&'static str, FieldProblem)]),
    /// The lock, its proof or the binding was refused.
    Refused(BindRefusal),
    /// The page's session is over.
    Stale,
}

impl<'a> Again<'a> {
    const fn fields(self) -> &'a [(&'static str, FieldProblem)] {
        match self {
            Self::Fields(fields) => fields,
            Self::No | Self::Refused(_) | Self::Stale => &[],
        }
    }

    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            Self::Stale => Some("form-expired"),
            Self::No | Self::Fields(_) => None,
        }
    }
}

/// The page, with a fresh challenge each time.
pub async fn page(
    visit: &Visit,
    browser: &Browser,
    typed: &Typed,
    again: Again<'_>,
) -> Result<HttpResponse, Failure> {
    let challenge = challenge::issue(visit, browser, Purpose::Bind).await?;
    let platforms = visit
        .state
        .database
        .read(|store| store.list_platforms())
        .await?;
    let frame = visit.frame(Some(browser));
    let elsewhere = frame.t("region-elsewhere");
    let subject_types: Vec<_> = SubjectType::ALL
        .iter()
        .map(|t| (t.as_str(), words::subject_type(&frame, *t)))
        .collect();
    let page = BindPage {
        frame,
        challenge: challenge::form(visit, &challenge),
        values: values(&typed.form),
        certificate: typed.read.as_ref().map(ReadFacts::shown),
        regions: region_choices(&frame, &elsewhere),
        ca_platforms: ca_platforms(visit, &platforms),
        subject_types: subject_types
            .iter()
            .map(|(value, label)| Choice { value, label })
            .collect(),
        errors: again.fields().iter().map(field_error).collect(),
        limits: Limits {
            person: PERSON_MAX,
            address: ADDRESS_MAX,
            phone: PHONE_MAX,
            email: EMAIL_MAX,
        },
        problem: again.code().map(|code| Problem {
            code,
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
    };
    let status = match again {
        Again::Refused(_) | Again::Stale => StatusCode::FORBIDDEN,
        Again::Fields(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Again::No => StatusCode::OK,
    };
    Ok(browser.answer(visit, visit.html(status, page.render())))
}

fn values(typed: &BindingForm) -> BindValues<'_> {
    BindValues {
        credit_code: &typed.credit_code,
        region_code: &typed.region_code,
        ca_platform: &typed.ca_platform,
        legal_representative: &typed.legal_representative,
        phone: &typed.phone,
        contact_email: &typed.contact_email,
        address: &typed.address,
        subject_types: typed.subject_types.iter().map(String::as_str).collect(),
        binder_name: &typed.binder_name,
    }
}

fn field_error((field, problem): &(&'static str, FieldProblem)) -> FieldError<'static> {
    FieldError {
        field,
        code: problem.code(),
        max: problem.max(),
    }
}

/// Leagues and cities of Inner Mongolia with what lies in them, then the other provinces.
fn region_choices<'a>(frame: &Frame<'_>, elsewhere: &'a str) -> Vec<ChoiceGroup<'a>> {
    let mut groups: Vec<(&str, ChoiceGroup<'a>)> = Vec::new();
    for region in regions() {
        let name = words::region_name(region, frame.locale);
        // The league or city is the first four digits; everything outside is one group.
        let (group, label) = match region.code.get(..2) {
            Some("15") => (
                region.code.get(..4).unwrap_or_default(),
                name.split('·').nth(1).unwrap_or(name).trim(),
            ),
            _ => ("", elsewhere),
        };
        let choice = Choice {
            value: region.code,
            label: name,
        };
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, group)) => group.choices.push(choice),
            None => groups.push((
                group,
                ChoiceGroup {
                    label,
                    choices: vec![choice],
                },
            )),
        }
    }
    // The region's own first.
    groups.sort_by_key(|(group, _)| group.is_empty());
    groups.into_iter().map(|(_, group)| group).collect()
}

fn ca_platforms<'a>(visit: &Visit, platforms: &'a [Platform]) -> Vec<Choice<'a>> {
    platforms
        .iter()
        .map(|platform| Choice {
            value: platform.id.as_str(),
            label: words::platform_name(platform, visit.locale),
        })
        .collect()
}
