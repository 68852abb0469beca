//! Shared step: what a person types of an enterprise, and how it must look.
//!
//! Owns the checks of single fields, for the binding and for the information that an enterprise edits
//! later. Does not know which form a field stands in.

use protocol::claims::SubjectType;

/// Longest name of a person, in characters.
pub const PERSON_MAX: usize = 64;
/// Longest address, in characters.
pub const ADDRESS_MAX: usize = 200;
/// Longest telephone number, in characters.
pub const PHONE_MAX: usize = 32;

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// Empty.
    Required,
    /// Longer than this many characters.
    TooLong(usize),
    /// Characters that can't be seen.
    Unseen,
    /// Not 18 characters of the alphabet, or its check digit is wrong.
    BadCreditCode,
    /// Not in the list.
    UnknownRegion,
    /// Not a telephone number.
    BadPhone,
    /// None chosen, or not in the list.
    SubjectTypeRequired,
}

impl FieldProblem {
    /// The machine word on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "field-required",
            Self::TooLong(_) => "field-too-long",
            Self::Unseen => "field-unseen",
            Self::BadCreditCode => "bad-credit-code",
            Self::UnknownRegion => "region-unknown",
            Self::BadPhone => "phone-malformed",
            Self::SubjectTypeRequired => "subject-type-required",
        }
    }

    /// The greatest length, where that is the problem.
    pub const fn max(self) -> Option<usize> {
        match self {
            Self::TooLong(max) => Some(max),
            _ => None,
        }
    }
}

/// A text that must be there.
pub fn required(value: &str, max: usize) -> Result<String, FieldProblem> {
    optional(value, max)?.ok_or(FieldProblem::Required)
}

/// A text that may be left out.
pub fn optional(value: &str, max: usize) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.chars().count() > max {
        return Err(FieldProblem::TooLong(max));
    }
    if value.chars().any(is_unseen) {
        return Err(FieldProblem::Unseen);
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// What no text holds: controls, and the sign that stands for octets that were none.
pub(crate) fn is_unreadable(c: char) -> bool {
    c.is_control() || c == char::REPLACEMENT_CHARACTER
}

/// Characters that a reader can't see and that change what is read: unreadable, zero-width and
/// bidirectional ones.
fn is_unseen(c: char) -> bool {
    is_unreadable(c)
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// 联系电话, which may be left out.
pub fn telephone(value: &str) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let well_formed = (5..=20).contains(&digits)
        && value.len() <= PHONE_MAX
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')'));
    well_formed
        .then(|| Some(value.to_owned()))
        .ok_or(FieldProblem::BadPhone)
}

/// 主体类型, one or more.
pub fn subject_types(words: &[String]) -> Result<Vec<SubjectType>, FieldProblem> {
    let mut types = words
        .iter()
        .map(|word| SubjectType::of_word(word).ok_or(FieldProblem::SubjectTypeRequired))
        .collect::<Result<Vec<_>, _>>()?;
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Err(FieldProblem::SubjectTypeRequired);
    }
    Ok(types)
}
