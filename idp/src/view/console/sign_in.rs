//! An operator signs in: one form that asks the operator's own certificate for a signature.

use askama::Template;

use super::Bench;
use crate::view::{ChallengeForm, Frame, Problem, page};

/// The sign-in page of the console.
#[derive(Clone, Debug, Template)]
#[template(path = "console/sign_in.html")]
pub struct ConsoleSignInPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Nobody yet.
    pub bench: Bench<'a>,
    /// What is signed.
    pub challenge: ChallengeForm<'a>,
    /// Where one is heading; comes back as the field `next`.
    pub next: &'a str,
    /// Why the last attempt was refused.
    pub problem: Option<Problem<'a>>,
}

page!(ConsoleSignInPage, 16 * 1024);
