//! Opened: the session behind a cookie, whoever's it is: a browser of the portal or an operator's desk.
//!
//! Owns the cookie, the anti-forgery token and how a session begins and ends. Does not know who is signed in.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::audit::AuditKind;
use idp_core::cx::Settings;
use idp_core::ephemeral::{EphemeralRecord, TypedEphemeral as _};
use idp_core::session::SessionKey;
use idp_core::timestamp::Timestamp;
use subtle::ConstantTimeEq as _;

use super::Visit;
use crate::http::error::Failure;
use crate::http::trail;

/// One kind of session that a cookie opens.
pub trait CookieSession: EphemeralRecord {
    /// Name of the cookie over https. `__Host-` needs Secure, and Secure needs https.
    const HTTPS_COOKIE: &'static str;
    /// Name of it on a loopback http issuer.
    const HTTP_COOKIE: &'static str;
    /// From which sites' links it comes along.
    const SAME_SITE: SameSite;

    /// Every form that changes something carries it.
    fn csrf_token(&self) -> &str;
    /// How long it lives without a request.
    fn idle(settings: &Settings) -> Duration;
    /// Whether its absolute lifetime is over.
    fn is_over(&self, settings: &Settings, now: Timestamp) -> bool;
}

/// The session of one request, where it has one.
pub struct Opened<S> {
    session: Option<(SessionKey, S)>,
    new_cookie: Option<String>,
}

impl<S: CookieSession> Opened<S> {
    /// Finds the session that a request's cookie opens.
    pub async fn find(visit: &Visit, request: &HttpRequest) -> Result<Self, Failure> {
        let mut opened = Self {
            session: None,
            new_cookie: None,
        };
        let Some(cookie) = request.cookie(cookie_name::<S>(visit)) else {
            return Ok(opened);
        };
        let key = SessionKey::of_cookie(cookie.value());
        let state = &visit.state;
        let session = state
            .ephemeral
            .get_record_extending::<S>(key.as_str(), S::idle(&state.settings))
            .await?;
        let session = session.filter(|s| !s.is_over(&state.settings, visit.cx.now));
        opened.session = session.map(|session| (key, session));
        Ok(opened)
    }

    /// Begins a session under a new cookie in place of the one there was, so that a cookie planted before is worth
    /// nothing.
    pub async fn begin(
        &mut self,
        visit: &Visit,
        (cookie, session): (String, S),
    ) -> Result<(), Failure> {
        let old = self.session.take();
        let key = SessionKey::of_cookie(&cookie);
        let state = &visit.state;
        state
            .ephemeral
            .put_record(key.as_str(), &session, S::idle(&state.settings))
            .await?;
        self.session = Some((key, session));
        self.new_cookie = Some(cookie);
        if let Some((key, _)) = old {
            take::<S>(visit, &key).await?;
        }
        Ok(())
    }

    /// Ends the session; answers what it was.
    pub async fn end(&mut self, visit: &Visit) -> Result<Option<S>, Failure> {
        let Some((key, session)) = self.session.take() else {
            return Ok(None);
        };
        take::<S>(visit, &key).await?;
        self.new_cookie = Some(String::new());
        Ok(Some(session))
    }

    /// The session, where there is one.
    pub fn held(&self) -> Option<(&SessionKey, &S)> {
        self.session.as_ref().map(|(key, session)| (key, session))
    }

    /// The session; without one the form's time is over.
    pub fn session(&self) -> Result<(&SessionKey, &S), Failure> {
        self.held()
            .ok_or(Failure::refused(StatusCode::BAD_REQUEST, "session-expired"))
    }

    /// A post must come from our own page: its token is the session's (and [`crate::http::guard`] saw its origin).
    /// Failing is an event. `is_present`: somebody is signed in, so that a page of a session before this one was left
    /// open, and is not forged.
    pub async fn check_token(
        &self,
        visit: &Visit,
        (token, is_present): (&str, bool),
    ) -> Result<(), Failure> {
        let (reason, failure) = match self.session() {
            Ok((_, session))
                if token
                    .as_bytes()
                    .ct_eq(session.csrf_token().as_bytes())
                    .into() =>
            {
                return Ok(());
            }
            Ok(_) if visit.is_from_own_page() && is_present => (
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

    /// Puts the cookie of a session that began or ended into an answer.
    pub fn answer(&self, visit: &Visit, mut answer: HttpResponse) -> HttpResponse {
        if let Some(value) = &self.new_cookie {
            let mut cookie = Cookie::build(cookie_name::<S>(visit), value.as_str())
                .path("/")
                .secure(visit.state.config.is_https())
                .http_only(true)
                .same_site(S::SAME_SITE)
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

async fn take<S: CookieSession>(visit: &Visit, key: &SessionKey) -> Result<(), Failure> {
    let ephemeral = &visit.state.ephemeral;
    ephemeral.take_record::<S>(key.as_str()).await?;
    Ok(())
}

fn cookie_name<S: CookieSession>(visit: &Visit) -> &'static str {
    if visit.state.config.is_https() {
        S::HTTPS_COOKIE
    } else {
        S::HTTP_COOKIE
    }
}

/// The token that a script sends.
pub fn header_token(request: &HttpRequest) -> &str {
    let token = request.headers().get("x-csrf-token");
    token
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
