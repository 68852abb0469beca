//! The platform's own routes.
//!
//! Owns who may see which page and what each button does. Does not know how a page looks, nor how a
//! login works.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, web};
use client_adapter::{Secret, SignOut};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::filings::{Filing, FilingState, FilingsFault};
use super::locale::Locale;
use super::pages;
use super::sessions::{Session, Stage};
use super::site::Site;
use super::typed::Typed;

type SiteData = web::Data<Site>;

/// Headers of every answer. No script at all; forms only to ourselves, and on to the provider where signing out
/// leads; no frame.
pub(super) fn security_headers(site: &Site) -> DefaultHeaders {
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; \
         base-uri 'none'; frame-ancestors 'none'",
        site.provider
    );
    DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, policy))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add((header::CACHE_CONTROL, "no-store"))
}

/// Mounts the routes.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/confirm", web::get().to(confirm_page))
        .route("/confirm", web::post().to(confirm))
        .route("/filing", web::get().to(filing_page))
        .route("/filing", web::post().to(file))
        .route("/filing/approve", web::post().to(approve))
        .route("/workspace", web::get().to(workspace))
        .route("/logout", web::post().to(logout))
        .route("/api/me", web::get().to(me))
        .route("/assets/platform.css", web::get().to(stylesheet))
        .route("/assets/platform.svg", web::get().to(emblem));
}

async fn home(site: SiteData, request: HttpRequest) -> HttpResponse {
    let session = site.live_session(&request).await;
    let session = session.map(|(_, session)| session);
    pages::home(&site, &request, session.as_ref())
}

async fn confirm_page(site: SiteData, request: HttpRequest) -> HttpResponse {
    match site.live_session(&request).await {
        Some((_, session)) if session.stage == Stage::Arrived => {
            pages::confirm(&site, &request, &session)
        }
        Some((_, session)) => go(next_page(&site, &session)),
        None => go("/"),
    }
}

/// A form that carries nothing but the token.
#[derive(Deserialize)]
struct Pressed {
    csrf: String,
}

async fn confirm(site: SiteData, request: HttpRequest, form: web::Form<Pressed>) -> HttpResponse {
    let Some((key, session)) = site.live_session(&request).await else {
        return go("/");
    };
    if !session.csrf.matches(&form.csrf) {
        return pages::forged(&site, &request);
    }
    let Some((key, session)) = site.sessions.confirm(&key) else {
        return go("/");
    };
    let mut answer = go(next_page(&site, &session));
    set_cookie(&mut answer, &site, &key);
    answer
}

async fn filing_page(site: SiteData, request: HttpRequest) -> HttpResponse {
    let Some(session) = confirmed(&site, &request).await else {
        return go("/confirm");
    };
    match site.filings.find(&session.arrival.sub) {
        None => pages::filing_form(&site, &request, &session),
        Some(filing) if filing.state == FilingState::Pending => {
            pages::filing_pending(&site, &request, &session, &filing)
        }
        Some(_) => go("/workspace"),
    }
}

#[derive(Deserialize)]
struct FilingForm {
    csrf: String,
    #[serde(default)]
    contact_person: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    note: String,
    /// Set by the language switch: nothing is filed, what was typed is kept.
    language: Option<String>,
}

async fn file(site: SiteData, request: HttpRequest, form: web::Form<FilingForm>) -> HttpResponse {
    let confirmed = site.live_session(&request).await;
    let Some((key, session)) = confirmed.filter(|(_, it)| it.stage == Stage::Confirmed) else {
        return go("/confirm");
    };
    if !session.csrf.matches(&form.csrf) {
        return pages::forged(&site, &request);
    }
    let (contact_person, phone, note) = (&form.contact_person, &form.phone, &form.note);
    if let Some(language) = &form.language {
        let typed = Typed::unchecked(contact_person, phone, note);
        site.sessions.keep_typed(&key, typed);
        return go(Locale::of_tag(language).map_or("/filing", Locale::filing_path));
    }
    let typed = Typed::check(contact_person, phone, note);
    if typed.has_mistakes() {
        site.sessions.keep_typed(&key, typed);
        return go("/filing");
    }
    let enterprise = session.arrival.enterprise.as_ref();
    let filing = Filing {
        name: enterprise.map_or_else(String::new, |it| it.name.clone()),
        credit_code: enterprise.map_or_else(String::new, |it| it.credit_code.clone()),
        contact_person: typed.contact_person,
        phone: typed.phone,
        note: typed.note,
        filed_at: site.clock.now(),
        state: FilingState::Pending,
    };
    let sub = session.arrival.sub;
    let disk = site.clone();
    let done = web::block(move || disk.filings.file(&sub, filing)).await;
    after_write(&site, &request, done, "/filing")
}

async fn approve(site: SiteData, request: HttpRequest, form: web::Form<Pressed>) -> HttpResponse {
    let Some(session) = confirmed(&site, &request).await else {
        return go("/confirm");
    };
    if !session.csrf.matches(&form.csrf) {
        return pages::forged(&site, &request);
    }
    let sub = session.arrival.sub;
    let disk = site.clone();
    let done = web::block(move || disk.filings.approve(&sub)).await;
    after_write(&site, &request, done, "/workspace")
}

async fn workspace(site: SiteData, request: HttpRequest) -> HttpResponse {
    let Some(session) = confirmed(&site, &request).await else {
        return go("/confirm");
    };
    match site.filings.find(&session.arrival.sub) {
        Some(filing) if filing.state == FilingState::Approved => {
            pages::workspace(&site, &request, &session)
        }
        _ => go("/filing"),
    }
}

async fn logout(site: SiteData, request: HttpRequest, form: web::Form<Pressed>) -> HttpResponse {
    let Some((_, session)) = site.live_session(&request).await else {
        return go("/");
    };
    if !session.csrf.matches(&form.csrf) {
        return pages::forged(&site, &request);
    }
    let wish = SignOut {
        ui_locales: vec![Locale::of(&request).tag().to_owned()],
        ..SignOut::default()
    };
    // On to the provider, which ends its session too, tells the other platforms and sends the browser back.
    let onward = site.end_session(&request, wish).await;
    let mut answer = go(onward.as_ref().map_or("/", Url::as_str));
    // An answer that cannot carry the cookie still ended the session.
    drop(answer.add_cookie(&site.removal_cookie()));
    answer
}

/// What arrived, for scripts and tests.
async fn me(site: SiteData, request: HttpRequest) -> HttpResponse {
    let Some((_, session)) = site.live_session(&request).await else {
        return HttpResponse::Unauthorized().json(json!({ "error": "not_signed_in" }));
    };
    let filing = site.filings.find(&session.arrival.sub);
    HttpResponse::Ok().json(json!({
        "platform": site.id,
        "stage": session.stage,
        "filing": filing.map(|filing| filing.state),
        "arrival": session.arrival,
    }))
}

async fn stylesheet() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "max-age=300"))
        .body(include_str!("../../assets/platform.css"))
}

async fn emblem() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CACHE_CONTROL, "max-age=300"))
        .body(include_str!("../../assets/platform.svg"))
}

/// Any other path.
pub(super) async fn not_found(site: SiteData, request: HttpRequest) -> HttpResponse {
    pages::not_found(&site, &request)
}

async fn confirmed(site: &Site, request: &HttpRequest) -> Option<Session> {
    let (_, session) = site.live_session(request).await?;
    (session.stage == Stage::Confirmed).then_some(session)
}

/// Known enterprises work at once, unknown ones file first (FAQ 1).
fn next_page<'a>(site: &Site, session: &'a Session) -> &'a str {
    match site.filings.find(&session.arrival.sub) {
        Some(filing) if filing.state == FilingState::Approved => {
            session.arrival.target.as_deref().unwrap_or("/workspace")
        }
        _ => "/filing",
    }
}

fn after_write(
    site: &Site,
    request: &HttpRequest,
    done: Result<Result<(), FilingsFault>, actix_web::error::BlockingError>,
    next: &str,
) -> HttpResponse {
    match done {
        Ok(Ok(())) => go(next),
        Ok(Err(fault)) => {
            eprintln!("platform {}: {fault}", site.id);
            pages::failed(site, request)
        }
        Err(_stopping) => pages::failed(site, request),
    }
}

fn go(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .finish()
}

fn set_cookie(answer: &mut HttpResponse, site: &Site, key: &Secret) {
    // Our names and values always fit a header.
    drop(answer.add_cookie(&site.cookie(key)));
}
