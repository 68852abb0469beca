//! Regions: the administrative division codes of GB/T 2260 that an enterprise may state.
//!
//! Owns the list (Inner Mongolia down to banner and county; elsewhere the province). Does not know
//! zones: those belong to platforms.

use std::fmt;
use std::sync::LazyLock;

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
        find(text)
            .map(|region| Self(region.code.to_owned()))
            .ok_or(UnknownRegion)
    }

    /// Six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The entry of the list.
    pub fn region(&self) -> Option<Region> {
        find(&self.0)
    }

    /// This one and those below it: a league's banners and counties, a province's leagues with theirs.
    pub fn with_those_below(&self) -> Vec<Self> {
        let above = match (self.0.strip_suffix("0000"), self.0.strip_suffix("00")) {
            (Some(above), _) | (None, Some(above)) => above,
            (None, None) => self.as_str(),
        };
        let below = regions().filter(|region| region.code.starts_with(above));
        below.map(|region| Self(region.code.to_owned())).collect()
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

/// One entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Six digits.
    pub code: &'static str,
    /// Its name with those above it, separated by `·`.
    pub name_zh: &'static str,
    /// The same in English.
    pub name_en: &'static str,
}

/// Every region of the list, in the order of the codes.
pub fn regions() -> impl Iterator<Item = Region> {
    TABLE.iter().copied()
}

/// The list, read once: every enterprise and platform that is read from the store asks for its code.
static TABLE: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let entry = |line: &'static str| {
        let mut columns = line.split('\t');
        Some(Region {
            code: columns.next()?,
            name_zh: columns.next()?,
            name_en: columns.next()?,
        })
    };
    REGIONS.lines().filter_map(entry).collect()
});

fn find(code: &str) -> Option<Region> {
    let place = TABLE.binary_search_by_key(&code, |region| region.code);
    place.ok().and_then(|place| TABLE.get(place).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_a_region_in_order() {
        let codes: Vec<_> = regions().map(|region| region.code).collect();
        assert_eq!(codes.len(), REGIONS.lines().count());
        assert!(codes.is_sorted());
        assert!(codes.iter().all(|code| code.len() == 6));
    }

    #[test]
    fn a_league_has_its_banners_and_counties_below_it() {
        let below = |code: &str| RegionCode::parse(code).unwrap().with_those_below();
        let codes = below("150100");
        assert!(codes.len() > 5 && codes.iter().all(|code| code.0.starts_with("1501")));
        assert!(below("150000").len() > 100);
        assert_eq!(below("150102"), [RegionCode::parse("150102").unwrap()]);
    }

    #[test]
    fn county_level_cities_keep_their_own_codes() {
        for (code, name) in [("150781", "满洲里市"), ("152501", "二连浩特市")] {
            let region = RegionCode::parse(code).ok().and_then(|code| code.region());
            assert!(region.is_some_and(|region| region.name_zh.ends_with(name)));
        }
        assert_eq!(RegionCode::parse("159999"), Err(UnknownRegion));
    }
}
