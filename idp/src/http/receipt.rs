//! `/receipt`: anybody checks a receipt, without script and without signing in. `/receipts/keys`: by what receipts are
//! verified, retired keys included.
//!
//! Nothing is kept of what is pasted or chosen here.

use actix_web::guard::GuardContext;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

use super::error::Failure;
use super::extract::upload::{Upload, Uploaded};
use super::extract::{Form, Visit};
use crate::receipts::{Check, LONGEST, Outcome, Standing, Trust, Verified, receipt_keys, verify};
use crate::state::AppState;
use crate::view::{CheckRow, ReceiptPage, ReceiptShown, Stand};

/// Keys change once in months; a receipt of this minute may be of a key of this minute.
const CACHED: &str = "public, max-age=300";

/// `GET /receipts/keys`
pub async fn keys(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    let visit = Visit::of(&request, &state);
    match receipt_keys(&state.database).await {
        Ok(keys) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, CACHED))
            .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
            .body(keys.to_string()),
        Err(error) => Failure::from(error).json(&visit),
    }
}

/// `GET /receipt`
pub async fn show(visit: Visit) -> HttpResponse {
    page(&visit, "", None)
}

/// The field of the file.
const FILE: &str = "file";

/// Whether a form comes with a file (RFC 7578).
pub fn has_file(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    let kind = head.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// `POST /receipt` with a file
pub async fn check_file(visit: Visit, request: HttpRequest, body: web::Payload) -> HttpResponse {
    let checked = async {
        let upload = Upload::read(&request, body, (FILE, LONGEST)).await?;
        let missing = Failure::refused(StatusCode::BAD_REQUEST, "receipt-no-file");
        let file = upload.file.ok_or(missing)?;
        judged(&visit, &text_of(&file)).await
    };
    checked
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// Editors put a mark before a text that they save; a NUL is no text, as in other forms.
fn text_of(file: &Uploaded) -> String {
    let text = String::from_utf8_lossy(&file.content);
    text.trim_start_matches('\u{feff}')
        .replace('\0', "\u{fffd}")
}

/// `POST /receipt`
pub async fn check(visit: Visit, body: web::Bytes) -> HttpResponse {
    match checked(&visit, &body).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn checked(visit: &Visit, body: &[u8]) -> Result<HttpResponse, Failure> {
    let form = Form::parse(body);
    judged(visit, form.one("receipt")?).await
}

async fn judged(visit: &Visit, said: &str) -> Result<HttpResponse, Failure> {
    // Pasted from a letter, it may have lines.
    let text: String = said.split_whitespace().collect();
    let trust = own_trust(visit).await?;
    let given = text.clone();
    // Some twenty signatures at worst; requests of others go on meanwhile.
    let verified = web::block(move || verify(&given, &trust)).await;
    let verified = verified.map_err(Failure::internal)?;
    Ok(page(visit, &text, Some(&verified)))
}

/// What this provider itself trusts: its keys, its log, the CAs of its registry whatever their state now.
async fn own_trust(visit: &Visit) -> Result<Trust, Failure> {
    let state = &visit.state;
    let registry = state.verdicts.registry();
    let authorities = registry.authorities.iter();
    let anchors = authorities.flat_map(|ca| ca.anchors.certificates().iter().cloned());
    Ok(Trust {
        keys: Some(receipt_keys(&state.database).await?),
        log_key: Some(state.log_key.verifier().clone()),
        authorities: anchors.collect(),
        lists: Vec::new(),
    })
}

fn page(visit: &Visit, text: &str, verified: Option<&Verified>) -> HttpResponse {
    let receipt = verified.and_then(|verified| verified.receipt.as_ref());
    let page = ReceiptPage {
        frame: visit.frame(None),
        text,
        standing: verified.map(|verified| stand(verified.standing())),
        withdrawn: verified.is_some_and(Verified::is_withdrawn),
        checks: verified.map(rows).unwrap_or_default(),
        shown: receipt.map(|receipt| ReceiptShown {
            statement: &receipt.evidence.statement,
            signed_by_lock: receipt.evidence.signature.is_some(),
            events: receipt
                .events
                .iter()
                .map(|event| (event.event_time.as_str(), event.event_state.as_str()))
                .collect(),
        }),
    };
    visit.html(StatusCode::OK, page.render())
}

fn rows(verified: &Verified) -> Vec<CheckRow> {
    let row = |check: &Check| {
        let (stand, why) = match check.outcome {
            Outcome::Passed => (Stand::Good, None),
            Outcome::Failed(why) => (Stand::Bad, Some(why)),
            Outcome::Unchecked(why) => (Stand::Open, Some(why)),
        };
        CheckRow {
            name: check.name,
            stand,
            why,
        }
    };
    verified.checks.iter().map(row).collect()
}

const fn stand(standing: Standing) -> Stand {
    match standing {
        Standing::Good => Stand::Good,
        Standing::Incomplete => Stand::Open,
        Standing::Bad => Stand::Bad,
    }
}
