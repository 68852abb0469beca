//! Watching platforms: each in force is looked at from time to time, or when an operator wants it, and what was found is kept
//! for operators and for the pages on which people choose.
//!
//! Owns how many are looked at at a time. When a look is due and what is made of it are the core's
//! ([`idp_core::watch_platforms`]), how it is done [`crate::checking`]'s. Pages read what is kept and never look.

mod due;
mod one;

pub use due::{keep_watching, watch_due};
pub use one::{LookError, look_now};
