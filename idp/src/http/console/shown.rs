//! What the console's pages share: a page for whoever is on duty and may see it, a form from them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::operator::Right;

use super::{CONSOLE, SIGN_IN, is_console};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Desk, Form, Visit};

/// A page for whoever is on duty and has one of these rights; anybody else is led to sign in, or refused.
pub async fn show(
    visit: &Visit,
    request: &HttpRequest,
    rights: &[Right],
    page: impl AsyncFnOnce(&Desk) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let shown = async {
        let desk = Desk::find(visit, request).await?;
        if desk.on_duty.is_none() {
            return Ok(to_sign_in(request));
        }
        allow(visit, &desk, rights).await?;
        page(&desk).await
    };
    shown
        .await
        .unwrap_or_else(|failure: Failure| failure.page(visit))
}

/// Takes a form of this session from whoever is on duty and has one of these rights.
pub async fn submit(
    visit: &Visit,
    (request, body): (&HttpRequest, &[u8]),
    rights: &[Right],
    answer: impl AsyncFnOnce(&Desk, &Form) -> Result<HttpResponse, Failure>,
) -> HttpResponse {
    let submitted = async {
        let form = Form::parse(body);
        let desk = Desk::find(visit, request).await?;
        desk.check_form(visit, &form).await?;
        desk.on_duty()?;
        allow(visit, &desk, rights).await?;
        answer(&desk, &form).await
    };
    submitted
        .await
        .unwrap_or_else(|failure: Failure| failure.page(visit))
}

async fn allow(visit: &Visit, desk: &Desk, rights: &[Right]) -> Result<(), Failure> {
    match rights.first() {
        Some(first) if !rights.iter().any(|right| desk.may(*right)) => {
            desk.mandate(visit, *first).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// To the sign-in page, and from there to where one was heading.
fn to_sign_in(request: &HttpRequest) -> HttpResponse {
    let next = request
        .uri()
        .path_and_query()
        .map_or(CONSOLE, |p| p.as_str());
    if next == CONSOLE {
        return see_other(SIGN_IN);
    }
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    see_other(&format!("{SIGN_IN}?next={next}"))
}

/// An address of the console, or its beginning: nobody is led elsewhere.
pub fn within(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_console(path) && is_plain && !next.contains("//") {
        next
    } else {
        CONSOLE
    }
}

/// Nothing of this name.
pub const fn not_found() -> Failure {
    Failure::refused(StatusCode::NOT_FOUND, "not-found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_out_of_the_console() {
        for good in ["/console", "/console/proposals?state=all"] {
            assert_eq!(within(good), good);
        }
        for bad in [
            "",
            "https://evil.example/console",
            "//evil.example",
            "/console//evil.example",
            "/consolexyz",
            "/account",
            "/console/\\evil",
            "/console/a b",
        ] {
            assert_eq!(within(bad), CONSOLE, "{bad}");
        }
    }
}
