//! Browser: the session behind a cookie, and who is present in it as of now.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use idp_core::audit::AuditKind;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::presence::{Present, find_present};
use idp_core::session::{Authentication, BrowserSession, SessionKey, SessionRecord};
use subtle::ConstantTimeEq as _;

use super::revoked::is_over;
use super::{Form, Visit};
use crate::http::error::Failure;
use crate::http::trail;

/// Whether a form comes from a page of this session.
pub enum Accepted {
    /// It does.
    Current,
    /// It did once: the session is over, or another one by now.
    Stale,
}

/// One browser.
pub struct Browser {
    /// Its session, where it has one.
    pub session: Option<(SessionKey, BrowserSession)>,
    /// Who is signed in, everything behind it still in force.
    pub present: Option<Present>,
    new_cookie: Option<String>,
}

impl Browser {
    /// Finds the session of a request.
    pub async fn find(visit: &Visit, request: &HttpRequest) -> Result<Self, Failure> {
        let mut browser = Self {
            session: None,
            present: None,
            new_cookie: None,
        };
        let Some(cookie) = request.cookie(cookie_name(visit)) else {
            return Ok(browser);
        };
        let key = SessionKey::of_cookie(cookie.value());
        let state = &visit.state;
        let session = state
            .ephemeral
            .get_record_extending::<BrowserSession>(key.as_str(), state.settings.session_idle)
            .await?;
        let Some(session) = session.filter(|s| !s.is_over(&state.settings, visit.cx.now)) else {
            return Ok(browser);
        };
        if let Some(authentication) = session.authentication.clone() {
            let now = visit.cx.now;
            browser.present = state
                .database
                .read(move |store| find_present(store, &authentication, now))
                .await?;
            if let Some(present) = &browser.present
                && is_over(visit, &present.key_lock).await?
            {
                browser.present = None;
            }
        }
        if let Some(present) = &browser.present {
            visit.seen(&present.enterprise.name, &session.csrf_token);
            note_seen(visit, &present.session);
        }
        browser.session = Some((key, session));
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
        match self.session {
            Some(_) => Ok(()),
            None => self.begin(visit, None).await,
        }
    }

    /// Begins a new session in place of the old one, so that a cookie planted before is worth nothing.
    pub async fn renew(
        &mut self,
        visit: &Visit,
        authentication: Authentication,
    ) -> Result<(), Failure> {
        let old = self.session.take();
        self.begin(visit, Some(authentication)).await?;
        if let Some((key, _)) = old {
            end(visit, &key).await?;
        }
        Ok(())
    }

    async fn begin(
        &mut self,
        visit: &Visit,
        authentication: Option<Authentication>,
    ) -> Result<(), Failure> {
        let (cookie, session) = BrowserSession::begin(&visit.cx, authentication);
        let key = SessionKey::of_cookie(&cookie);
        let lifetime = visit.state.settings.session_idle;
        visit
            .state
            .ephemeral
            .put_record(key.as_str(), &session, lifetime)
            .await?;
        self.session = Some((key, session));
        self.new_cookie = Some(cookie);
        Ok(())
    }

    /// Ends the session; answers who was signed in.
    pub async fn end(&mut self, visit: &Visit) -> Result<Option<Authentication>, Failure> {
        let Some((key, session)) = self.session.take() else {
            return Ok(None);
        };
        visit.signed_out();
        end(visit, &key).await?;
        self.present = None;
        self.new_cookie = Some(String::new());
        Ok(session.authentication)
    }

    /// The session; without one the form's time is over.
    pub fn session(&self) -> Result<(&SessionKey, &BrowserSession), Failure> {
        self.session
            .as_ref()
            .map(|(key, session)| (key, session))
            .ok_or(Failure::refused(StatusCode::BAD_REQUEST, "session-expired"))
    }

    /// The sign-in that this browser holds, whether or not it still counts.
    pub fn authentication(&self) -> Option<&Authentication> {
        let (_, session) = self.session.as_ref()?;
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
        let (reason, failure) = match self.session() {
            Ok((_, session)) if token.as_bytes().ct_eq(session.csrf_token.as_bytes()).into() => {
                return Ok(());
            }
            // Our own page, of a session before this one: left open, not forged.
            Ok(_) if visit.is_from_own_page() && self.present.is_some() => (
                "csrf-token",
                Failure::refused(StatusCode::CONFLICT, "page-outdated"),
            ),
            Ok(_) => (
                "csrf-token",
                Failure::refused(StatusCode::FORBIDDEN, "csrf"),
            ),
            Err(failure) => ("session-ended", failure),
        };
        let kind = if visit.is_from_own_page() {
            AuditKind::RequestStale
        } else {
            AuditKind::RequestForged
        };
        let event = trail::event(visit, kind, reason);
        Err(trail::refused(visit, event, failure).await)
    }

    /// As [`Self::check_form`], for a script's request.
    pub async fn check_header(&self, visit: &Visit, request: &HttpRequest) -> Result<(), Failure> {
        let token = request.headers().get("x-csrf-token");
        let token = token
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        self.check_token(visit, token).await
    }

    /// Puts the cookie of a session that began or ended into an answer.
    pub fn answer(&self, visit: &Visit, mut answer: HttpResponse) -> HttpResponse {
        if let Some(value) = &self.new_cookie {
            let mut cookie = Cookie::build(cookie_name(visit), value.as_str())
                .path("/")
                .secure(visit.state.config.is_https())
                .http_only(true)
                .same_site(SameSite::Lax)
                .finish();
            if value.is_empty() {
                cookie.make_removal();
            }
            if let Err(error) = answer.add_cookie(&cookie) {
                return Failure::internal(error).page(visit);
            }
        }
        answer
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

async fn end(visit: &Visit, key: &SessionKey) -> Result<(), Failure> {
    visit
        .state
        .ephemeral
        .take_record::<BrowserSession>(key.as_str())
        .await?;
    Ok(())
}

/// `__Host-` needs Secure, and Secure needs https: on a loopback http issuer a plain name serves.
fn cookie_name(visit: &Visit) -> &'static str {
    if visit.state.config.is_https() {
        "__Host-yzt-session"
    } else {
        "yzt_session"
    }
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
