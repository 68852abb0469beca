//! Pages on which a person leaves: asked whether to sign out, signed out, or on the way to a platform.

use askama::Template;

use super::{Frame, page};

/// What became of a session on a platform. In this order: the worse of two counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlatformSignOut {
    /// The platform said that it ended it.
    Confirmed,
    /// It is told, and told again.
    Waiting,
    /// It said that it could not, or was silent for too long.
    Failed,
    /// It can't be told.
    Unsupported,
}

impl PlatformSignOut {
    const fn key(self) -> &'static str {
        match self {
            Self::Confirmed => "signed-out-confirmed",
            Self::Waiting => "signed-out-waiting",
            Self::Failed => "signed-out-failed",
            Self::Unsupported => "signed-out-unsupported",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Confirmed => "tag tag-good",
            Self::Waiting => "tag tag-info",
            Self::Failed | Self::Unsupported => "tag tag-warn",
        }
    }
}

/// The question whether to sign out.
#[derive(Clone, Debug, Template)]
#[template(path = "confirm_sign_out.html")]
pub struct ConfirmSignOutPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Under which name the platform's request waits.
    pub request: &'a str,
    /// The platform that sent the person here, where it said so.
    pub platform: Option<&'a str>,
}

/// The page after signing out.
#[derive(Clone, Debug, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// This page again, with what became of the platforms since.
    pub again: &'a str,
    /// Platforms that were entered, and what became of their sessions.
    pub platforms: Vec<(&'a str, PlatformSignOut)>,
    /// Where to go on, when a platform sent the person here: address and platform name.
    pub onward: Option<(&'a str, &'a str)>,
}

impl SignedOutPage<'_> {
    fn has(&self, state: PlatformSignOut) -> bool {
        self.platforms.iter().any(|(_, s)| *s == state)
    }

    fn is_waiting(&self) -> bool {
        self.has(PlatformSignOut::Waiting)
    }

    /// Sessions that only the person can end.
    fn is_left_to_the_person(&self) -> bool {
        self.has(PlatformSignOut::Failed) || self.has(PlatformSignOut::Unsupported)
    }

    fn lead_key(&self) -> &'static str {
        match (self.is_left_to_the_person(), self.is_waiting()) {
            (true, _) => "signed-out-lead-rest",
            (false, true) => "signed-out-lead-waiting",
            (false, false) => "signed-out-lead",
        }
    }
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

page!(ConfirmSignOutPage, 6 * 1024);
page!(SignedOutPage, 6 * 1024);
page!(RedirectingPage, 6 * 1024);
