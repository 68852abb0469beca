//! Long lists, read a page at a time: what a page is, where it begins, and what is listed.
//!
//! Owns cursors, sizes and filters. Knows no query: how a list is walked is the store's.

mod filter;
mod name_part;
mod page;

pub use filter::{
    AuditFilter, ConsentFilter, DeliveryFilter, EnterpriseFilter, GrantFilter, KeyLockFilter,
    NotificationFilter, SessionFilter,
};
pub use name_part::{CodePart, NamePart, fold, grams};
pub use page::{BadCursor, List, PAGE, PAGE_MAX, Page, PageAsk, Place, Start};

use crate::fields::{self, FieldProblem};

/// Longest word that is searched for, in characters.
const WORD_MAX: usize = 200;

/// A word of a filter as somebody typed it: readable and not too long. Nothing else is asked of it: it is compared, never
/// read as a pattern.
pub fn word(text: &str) -> Result<String, FieldProblem> {
    fields::required(text, WORD_MAX)
}
