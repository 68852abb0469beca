//! The word of success: the page that an act leads back to says what was done.
//!
//! The address carries which act it was, with a mark that this session alone can make: a link from elsewhere has no page say that
//! something was done.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::http::extract::{Desk, Visit};

/// What the address of a page that an act led to calls it: the code of the act, `act-<code>` is its text.
const ACTED: &str = "acted";

/// The same where a proposal is what was acted on; `proposal-done-<code>` is its text.
const DECIDED: &str = "decided";

/// The same address, whose page says that this was done.
pub fn acted(desk: &Desk, back: &str, code: &str) -> String {
    with(back, &said(desk, (back, ACTED), code))
}

/// The same address, whose page says that this became of the proposal.
pub fn decided(desk: &Desk, back: &str, code: &str) -> String {
    with(back, &said(desk, (back, DECIDED), code))
}

/// The act that was done just now, where the page's address says so.
pub fn done<'a>(visit: &'a Visit, desk: &Desk) -> Option<&'a str> {
    ours(visit, desk, ACTED)
}

/// What just became of the proposal that a page shows.
pub fn became<'a>(visit: &'a Visit, desk: &Desk) -> Option<&'a str> {
    ours(visit, desk, DECIDED)
}

/// The code in this parameter. One with our mark is one that we gave out, for this page.
fn ours<'a>(visit: &'a Visit, desk: &Desk, parameter: &str) -> Option<&'a str> {
    let (page, query) = visit.path().split_once('?')?;
    // The newest one is at the end.
    let mut pairs = (query.rsplit('&')).filter_map(|pair| pair.split_once('='));
    let (_, said) = pairs.find(|(name, _)| *name == parameter)?;
    let (code, said) = said.split_once('.')?;
    let expected = mark(desk, (page, parameter), code);
    bool::from(expected.as_bytes().ct_eq(said.as_bytes())).then_some(code)
}

fn said(desk: &Desk, (back, parameter): (&str, &str), code: &str) -> String {
    let page = back.split(['?', '#']).next().unwrap_or_default();
    format!("{parameter}={code}.{}", mark(desk, (page, parameter), code))
}

/// Nobody else knows the token of the session.
fn mark(desk: &Desk, (page, parameter): (&str, &str), code: &str) -> String {
    let token = desk.csrf_token();
    let digest = Sha256::digest(format!("{page}\0{parameter}\0{code}\0{token}"));
    hex::encode(digest).chars().take(32).collect()
}

fn with(back: &str, said: &str) -> String {
    let (address, fragment) = match back.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (back, String::new()),
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}{said}{fragment}")
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
            assert_eq!(with(back, "acted=freeze.0f"), expected);
        }
    }
}
