//! `GET /platforms`: the directory by zone, with search (选择盟市交易平台).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::platform::{Platform, Zone};

use super::error::Failure;
use super::extract::form::pairs;
use super::extract::{Browser, Visit};
use super::{page, routes};
use crate::view::{PlatformCard, PlatformsPage, ZoneGroup};

/// Longest search, in characters.
const QUERY_MAX: usize = 64;

/// `GET /platforms`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    match shown(&visit, &request).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn shown(visit: &Visit, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let browser = Browser::find(visit, request).await?;
    let platforms = visit
        .state
        .database
        .read(|store| store.list_platforms())
        .await?;
    let query = pairs(request.query_string().as_bytes())
        .into_iter()
        .find(|(name, _)| name == "q")
        .map(|(_, text)| text.trim().chars().take(QUERY_MAX).collect::<String>())
        .unwrap_or_default();
    let wanted: Vec<(&Platform, Option<String>)> = platforms
        .iter()
        .filter(|platform| matches(platform, &query))
        .map(|platform| (platform, choose_href(platform)))
        .collect();
    let page = PlatformsPage {
        frame: visit.frame(Some(&browser)),
        query: &query,
        zones: zones(visit, &wanted),
    };
    Ok(visit.html(StatusCode::OK, page.render()))
}

fn zones<'a>(visit: &Visit, wanted: &'a [(&Platform, Option<String>)]) -> Vec<ZoneGroup<'a>> {
    let group = |zone| ZoneGroup {
        zone: page::zone(zone),
        platforms: wanted
            .iter()
            .filter(|(platform, _)| platform.zone == zone)
            .map(|(platform, href)| PlatformCard {
                id: platform.id.as_str(),
                name: page::platform_name(platform, visit.locale),
                state: page::platform_state(platform.state),
                support: platform.support_contact.as_deref(),
                choose_href: href.as_deref(),
            })
            .collect(),
    };
    Zone::ALL
        .map(group)
        .into_iter()
        .filter(|zone| !zone.platforms.is_empty())
        .collect()
}

/// By either name, region code or identifier.
fn matches(platform: &Platform, query: &str) -> bool {
    let query = query.to_lowercase();
    [
        platform.name_zh.as_str(),
        platform.name_en.as_str(),
        platform.region_code.as_str(),
        platform.id.as_str(),
    ]
    .iter()
    .any(|text| text.to_lowercase().contains(&query))
}

/// Platforms that can't be entered from here have no button.
fn choose_href(platform: &Platform) -> Option<String> {
    platform.active_client()?.initiate_login_uri.as_ref()?;
    Some(format!("{}?platform={}", routes::CONSENT, platform.id))
}
