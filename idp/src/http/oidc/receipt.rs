//! `POST /oauth2/receipt`: a platform fetches the receipt of a consent that it was given, by the consent or by a token that
//! stands on it. `POST /oauth2/receipts`: which consents those are.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::consent::{ConsentOutcome, ConsentRecord};
use idp_core::id::{ConsentId, PlatformId};
use idp_core::listing::{ConsentFilter, List, Page, PageAsk};
use idp_core::platform::{Client, Platform};
use idp_core::token::TokenRefusal;
use idp_core::token_status::{Footing, find, read};
use protocol::scope::Scope;
use serde_json::json;

use super::answer;
use crate::clock::rfc3339;
use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::extract::client::{Unproven, authenticated, single};
use crate::http::extract::form::pairs;
use crate::receipts::{ReceiptError, issue};

/// RFC 7515 §9.2.1
const JOSE: &str = "application/jose";

/// Why nothing is handed out.
enum Ended {
    Refused(TokenRefusal, Option<PlatformId>),
    /// There is none for this platform: whoever may not learns the same as of what never was.
    Absent,
    NotYet,
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unproven> for Ended {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::Refused(refusal, platform) => Self::Refused(refusal, platform),
            Unproven::Failed(failure) => Self::Failed(failure),
        }
    }
}

/// `POST /oauth2/receipt`
pub async fn one(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match receipt(&visit, &request, &body).await {
        Ok(jws) => answer::begin(&visit, StatusCode::OK)
            .insert_header((header::CONTENT_TYPE, JOSE))
            .body(jws),
        Err(ended) => refuse(&visit, ended).await,
    }
}

/// `POST /oauth2/receipts`
pub async fn list(visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    match listed(&visit, &request, &body).await {
        Ok(page) => {
            let items = page.items.iter().map(|record| {
                json!({
                    "consent": record.id.as_str(),
                    "given_at": rfc3339(record.at),
                    "scope": record.scopes.to_string(),
                })
            });
            answer::begin(&visit, StatusCode::OK).json(json!({
                "consents": items.collect::<Vec<_>>(),
                "next": page.next_cursor(List::Consents),
            }))
        }
        Err(ended) => refuse(&visit, ended).await,
    }
}

/// A platform that proved itself: whoever needs nothing to be taken for the client could ask for all there are.
async fn proven(
    visit: &Visit,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<Arc<Platform>, Ended> {
    let platform = authenticated(visit, request, form).await?;
    let client = platform.active_client();
    if client.is_some_and(Client::is_confidential) {
        return Ok(platform);
    }
    let refusal = TokenRefusal::InvalidClient("a public client may not fetch receipts");
    Err(Ended::Refused(refusal, Some(platform.id.clone())))
}

async fn receipt(visit: &Visit, request: &HttpRequest, body: &[u8]) -> Result<String, Ended> {
    let form = pairs(body);
    let platform = proven(visit, request, &form).await?;
    let refused = |refusal| Ended::Refused(refusal, Some(platform.id.clone()));
    let consent = single(&form, "consent").map_err(refused)?;
    let token = single(&form, "token").map_err(refused)?;
    let id = match (consent, token) {
        (Some(id), None) => ConsentId::from_text(id),
        (None, Some(token)) => of_token(visit, &platform, &token).await?,
        _ => {
            let why = "consent or token is needed, one of them";
            return Err(refused(TokenRefusal::InvalidRequest(why)));
        }
    };
    let wanted = id.clone();
    let database = &visit.state.database;
    let record = database.read(move |store| store.find_consent_record(&wanted));
    // The text names the enterprise: a platform that was not told who it is does not learn it here.
    let is_theirs = |record: &ConsentRecord| {
        record.platform_id == platform.id && record.scopes.contains(Scope::Enterprise)
    };
    record.await?.filter(is_theirs).ok_or(Ended::Absent)?;
    let state = &visit.state;
    let by = (&visit.cx, state.log_key.verifier());
    match issue(&state.database, &state.keys, by, &id).await {
        Ok(jws) => Ok(jws),
        Err(ReceiptError::Unknown) => Err(Ended::Absent),
        Err(ReceiptError::NotYet) => Err(Ended::NotYet),
        Err(error) => Err(Ended::Failed(error.into())),
    }
}

/// The consent on which a token of this platform stands, or stood.
async fn of_token(visit: &Visit, platform: &Platform, token: &str) -> Result<ConsentId, Ended> {
    let read = read(&visit.cx, &*visit.state.keys, token);
    let database = &visit.state.database;
    match database.read(move |store| find(store, &read)).await? {
        Footing::Grant(found) if found.standing.platform.id == platform.id => {
            Ok(found.standing.grant.consent_id.clone())
        }
        Footing::Grant(_) | Footing::Itself | Footing::Nothing => Err(Ended::Absent),
    }
}

async fn listed(
    visit: &Visit,
    request: &HttpRequest,
    body: &[u8],
) -> Result<Page<ConsentRecord>, Ended> {
    let form = pairs(body);
    let platform = proven(visit, request, &form).await?;
    let refused = |refusal| Ended::Refused(refusal, Some(platform.id.clone()));
    let page = single(&form, "page").map_err(refused)?;
    let ask = PageAsk::read(List::Consents, page.as_deref(), None);
    let ask = ask.or(Err(refused(TokenRefusal::InvalidRequest(
        "page is no cursor of this list",
    ))))?;
    let filter = ConsentFilter {
        platform: Some(platform.id.clone()),
        outcome: Some(ConsentOutcome::Granted),
        ..ConsentFilter::default()
    };
    let database = &visit.state.database;
    let found = database.read(move |store| store.page_consents(&filter, &ask));
    Ok(found.await?)
}

async fn refuse(visit: &Visit, ended: Ended) -> HttpResponse {
    let (refusal, platform) = match ended {
        Ended::Refused(refusal, platform) => (refusal, platform),
        Ended::Failed(failure) => return answer::fail(visit, &failure),
        Ended::Absent => {
            let begun = answer::begin(visit, StatusCode::NOT_FOUND);
            let why = "no receipt of this consent can be given to this client";
            return answer::refuse(visit, begun, ("receipt", "not_found", why));
        }
        Ended::NotYet => {
            let mut begun = answer::begin(visit, StatusCode::SERVICE_UNAVAILABLE);
            begun.insert_header((header::RETRY_AFTER, "60"));
            let why = "the audit log's signed head does not hold this consent yet";
            return answer::refuse(visit, begun, ("receipt", "not_yet", why));
        }
    };
    answer::refuse_client(visit, "receipt", (refusal, platform)).await
}
