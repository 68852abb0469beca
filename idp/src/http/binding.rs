//! 企业绑定: `GET /bind` shows the form, `POST /bind/certificate` reads a certificate into it,
//! `POST /bind` takes form and proof.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::bind::{
    BindAttempt, BindOutcome, BindRefusal, BindingDetails, BindingForm, FieldProblem, bind,
};
use idp_core::id::PlatformId;
use idp_core::key_lock::Thumbprint;
use idp_core::platform::Platform;
use idp_core::region::regions;
use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;
use protocol::challenge::Purpose;
use protocol::claims::SubjectType;
use serde::Deserialize;
use serde_json::json;

use super::error::Failure;
use super::extract::{Browser, Form, Visit};
use super::{challenge, page, routes};
use crate::view::{
    self, BindPage, BindValues, BoundPage, Choice, ChoiceGroup, FieldError, Frame, Messages,
    Problem, ReadCertificate,
};

/// Why the page comes back.
#[derive(Default)]
struct Refused {
    fields: Vec<(&'static str, FieldProblem)>,
    refusal: Option<BindRefusal>,
    /// What the proof's certificate said, so that the page still shows it.
    read: Option<(String, String, String)>,
}

/// `GET /bind`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let browser = Browser::find_or_begin(&visit, &request).await?;
        page(
            &visit,
            &browser,
            &BindingForm::default(),
            &Refused::default(),
        )
        .await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
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
    let browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let typed = listed(visit, typed(form)?).await?;
    let details = match BindingDetails::parse(&typed) {
        Ok(details) => details,
        Err(fields) => {
            let refused = Refused {
                fields,
                ..Refused::default()
            };
            return page(visit, &browser, &typed, &refused).await;
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
        BindOutcome::Bound(_) => bound(visit, &browser, &attempt, view::BindOutcome::Bound),
        BindOutcome::AlreadyBound => {
            bound(visit, &browser, &attempt, view::BindOutcome::AlreadyBound)
        }
        BindOutcome::Refused(refusal) => {
            let refused = Refused {
                fields: Vec::new(),
                refusal: Some(refusal),
                read: attempt.verdict.as_ref().ok().map(|lock| {
                    (
                        lock.holder_name().to_owned(),
                        lock.key_number().to_owned(),
                        attempt.media_number.clone().unwrap_or_default(),
                    )
                }),
            };
            page(visit, &browser, &typed, &refused).await
        }
    }
}

fn typed(form: &Form) -> Result<BindingForm, Failure> {
    let text = |name| form.one(name).map(str::to_owned);
    Ok(BindingForm {
        credit_code: text("credit_code")?,
        region_code: text("region_code")?,
        ca_platform: text("ca_platform")?,
        legal_representative: text("legal_representative")?,
        phone: text("phone")?,
        address: text("address")?,
        subject_types: form.all("subject_types"),
        binder_name: text("binder_name")?,
    })
}

/// A CA办理平台 that is not in the directory counts as none chosen: the page offers no other.
async fn listed(visit: &Visit, mut typed: BindingForm) -> Result<BindingForm, Failure> {
    let id = PlatformId::from_text(typed.ca_platform.trim());
    let database = &visit.state.database;
    let found = database.read(move |store| store.find_platform(&id)).await?;
    if found.is_none() {
        typed.ca_platform.clear();
    }
    Ok(typed)
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
                let certificate = proven.certificate();
                let verdict = visit.state.verdicts.on(certificate, visit.cx.now);
                BindAttempt {
                    verdict: verdict.map_err(BindRefusal::Certificate),
                    thumbprint: Some(Thumbprint(certificate.thumbprint_sha256())),
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

async fn page(
    visit: &Visit,
    browser: &Browser,
    typed: &BindingForm,
    refused: &Refused,
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
        .map(|t| (t.as_str(), page::subject_type(&frame, *t)))
        .collect();
    let page = BindPage {
        frame,
        challenge: challenge::form(visit, &challenge),
        values: values(typed),
        certificate: refused
            .read
            .as_ref()
            .map(|(name, key, media)| ReadCertificate {
                holder_name: name,
                key_number: key,
                media_number: media,
            }),
        regions: region_choices(&frame, &elsewhere),
        ca_platforms: ca_platforms(visit, &platforms),
        subject_types: subject_types
            .iter()
            .map(|(value, label)| Choice { value, label })
            .collect(),
        errors: refused.fields.iter().map(field_error).collect(),
        problem: refused.refusal.map(|refusal| Problem {
            code: refusal.code(),
            args: &[],
            incident: Some(visit.incident_id.as_str()),
        }),
    };
    let status = match (refused.refusal, refused.fields.is_empty()) {
        (Some(_), _) => StatusCode::FORBIDDEN,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, true) => StatusCode::OK,
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
        let name = page::region_name(region, frame.locale);
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
            label: page::platform_name(platform, visit.locale),
        })
        .collect()
}

/// 读取证书: what the agent handed over without a PIN.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    certificate: String,
    #[serde(default)]
    media_number: Option<String>,
}

/// `POST /bind/certificate`: shows what a certificate says. Proves nothing; binding needs a signature.
pub async fn read_certificate(
    visit: Visit,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    match read(&visit, &request, &body).await {
        Ok(facts) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(facts),
        Err(failure) => failure.json(&visit),
    }
}

async fn read(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<serde_json::Value, Failure> {
    let invalid = || Failure::refused(StatusCode::BAD_REQUEST, "certificate-invalid");
    let browser = Browser::find(visit, request).await?;
    browser.check_header(visit, request).await?;
    let read: Read = serde_json::from_slice(body).or(Err(Failure::refused(
        StatusCode::BAD_REQUEST,
        "request-invalid",
    )))?;
    let der = STANDARD.decode(&read.certificate).or(Err(invalid()))?;
    let certificate = Certificate::from_der(&der).or(Err(invalid()))?;
    let messages = Messages::of(visit.locale);
    Ok(match visit.state.verdicts.on(&certificate, visit.cx.now) {
        Ok(recognised) => json!({
            "holder_name": recognised.holder_name(),
            "key_number": recognised.key_number(),
            "media_number": read.media_number,
            "credit_code": recognised.credit_code().map(CreditCode::as_str),
            "ca_name": recognised.ca_name(),
        }),
        Err(refusal) => json!({
            "problem": {
                "code": refusal.code(),
                "message": messages.t(&format!("problem-{}", refusal.code())),
                "advice": messages.t(&format!("problem-{}-advice", refusal.code())),
            },
        }),
    })
}
