//! `/console/deliveries`: platforms that are to be told of sign-outs, enterprises that are to hear of something; and trying again.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::cx::Cx;
use idp_core::delivery::{DeliveryStage, DeliveryState};
use idp_core::hand::Hand;
use idp_core::id::{LogoutDeliveryId, NotificationId};
use idp_core::listing::{DeliveryFilter, List, NotificationFilter, Page, PageAsk};
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::Notification;
use idp_core::operator::Right;
use idp_core::store::{Store, StoreError};

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
use crate::view::console::{DeliveriesPage, DeliveryRow};

/// Deliveries that one press has tried again at most, where it is of all.
const AT_ONCE: u32 = 100;

/// What is delivered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// To platforms: that somebody signed out.
    Logouts,
    /// To enterprises: what happened to them.
    Notifications,
}

impl Of {
    const ALL: [Self; 2] = [Self::Logouts, Self::Notifications];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Logouts => "logouts",
            Self::Notifications => "notifications",
        }
    }

    const fn seen_by(self) -> Right {
        match self {
            Self::Logouts => Right::SeePlatforms,
            Self::Notifications => Right::SeeEnterprises,
        }
    }

    const fn changed_by(self) -> Right {
        match self {
            Self::Logouts => Right::ChangePlatforms,
            Self::Notifications => Right::ChangeEnterprises,
        }
    }

    const fn list(self) -> List {
        match self {
            Self::Logouts => List::Deliveries,
            Self::Notifications => List::Notifications,
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.as_str() == word)
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
        let ask = PageAsk::read(of.list(), cursor(&request).as_deref(), None)?;
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
            (&found, of.list()),
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
        let hand = Hand::on_duty(&mandate, None);
        let stage = DeliveryStage::of_word(form.one("stage")?);
        let ids = match (form.one("id")?, stage) {
            ("", Some(stage)) => waiting_for_somebody(&visit, of, stage).await?,
            ("", None) => return Err(invalid()),
            (id, _) => vec![id.to_owned()],
        };
        let mut retried = 0_u32;
        for id in ids {
            let (cx, hand) = (visit.cx.clone(), hand.clone());
            let database = &visit.state.database;
            let done = database
                .write(move |store| again(store, &cx, of, (&id, &hand)))
                .await?;
            retried += u32::from(done);
        }
        let word = stage.map_or("all", DeliveryStage::as_str);
        let of = of.as_str();
        Ok(see_other(&format!(
            "{DELIVERIES}?of={of}&stage={word}&retried={retried}"
        )))
    })
    .await
}

/// Those of a stage, as many as are tried again at once.
async fn waiting_for_somebody(
    visit: &Visit,
    of: Of,
    stage: DeliveryStage,
) -> Result<Vec<String>, Failure> {
    let database = &visit.state.database;
    let found = database.read(move |store| {
        Ok::<_, StoreError>(match of {
            Of::Logouts => {
                let found = store.list_logout_deliveries(stage, AT_ONCE)?;
                found.iter().map(|one| one.id.to_string()).collect()
            }
            Of::Notifications => {
                let found = store.list_notifications(stage, AT_ONCE)?;
                found.iter().map(|one| one.id.to_string()).collect()
            }
        })
    });
    Ok(found.await?)
}

fn again(
    store: &mut dyn Store,
    cx: &Cx,
    of: Of,
    (id, hand): (&str, &Hand),
) -> Result<bool, StoreError> {
    match of {
        Of::Logouts => {
            let id = LogoutDeliveryId::from_text(id);
            idp_core::tell_platforms::retry(store, cx, &id, hand)
        }
        Of::Notifications => {
            let id = NotificationId::from_text(id);
            idp_core::notify::retry(store, cx, &id, hand)
        }
    }
}
