//! Signing out, whichever way it was asked for: by the portal's button, by a platform, after a question. Shared by the
//! endpoint of platforms and the pages of people.
//!
//! Owns what a person meets: the question, the way on, the page that says which platform confirmed. Whose word counts
//! is the core's ([`idp_core::end_session`]).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::cx::random_text;
use idp_core::end_session::{Next, decide};
use idp_core::ending::Told;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::log_out::log_out;
use idp_core::session::{Authentication, SessionRecord};
use idp_core::sign_out::{EndSession, SignedOut, ToldPlatform};

use super::error::Failure;
use super::extract::browser::see_other;
use super::extract::{Browser, Visit};
use super::{guard, leave, page, routes};
use crate::telling::tell_at_once;
use crate::view::ConfirmSignOutPage;

/// What a platform's request leads to. `id` is where it waits already, if it does.
pub async fn go_on(
    visit: &Visit,
    request: &HttpRequest,
    (asked, id): (EndSession, Option<String>),
) -> Result<HttpResponse, Failure> {
    let mut browser = Browser::find(visit, request).await?;
    let meant = meant(visit, &asked).await?;
    match decide(&visit.cx, meant, browser.present.as_ref()) {
        Next::Ask => ask(visit, &browser, (&asked, id)).await,
        Next::SignOut => sign_out(visit, &mut browser, Some(&asked)).await,
        Next::Finish(authentication) => {
            let told = end(visit, authentication).await?;
            go(visit, &browser, (told, Some(&asked))).await
        }
        Next::Nothing => go(visit, &browser, (Vec::new(), Some(&asked))).await,
    }
}

/// Keeps a request while the person is asked; answers under which name.
pub async fn keep(visit: &Visit, asked: &EndSession) -> Result<String, Failure> {
    let id = random_text(&*visit.cx.rng);
    let lifetime = visit.state.settings.request_lifetime;
    visit
        .state
        .ephemeral
        .put_record(&id, asked, lifetime)
        .await?;
    Ok(id)
}

/// Signs this browser out, tells the platforms, and leads on.
pub async fn sign_out(
    visit: &Visit,
    browser: &mut Browser,
    asked: Option<&EndSession>,
) -> Result<HttpResponse, Failure> {
    let told = match browser.end(visit).await? {
        Some(authentication) => end(visit, authentication).await?,
        None => Vec::new(),
    };
    go(visit, browser, (told, asked)).await
}

/// The session that the platform's ID token names.
async fn meant(visit: &Visit, asked: &EndSession) -> Result<Option<SessionRecord>, Failure> {
    let Some(id) = asked.session.clone() else {
        return Ok(None);
    };
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_session_standing(&id))
        .await?;
    Ok(found.map(|standing| standing.session))
}

/// Nobody's word but the person's own: a form of ours.
async fn ask(
    visit: &Visit,
    browser: &Browser,
    (asked, id): (&EndSession, Option<String>),
) -> Result<HttpResponse, Failure> {
    let id = match id {
        Some(id) => id,
        None => keep(visit, asked).await?,
    };
    let platform = match &asked.onward {
        None => None,
        Some(onward) => visit.state.database.find_platform(&onward.platform).await?,
    };
    let name = platform
        .as_deref()
        .map(|platform| page::platform_name(platform, visit.locale));
    let here = routes::logout_asked(&id);
    let page = ConfirmSignOutPage {
        frame: crate::view::Frame {
            path_and_query: &here,
            ..visit.frame(Some(browser))
        },
        request: &id,
        platform: name,
    };
    let mut answer = visit.html(StatusCode::OK, page.render());
    // Where the form's answer leads on: browsers hold redirects to the policy of the form.
    if let Some(onward) = asked.onward.iter().find(|_| asked.session.is_some()) {
        guard::allow_forms_to(&mut answer, [onward.uri.as_str()].into_iter());
    }
    Ok(browser.answer(visit, answer))
}

/// Ends it on record, with its grants; then the platforms are told, once that is durable.
async fn end(visit: &Visit, authentication: Authentication) -> Result<Vec<Told>, Failure> {
    let (cx, caller) = (visit.cx.clone(), visit.caller());
    let told = visit
        .state
        .database
        .write(move |store| log_out(store, &cx, &caller, &authentication))
        .await?;
    let taken = told.iter().filter_map(|told| told.delivery.clone());
    tell_at_once(&visit.state, taken.collect()).await;
    Ok(told)
}

/// On to where the platform wants the person, if its ID token spoke for it; else to the page that says what was done.
async fn go(
    visit: &Visit,
    browser: &Browser,
    (told, asked): (Vec<Told>, Option<&EndSession>),
) -> Result<HttpResponse, Failure> {
    let onward = asked.and_then(|asked| asked.onward.clone());
    if let (Some(onward), true) = (&onward, asked.is_some_and(|asked| asked.session.is_some())) {
        // Once more: it may not be registered any more.
        let platform = visit.state.database.find_platform(&onward.platform).await?;
        if let Some(address) = onward.address(platform.as_deref()) {
            return Ok(browser.answer(visit, leave::to(&address)));
        }
    }
    let to = if told.is_empty() && onward.is_none() {
        routes::SIGNED_OUT.to_owned()
    } else {
        let id = random_text(&*visit.cx.rng);
        let record = SignedOut {
            platforms: told.into_iter().map(shown).collect(),
            onward,
        };
        let lifetime = visit.state.settings.request_lifetime;
        let ephemeral = &visit.state.ephemeral;
        ephemeral.put_record(&id, &record, lifetime).await?;
        routes::signed_out(&id)
    };
    Ok(browser.answer(visit, see_other(&to)))
}

fn shown(told: Told) -> ToldPlatform {
    ToldPlatform {
        platform: told.platform_id,
        delivery: told.delivery.map(|delivery| delivery.id),
    }
}
