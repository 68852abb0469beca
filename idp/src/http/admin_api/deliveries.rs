//! `/api/admin/v1/deliveries/…`: who is to be told of something, and trying again; and `/api/admin/v1/registration-tokens`: by what platforms
//! register themselves.

use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::delivery::DeliveryStage;
use idp_core::id::PlatformId;
use idp_core::listing::{DeliveryFilter, List, NotificationFilter};
use idp_core::operator::Right;
use serde::Deserialize;
use serde_json::json;

use super::body;
use super::caller::{changed, read};
use super::query::{Query, misunderstood, not_found};
use crate::http::extract::Visit;
use crate::operating::{self, Deliveries, Which};
use crate::shapes::{self, delivery, registration_token};

/// `GET /api/admin/v1/deliveries/logouts`: platforms that are to be told that sessions ended, newest first.
pub async fn logouts(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        let query = Query::of_list(&request, &["stage", "platform"])?;
        let filter = DeliveryFilter {
            stage: query.named("stage", DeliveryStage::of_word)?,
            platform: query.word("platform").map(PlatformId::from_text),
        };
        let ask = query.ask(List::Deliveries)?;
        let database = &visit.state.database;
        let page = database
            .read(move |store| store.page_logout_deliveries(&filter, &ask))
            .await?;
        Ok(shapes::page((&page, List::Deliveries), delivery::logout))
    })
    .await
}

/// `GET /api/admin/v1/deliveries/notifications`: what enterprises are to hear of, newest first.
pub async fn notifications(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let query = Query::of_list(&request, &["stage"])?;
        let filter = NotificationFilter {
            stage: query.named("stage", DeliveryStage::of_word)?,
            enterprise: None,
        };
        let ask = query.ask(List::Notifications)?;
        let database = &visit.state.database;
        let page = database
            .read(move |store| store.page_notifications(&filter, &ask))
            .await?;
        let list = List::Notifications;
        Ok(shapes::page((&page, list), delivery::notification))
    })
    .await
}

/// Which are tried again: one, or those of a stage.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    id: Option<String>,
    stage: Option<String>,
}

/// `POST /api/admin/v1/deliveries/{of}/retry`
pub async fn retry(
    visit: Visit,
    request: HttpRequest,
    of: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    // A kind that there is none of is refused to strangers as any other.
    let known = Deliveries::of_word(&of);
    let right = known.map_or(Right::ChangePlatforms, Deliveries::changed_by);
    changed(&visit, &request, right, async |_, mandate| {
        Query::read(&request, &[])?;
        let of = known.ok_or(not_found())?;
        let which = match body::read(&request, &body)? {
            Again {
                id: Some(id),
                stage: None,
            } => Which::One(id),
            Again {
                id: None,
                stage: Some(stage),
            } => Which::All(DeliveryStage::of_word(&stage).ok_or(misunderstood())?),
            _ => return Err(misunderstood()),
        };
        let database = &visit.state.database;
        let retried = operating::retry(database, &visit.cx, (of, which), mandate).await?;
        Ok(json!({ "retried": retried }))
    })
    .await
}

/// `GET /api/admin/v1/registration-tokens`: newest first, without their texts.
pub async fn registration_tokens(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeePlatforms], async |_| {
        let ask = Query::of_list(&request, &[])?.ask(List::RegistrationTokens)?;
        let database = &visit.state.database;
        let page = database
            .read(move |store| store.page_registration_tokens(&ask))
            .await?;
        let row = |one: &_| registration_token::row(one, visit.cx.now);
        Ok(shapes::page((&page, List::RegistrationTokens), row))
    })
    .await
}
