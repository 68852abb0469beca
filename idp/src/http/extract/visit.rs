//! Visit: what every page needs of the request besides the session: language, place, caller.

use std::cell::{Cell, OnceCell};

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use idp_core::cx::{Caller, Cx};
use idp_core::id::IncidentId;
use time::OffsetDateTime;

use super::Browser;
use super::client_address::client_address;
use crate::clock;
use crate::state::AppState;
use crate::view::{Frame, LanguageWishes, Locale, SignedIn, Support};

/// Remembers the chosen language.
const LANGUAGE_COOKIE: &str = "yzt_lang";

/// One visit to one page.
pub struct Visit {
    /// The state of the server.
    pub state: web::Data<AppState>,
    /// The moment, randomness, settings.
    pub cx: Cx,
    /// Language of the answer.
    pub locale: Locale,
    /// Number under which this visit is found again.
    pub incident_id: IncidentId,
    chosen: Option<Locale>,
    accept_language: Option<String>,
    language_cookie: Option<String>,
    path_and_query: String,
    remote_address: Option<String>,
    user_agent: Option<String>,
    seen: OnceCell<Seen>,
    signed_out: Cell<bool>,
    from_own_page: bool,
}

/// Who was found signed in on this visit, for pages that come without a session of their own at hand:
/// those of errors.
struct Seen {
    enterprise_name: String,
    csrf_token: String,
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(
            request
                .app_data::<web::Data<AppState>>()
                .map(|state| Self::of(request, state))
                .ok_or_else(|| actix_web::error::ErrorInternalServerError("no state")),
        )
    }
}

impl Visit {
    /// Reads what a page needs of a request.
    pub fn of(request: &HttpRequest, state: &web::Data<AppState>) -> Self {
        let cx = state.cx();
        let chosen = url::form_urlencoded::parse(request.query_string().as_bytes())
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| Locale::of_tag(&value));
        let accept_language = header_text(request, &header::ACCEPT_LANGUAGE);
        let language_cookie = request
            .cookie(LANGUAGE_COOKIE)
            .map(|c| c.value().to_owned());
        let mut visit = Self {
            state: state.clone(),
            locale: Locale::default(),
            incident_id: IncidentId::generate(&*cx.rng, cx.now),
            cx,
            chosen,
            accept_language,
            language_cookie,
            path_and_query: request
                .uri()
                .path_and_query()
                .map_or("/", |p| p.as_str())
                .to_owned(),
            remote_address: client_address(request, state).map(|address| address.to_string()),
            user_agent: header_text(request, &header::USER_AGENT),
            seen: OnceCell::new(),
            signed_out: Cell::new(false),
            from_own_page: is_from_own_page(request, &state.settings.origin),
        };
        visit.wish(None);
        visit
    }

    /// Takes a platform's `ui_locales` into account.
    pub fn wish(&mut self, ui_locales: Option<&str>) {
        self.locale = Locale::negotiate(LanguageWishes {
            lang: self.chosen.map(Locale::tag),
            cookie: self.language_cookie.as_deref(),
            ui_locales,
            accept_language: self.accept_language.as_deref(),
        });
    }

    /// Who is on the other side, for the audit trail.
    pub fn caller(&self) -> Caller {
        Caller {
            remote_address: self.remote_address.clone(),
            incident_id: self.incident_id.clone(),
        }
    }

    /// What the browser calls itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// A page to link to instead of this one (a form's own address answers no GET).
    pub fn at(&mut self, path_and_query: &str) {
        path_and_query.clone_into(&mut self.path_and_query);
    }

    /// Path and query of this page, as a GET asks for it.
    pub fn path(&self) -> &str {
        &self.path_and_query
    }

    /// Remembers who is signed in.
    pub fn seen(&self, enterprise_name: &str, csrf_token: &str) {
        let seen = Seen {
            enterprise_name: enterprise_name.to_owned(),
            csrf_token: csrf_token.to_owned(),
        };
        // A visit has one session: what was found first stands.
        drop(self.seen.set(seen));
    }

    /// Nobody is signed in any more.
    pub fn signed_out(&self) {
        self.signed_out.set(true);
    }

    /// Whether somebody was found signed in.
    pub fn is_signed_in(&self) -> bool {
        self.seen.get().is_some() && !self.signed_out.get()
    }

    /// Whether the browser says that this post comes from a page of ours. Where it says nothing, nothing
    /// that was sent is shown again: it may be a stranger's.
    pub const fn is_from_own_page(&self) -> bool {
        self.from_own_page
    }

    /// The frame around a page. Without a browser at hand it shows whom this visit has seen.
    pub fn frame<'a>(&'a self, browser: Option<&'a Browser>) -> Frame<'a> {
        let portal = &self.state.config.portal;
        let (enterprise_name, csrf_token) = match browser {
            Some(browser) => (
                browser.present.as_ref().map(|p| p.enterprise.name.as_str()),
                (browser.held()).map_or("", |(_, session)| session.csrf_token.as_str()),
            ),
            None => match self.seen.get().filter(|_| !self.signed_out.get()) {
                Some(seen) => (
                    Some(seen.enterprise_name.as_str()),
                    seen.csrf_token.as_str(),
                ),
                None => (None, ""),
            },
        };
        Frame {
            locale: self.locale,
            path_and_query: &self.path_and_query,
            signed_in: enterprise_name.map(|enterprise_name| SignedIn { enterprise_name }),
            csrf_token,
            done: None,
            assets: self.state.assets.paths(),
            support: Support {
                phone: portal.support_phone.as_deref(),
                email: portal.support_email.as_deref(),
                hours: portal.support_hours.as_deref(),
            },
            demo: portal.demo,
        }
    }

    /// Now, as pages write it: in the time of the region.
    pub fn moment(&self) -> OffsetDateTime {
        clock::utc(self.cx.now)
    }

    /// A page with its status and the language cookie. Personal or not, no cache keeps it.
    pub fn html(&self, status: StatusCode, page: Result<String, askama::Error>) -> HttpResponse {
        let Ok(page) = page else {
            tracing::error!(incident = %self.incident_id, "a page can't be rendered");
            return HttpResponse::InternalServerError().finish();
        };
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((
                header::CONTENT_LANGUAGE,
                HeaderValue::from_static(self.locale.tag()),
            ));
        if let Some(locale) = self.chosen {
            answer.cookie(
                Cookie::build(LANGUAGE_COOKIE, locale.tag())
                    .path("/")
                    .secure(self.state.config.is_https())
                    .http_only(true)
                    .same_site(SameSite::Lax)
                    .max_age(Duration::days(365))
                    .finish(),
            );
        }
        answer.body(page)
    }
}

fn is_from_own_page(request: &HttpRequest, origin: &str) -> bool {
    match header_text(request, &header::ORIGIN) {
        Some(said) => said == origin,
        None => header_text(request, &header::HeaderName::from_static("sec-fetch-site"))
            .is_some_and(|site| site == "same-origin"),
    }
}

fn header_text(request: &HttpRequest, name: &header::HeaderName) -> Option<String> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}
