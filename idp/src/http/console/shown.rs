//! What the console's pages share: a page for whoever is on duty and may see it, a form from them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::operator::Right;

use super::{CONSOLE, SIGN_IN, is_console};
use crate::http::error::Failure;
use crate::http::extract::browser::see_other;
use crate::http::extract::{Desk, Form, Visit};
use crate::operating::Act;
use crate::view::BackLink;

/// Nobody is on duty here any more.
const SESSION_OVER: &str = "operator-session-over";

/// Fields that a page fills in and nobody types.
const BY_THE_PAGE: &[&str] = &[
    "act",
    "back",
    "csrf_token",
    "do",
    "nonce",
    "proof",
    "version",
];

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
    let form = Form::parse(body);
    let mut is_off_duty = false;
    let submitted = async {
        let desk = Desk::find(visit, request).await?;
        is_off_duty = desk.on_duty.is_none();
        desk.check_form(visit, &form).await?;
        desk.on_duty()?;
        allow(visit, &desk, rights).await?;
        answer(&desk, &form).await
    };
    let answered: Result<_, Failure> = submitted.await;
    answered.unwrap_or_else(|failure| refusal(visit, &failure, (&form, is_off_duty)))
}

/// The page of a refused form. Where the session ended meanwhile it leads to signing in and back again, and still shows what was
/// typed: the session of an operator is short, and a reason may be long.
pub fn refusal(
    visit: &Visit,
    failure: &Failure,
    (form, is_off_duty): (&Form, bool),
) -> HttpResponse {
    if !failure.is_stale() && failure.code != SESSION_OVER {
        return failure.page(visit);
    }
    let from = form.one("back").unwrap_or_default();
    let from = within(if from.is_empty() { visit.path() } else { from });
    let next: String = url::form_urlencoded::byte_serialize(from.as_bytes()).collect();
    let link = BackLink {
        href: &format!("{SIGN_IN}?next={next}"),
        label_key: "back-to-console",
    };
    // The portal's words speak of an enterprise's lock; and whoever signed out in another tab has a session of nobody by now.
    let code = match failure.code {
        "session-expired" => SESSION_OVER,
        _ if is_off_duty => SESSION_OVER,
        other => other,
    };
    let told = Failure::refused(failure.status, code);
    let act = form.one("act").ok().and_then(Act::of_text);
    let mut typed = form.typed(BY_THE_PAGE);
    typed.extend(act.as_ref().and_then(Act::reason).map(|it| ("reason", it)));
    // Where nobody says that the form is ours, it may be a stranger's.
    let kept = if visit.is_from_own_page() {
        &typed[..]
    } else {
        &[]
    };
    told.page_keeping(visit, link, kept)
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
