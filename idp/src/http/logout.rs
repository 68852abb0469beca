//! `POST /logout`: ends the session in this browser.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use idp_core::log_out::log_out;

use super::error::Failure;
use super::extract::{Browser, Form, Visit};
use super::routes;
use crate::view::SignedOutPage;

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
    if let Some(authentication) = browser.end(visit).await? {
        let (cx, caller) = (visit.cx.clone(), visit.caller());
        visit
            .state
            .database
            .write(move |store| log_out(store, &cx, &caller, &authentication))
            .await?;
    }
    let page = SignedOutPage {
        frame: visit.frame(Some(&browser)),
        platforms: Vec::new(),
        onward: None,
    };
    Ok(browser.answer(visit, visit.html(StatusCode::OK, page.render())))
}
