//! 常见问题.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::frame::{self, Frame, Page};
use crate::assistant::questions::{QUESTIONS, Question};
use crate::service::server::Shared;

/// The page.
#[derive(Template)]
#[template(path = "questions.html")]
struct Questions<'a> {
    frame: Frame<'a>,
    questions: &'static [Question],
}

impl Questions<'_> {
    /// The answer's paragraphs.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass references"
    )]
    fn answer(&self, question: &Question) -> Vec<String> {
        let text = self.frame.say.text(&question.answer_key());
        text.lines().map(str::to_owned).collect()
    }
}

pub(super) async fn page(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    match Frame::of(&request, &shared, Page::Questions) {
        Ok(frame) => frame::page(&Questions {
            frame,
            questions: &QUESTIONS,
        }),
        Err(answer) => answer,
    }
}
