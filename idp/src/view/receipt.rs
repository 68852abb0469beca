//! 授权凭证: whether a receipt holds, check by check.

use std::borrow::Cow;

use askama::Template;

use super::{Frame, page};

/// The page where anybody checks a receipt.
#[derive(Clone, Debug, Template)]
#[template(path = "receipt.html")]
pub struct ReceiptPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What was pasted.
    pub text: &'a str,
    /// How it stands, once it was looked at.
    pub standing: Option<Stand>,
    /// Whether it was taken back, by its own words.
    pub withdrawn: bool,
    /// Each check.
    pub checks: Vec<CheckRow>,
    /// What it says, where it can be read.
    pub shown: Option<ReceiptShown<'a>>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// It holds.
    Good,
    /// It could not be looked at.
    Open,
    /// It does not hold.
    Bad,
}

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct CheckRow {
    /// Its text is the message `receipt-check-<name>`.
    pub name: &'static str,
    /// How it ended.
    pub stand: Stand,
    /// The machine word for why.
    pub why: Option<&'static str>,
}

/// What a receipt says.
#[derive(Clone, Debug)]
pub struct ReceiptShown<'a> {
    /// The text that was agreed to.
    pub statement: &'a str,
    /// By whom it was signed.
    pub signed_by_lock: bool,
    /// When what happened, in the receipt's own words.
    pub events: Vec<(&'a str, &'a str)>,
}

impl CheckRow {
    fn tag(&self) -> &'static str {
        match self.stand {
            Stand::Good => "tag tag-good",
            Stand::Open => "tag",
            Stand::Bad => "tag tag-warn",
        }
    }
}

impl ReceiptPage<'_> {
    fn title_of(&self, check: &CheckRow) -> Cow<'static, str> {
        self.frame.t(&format!("receipt-check-{}", check.name))
    }

    fn stand_of(&self, check: &CheckRow) -> Cow<'static, str> {
        match check.stand {
            Stand::Good => self.frame.t("receipt-passed"),
            Stand::Open => self.frame.t("receipt-unchecked"),
            Stand::Bad => self.frame.t("receipt-failed"),
        }
    }

    /// Of all of them.
    fn verdict(&self) -> Cow<'static, str> {
        match self.standing {
            Some(Stand::Good) => self.frame.t("receipt-good"),
            Some(Stand::Open) => self.frame.t("receipt-incomplete"),
            Some(Stand::Bad) | None => self.frame.t("receipt-bad"),
        }
    }

    fn event(&self, state: &str) -> Cow<'static, str> {
        match state {
            "consent given" => self.frame.t("receipt-given"),
            _ => self.frame.t("receipt-taken-back"),
        }
    }
}

page!(ReceiptPage, 8 * 1024);
