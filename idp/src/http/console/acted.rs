//! The word of success: the page that an act leads back to says what was done.
//!
//! The address carries which act it was, with a mark that this session alone can make: a link from elsewhere has no page say that
//! something was done.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::http::extract::{Desk, Visit};

/// What a page may be told was done; `act-<code>` is its text.
const ACTS: &[&str] = &[
    "announce-maintenance",
    "change-platform",
    "close-rebinding",
    "connect-platform",
    "correct",
    "end-all-sign-ins",
    "end-maintenance",
    "end-sign-in",
    "end-sign-ins-of-lock",
    "erase",
    "freeze",
    "activate-platform",
    "lock-lost",
    "look-at-platform",
    "open-rebinding",
    "promote-lock",
    "publish-notice",
    "remove-lock",
    "rename",
    "revoke-registration-token",
    "suspend-platform",
    "take-consent-back",
    "unfreeze",
    "withdraw-notice",
];

/// What became of a proposal; `proposal-done-<code>` is its text.
const DECIDED: &[&str] = &["approved", "proposed", "refused", "withdrawn"];

/// The same address, whose page says that this was done.
pub fn acted(desk: &Desk, back: &str, code: &str) -> String {
    with(back, &format!("{code}.{}", mark(desk, code)))
}

/// The act that was done just now, where the page's address says so.
pub fn done(visit: &Visit, desk: &Desk) -> Option<&'static str> {
    one_of(ACTS, visit, desk)
}

/// What just became of the proposal that a page shows.
pub fn decided(visit: &Visit, desk: &Desk) -> Option<&'static str> {
    one_of(DECIDED, visit, desk)
}

fn one_of(known: &[&'static str], visit: &Visit, desk: &Desk) -> Option<&'static str> {
    let (_, query) = visit.path().split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, said) = pairs.find(|(name, _)| *name == "acted")?;
    let (code, said) = said.split_once('.')?;
    let is_ours = mark(desk, code).as_bytes().ct_eq(said.as_bytes());
    let known = known.iter().find(|one| **one == code)?;
    bool::from(is_ours).then_some(*known)
}

/// Nobody else knows the token of the session.
fn mark(desk: &Desk, code: &str) -> String {
    let digest = Sha256::digest(format!("acted\0{code}\0{}", desk.csrf_token()));
    hex::encode(digest).chars().take(32).collect()
}

fn with(back: &str, said: &str) -> String {
    let (address, fragment) = match back.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (back, String::new()),
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}acted={said}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_before_the_fragment() {
        for (back, expected) in [
            ("/console/a", "/console/a?acted=freeze.0f"),
            (
                "/console/a?q=1#there",
                "/console/a?q=1&acted=freeze.0f#there",
            ),
        ] {
            assert_eq!(with(back, "freeze.0f"), expected);
        }
    }
}
