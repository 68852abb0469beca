//! `GET /account/history`: sign-ins that were; `GET /account/sessions`: those that are live. Posts below it
//! end one, or all others.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::account::{end_other_sessions, end_session, is_theirs};
use idp_core::id::SessionId;
use idp_core::key_lock::KeyLock;
use idp_core::session::{self, SessionEnding, SessionRecord};
use idp_core::timestamp::Timestamp;

use super::shown::{locks, parameter, signed_in};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{page, routes};
use crate::view::{HistoryPage, SessionRow, SessionStage, SessionsPage};

/// Sign-ins that are shown at most.
const SHOWN: u32 = 100;

/// Sign-ins among which live ones are looked for: none is live for longer than a working day.
const LOOKED_AT: u32 = 500;

/// `GET /account/history`
pub async fn history(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let browser = match signed_in(&visit, &request).await? {
            Ok(browser) => browser,
            Err(answer) => return Ok(answer),
        };
        let (sessions, locks) = found(&visit, &browser, SHOWN).await?;
        let page = HistoryPage {
            frame: visit.frame(Some(&browser)),
            sessions: rows(&visit, &browser, (&sessions, &locks))?,
            most: &SHOWN.to_string(),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `GET /account/sessions`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let browser = match signed_in(&visit, &request).await? {
            Ok(browser) => browser,
            Err(answer) => return Ok(answer),
        };
        let (sessions, locks) = found(&visit, &browser, LOOKED_AT).await?;
        // An address can be made up: what it says was ended is looked up.
        let named = parameter(&request, "ended");
        let ended = sessions
            .iter()
            .any(|s| s.ended.is_some() && named.as_deref() == Some(s.id.as_str()));
        let mut rows = rows(&visit, &browser, (&sessions, &locks))?;
        rows.retain(|row| row.stage == SessionStage::Live);
        let others = named.as_deref() == Some("others") && rows.iter().all(|row| row.is_this);
        let page = SessionsPage {
            frame: visit.frame(Some(&browser)),
            sessions: rows,
            ended: ended || others,
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `POST /account/sessions/end`
pub async fn end_one(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::ACCOUNT_SESSIONS);
    let ended = async {
        let form = Form::parse(&body);
        let browser = Browser::find(&visit, &request).await?;
        browser.check_form(&visit, &form).await?;
        let present = browser.present()?.clone();
        let id = SessionId::from_text(form.one("session")?);
        let (cx, caller, which) = (visit.cx.clone(), visit.caller(), id.clone());
        let database = &visit.state.database;
        let outcome = database
            .write(move |store| end_session(store, &cx, &caller, &present, &which))
            .await?;
        outcome.or(Err(Failure::refused(
            StatusCode::NOT_FOUND,
            "session-unknown",
        )))?;
        Ok(see_other(&routes::sessions_after_ending(id.as_str())))
    };
    ended
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

/// `POST /account/sessions/end-others`
pub async fn end_others(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::ACCOUNT_SESSIONS);
    let ended = async {
        let form = Form::parse(&body);
        let browser = Browser::find(&visit, &request).await?;
        browser.check_form(&visit, &form).await?;
        let present = browser.present()?.clone();
        let (cx, caller) = (visit.cx.clone(), visit.caller());
        let database = &visit.state.database;
        database
            .write(move |store| end_other_sessions(store, &cx, &caller, &present))
            .await?;
        Ok(see_other(&routes::sessions_after_ending("others")))
    };
    ended
        .await
        .unwrap_or_else(|failure: Failure| failure.page(&visit))
}

async fn found(
    visit: &Visit,
    browser: &Browser,
    limit: u32,
) -> Result<(Vec<SessionRecord>, Vec<KeyLock>), Failure> {
    let present = browser.present()?;
    let enterprise = present.enterprise.id.clone();
    let database = &visit.state.database;
    let sessions = database
        .read(move |store| store.list_sessions(&enterprise, limit))
        .await?;
    Ok((sessions, locks(visit, present).await?))
}

fn rows<'a>(
    visit: &Visit,
    browser: &Browser,
    (sessions, locks): (&'a [SessionRecord], &'a [KeyLock]),
) -> Result<Vec<SessionRow<'a>>, Failure> {
    let present = browser.present()?;
    let written = |at: Timestamp| visit.locale.date_time(page::moment(at));
    let row = |session: &'a SessionRecord| {
        let lock = locks.iter().find(|lock| lock.id == session.key_lock_id);
        SessionRow {
            id: session.id.as_str(),
            key_number: lock.map_or("", |lock| lock.key_number.as_str()),
            role: lock.map(|lock| page::lock_role(lock.role)),
            begun: written(session.begun_at),
            seen: written(session.seen_at),
            address: session.remote_address.as_deref().unwrap_or("–"),
            agent: session.user_agent.as_deref().unwrap_or("–"),
            stage: stage(session.stage(&visit.state.settings, visit.cx.now)),
            ended: session.ended.map(|(at, _)| written(at)),
            is_this: session.id == present.authentication.session_id,
            can_end: is_theirs(present, session),
        }
    };
    Ok(sessions.iter().map(row).collect())
}

const fn stage(stage: session::SessionStage) -> SessionStage {
    match stage {
        session::SessionStage::Live => SessionStage::Live,
        session::SessionStage::Over => SessionStage::Over,
        session::SessionStage::Ended(_, ending) => match ending {
            SessionEnding::SignedOut => SessionStage::SignedOut,
            SessionEnding::Replaced => SessionStage::Replaced,
            SessionEnding::EndedByEnterprise => SessionStage::EndedByEnterprise,
            SessionEnding::LockEnded => SessionStage::LockEnded,
            SessionEnding::EndedByOperator => SessionStage::EndedByOperator,
        },
    }
}
