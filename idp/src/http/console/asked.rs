//! What forms of the console have in common.

use actix_web::http::StatusCode;
use idp_core::proposal::Change;

use crate::http::error::Failure;
use crate::http::extract::Form;
use crate::operating::Act;
use crate::view::Choice;

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// Why something is to be done; empty is refused before anybody is asked for a signature.
pub fn reason(form: &Form) -> Result<String, Failure> {
    let missing = Failure::refused(StatusCode::BAD_REQUEST, "reason-missing");
    idp_core::fields::required(form.one("reason")?, REASON_MAX).or(Err(missing))
}

/// A change on its way to the page that is signed.
pub fn proposal(change: Change, reason: String) -> Act {
    Act::Propose {
        change: Box::new(change),
        reason,
    }
}

/// A form that no page of ours sends.
pub const fn invalid() -> Failure {
    Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")
}

/// Entries of a select or of checkboxes: what is sent, and what is shown.
pub fn choices<'a>(named: &'a [(&'a str, String)]) -> Vec<Choice<'a>> {
    let each = named.iter();
    each.map(|(value, label)| Choice { value, label }).collect()
}
