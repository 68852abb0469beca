//! `GET /console`: 总览. What needs somebody, what people do, what ends soon; of each what the operator's roles open.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::id::PlatformId;
use idp_core::inspect::{Dashboard, InspectError, dashboard};
use idp_core::operator::Right;
use idp_core::platform::Platform;
use idp_core::platform_health::EndpointHealth;
use idp_core::proposal::{Proposal, ProposalState};

use super::bench::{PROPOSING, bench, frame};
use super::dashboard_figures::{Seen, figures, keys, sources};
use super::dashboard_plots::{by_hour, by_platform, failures, span};
use super::facts::ending;
use super::shown::show as show_page;
use crate::http::error::Failure;
use crate::http::extract::form::parameter;
use crate::http::extract::{Desk, Visit};
use crate::http::page::platform_name;
use crate::view::console::DashboardPage;

/// Proposals that are read at most.
const COUNTED: u32 = 100;
/// For how many days figures are shown, at choice.
const DAYS: [(u32, &str); 3] = [(1, "1"), (7, "7"), (31, "31")];

/// `GET /console?days=…&platform=…`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[], async |desk| {
        let asked = parameter(&request, "days");
        let known = DAYS
            .into_iter()
            .find(|(_, word)| asked.as_deref() == Some(word));
        let (days, word) = known.unwrap_or((1, "1"));
        let read = read(&visit, desk, days).await?;
        let wanted = parameter(&request, "platform").map(PlatformId::from_text);
        let platform = read
            .platforms
            .iter()
            .find(|it| Some(&it.id) == wanted.as_ref());
        let of = platform.map(|it| &it.id);
        let authorities = desk.may(Right::SeeAuthorities);
        let page = DashboardPage {
            frame: frame(&visit, desk),
            bench: bench(desk),
            days: word,
            choices: DAYS.map(|(_, word)| word),
            platform: platform.map(|it| platform_name(it, visit.locale)),
            platform_id: of.map(PlatformId::as_str),
            figures: figures(&visit, desk, &read.seen()),
            sign_ins: by_hour(&visit, &read.figures.sign_ins, (days, None)),
            arrivals: by_hour(&visit, &read.figures.arrivals, (days, of)),
            platforms: by_platform(&visit, &read.figures.arrivals, (&read.platforms, days)),
            failures: failures(&visit, &read.figures.failures),
            sources: if authorities {
                sources(&visit).await?
            } else {
                Vec::new()
            },
            keys: if authorities {
                keys(&visit, &read.figures.signing_keys)
            } else {
                Vec::new()
            },
            sees_authorities: authorities,
            own_days_left: own_days_left(&visit, desk)?,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// What is read for it, in one look.
struct Read {
    figures: Dashboard,
    platforms: Vec<Platform>,
    health: Vec<EndpointHealth>,
    waiting: Vec<Proposal>,
}

impl Read {
    fn seen(&self) -> Seen<'_> {
        Seen {
            figures: &self.figures,
            platforms: &self.platforms,
            health: &self.health,
            waiting: &self.waiting,
        }
    }
}

async fn read(visit: &Visit, desk: &Desk, days: u32) -> Result<Read, Failure> {
    let now = visit.cx.now;
    let sees_proposals = PROPOSING.iter().any(|right| desk.may(*right));
    let sees_platforms = desk.may(Right::SeePlatforms);
    let database = &visit.state.database;
    let read = database.read(move |store| {
        Ok::<_, InspectError>(Read {
            figures: dashboard(store, now, span(days))?,
            platforms: store.list_platforms()?,
            health: if sees_platforms {
                store.list_endpoint_health(None)?
            } else {
                Vec::new()
            },
            waiting: if sees_proposals {
                store.list_proposals(Some(ProposalState::Waiting), None, COUNTED)?
            } else {
                Vec::new()
            },
        })
    });
    read.await.map_err(|error| match error {
        InspectError::Store(error) => error.into(),
        // No cursor and no words are asked for here.
        error => Failure::internal(error),
    })
}

fn own_days_left(visit: &Visit, desk: &Desk) -> Result<Option<String>, Failure> {
    let (_, left) = ending(visit, desk.on_duty()?.operator());
    Ok(left.map(|left| left.to_string()))
}
