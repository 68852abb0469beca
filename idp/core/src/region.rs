//! Regions: the administrative division codes of GB/T 2260 that an enterprise may state.
//!
//! Owns the list (Inner Mongolia down to banner and county; elsewhere the province). Does not know
//! zones: those belong to platforms.

use std::fmt;

use serde::{Deserialize, Serialize};

const REGIONS: &str = include_str!("regions.tsv");

/// A GB/T 2260 code that is in the list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RegionCode(String);

/// A text that is no code of the list.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown GB/T 2260 region code")]
pub struct UnknownRegion;

impl RegionCode {
    /// The code a text names.
    pub fn parse(text: &str) -> Result<Self, UnknownRegion> {
        regions()
            .any(|(code, _)| code == text)
            .then(|| Self(text.to_owned()))
            .ok_or(UnknownRegion)
    }

    /// Six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name of the region itself.
    pub fn name(&self) -> &'static str {
        regions()
            .find(|(code, _)| *code == self.0)
            .map_or("", |(_, name)| name)
    }

    /// Whether it lies in Inner Mongolia.
    pub fn is_inner_mongolia(&self) -> bool {
        self.0.starts_with("15")
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for RegionCode {
    type Error = UnknownRegion;

    fn try_from(text: String) -> Result<Self, UnknownRegion> {
        Self::parse(&text)
    }
}

/// Every region of the list with its name, in the order of the codes.
pub fn regions() -> impl Iterator<Item = (&'static str, &'static str)> {
    REGIONS.lines().filter_map(|line| line.split_once('\t'))
}
