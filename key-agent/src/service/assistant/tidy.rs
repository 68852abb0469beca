//! 清理证书: what the agent keeps, shown first, and then what of it went. Never a key.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{self, Frame, Page};
use crate::assistant::memory::{Item, Kind};
use crate::service::server::Shared;

/// The page.
#[derive(Template)]
#[template(path = "tidy.html")]
struct Tidy<'a> {
    frame: Frame<'a>,
    groups: Vec<Group>,
    /// What went, if something was asked to.
    gone: Option<Result<Vec<Item>, ()>>,
    token: String,
}

/// Everything of one kind.
struct Group {
    kind: Kind,
    names: Vec<String>,
}

impl Group {
    /// A person's word about a website stays unless it is meant.
    fn is_chosen(&self) -> bool {
        self.kind != Kind::Confirmed
    }

    fn title_key(&self) -> &'static str {
        title_key(self.kind)
    }
}

impl Tidy<'_> {
    fn item_key(item: &Item) -> &'static str {
        title_key(item.kind)
    }
}

const fn title_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Choices => "tidy-choices",
        Kind::Downloads => "tidy-downloads",
        Kind::Confirmed => "tidy-confirmed",
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    match Frame::of(&request, &shared, Page::Tidy) {
        Ok(frame) => show(frame, &shared, None),
        Err(answer) => answer,
    }
}

pub(super) async fn tidy(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let frame = Frame::of_form(&request, &shared, Page::Tidy);
    let Some(form) = Form::read(&request, &body, &shared) else {
        return frame.refuse();
    };
    let kinds: Vec<Kind> = form
        .all("what")
        .iter()
        .filter_map(|word| Kind::from_word(word))
        .collect();
    let gone = shared.assistant.memory.tidy(&kinds);
    let gone = gone.map_err(|error| tracing::warn!(%error, "tidying came to nothing"));
    show(frame, &shared, Some(gone))
}

fn show(frame: Frame<'_>, shared: &Shared, gone: Option<Result<Vec<Item>, ()>>) -> HttpResponse {
    let untidy = shared.assistant.memory.untidy();
    let group = |kind| Group {
        kind,
        names: untidy
            .iter()
            .filter(|item| item.kind == kind)
            .map(|item| item.name.clone())
            .collect(),
    };
    frame::page(&Tidy {
        frame,
        groups: Kind::ALL
            .map(group)
            .into_iter()
            .filter(|group| !group.names.is_empty())
            .collect(),
        gone,
        token: frame::token(shared),
    })
}
