//! `GET /account/history`: sign-ins that were; `GET /account/sessions`: those that are live. Posts below it
//! end one, all others, or all.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::account::{ToEnd, end_sessions, is_theirs};
use idp_core::enterprise::Enterprise;
use idp_core::id::SessionId;
use idp_core::key_lock::KeyLock;
use idp_core::session::{self, LiveSince, SessionEnding, SessionRecord};
use idp_core::timestamp::Timestamp;

use super::shown::{self, locks};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::form::parameter;
use crate::http::extract::{Browser, Form, Visit};
use crate::http::{page, routes};
use crate::view::{HistoryPage, SessionRow, SessionStage, SessionsPage};

/// Sign-ins that are shown at most.
const SHOWN: u32 = 100;

/// `GET /account/history`
pub async fn history(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let present = browser.present()?;
        let enterprise = present.enterprise.id.clone();
        let database = &visit.state.database;
        let sessions = database
            .read(move |store| store.list_sessions(&enterprise, SHOWN))
            .await?;
        let locks = locks(&visit, present).await?;
        let page = HistoryPage {
            frame: visit.frame(Some(browser)),
            sessions: rows(&visit, browser, (&sessions, &locks))?,
            most: &SHOWN.to_string(),
            days: &visit.state.config.sign_ins.kept_days.to_string(),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `GET /account/sessions`
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    shown::show(&visit, &request, async |browser| {
        let present = browser.present()?;
        let sessions = live(&visit, &present.enterprise).await?;
        let locks = locks(&visit, present).await?;
        let mut rows = rows(&visit, browser, (&sessions, &locks))?;
        rows.retain(|row| row.stage == SessionStage::Live);
        // An address can be made up: what it says was ended is looked up.
        let ended = match parameter(&request, "ended").as_deref() {
            Some("others") => rows.iter().all(|row| row.is_this || !row.can_end),
            Some(id) => was_ended(&visit, browser, id).await?,
            None => false,
        };
        let is_full = u32::try_from(sessions.len()).is_ok_and(|n| n >= SHOWN);
        let page = SessionsPage {
            frame: visit.frame(Some(browser)),
            sessions: rows,
            ended,
            most: is_full.then(|| SHOWN.to_string()),
        };
        Ok(visit.html(StatusCode::OK, page.render()))
    })
    .await
}

/// `POST /account/sessions/end`
pub async fn end_one(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_SESSIONS);
    shown::submit(at, (&request, &body), async |visit, browser, form| {
        let id = SessionId::from_text(form.one("session")?);
        end(visit, browser, ToEnd::One(id.clone())).await?;
        Ok(see_other(&routes::sessions_after_ending(id.as_str())))
    })
    .await
}

/// `POST /account/sessions/end-others`
pub async fn end_others(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::ACCOUNT_SESSIONS);
    shown::submit(at, (&request, &body), async |visit, browser, _: &Form| {
        end(visit, browser, ToEnd::Others).await?;
        Ok(see_other(&routes::sessions_after_ending("others")))
    })
    .await
}

/// `POST /account/sessions/end-all`: this one too, so this browser is signed out.
pub async fn end_all(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let at = (&mut visit, routes::HOME);
    shown::submit(at, (&request, &body), async |visit, browser, _: &Form| {
        end(visit, browser, ToEnd::All).await?;
        browser.end(visit).await?;
        Ok(browser.answer(visit, see_other(routes::SIGNED_OUT)))
    })
    .await
}

async fn end(visit: &Visit, browser: &Browser, to_end: ToEnd) -> Result<(), Failure> {
    let who = browser.present()?.authentication.clone();
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let ended = visit
        .state
        .database
        .write(move |store| end_sessions(store, &cx, &caller, (&who, &to_end)))
        .await?;
    ended.map(drop).map_err(shown::refused)
}

/// The newest of those that are live; whoever ends all ends those too that are not shown.
async fn live(visit: &Visit, enterprise: &Enterprise) -> Result<Vec<SessionRecord>, Failure> {
    let since = LiveSince::at(&visit.state.settings, visit.cx.now);
    let enterprise = enterprise.id.clone();
    let database = &visit.state.database;
    let live = database.read(move |store| store.list_standing_sessions(&enterprise, since, SHOWN));
    Ok(live.await?)
}

async fn was_ended(visit: &Visit, browser: &Browser, id: &str) -> Result<bool, Failure> {
    let (id, present) = (SessionId::from_text(id), browser.present()?);
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_session_standing(&id))
        .await?;
    let session = found.map(|standing| standing.session);
    Ok(session.is_some_and(|session| session.ended.is_some() && is_theirs(present, &session)))
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
