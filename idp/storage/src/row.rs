//! What every noun's rows share: naming an impossible row, lists of words in one column.

use idp_core::store::StoreError;
use protocol::scope::{ClaimSet, Scope, ScopeSet};

/// Where a row stands, to name it when it is impossible.
#[derive(Clone, Copy)]
pub(crate) struct RowName<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl RowName<'_> {
    /// The error for one column.
    pub(crate) fn impossible(self, column: &'static str) -> StoreError {
        StoreError::ImpossibleRow {
            table: self.table,
            column,
            id: self.id.to_owned(),
        }
    }

    /// The value of a column, or the error that names it.
    pub(crate) fn column<T>(self, column: &'static str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.impossible(column))
    }

    /// Scopes of a column. Unlike a parameter from outside, a stored set holds no unknown word.
    pub(crate) fn scopes(self, column: &'static str, words: &str) -> Result<ScopeSet, StoreError> {
        words
            .split_ascii_whitespace()
            .map(|word| word.parse::<Scope>().ok())
            .collect::<Option<ScopeSet>>()
            .ok_or_else(|| self.impossible(column))
    }

    /// Claims of a column. As with scopes, none is unknown.
    pub(crate) fn claims(self, column: &'static str, words: &str) -> Result<ClaimSet, StoreError> {
        self.column(column, ClaimSet::try_from(words.to_owned()).ok())
    }

    /// A number of a column that is never negative.
    pub(crate) fn count(self, column: &'static str, number: i64) -> Result<u64, StoreError> {
        self.column(column, u64::try_from(number).ok())
    }

    /// A small number of a column.
    pub(crate) fn number(self, column: &'static str, number: i64) -> Result<u32, StoreError> {
        self.column(column, u32::try_from(number).ok())
    }
}

/// A number as the databases keep it.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
