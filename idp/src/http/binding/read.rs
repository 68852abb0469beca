//! 读取证书: `POST /bind/certificate` shows what a certificate says. Proves nothing; binding needs a
//! signature. Both the binding and the account's locks page read through it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::key_lock::Thumbprint;
use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;
use protocol::proof::is_media_number;
use serde::Deserialize;
use serde_json::json;

use crate::http::error::Failure;
use crate::http::extract::{Browser, Visit};
use crate::http::trail;
use crate::view::Messages;

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

/// What could not even be read, or is refused: written down, with its certificate where there is one.
async fn refuse(
    visit: &Visit,
    code: &str,
    certificate: Option<&Certificate>,
) -> Result<(), Failure> {
    let event = AuditEvent {
        detail: certificate.map(|it| Thumbprint(it.thumbprint_sha256()).to_text()),
        ..trail::event(visit, AuditKind::CertificateRefused, code)
    };
    trail::write(visit, event).await
}

async fn read(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<serde_json::Value, Failure> {
    let browser = Browser::find(visit, request).await?;
    browser.check_header(visit, request).await?;
    let read: Option<Read> = serde_json::from_slice(body).ok();
    let certificate = read
        .as_ref()
        .and_then(|read| STANDARD.decode(&read.certificate).ok())
        .and_then(|der| Certificate::from_der(&der).ok());
    let (Some(read), Some(certificate)) = (read, certificate) else {
        refuse(visit, "certificate-unreadable", None).await?;
        return Err(Failure::refused(
            StatusCode::BAD_REQUEST,
            "certificate-unreadable",
        ));
    };
    let messages = Messages::of(visit.locale);
    let verdicts = &visit.state.verdicts;
    match verdicts.on_unproven(&certificate, visit.cx.now, &visit.incident_id) {
        Ok(recognised) => Ok(json!({
            "holder_name": recognised.holder_name(),
            "key_number": recognised.key_number(),
            "media_number": read.media_number.filter(|number| is_media_number(number)),
            "credit_code": recognised.credit_code().map(CreditCode::as_str),
            "ca_name": recognised.ca_name(),
        })),
        Err(refusal) => {
            refuse(visit, refusal.code(), Some(&certificate)).await?;
            Ok(json!({
                "problem": {
                    "code": refusal.code(),
                    "message": messages.t(&format!("problem-{}", refusal.code())),
                    "advice": messages.t(&format!("problem-{}-advice", refusal.code())),
                    "incident": visit.incident_id.as_str(),
                },
            }))
        }
    }
}
