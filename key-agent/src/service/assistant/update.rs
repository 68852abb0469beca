//! 软件升级 as a page: look, fetch, and say where the file lies.

use std::time::SystemTime;

use actix_web::rt;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::form::Form;
use super::frame::{self, Frame, Page};
use super::state::UpdateRun;
use crate::assistant::update::{self, News, Offer, UpdateError, UpdateSource};
use crate::service::server::Shared;

/// The page.
#[derive(Template)]
#[template(path = "update.html")]
struct UpdatePage<'a> {
    frame: Frame<'a>,
    has_source: bool,
    run: UpdateRun,
    token: String,
}

impl UpdatePage<'_> {
    fn is_idle(&self) -> bool {
        matches!(self.run, UpdateRun::Idle)
    }

    fn error_key(error: &UpdateError) -> String {
        format!("update-error-{}", error.code())
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "a template passes fields by reference"
    )]
    fn megabytes(octets: &u64) -> String {
        let tenths = octets.div_ceil(100_000);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let frame = match Frame::of(&request, &shared, Page::Update) {
        Ok(frame) => frame,
        Err(answer) => return answer,
    };
    let run = shared.assistant.update().clone();
    let token = if run.is_running() {
        String::new()
    } else {
        frame::token(&shared)
    };
    frame::page(&UpdatePage {
        frame,
        has_source: shared.settings.update.is_some(),
        run,
        token,
    })
}

pub(super) async fn act(request: HttpRequest, body: Bytes, shared: Data<Shared>) -> HttpResponse {
    let frame = Frame::of_form(&request, &shared, Page::Update);
    let Some(form) = Form::read(&request, &body, &shared) else {
        return frame.refuse();
    };
    let Some(source) = shared.settings.update.clone() else {
        return frame.back();
    };
    match form.field("do") {
        Some("look") => look(&shared, source),
        Some("fetch") => fetch(&shared, source),
        _ => return frame.refuse(),
    }
    frame.back()
}

fn look(shared: &Data<Shared>, source: UpdateSource) {
    {
        let mut run = shared.assistant.update();
        if run.is_running() {
            return;
        }
        *run = UpdateRun::Looking;
    }
    let shared = shared.clone();
    rt::spawn(async move {
        let memory = &shared.assistant.memory;
        let news = update::look(&source, memory.kept().newest, SystemTime::now()).await;
        if let Ok(News::Newer(Offer { version, .. }) | News::NotForThisComputer(version)) = &news
            && let Err(error) = memory.told_of(*version)
        {
            tracing::warn!(%error, "the version that was told of is not remembered");
        }
        *shared.assistant.update() = news.map_or_else(failed, UpdateRun::Told);
    });
}

fn fetch(shared: &Data<Shared>, source: UpdateSource) {
    let offer = {
        let mut run = shared.assistant.update();
        let UpdateRun::Told(News::Newer(offer)) = &*run else {
            return;
        };
        let offer = offer.clone();
        *run = UpdateRun::Fetching {
            offer: offer.clone(),
            received: 0,
        };
        offer
    };
    let shared = shared.clone();
    rt::spawn(async move {
        let fetched = match shared.assistant.memory.downloads() {
            None => Err(UpdateError::NoFolder),
            Some(folder) => {
                update::download(&source, offer, &folder, |octets| {
                    if let UpdateRun::Fetching { received, .. } = &mut *shared.assistant.update() {
                        *received = octets;
                    }
                })
                .await
            }
        };
        *shared.assistant.update() = fetched.map_or_else(failed, UpdateRun::Fetched);
    });
}

fn failed(error: UpdateError) -> UpdateRun {
    tracing::warn!(%error, "an update came to nothing");
    UpdateRun::Failed(error)
}
