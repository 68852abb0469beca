//! `GET /platforms`: the directory by zone, with search (选择盟市交易平台).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::consent::ConsentOutcome;
use idp_core::platform::{Client, Platform, Zone};
use idp_core::store::StoreError;

use super::error::Failure;
use super::extract::form::pairs;
use super::extract::{Browser, Visit};
use super::toward::Toward;
use super::trouble::Trouble;
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
    let now = visit.cx.now;
    let (platforms, trouble) = visit
        .state
        .database
        .read(move |store| {
            Ok::<_, StoreError>((store.list_platforms()?, Trouble::read(store, None, now)?))
        })
        .await?;
    let parameters = pairs(request.query_string().as_bytes());
    let parameter = |name| {
        let found = parameters.iter().find(|(n, _)| n == name);
        found.map(|(_, text)| text.as_str())
    };
    let query: String = (parameter("q").unwrap_or_default().trim().chars())
        .take(QUERY_MAX)
        .collect();
    let wanted: Vec<Wanted<'_>> = platforms
        .iter()
        .filter(|platform| platform.state.is_shown() && matches(platform, &query))
        .map(|platform| Wanted {
            platform,
            way_in: WayIn::of(platform),
            notices: trouble.said(visit, &platform.id),
        })
        .collect();
    let refused = match parameter("refused") {
        Some(id) => just_refused(visit, &browser, id, &platforms).await?,
        None => None,
    };
    let page = PlatformsPage {
        frame: visit.frame(Some(&browser)),
        query: &query,
        refused,
        days_left: (browser.present.as_ref())
            .and_then(|present| page::days_left(&present.key_lock, visit.cx.now)),
        zones: zones(visit, &wanted),
    };
    Ok(visit.html(StatusCode::OK, page.render()))
}

/// A platform that is shown.
struct Wanted<'a> {
    platform: &'a Platform,
    way_in: WayIn,
    notices: Vec<String>,
}

fn zones<'a>(visit: &Visit, wanted: &'a [Wanted<'_>]) -> Vec<ZoneGroup<'a>> {
    let group = |zone| ZoneGroup {
        zone: page::zone(zone),
        platforms: wanted
            .iter()
            .filter(|it| it.platform.zone == zone)
            .map(|it| PlatformCard {
                id: it.platform.id.as_str(),
                name: page::platform_name(it.platform, visit.locale),
                state: page::platform_state(it.platform.state),
                support: it.platform.support_contact.as_deref(),
                notices: &it.notices,
                choose_href: match &it.way_in {
                    WayIn::FromHere(href) => Some(href),
                    WayIn::FromItsSite(_) | WayIn::None => None,
                },
                own_site: match &it.way_in {
                    WayIn::FromItsSite(site) => Some(site.as_deref()),
                    WayIn::FromHere(_) | WayIn::None => None,
                },
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

/// How a platform is entered.
enum WayIn {
    /// By choosing it here.
    FromHere(String),
    /// From its own login page alone, at this address where it is known.
    FromItsSite(Option<String>),
    /// Not at all now.
    None,
}

impl WayIn {
    fn of(platform: &Platform) -> Self {
        match platform.active_client() {
            None => Self::None,
            Some(client) if client.initiate_login_uri.is_some() => {
                Self::FromHere(Toward::Platform(platform.id.to_string()).by(routes::CONSENT))
            }
            Some(client) => Self::FromItsSite(site(client)),
        }
    }
}

/// The address of a platform's own pages: a page it named, else where its people come back to.
fn site(client: &Client) -> Option<String> {
    let is_page = |url: &url::Url| matches!(url.scheme(), "https" | "http");
    let named = client.target_link_uri.iter();
    if let Some(url) = named
        .filter_map(|uri| url::Url::parse(uri).ok())
        .find(is_page)
    {
        return Some(url.into());
    }
    let known = client.redirect_uris.iter();
    known
        .filter_map(|uri| url::Url::parse(uri).ok())
        .find(is_page)
        .map(|url| format!("{}/", url.origin().ascii_serialization()))
}

/// The platform this enterprise refused to inform, were that its last word: an address can be made up.
async fn just_refused<'a>(
    visit: &Visit,
    browser: &Browser,
    id: &str,
    platforms: &'a [Platform],
) -> Result<Option<&'a str>, Failure> {
    let platform = platforms.iter().find(|platform| platform.id.as_str() == id);
    let (Some(platform), Some(present)) = (platform, &browser.present) else {
        return Ok(None);
    };
    let enterprise = present.enterprise.id.clone();
    let newest = visit
        .state
        .database
        .read(move |store| store.list_consent_records(&enterprise, 1))
        .await?;
    let is_so = newest.iter().any(|record| {
        record.platform_id == platform.id && record.outcome == ConsentOutcome::Refused
    });
    Ok(is_so.then(|| page::platform_name(platform, visit.locale)))
}
