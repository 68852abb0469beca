//! What an operator is about to do, exactly, and the form that asks for a signature under it.

use askama::Template;

use super::{Bench, Fact};
use crate::view::{ChallengeForm, Frame, Problem, page};

/// The page that is signed.
#[derive(Clone, Debug, Template)]
#[template(path = "console/act.html")]
pub struct ActPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// `propose`, `approve`, `refuse` or `do`.
    pub verb: &'a str,
    /// The machine word of what is done: `act-<code>` is its text.
    pub code: &'a str,
    /// What it is, line by line.
    pub facts: Vec<Fact>,
    /// What should be looked at before signing.
    pub warnings: Vec<String>,
    /// What is signed.
    pub challenge: ChallengeForm<'a>,
    /// The act itself; comes back as the field `act`.
    pub act: &'a str,
    /// Where one came from.
    pub back: &'a str,
    /// Why the last attempt was refused.
    pub problem: Option<Problem<'a>>,
}

page!(ActPage, 20 * 1024);
