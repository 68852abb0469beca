//! `GET /console/enterprises`: enterprises by whatever somebody knows of them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::enterprise::{Enterprise, EnterpriseState};
use idp_core::inspect::{EnterpriseSearch, Found, FoundBy, InspectError, find_enterprises};
use idp_core::listing::EnterpriseFilter;
use idp_core::operator::Right;
use idp_core::region::{RegionCode, regions};

use super::ENTERPRISES;
use super::bench::{bench, frame};
use super::paging::{asked, cursor, pager};
use super::shown::show as show_page;
use crate::http::error::Failure;
use crate::http::extract::{Desk, Visit};
use crate::http::page::{moment, region_name};
use crate::view::console::{EnterpriseRow, EnterprisesPage, Pager};
use crate::view::{Choice, Problem};

/// What the address asks for.
struct Asked {
    words: String,
    state: String,
    region: String,
}

impl Asked {
    fn read(request: &HttpRequest) -> Self {
        let said = |name| asked(request, name).unwrap_or_default();
        Self {
            words: said("q"),
            state: said("state"),
            region: said("region"),
        }
    }

    /// A state or a region that there is not narrows to nothing that could be meant: it is refused.
    fn search(&self) -> Result<EnterpriseSearch, Failure> {
        let invalid = super::asked::invalid;
        let state = match self.state.as_str() {
            "" => None,
            word => Some(EnterpriseState::of_word(word).ok_or(invalid())?),
        };
        let regions = match self.region.as_str() {
            "" => Vec::new(),
            code => RegionCode::parse(code)
                .map_err(|_unknown| invalid())?
                .with_those_below(),
        };
        Ok(EnterpriseSearch {
            words: self.words.clone(),
            filter: EnterpriseFilter { state, regions },
        })
    }
}

/// `GET /console/enterprises`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeEnterprises], async |desk| {
        let asked = Asked::read(&request);
        let (search, cursor) = (asked.search()?, cursor(&request));
        let found = visit
            .state
            .database
            .read(move |store| find_enterprises(store, &search, (cursor.as_deref(), None)))
            .await;
        match found {
            Ok(found) => Ok(page(&visit, desk, &asked, Some(&found))),
            Err(InspectError::Words(_)) => Ok(page(&visit, desk, &asked, None)),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Without anything found: the words are none that one can look for.
fn page(visit: &Visit, desk: &Desk, asked: &Asked, found: Option<&Found>) -> HttpResponse {
    let narrowed = [
        ("q", asked.words.as_str()),
        ("state", &asked.state),
        ("region", &asked.region),
    ];
    let items = found.map_or(&[][..], |found| &found.page.items);
    let page = EnterprisesPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        words: &asked.words,
        state: &asked.state,
        region: &asked.region,
        regions: leagues(visit),
        by: found.map_or(FoundBy::Nothing, |found| found.by).as_str(),
        enterprises: items.iter().map(|one| row(visit, one)).collect(),
        pager: found.map_or_else(Pager::default, |found| {
            pager((&found.page, found.list), (ENTERPRISES, &narrowed), "")
        }),
        problem: match found {
            None => Some(Problem::plain("search-words")),
            Some(_) => None,
        },
    };
    let status = match found {
        Some(_) => StatusCode::OK,
        None => StatusCode::BAD_REQUEST,
    };
    visit.html(status, page.render())
}

fn row<'a>(visit: &Visit, enterprise: &'a Enterprise) -> EnterpriseRow<'a> {
    EnterpriseRow {
        code: enterprise.credit_code.as_str(),
        name: &enterprise.name,
        region: region(visit, &enterprise.region_code),
        state: enterprise.state.as_str(),
        since: visit.locale.date(moment(enterprise.created_at)),
    }
}

/// A region's name in the page's language.
pub fn region(visit: &Visit, code: &RegionCode) -> String {
    let known = code.region().map(|one| region_name(one, visit.locale));
    known.unwrap_or(code.as_str()).to_owned()
}

/// The region and its leagues: what lies in them is found with them.
fn leagues(visit: &Visit) -> Vec<Choice<'static>> {
    let wide = regions().filter(|one| one.code.starts_with("15") && one.code.ends_with("00"));
    wide.map(|one| Choice {
        value: one.code,
        label: region_name(one, visit.locale),
    })
    .collect()
}
