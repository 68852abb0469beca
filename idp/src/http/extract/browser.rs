//! Browser: the session behind a cookie, and who is present in it as of now.

use std::time::Duration;

use actix_web::cookie::SameSite;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use idp_core::cx::Settings;
use idp_core::presence::{Present, find_present};
use idp_core::session::{Authentication, BrowserSession, SessionKey, SessionRecord};
use idp_core::timestamp::Timestamp;

use super::opened::{CookieSession, Opened, header_token};
use super::revoked::is_over;
use super::{Form, Visit};
use crate::http::error::Failure;

/// Whether a form comes from a page of this session.
pub enum Accepted {
    /// It does.
    Current,
    /// It did once: the session is over, or another one by now.
    Stale,
}

/// One browser.
pub struct Browser {
    opened: Opened<BrowserSession>,
    /// Who is signed in, everything behind it still in force.
    pub present: Option<Present>,
}

impl CookieSession for BrowserSession {
    const HTTPS_COOKIE: &'static str = "__Host-yzt-session";
    const HTTP_COOKIE: &'static str = "yzt_session";
    // Platforms send people here.
    const SAME_SITE: SameSite = SameSite::Lax;

    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    fn idle(settings: &Settings) -> Duration {
        settings.session_idle
    }

    fn is_over(&self, settings: &Settings, now: Timestamp) -> bool {
        Self::is_over(self, settings, now)
    }
}

impl Browser {
    /// Finds the session of a request.
    pub async fn find(visit: &Visit, request: &HttpRequest) -> Result<Self, Failure> {
        let mut browser = Self {
            opened: Opened::find(visit, request).await?,
            present: None,
        };
        let Some((_, session)) = browser.opened.held() else {
            return Ok(browser);
        };
        if let Some(authentication) = session.authentication.clone() {
            let now = visit.cx.now;
            let present = visit
                .state
                .database
                .read(move |store| find_present(store, &authentication, now))
                .await?;
            if let Some(present) = present
                && !is_over(visit, &present.key_lock).await?
            {
                visit.seen(&present.enterprise.name, &session.csrf_token);
                note_seen(visit, &present.session);
                browser.present = Some(present);
            }
        }
        Ok(browser)
    }

    /// Finds the session, or begins one: for pages with a form.
    pub async fn find_or_begin(visit: &Visit, request: &HttpRequest) -> Result<Self, Failure> {
        let mut browser = Self::find(visit, request).await?;
        browser.begin_if_none(visit).await?;
        Ok(browser)
    }

    /// Begins a session where there is none.
    pub async fn begin_if_none(&mut self, visit: &Visit) -> Result<(), Failure> {
        if self.opened.held().is_some() {
            return Ok(());
        }
        let begun = BrowserSession::begin(&visit.cx, None);
        self.opened.begin(visit, begun).await
    }

    /// Begins a new session in place of the old one.
    pub async fn renew(
        &mut self,
        visit: &Visit,
        authentication: Authentication,
    ) -> Result<(), Failure> {
        let begun = BrowserSession::begin(&visit.cx, Some(authentication));
        self.opened.begin(visit, begun).await
    }

    /// Ends the session; answers who was signed in.
    pub async fn end(&mut self, visit: &Visit) -> Result<Option<Authentication>, Failure> {
        if self.opened.held().is_some() {
            visit.signed_out();
            self.present = None;
        }
        let ended = self.opened.end(visit).await?;
        Ok(ended.and_then(|session| session.authentication))
    }

    /// The session, where there is one.
    pub fn held(&self) -> Option<(&SessionKey, &BrowserSession)> {
        self.opened.held()
    }

    /// The session; without one the form's time is over.
    pub fn session(&self) -> Result<(&SessionKey, &BrowserSession), Failure> {
        self.opened.session()
    }

    /// The sign-in that this browser holds, whether or not it still counts.
    pub fn authentication(&self) -> Option<&Authentication> {
        let (_, session) = self.opened.held()?;
        session.authentication.as_ref()
    }

    /// Who is signed in; nobody is an error that leads to login.
    pub fn present(&self) -> Result<&Present, Failure> {
        self.present.as_ref().ok_or(Failure::refused(
            StatusCode::UNAUTHORIZED,
            "session-expired",
        ))
    }

    /// A post must come from our own page: its token is the session's (and [`crate::http::guard`] saw
    /// its origin). Failing is an event.
    ///
    /// Stale is what was ours and is not any more, see [`Failure::is_stale`].
    pub async fn check_form(&self, visit: &Visit, form: &Form) -> Result<(), Failure> {
        self.check_token(visit, form.one("csrf_token")?).await
    }

    /// As [`Self::check_form`], for pages that come back with what was typed when they were left open.
    pub async fn accept_form(&self, visit: &Visit, form: &Form) -> Result<Accepted, Failure> {
        match self.check_form(visit, form).await {
            Ok(()) => Ok(Accepted::Current),
            Err(failure) if failure.is_stale() && visit.is_from_own_page() => Ok(Accepted::Stale),
            Err(failure) => Err(failure),
        }
    }

    async fn check_token(&self, visit: &Visit, token: &str) -> Result<(), Failure> {
        let is_present = self.present.is_some();
        self.opened.check_token(visit, (token, is_present)).await
    }

    /// As [`Self::check_form`], for a script's request.
    pub async fn check_header(&self, visit: &Visit, request: &HttpRequest) -> Result<(), Failure> {
        self.check_token(visit, header_token(request)).await
    }

    /// Puts the cookie of a session that began or ended into an answer.
    pub fn answer(&self, visit: &Visit, answer: HttpResponse) -> HttpResponse {
        self.opened.answer(visit, answer)
    }
}

/// Notes now and then that a session is in use. Nobody waits for it, and nobody misses it.
fn note_seen(visit: &Visit, session: &SessionRecord) {
    let now = visit.cx.now;
    if !session.is_seen_long_ago(now) {
        return;
    }
    let (database, id) = (visit.state.database.clone(), session.id.clone());
    actix_web::rt::spawn(async move {
        let noted = database.write(move |store| store.touch_session(&id, now));
        if let Err(error) = noted.await {
            tracing::debug!(%error, "it can't be noted that a session is in use");
        }
    });
}

/// A redirect after a post (303).
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Looks who is signed in, for a page that needs nobody: where it can't be told, nobody is shown.
pub async fn look(visit: &Visit, request: &HttpRequest) {
    if let Err(failure) = Browser::find(visit, request).await {
        failure.log(&visit.incident_id);
    }
}
