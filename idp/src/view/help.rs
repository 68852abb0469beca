//! 帮助: the FAQ of the guide, 1–12, each with its anchor.

use askama::Template;

use super::{Frame, page};

/// The help page.
#[derive(Clone, Debug, Template)]
#[template(path = "help.html")]
pub struct HelpPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
}

impl HelpPage<'_> {
    fn question(&self, number: u8) -> String {
        let key = format!("faq-{number}-question");
        self.frame.t(&key).into_owned()
    }

    fn answer(&self, number: u8) -> Vec<String> {
        self.frame.lines(&format!("faq-{number}-answer"))
    }
}

page!(HelpPage, 12 * 1024);
