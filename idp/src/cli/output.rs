//! Output: what a command prints. Owns that a reader who has seen enough (`| head`) ends nothing and
//! breaks nothing.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use serde_json::Value;

use crate::serve::StartError;

/// A line on standard output. Nobody reading any more is no failure; a full disk is.
pub(super) fn say(line: impl Display) -> Result<(), StartError> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(StartError::new("standard output", error))
        }
        _ => Ok(()),
    }
}

/// What was done: in words, or as JSON where that is asked for.
pub(super) fn tell(as_json: bool, words: impl Display, told: &Value) -> Result<(), StartError> {
    if as_json {
        say(format_args!("{told:#}"))
    } else {
        say(words)
    }
}

/// A line on standard error; where nobody can read it there is nobody to tell.
pub(super) fn remark(line: impl Display) {
    let _unread = writeln!(std::io::stderr(), "{line}");
}
