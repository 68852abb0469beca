//! What every page shares: language, who is signed in, where the stylesheet is, whom to call.
//!
//! Owns the frame around a page and the form choices several pages use. Does not know any page.

use std::borrow::Cow;

use super::{Locale, Messages};

/// The frame around every page.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The language of the page.
    pub locale: Locale,
    /// Path and query of this page as a GET would ask for it; the language switch keeps it.
    pub path_and_query: &'a str,
    /// The enterprise whose session this is.
    pub signed_in: Option<SignedIn<'a>>,
    /// The anti-forgery token for every form of the page.
    pub csrf_token: &'a str,
    /// The machine word of what was done just now, at the console; `act-<word>` is its text.
    pub done: Option<&'a str>,
    /// Where the stylesheet, the script and the emblem are.
    pub assets: Assets<'a>,
    /// Whom to call.
    pub support: Support<'a>,
    /// Shows a thin notice that this is a demonstration.
    pub demo: bool,
}

/// Who is signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn<'a> {
    /// The enterprise's name, from its certificate.
    pub enterprise_name: &'a str,
}

/// Paths of the embedded files, content hash included.
#[derive(Clone, Copy, Debug)]
pub struct Assets<'a> {
    /// The stylesheet.
    pub css: &'a str,
    /// The script.
    pub js: &'a str,
    /// The emblem, an SVG.
    pub icon: &'a str,
}

/// The support desk, as the operator configured it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Support<'a> {
    /// Telephone number.
    pub phone: Option<&'a str>,
    /// Mail address.
    pub email: Option<&'a str>,
    /// Working hours, in the operator's words.
    pub hours: Option<&'a str>,
}

/// One entry of a select or of a group of checkboxes.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
}

/// Entries of a select under one heading.
#[derive(Clone, Debug)]
pub struct ChoiceGroup<'a> {
    /// The heading.
    pub label: &'a str,
    /// The entries.
    pub choices: Vec<Choice<'a>>,
}

/// One language of the switch in the header.
pub(super) struct LanguageLink {
    pub(super) tag: &'static str,
    pub(super) own_name: &'static str,
    /// `None` for the language the page is in.
    pub(super) href: Option<String>,
}

impl Frame<'_> {
    /// The message `key`.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        Messages::of(self.locale).t(key)
    }

    /// The message `key` with its arguments.
    pub fn ta(&self, key: &str, args: &[(&str, &str)]) -> Cow<'static, str> {
        Messages::of(self.locale).ta(key, args)
    }

    /// The lines of the message `key`: one paragraph or list entry each.
    pub fn lines(&self, key: &str) -> Vec<String> {
        self.lines_with(key, &[])
    }

    /// The lines of the message `key` with its arguments filled in.
    pub fn lines_with(&self, key: &str, args: &[(&str, &str)]) -> Vec<String> {
        let lines = self.ta(key, args);
        lines.lines().map(str::to_owned).collect()
    }

    /// Whether `path` is where this page is, for `aria-current` in the navigation.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.path() == path
    }

    /// Whether this page is `path` or below it.
    pub(super) fn is_below(&self, path: &str) -> bool {
        let rest = self.path().strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The language switch: the same page with another `lang`.
    pub(super) fn languages(&self) -> [LanguageLink; 2] {
        Locale::ALL.map(|locale| LanguageLink {
            tag: locale.tag(),
            own_name: locale.own_name(),
            href: (locale != self.locale).then(|| self.href_in(locale)),
        })
    }

    fn path(&self) -> &str {
        let path = self.path_and_query.split(['?', '#']).next().unwrap_or("/");
        // `//host` and `/\host` would be links to another site.
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        if ours { path } else { "/" }
    }

    fn href_in(&self, locale: Locale) -> String {
        let query = (self.path_and_query.split_once('?')).map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let mut href = String::with_capacity(self.path_and_query.len() + 12);
        href.push_str(self.path());
        href.push('?');
        for pair in query.split('&') {
            if !(pair.is_empty() || pair == "lang" || pair.starts_with("lang=")) {
                href.push_str(pair);
                href.push('&');
            }
        }
        href.push_str("lang=");
        href.push_str(locale.tag());
        href
    }
}

impl Support<'_> {
    /// Whether there is anything to show.
    pub(super) fn is_known(&self) -> bool {
        self.phone.is_some() || self.email.is_some()
    }
}
