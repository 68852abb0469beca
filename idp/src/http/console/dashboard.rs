//! `GET /console`: 总览.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::logout_delivery::DeliveryCounts;
use idp_core::operator::Right;
use idp_core::proposal::ProposalState;
use idp_core::store::StoreError;

use super::bench::{PROPOSING, bench, frame};
use super::facts::ending;
use super::shown::show as show_page;
use super::{AUTHORITIES, PROPOSALS};
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::view::console::{DashboardPage, Figure};

/// More that wait are not counted one by one.
const COUNTED: u32 = 100;

/// `GET /console`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[], async |desk| {
        let page = DashboardPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            figures: figures(&visit, desk).await?,
            own_days_left: own_days_left(&visit, desk)?,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

async fn figures(visit: &Visit, desk: &Desk) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    let database = &visit.state.database;
    if PROPOSING.iter().any(|right| desk.may(*right)) {
        let waiting = database
            .read(|store| store.list_proposals(Some(ProposalState::Waiting), None, COUNTED))
            .await?;
        let open = waiting.iter().filter(|one| one.is_open(visit.cx.now));
        let count = open
            .filter(|one| desk.may(one.change.seen_by()) || desk.may(one.change.right()))
            .count();
        figures.push(Figure {
            key: "figure-proposals",
            value: count.to_string(),
            href: PROPOSALS,
            is_warning: count > 0,
        });
    }
    if desk.may(Right::SeeAuthorities) {
        let standings = visit.state.standings.look(visit.cx.now);
        let closed = standings.iter().filter(|one| !one.can_judge).count();
        figures.push(Figure {
            key: "figure-authorities-closed",
            value: format!("{closed} / {}", standings.len()),
            href: AUTHORITIES,
            is_warning: closed > 0,
        });
    }
    if desk.may(Right::SeePlatforms) {
        let counts: DeliveryCounts = database
            .read(|store| -> Result<_, StoreError> { store.count_logout_deliveries() })
            .await?;
        figures.push(Figure {
            key: "figure-logouts-given-up",
            value: counts.given_up.to_string(),
            href: super::CONSOLE,
            is_warning: counts.given_up > 0,
        });
    }
    Ok(figures)
}

fn own_days_left(visit: &Visit, desk: &Desk) -> Result<Option<String>, Failure> {
    let (_, left) = ending(visit, desk.on_duty()?.operator());
    Ok(left.map(|left| left.to_string()))
}
