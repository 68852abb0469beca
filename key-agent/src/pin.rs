//! The PIN on its way from a person to a lock.
//!
//! Owns that it is wiped after use and never shown. Does not know whether it is right.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use zeroize::{Zeroize as _, Zeroizing};

/// Longest PIN that is passed to a lock, in octets.
pub const PIN_MAX_OCTETS: usize = 128;

/// A PIN. It has no `==`, its `Debug` tells nothing, and its memory is wiped when it goes.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// The PIN itself, for the lock alone.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it can be a PIN at all: a lock would count an empty try as a wrong one.
    pub fn is_plausible(&self) -> bool {
        !self.0.is_empty() && self.0.len() <= PIN_MAX_OCTETS
    }

    /// The first line of a text, as a PIN file or a pipe holds it.
    pub fn first_line(mut text: String) -> Self {
        let pin = Self(Zeroizing::new(
            text.lines().next().unwrap_or_default().to_owned(),
        ));
        text.zeroize();
        pin
    }
}

impl From<String> for Pin {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl FromStr for Pin {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(***)")
    }
}
