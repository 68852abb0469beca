//! How names are compared when an enterprise is looked for, and the parts that are looked for.
//!
//! A name is found by any two neighbouring characters of it ("grams"): Chinese has no blanks between words, and most words
//! have two characters.

use std::collections::BTreeSet;

use crate::fields::{self, FieldProblem};

/// Shortest part of a name that is looked for, in characters.
const PART_MIN: usize = 2;
/// Longest part of a name that is looked for, in characters.
const PART_MAX: usize = 64;
/// Length of a credit code.
const CODE_LEN: usize = 18;

/// A name as it is compared: full-width letters as ASCII ones, all of them small, without blanks and what can't be seen.
pub fn fold(name: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let seen = |c: &char| !c.is_whitespace() && !c.is_control();
    let letters = name.chars().map(narrow).filter(seen);
    letters.flat_map(char::to_lowercase).collect()
}

/// Every two neighbouring characters of a folded name, each once.
pub fn grams(folded: &str) -> BTreeSet<String> {
    let following = folded.chars().skip(1);
    let pairs = folded.chars().zip(following);
    pairs.map(|(a, b)| String::from_iter([a, b])).collect()
}

/// A part of a name, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePart(String);

impl NamePart {
    /// Two characters at least, once folded.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let readable = fields::required(text, PART_MAX)?;
        let folded = fold(&readable);
        if folded.chars().count() < PART_MIN {
            return Err(FieldProblem::Required);
        }
        Ok(Self(folded))
    }

    /// As names are compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The beginning of a credit code, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePart(String);

impl CodePart {
    /// Letters and digits, at most as many as a code has.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim().to_ascii_uppercase();
        let is_code = code.chars().all(|c| c.is_ascii_alphanumeric());
        (is_code && (PART_MIN..=CODE_LEN).contains(&code.len())).then_some(Self(code))
    }

    /// In capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_width_case_and_blanks() {
        assert_eq!(
            fold("（内蒙古） Ａ1 建设\u{3000}有限\u{200b}"),
            "(内蒙古)a1建设有限\u{200b}"
        );
        let found: Vec<_> = grams(&fold("蒙古蒙古A")).into_iter().collect();
        assert_eq!(found, ["古a", "古蒙", "蒙古"]);
        assert!(grams("蒙").is_empty());
    }

    #[test]
    fn a_part_has_two_characters_at_least() {
        assert_eq!(NamePart::parse(" 蒙 古 ").unwrap().as_str(), "蒙古");
        for text in ["", "蒙", "\u{3000}蒙 ", "%"] {
            assert!(NamePart::parse(text).is_err(), "{text:?}");
        }
        assert!(NamePart::parse(&"蒙".repeat(PART_MAX + 1)).is_err());
        assert!(NamePart::parse("蒙\0古").is_err());
    }

    #[test]
    fn a_code_is_looked_for_from_its_beginning() {
        assert_eq!(CodePart::parse("9115a").unwrap().as_str(), "9115A");
        for text in ["", "9", "91%", "91_", "9115000000000000000"] {
            assert_eq!(CodePart::parse(text), None, "{text:?}");
        }
    }
}
