//! `/logout`: the portal's button, and the question whether to sign out; `/signed-out`: what was done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::{LogoutDeliveryId, PlatformId};
use idp_core::logout_delivery::DeliveryStage;
use idp_core::sign_out::{EndSession, SignedOut, ToldPlatform};

use super::error::Failure;
use super::extract::browser::see_other;
use super::extract::form::pairs;
use super::extract::{Browser, Form, Visit};
use super::{page, routes, signing_out};
use crate::view::{PlatformSignOut, SignedOutPage};

/// `GET /logout`: asks, where somebody is signed in.
pub async fn show(visit: Visit, request: HttpRequest) -> HttpResponse {
    let shown = async {
        let (asked, id) = waiting(&visit, parameter(&request, "request")).await?;
        signing_out::go_on(&visit, &request, (asked, id)).await
    };
    match shown.await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

/// `POST /logout`
pub async fn submit(mut visit: Visit, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    visit.at(routes::HOME);
    match submitted(&visit, &request, &Form::parse(&body)).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn submitted(
    visit: &Visit,
    request: &HttpRequest,
    form: &Form,
) -> Result<HttpResponse, Failure> {
    let mut browser = Browser::find(visit, request).await?;
    browser.check_form(visit, form).await?;
    let id = Some(form.one("request")?.to_owned()).filter(|id| !id.is_empty());
    let (asked, id) = waiting(visit, id).await?;
    signing_out::sign_out(visit, &mut browser, id.is_some().then_some(&asked)).await
}

/// The request that waits under a name; one that is gone by now asks for nothing but that.
async fn waiting(
    visit: &Visit,
    id: Option<String>,
) -> Result<(EndSession, Option<String>), Failure> {
    let found = match &id {
        None => None,
        Some(id) => {
            let ephemeral = &visit.state.ephemeral;
            ephemeral.get_record::<EndSession>(id).await?
        }
    };
    Ok(match found {
        Some(asked) => (asked, id),
        None => (EndSession::default(), None),
    })
}

/// `GET /signed-out`
pub async fn done(visit: Visit, request: HttpRequest) -> HttpResponse {
    match done_page(&visit, &request).await {
        Ok(answer) => answer,
        Err(failure) => failure.page(&visit),
    }
}

async fn done_page(visit: &Visit, request: &HttpRequest) -> Result<HttpResponse, Failure> {
    let browser = Browser::find(visit, request).await?;
    let of = parameter(request, "of");
    let record = match &of {
        None => None,
        Some(id) => {
            let ephemeral = &visit.state.ephemeral;
            ephemeral.get_record::<SignedOut>(id).await?
        }
    };
    if record.is_none() && browser.present().is_ok() {
        // Nobody is told that they are signed out who are not.
        return Ok(browser.answer(visit, see_other(routes::HOME)));
    }
    let record = record.unwrap_or_default();
    let platforms = platforms(visit, &record.platforms).await?;
    let onward = match &record.onward {
        None => None,
        Some(onward) => {
            let platform = visit.state.database.find_platform(&onward.platform).await?;
            let name = platform
                .as_deref()
                .map(|platform| page::platform_name(platform, visit.locale).to_owned());
            onward.address(platform.as_deref()).zip(name)
        }
    };
    let here = of.map_or_else(
        || routes::SIGNED_OUT.to_owned(),
        |id| routes::signed_out(&id),
    );
    let page = SignedOutPage {
        frame: visit.frame(Some(&browser)),
        again: &here,
        platforms: platforms.iter().map(|(n, s)| (n.as_str(), *s)).collect(),
        onward: onward
            .as_ref()
            .map(|(to, name)| (to.as_str(), name.as_str())),
    };
    Ok(browser.answer(visit, visit.html(StatusCode::OK, page.render())))
}

/// Each platform once: it has confirmed when every session there has. Two of one name are two.
async fn platforms(
    visit: &Visit,
    told: &[ToldPlatform],
) -> Result<Vec<(String, PlatformSignOut)>, Failure> {
    let mut shown: Vec<(&PlatformId, String, PlatformSignOut)> = Vec::new();
    for told in told {
        let state = state_of(visit, told.delivery.clone()).await?;
        if let Some((_, _, known)) = shown.iter_mut().find(|(id, ..)| **id == told.platform) {
            *known = (*known).max(state);
            continue;
        }
        let found = visit.state.database.find_platform(&told.platform).await?;
        let Some(platform) = found.as_deref() else {
            continue;
        };
        let name = page::platform_name(platform, visit.locale).to_owned();
        shown.push((&told.platform, name, state));
    }
    let named = shown.into_iter().map(|(_, name, state)| (name, state));
    Ok(named.collect())
}

async fn state_of(
    visit: &Visit,
    delivery: Option<LogoutDeliveryId>,
) -> Result<PlatformSignOut, Failure> {
    let Some(id) = delivery else {
        return Ok(PlatformSignOut::Unsupported);
    };
    let database = &visit.state.database;
    let found = database
        .read(move |store| store.find_logout_delivery(&id))
        .await?;
    Ok(match found.map(|delivery| delivery.state.parts().0) {
        Some(DeliveryStage::Confirmed) => PlatformSignOut::Confirmed,
        Some(DeliveryStage::Waiting) => PlatformSignOut::Waiting,
        // How one ended that is off record nobody knows: better that the person looks there.
        Some(DeliveryStage::Refused | DeliveryStage::GivenUp) | None => PlatformSignOut::Failed,
    })
}

fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let parameters = pairs(request.query_string().as_bytes());
    let found = parameters.into_iter().find(|(n, _)| n == name);
    found.map(|(_, value)| value).filter(|v| !v.is_empty())
}
