//! `GET /api/admin/v1/me`: who calls, and what for. `POST /api/admin/v1/challenge`: what a lock signs to get a token.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::operator::{Right, Role};
use protocol::challenge::{CHALLENGE_LIFETIME_SECONDS, Purpose};
use serde_json::json;

use super::caller::read;
use crate::http::extract::Visit;
use crate::http::{challenge, problem};
use crate::view::Messages;

/// `GET /api/admin/v1/me`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[], async |caller| {
        let operator = caller.on_duty().operator();
        let may = Right::ALL.into_iter().filter(|right| caller.may(*right));
        Ok(json!({
            "id": operator.id.as_str(),
            "name": operator.name,
            "roles": operator.roles.iter().map(Role::as_str).collect::<Vec<_>>(),
            "scopes": may.map(Right::scope).collect::<Vec<_>>(),
        }))
    })
    .await
}

/// `POST /api/admin/v1/challenge`: for whoever has no token yet. Counted as any request of its address.
pub async fn challenge(visit: Visit) -> HttpResponse {
    let args = [("origin", visit.state.settings.origin.as_str())];
    let statement = Messages::of(visit.locale).ta("statement-operator-token", &args);
    let stated = (Purpose::OperatorLogin, statement.into_owned());
    let session = challenge::of_programs();
    match challenge::issue_stated(&visit, &session, stated).await {
        Ok(issued) => problem::begin(&visit, StatusCode::OK).json(json!({
            "purpose": issued.purpose.as_str(),
            "origin": visit.state.settings.origin,
            "nonce": issued.nonce,
            "statement": issued.statement,
            "expires_in": CHALLENGE_LIFETIME_SECONDS,
        })),
        Err(failure) => problem::answer(&visit, &failure),
    }
}
