//! Pages that need no session to read: home, help, driver, and what answers everywhere else.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use idp_core::notice as announced;
use idp_core::store::StoreError;
use time::macros::offset;

use super::error::Failure;
use super::extract::{Browser, Visit, browser};
use super::page::moment;
use super::{problem, routes};
use crate::view::{Download, DriverPage, HelpPage, HomePage, Locale, Notice};

/// Notices that are shown at most.
const NOTICES: u32 = 5;

/// `GET /`
pub async fn home(visit: Visit, request: HttpRequest) -> HttpResponse {
    match Browser::find(&visit, &request).await {
        Ok(browser) => {
            let found = notices(&visit).await;
            let page = HomePage {
                frame: visit.frame(Some(&browser)),
                notices: found.iter().map(|one| shown(&visit, one)).collect(),
            };
            visit.html(StatusCode::OK, page.render())
        }
        Err(failure) => failure.page(&visit),
    }
}

/// What is announced. Where it can't be read, the page is there all the same.
async fn notices(visit: &Visit) -> Vec<announced::Notice> {
    let (database, now) = (&visit.state.database, visit.cx.now);
    let found = database.read(move |store| store.list_shown_notices(now, NOTICES));
    found.await.unwrap_or_else(|error: StoreError| {
        Failure::from(error).log(&visit.incident_id);
        Vec::new()
    })
}

fn shown<'a>(visit: &Visit, notice: &'a announced::Notice) -> Notice<'a> {
    let (title, text) = match visit.locale {
        Locale::ZhCn => (&notice.title_zh, &notice.text_zh),
        Locale::En => (&notice.title_en, &notice.text_en),
    };
    Notice {
        day: moment(notice.from).to_offset(offset!(+8)).date(),
        title,
        text: text.as_deref(),
    }
}

/// `GET /help`
pub async fn help(visit: Visit, request: HttpRequest) -> HttpResponse {
    match Browser::find(&visit, &request).await {
        Ok(browser) => {
            let page = HelpPage {
                frame: visit.frame(Some(&browser)),
            };
            visit.html(StatusCode::OK, page.render())
        }
        Err(failure) => failure.page(&visit),
    }
}

/// `GET /driver`
pub async fn driver(visit: Visit, request: HttpRequest) -> HttpResponse {
    let browser = match Browser::find(&visit, &request).await {
        Ok(browser) => browser,
        Err(failure) => return failure.page(&visit),
    };
    let agent = &visit.state.config.agent;
    let port = agent.ports.first().copied().unwrap_or_default();
    let assistant = format!("http://127.0.0.1:{port}/");
    let downloads = agent.downloads.iter().map(|d| Download {
        system: &d.system,
        version: &d.version,
        size: &d.size,
        href: &d.href,
        sha256: d.sha256.as_deref(),
    });
    let page = DriverPage {
        frame: visit.frame(Some(&browser)),
        downloads: downloads.collect(),
        assistant_href: &assistant,
    };
    visit.html(StatusCode::OK, page.render())
}

/// Everything that is nowhere.
pub async fn not_found(visit: Visit, request: HttpRequest) -> HttpResponse {
    browser::look(&visit, &request).await;
    let failure = if request.match_pattern().is_some() {
        Failure::refused(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
    } else {
        Failure::refused(StatusCode::NOT_FOUND, "not-found")
    };
    if routes::is_admin_api(request.path()) {
        return problem::answer(&visit, &failure);
    }
    failure.answer(&visit, &request)
}
