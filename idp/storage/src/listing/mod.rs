//! Long lists, a page at a time: how each is walked.
//!
//! Owns which index a filter goes along. Every statement is made by [`walk`] of [`conditions`], and run by
//! [`statement`].

pub(crate) mod conditions;
pub(crate) mod enterprises;
pub(crate) mod locks_and_sessions;
pub(crate) mod others;
mod paging;
pub(crate) mod statement;
pub(crate) mod walk;
