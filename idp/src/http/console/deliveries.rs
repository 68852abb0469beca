//! `/console/deliveries`: platforms that are to be told of sign-outs, enterprises that are to hear of something; and trying again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::listing::{DeliveryFilter, List, NotificationFilter, Page, PageAsk};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::Notification;
use idp_core::operator::Right;
use idp_core::store::StoreError;

use super::DELIVERIES;
use super::asked::invalid;
use super::bench::{bench, frame};
use super::paging::{cursor, pager};
use super::shown::{show as show_page, submit};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Desk, Visit};
use crate::http::page::{moment, platform_name};
use crate::operating::{Deliveries as Of, Which, retry as retry_all};
use crate::view::console::{DeliveriesPage, DeliveryRow};

/// In which order they are listed.
const fn list_of(of: Of) -> List {
    match of {
        Of::Logouts => List::Deliveries,
        Of::Notifications => List::Notifications,
    }
}

/// Who sees deliveries at all.
pub const SEEING: &[Right] = &[Right::SeePlatforms, Right::SeeEnterprises];

/// `GET /console/deliveries?of=…&stage=…`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, SEEING, async |desk| {
        let open: Vec<_> = (Of::ALL.into_iter())
            .filter(|of| desk.may(of.seen_by()))
            .collect();
        let asked = parameter(&request, "of");
        let of = match asked.as_deref().map(Of::of_word) {
            None => open.first().copied(),
            Some(of) => of,
        };
        let of = of.ok_or(invalid())?;
        desk.mandate(&visit, of.seen_by()).await?;
        let stage = match parameter(&request, "stage").as_deref() {
            None => Some(DeliveryStage::GivenUp),
            Some("all") => None,
            Some(word) => Some(DeliveryStage::of_word(word).ok_or(invalid())?),
        };
        let ask = PageAsk::read(list_of(of), cursor(&request).as_deref(), None)?;
        let retried = parameter(&request, "retried");
        page(&visit, desk, (of, stage, ask), retried.as_deref()).await
    })
    .await
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    (of, stage, ask): (Of, Option<DeliveryStage>, PageAsk),
    retried: Option<&str>,
) -> Result<HttpResponse, Failure> {
    let database = &visit.state.database;
    let locale = visit.locale;
    let found: Page<Found> = database
        .read(move |store| match of {
            Of::Logouts => {
                let filter = DeliveryFilter {
                    stage,
                    platform: None,
                };
                let page = store.page_logout_deliveries(&filter, &ask)?;
                page.try_map(|one| {
                    let platform = store.find_platform(&one.platform_id)?;
                    let to = platform.map_or_else(
                        || one.platform_id.to_string(),
                        |it| platform_name(&it, locale).to_owned(),
                    );
                    Ok::<_, StoreError>(Found::of_logout(&one, to))
                })
            }
            Of::Notifications => {
                let filter = NotificationFilter {
                    stage,
                    enterprise: None,
                };
                let page = store.page_notifications(&filter, &ask)?;
                page.try_map(|one| {
                    let enterprise = store.find_enterprise(&one.enterprise_id)?;
                    let to = enterprise.map_or_else(
                        || one.enterprise_id.to_string(),
                        |it| format!("{} ({})", it.name, it.credit_code),
                    );
                    Ok(Found::of_notification(&one, to))
                })
            }
        })
        .await?;
    let word = stage.map_or("all", DeliveryStage::as_str);
    // A number of ours alone: an address that somebody made up says nothing.
    let retried = retried.and_then(|count| count.parse::<u32>().ok());
    let page = DeliveriesPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        of: of.as_str(),
        open: (Of::ALL.into_iter())
            .filter(|of| desk.may(of.seen_by()))
            .map(Of::as_str)
            .collect(),
        stage: word,
        pager: pager(
            (&found, list_of(of)),
            (DELIVERIES, &[("of", of.as_str()), ("stage", word)]),
            "",
        ),
        rows: found.items.iter().map(|one| row(visit, one)).collect(),
        may_change: desk.may(of.changed_by()),
        retried: retried.map(|count| count.to_string()),
    };
    Ok(visit.html(StatusCode::OK, page.render()))
}

/// One delivery of either kind, as it is read.
struct Found {
    id: String,
    to: String,
    what: Option<String>,
    channel: Option<String>,
    state: DeliveryState,
    created_at: idp_core::timestamp::Timestamp,
    attempts: u32,
    why: Option<String>,
}

impl Found {
    fn of_logout(one: &LogoutDelivery, to: String) -> Self {
        Self {
            id: one.id.to_string(),
            to,
            what: None,
            channel: None,
            state: one.state,
            created_at: one.created_at,
            attempts: one.attempts,
            why: one.why.clone(),
        }
    }

    fn of_notification(one: &Notification, to: String) -> Self {
        Self {
            id: one.id.to_string(),
            to,
            what: Some(one.happening.kind().as_str().replace('.', "-")),
            channel: Some(one.channel.to_text()),
            state: one.state,
            created_at: one.created_at,
            attempts: one.attempts,
            why: one.why.clone(),
        }
    }
}

fn row<'a>(visit: &Visit, one: &'a Found) -> DeliveryRow<'a> {
    let written = |at| visit.locale.date_time(moment(at));
    let (stage, at) = one.state.parts();
    DeliveryRow {
        id: &one.id,
        to: &one.to,
        what: one.what.as_deref(),
        channel: one.channel.as_deref(),
        stage: stage.as_str(),
        at: written(at),
        since: written(one.created_at),
        attempts: one.attempts.to_string(),
        why: one.why.as_deref(),
        can_retry: matches!(stage, DeliveryStage::Refused | DeliveryStage::GivenUp),
    }
}

/// `POST /console/deliveries`: one is tried again, or all of a stage.
pub async fn retry(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(DELIVERIES);
    let rights = [Right::ChangePlatforms, Right::ChangeEnterprises];
    submit(&visit, (&request, &body), &rights, async |desk, form| {
        let of = Of::of_word(form.one("of")?).ok_or(invalid())?;
        let mandate = desk.mandate(&visit, of.changed_by()).await?;
        let stage = DeliveryStage::of_word(form.one("stage")?);
        let which = match (form.one("id")?, stage) {
            ("", Some(stage)) => Which::All(stage),
            ("", None) => return Err(invalid()),
            (id, _) => Which::One(id.to_owned()),
        };
        let database = &visit.state.database;
        let retried = retry_all(database, &visit.cx, (of, which), &mandate).await?;
        let word = stage.map_or("all", DeliveryStage::as_str);
        let of = of.as_str();
        Ok(see_other(&format!(
            "{DELIVERIES}?of={of}&stage={word}&retried={retried}"
        )))
    })
    .await
}
