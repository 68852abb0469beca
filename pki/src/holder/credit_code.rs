//! The unified social credit code, 统一社会信用代码 (GB 32100-2015). Knows the form and the check character, not the register.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// GB 32100 §4.3: the 31 characters, worth their position. No I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^i mod 31.
const WEIGHTS: [usize; 17] = [
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
];

/// A credit code whose check character is right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CreditCode(String);

/// Why a text is no credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("a credit code has 18 characters")]
    Length,
    /// A character outside the alphabet (lower case is outside), or a region that is not six digits.
    #[error("a credit code has a character that is not allowed")]
    Alphabet,
    /// The last character does not follow from the others.
    #[error("the credit code's check character is wrong")]
    CheckDigit,
}

impl CreditCode {
    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Characters 3–8: the GB/T 2260 code of the region where the subject was registered.
    pub fn region(&self) -> &str {
        self.0.get(2..8).unwrap_or_default()
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    /// White space around the code is dropped; nothing else is repaired.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.chars().count() != 18 {
            return Err(CreditCodeError::Length);
        }
        let values = text
            .bytes()
            .map(|byte| {
                ALPHABET
                    .iter()
                    .position(|allowed| *allowed == byte)
                    .ok_or(CreditCodeError::Alphabet)
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !text
            .bytes()
            .skip(2)
            .take(6)
            .all(|byte| byte.is_ascii_digit())
        {
            return Err(CreditCodeError::Alphabet);
        }
        // GB 32100 §4.4: C18 = 31 − Σ Ci·Wi mod 31, and 31 counts as 0.
        let sum: usize = values
            .iter()
            .zip(WEIGHTS)
            .map(|(value, weight)| value * weight)
            .sum();
        let check = (31 - sum % 31) % 31;
        if values.last() != Some(&check) {
            return Err(CreditCodeError::CheckDigit);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for CreditCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
