//! Scopes a platform may ask for, and which claims each one opens.
//!
//! Owns the closed list. Does not know the values, nor which platform may ask for what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One scope of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// `OpenID` Connect itself (`OpenID` Connect Core §3.1.2.1).
    Openid,
    /// Who arrives: name, credit code, legal representative, region code, subject types.
    Enterprise,
    /// The lock it came with: issuer, serial, key and media number, validity, role.
    Certificate,
    /// How to reach it: phone and address.
    Contact,
}

impl Scope {
    /// Every scope, in the order in which the consent page shows them.
    pub const ALL: [Self; 4] = [
        Self::Openid,
        Self::Enterprise,
        Self::Certificate,
        Self::Contact,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openid => "openid",
            Self::Enterprise => "enterprise",
            Self::Certificate => "certificate",
            Self::Contact => "contact",
        }
    }

    /// The claims this scope opens.
    pub const fn claims(self) -> &'static [&'static str] {
        match self {
            Self::Openid => &["sub"],
            Self::Enterprise => &[
                "name",
                "credit_code",
                "legal_representative",
                "region_code",
                "subject_types",
            ],
            Self::Certificate => &[
                "certificate_issuer",
                "certificate_serial_number",
                "key_number",
                "media_number",
                "certificate_not_before",
                "certificate_not_after",
                "x5t#S256",
                "lock_role",
            ],
            Self::Contact => &["phone_number", "address"],
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Scopes of `OpenID` Connect Core §5.4, each a short way to ask for the claims that are known here.
pub const STANDARD_SCOPES: [(&str, &[&str]); 3] = [
    ("profile", &["name"]),
    ("phone", &["phone_number"]),
    ("address", &["address"]),
];

/// A word that names no scope of this provider.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown scope")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == word)
            .ok_or(UnknownScope)
    }
}

/// A set of scopes: ordered, without doubles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ScopeSet(Vec<Scope>);

impl ScopeSet {
    /// Every scope there is.
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Reads a `scope` parameter and passes over words this provider does not know: it MUST ignore
    /// them (`OpenID` Connect Core §3.1.2.1).
    pub fn of_known_words(parameter: &str) -> Self {
        parameter
            .split_ascii_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect()
    }

    /// Whether `scope` is in the set.
    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether every scope of `other` is in this set.
    pub fn includes(&self, other: &Self) -> bool {
        other.0.iter().all(|scope| self.contains(*scope))
    }

    /// Scopes that are in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.iter().filter(|scope| other.contains(*scope)).collect()
    }

    /// The scopes in their fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Scope> + '_ {
        self.0.iter().copied()
    }

    /// The claims all of them open, in order.
    pub fn claims(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.iter().flat_map(|scope| scope.claims().iter().copied())
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut scopes: Vec<Scope> = scopes.into_iter().collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self(scopes)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl From<ScopeSet> for String {
    fn from(scopes: ScopeSet) -> Self {
        scopes.to_string()
    }
}

impl TryFrom<String> for ScopeSet {
    type Error = UnknownScope;

    fn try_from(text: String) -> Result<Self, UnknownScope> {
        text.split_ascii_whitespace().map(str::parse).collect()
    }
}

/// Single claims, each of one of the scopes: what a request names beyond its scopes (`OpenID` Connect Core §5.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClaimSet(BTreeSet<&'static str>);

impl ClaimSet {
    /// The claims that the standard scopes of a `scope` parameter ask for.
    pub fn of_standard_scopes(parameter: &str) -> Self {
        let words = parameter.split_ascii_whitespace();
        words
            .filter_map(|word| STANDARD_SCOPES.iter().find(|(scope, _)| *scope == word))
            .flat_map(|(_, claims)| claims.iter().copied())
            .collect()
    }

    /// The claims that one of these scopes opens.
    #[must_use]
    pub fn within(&self, scopes: &ScopeSet) -> Self {
        let opened = |claim: &&str| scopes.claims().any(|open| open == *claim);
        Self(self.iter().filter(opened).collect())
    }

    /// Whether `claim` is in the set.
    pub fn contains(&self, claim: &str) -> bool {
        self.0.contains(claim)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The claims in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }

    /// The claims that none of these scopes opens.
    #[must_use]
    pub fn beyond(&self, scopes: &ScopeSet) -> Self {
        let opened = |claim: &&str| scopes.claims().any(|open| open == *claim);
        Self(self.iter().filter(|claim| !opened(claim)).collect())
    }

    /// The claims of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// Whether every claim is in `other` or opened by `scopes`.
    pub fn is_within(&self, scopes: &ScopeSet, other: &Self) -> bool {
        self.beyond(scopes).0.is_subset(&other.0)
    }
}

impl<'a> FromIterator<&'a str> for ClaimSet {
    /// Passes over words that name no claim of a scope; `sub` is told anyway.
    fn from_iter<I: IntoIterator<Item = &'a str>>(words: I) -> Self {
        let words = words.into_iter();
        Self(words.filter_map(claim_of_word).collect())
    }
}

fn claim_of_word(word: &str) -> Option<&'static str> {
    ScopeSet::all()
        .claims()
        .find(|claim| *claim == word && *claim != "sub")
}

impl fmt::Display for ClaimSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}

impl From<ClaimSet> for String {
    fn from(claims: ClaimSet) -> Self {
        claims.to_string()
    }
}

/// A word that names no claim of this provider.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("unknown claim")]
pub struct UnknownClaim;

impl TryFrom<String> for ClaimSet {
    type Error = UnknownClaim;

    fn try_from(text: String) -> Result<Self, UnknownClaim> {
        let words = text.split_ascii_whitespace();
        let claims: Option<BTreeSet<_>> = words.map(claim_of_word).collect();
        claims.map(Self).ok_or(UnknownClaim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_sets_ignore_order_doubles_and_strangers() {
        let scopes = ScopeSet::of_known_words("contact openid profile openid");
        assert_eq!(scopes.to_string(), "openid contact");
        assert!(ScopeSet::all().includes(&scopes));
        assert!(!scopes.includes(&ScopeSet::all()));
    }

    #[test]
    fn stored_scope_sets_read_back_and_refuse_strangers() {
        let all = ScopeSet::all();
        assert_eq!(ScopeSet::try_from(all.to_string()), Ok(all));
        assert_eq!(ScopeSet::try_from("profile".to_owned()), Err(UnknownScope));
    }

    #[test]
    fn single_claims_are_those_of_the_scopes_and_no_others() {
        let claims: ClaimSet = ["name", "email", "sub", "credit_code"]
            .into_iter()
            .collect();
        assert_eq!(claims.to_string(), "credit_code name");
        let scopes = ScopeSet::of_known_words("openid enterprise");
        assert!(claims.beyond(&scopes).is_empty());
        assert!(claims.is_within(&scopes, &ClaimSet::default()));
        let more: ClaimSet = ["name", "phone_number"].into_iter().collect();
        assert!(!more.is_within(&scopes, &claims));
        assert_eq!(ClaimSet::try_from(more.to_string()), Ok(more));
        assert_eq!(ClaimSet::try_from("email".to_owned()), Err(UnknownClaim));
    }

    #[test]
    fn standard_scopes_ask_for_single_claims_within_what_is_allowed() {
        let asked = ClaimSet::of_standard_scopes("openid phone email profile");
        assert_eq!(asked.to_string(), "name phone_number");
        let allowed = ScopeSet::of_known_words("openid enterprise");
        assert_eq!(asked.within(&allowed).to_string(), "name");
    }
}
