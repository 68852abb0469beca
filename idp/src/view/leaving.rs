//! Pages on which a person leaves: signed out, or on the way to a platform.

use askama::Template;

use super::{Frame, page};

/// The page after signing out.
#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Platforms that were told to end their session too, and whether each confirmed.
    pub platforms: Vec<(&'a str, bool)>,
    /// Where to go on, when a platform sent the person here: address and platform name.
    pub onward: Option<(&'a str, &'a str)>,
}

/// The page that posts an answer to a platform (Form Post Response Mode): by script at once, by its button without.
#[derive(Clone, Debug, Template)]
#[template(path = "redirecting.html")]
pub struct RedirectingPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Where to, already checked.
    pub action: &'a str,
    /// What is posted, in order.
    pub fields: &'a [(&'static str, String)],
    /// Who is there.
    pub platform_name: &'a str,
}

page!(SignedOutPage, 6 * 1024);
page!(RedirectingPage, 6 * 1024);
