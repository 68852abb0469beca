//! `/api/admin/v1/deliveries/…`: who is to be told of something, and `/api/admin/v1/registration-tokens`: by what platforms
//! register themselves.

use actix_web::{HttpRequest, HttpResponse};
use idp_core::delivery::DeliveryStage;
use idp_core::id::PlatformId;
use idp_core::listing::{DeliveryFilter, List, NotificationFilter};
use idp_core::operator::Right;

use super::caller::read;
use super::query::Query;
use crate::http::extract::Visit;
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
