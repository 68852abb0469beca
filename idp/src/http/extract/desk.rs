//! Desk: the browser at which an operator works, and who is on duty there as of now.

use std::time::Duration;

use actix_web::cookie::SameSite;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Settings;
use idp_core::duty::{Mandate, OnDuty, OperatorAuthentication, find_on_duty};
use idp_core::operator::Right;
use idp_core::operator_session::OperatorSession;
use idp_core::session::SessionKey;
use idp_core::timestamp::Timestamp;

use super::opened::{CookieSession, Opened, header_token};
use super::{Form, Visit};
use crate::http::error::Failure;
use crate::http::trail;

/// One operator's browser.
pub struct Desk {
    opened: Opened<OperatorSession>,
    /// Who is on duty, everything behind it still in force.
    pub on_duty: Option<OnDuty>,
}

impl CookieSession for OperatorSession {
    const HTTPS_COOKIE: &'static str = "__Host-yzt-console";
    const HTTP_COOKIE: &'static str = "yzt_console";
    // A link in a message leads here too: without its cookie whoever follows it would seem signed out.
    const SAME_SITE: SameSite = SameSite::Lax;

    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }

    fn idle(settings: &Settings) -> Duration {
        settings.console_idle
    }

    fn is_over(&self, settings: &Settings, now: Timestamp) -> bool {
        Self::is_over(self, settings, now)
    }
}

impl Desk {
    /// Finds the session of a request.
    pub async fn find(visit: &Visit, request: &HttpRequest) -> Result<Self, Failure> {
        let mut desk = Self {
            opened: Opened::find(visit, request).await?,
            on_duty: None,
        };
        let authentication = desk.authentication().cloned();
        if let Some(authentication) = authentication {
            let now = visit.cx.now;
            let database = &visit.state.database;
            desk.on_duty = database
                .read(move |store| find_on_duty(store, &authentication, now))
                .await?;
        }
        Ok(desk)
    }

    /// Begins a session where there is none.
    pub async fn begin_if_none(&mut self, visit: &Visit) -> Result<(), Failure> {
        if self.opened.held().is_some() {
            return Ok(());
        }
        let begun = OperatorSession::begin(&visit.cx, None);
        self.opened.begin(visit, begun).await
    }

    /// Begins a new session in place of the old one.
    pub async fn renew(
        &mut self,
        visit: &Visit,
        authentication: OperatorAuthentication,
    ) -> Result<(), Failure> {
        let begun = OperatorSession::begin(&visit.cx, Some(authentication));
        self.opened.begin(visit, begun).await
    }

    /// Ends the session; answers who was signed in.
    pub async fn end(&mut self, visit: &Visit) -> Result<Option<OperatorAuthentication>, Failure> {
        self.on_duty = None;
        let ended = self.opened.end(visit).await?;
        Ok(ended.and_then(|session| session.authentication))
    }

    /// The session; without one the form's time is over.
    pub fn session(&self) -> Result<(&SessionKey, &OperatorSession), Failure> {
        self.opened.session()
    }

    /// The anti-forgery token for forms; empty where there is no session.
    pub fn csrf_token(&self) -> &str {
        self.opened
            .held()
            .map_or("", |(_, session)| session.csrf_token.as_str())
    }

    /// The sign-in that this browser holds, whether or not it still counts.
    pub fn authentication(&self) -> Option<&OperatorAuthentication> {
        let (_, session) = self.opened.held()?;
        session.authentication.as_ref()
    }

    /// Who is on duty; nobody is an error that leads to signing in.
    pub fn on_duty(&self) -> Result<&OnDuty, Failure> {
        self.on_duty.as_ref().ok_or(Failure::refused(
            StatusCode::UNAUTHORIZED,
            "operator-session-over",
        ))
    }

    /// Whether whoever is on duty has a right: for what a page offers.
    pub fn may(&self, right: Right) -> bool {
        self.on_duty
            .as_ref()
            .is_some_and(|on_duty| on_duty.mandate(right).is_some())
    }

    /// What lets whoever is on duty do something. Asking without the right is an event.
    pub async fn mandate(&self, visit: &Visit, right: Right) -> Result<Mandate, Failure> {
        let on_duty = self.on_duty()?;
        if let Some(mandate) = on_duty.mandate(right) {
            return Ok(mandate);
        }
        let event = AuditEvent {
            operator_id: Some(on_duty.operator().id.clone()),
            detail: Some(right.as_str().to_owned()),
            ..trail::event(visit, AuditKind::OperatorActRefused, "operator-not-allowed")
        };
        let refusal = Failure::refused(StatusCode::FORBIDDEN, "operator-not-allowed");
        Err(trail::refused(visit, event, refusal).await)
    }

    /// A post must come from our own page.
    pub async fn check_form(&self, visit: &Visit, form: &Form) -> Result<(), Failure> {
        self.check_token(visit, form.one("csrf_token")?).await
    }

    /// As [`Self::check_form`], for a script's request.
    pub async fn check_header(&self, visit: &Visit, request: &HttpRequest) -> Result<(), Failure> {
        self.check_token(visit, header_token(request)).await
    }

    async fn check_token(&self, visit: &Visit, token: &str) -> Result<(), Failure> {
        let is_present = self.on_duty.is_some();
        self.opened.check_token(visit, (token, is_present)).await
    }

    /// Puts the cookie of a session that began or ended into an answer.
    pub fn answer(&self, visit: &Visit, answer: HttpResponse) -> HttpResponse {
        self.opened.answer(visit, answer)
    }
}
