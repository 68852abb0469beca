//! What all of the assistant's pages have in common: language, the seven words, and the answers around a page.

use std::time::Instant;

use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::service::guard;
use crate::service::server::Shared;
use crate::texts::{Language, Speaker};

/// A page of the assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    Check,
    Certificates,
    Seals,
    Portal,
    Tidy,
    Questions,
    Update,
    /// No page has this path.
    Unknown,
}

impl Page {
    /// The seven words, in the guide's order.
    pub(super) const WORDS: [Self; 7] = [
        Self::Check,
        Self::Certificates,
        Self::Seals,
        Self::Portal,
        Self::Tidy,
        Self::Questions,
        Self::Update,
    ];

    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Home | Self::Unknown => "/",
            Self::Check => "/check",
            Self::Certificates => "/certificates",
            Self::Seals => "/seals",
            Self::Portal => "/portal",
            Self::Tidy => "/tidy",
            Self::Questions => "/questions",
            Self::Update => "/update",
        }
    }

    /// Its id in the page, and the name of its picture.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Check => "check",
            Self::Certificates => "certificates",
            Self::Seals => "seals",
            Self::Portal => "portal",
            Self::Tidy => "tidy",
            Self::Questions => "questions",
            Self::Update => "update",
            Self::Unknown => "unknown",
        }
    }

    /// The key of its name.
    pub(super) const fn title_key(self) -> &'static str {
        match self {
            Self::Home => "root-title",
            Self::Check => "word-check",
            Self::Certificates => "word-certificates",
            Self::Seals => "word-seals",
            Self::Portal => "word-portal",
            Self::Tidy => "word-tidy",
            Self::Questions => "word-questions",
            Self::Update => "word-update",
            Self::Unknown => "unknown-title",
        }
    }

    /// The key of the line that says what it does.
    pub(super) const fn hint_key(self) -> &'static str {
        match self {
            Self::Home => "root-running",
            Self::Check => "hint-check",
            Self::Certificates => "hint-certificates",
            Self::Seals => "hint-seals",
            Self::Portal => "hint-portal",
            Self::Tidy => "hint-tidy",
            Self::Questions => "hint-questions",
            Self::Update => "hint-update",
            Self::Unknown => "unknown-hint",
        }
    }
}

/// What every page shows around its own.
pub(super) struct Frame<'a> {
    pub(super) say: Speaker<'a>,
    pub(super) page: Page,
    /// The language was asked for, so links keep asking for it.
    suffix: &'static str,
    pub(super) version: &'static str,
}

impl<'a> Frame<'a> {
    /// The frame of a page that is asked for, or what is answered instead.
    #[expect(
        clippy::result_large_err,
        reason = "the answer is sent by who asked, not passed on"
    )]
    pub(super) fn of(
        request: &HttpRequest,
        shared: &'a Shared,
        page: Page,
    ) -> Result<Self, HttpResponse> {
        if !guard::is_own_or_navigation(request) {
            return Err(HttpResponse::Forbidden().finish());
        }
        let (language, suffix) = match request.query_string() {
            "lang=zh-CN" => (Language::ZhCn, "?lang=zh-CN"),
            "lang=en" => (Language::En, "?lang=en"),
            "" => (Language::of_request(request), ""),
            _ => return Err(see(page.path())),
        };
        Ok(Self {
            say: shared.texts.speaker(language),
            page,
            suffix,
            version: env!("CARGO_PKG_VERSION"),
        })
    }

    /// The frame of the page whose form was sent.
    pub(super) fn of_form(request: &HttpRequest, shared: &'a Shared, page: Page) -> Self {
        let (language, suffix) = match request.query_string() {
            "lang=zh-CN" => (Language::ZhCn, "?lang=zh-CN"),
            "lang=en" => (Language::En, "?lang=en"),
            _ => (Language::of_request(request), ""),
        };
        Self {
            say: shared.texts.speaker(language),
            page,
            suffix,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// A path in the language that was asked for.
    pub(super) fn link(&self, path: &str) -> String {
        format!("{path}{}", self.suffix)
    }

    /// This page in the other language.
    pub(super) fn translation(&self) -> String {
        format!("{}?lang={}", self.page.path(), self.other_tag())
    }

    pub(super) fn other_tag(&self) -> &'static str {
        if self.say.tag() == Language::En.tag() {
            Language::ZhCn.tag()
        } else {
            Language::En.tag()
        }
    }

    /// The way back to this page after its form was sent.
    pub(super) fn back(&self) -> HttpResponse {
        see(&self.link(self.page.path()))
    }

    /// A form that was not sent from a page that is open, or was sent twice.
    pub(super) fn refuse(&self) -> HttpResponse {
        let page = Refused { frame: self };
        html(StatusCode::FORBIDDEN, &page)
    }
}

/// A page that says that a button counted for nothing.
#[derive(Template)]
#[template(path = "refused.html")]
struct Refused<'a> {
    frame: &'a Frame<'a>,
}

/// A page for a path that has none, for whoever came by an old bookmark or a slip of the pen.
#[derive(Template)]
#[template(path = "unknown.html")]
struct Unknown<'a> {
    frame: &'a Frame<'a>,
}

/// Answers every path that is not routed; a page only to a person, who opens it as such.
pub(in crate::service) async fn unknown(
    request: HttpRequest,
    shared: Data<Shared>,
) -> HttpResponse {
    if request.method() != Method::GET || !guard::is_navigation(&request) {
        return HttpResponse::NotFound().finish();
    }
    let frame = Frame::of_form(&request, &shared, Page::Unknown);
    html(StatusCode::NOT_FOUND, &Unknown { frame: &frame })
}

/// A token for the forms of the page that is being made.
pub(super) fn token(shared: &Shared) -> String {
    let token = shared.assistant.visits().issue(Instant::now());
    // Without randomness no form works; nothing else does harm.
    token.unwrap_or_default()
}

pub(super) fn page(page: &impl Template) -> HttpResponse {
    html(StatusCode::OK, page)
}

fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(text) => HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn see(place: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, place.to_owned()))
        .finish()
}
