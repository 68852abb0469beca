//! Mail to an enterprise: one text in both languages, plain and as HTML.
//!
//! Owns how a mail looks. Its sentences arrive ready.

use std::fmt::Write as _;

use askama::Template;

/// A mail, its languages one below the other.
#[derive(Clone, Debug, Template)]
#[template(path = "mail/notification.html")]
pub struct NotificationMail {
    /// Chinese first.
    pub parts: Vec<MailPart>,
}

/// One language of a mail.
#[derive(Clone, Debug)]
pub struct MailPart {
    /// BCP 47.
    pub language: &'static str,
    /// What it is about.
    pub subject: String,
    /// To whom.
    pub greeting: String,
    /// What happened.
    pub text: String,
    /// What to do.
    pub advice: String,
    /// Who sends it, and what is never asked for.
    pub footer: String,
}

impl NotificationMail {
    /// Both languages in a line.
    pub fn subject(&self) -> String {
        let each: Vec<&str> = self
            .parts
            .iter()
            .map(|part| part.subject.as_str())
            .collect();
        each.join(" / ")
    }

    /// Without HTML.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            let (to, what) = (&part.greeting, &part.text);
            let (todo, end) = (&part.advice, &part.footer);
            let _ = write!(
                text,
                "{to}\r\n\r\n{what}\r\n\r\n{todo}\r\n\r\n{end}\r\n\r\n"
            );
        }
        text
    }

    /// As HTML, every word of it escaped.
    ///
    /// # Errors
    /// Only when a template filter fails; none of ours can.
    pub fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }
}
