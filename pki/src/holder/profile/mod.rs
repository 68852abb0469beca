//! The attribute profile of one CA: where it writes what, and how its locks are told apart.
//!
//! Owns the form of a profile and the reading of one place. Which CA has which profile is the CA registry's.
//!
//! ```toml
//! # Places are tried in order; the first that holds something decides. Places of the credit code must all agree.
//! holder_name = [{ subject = "O" }, { subject = "CN" }]
//! credit_code = [
//!     { extension = "1.2.156.10260.4.1.4" },
//!     { extension = "1.2.86.11.7.3", length = 18 },
//!     { subject = "organizationIdentifier", strip_prefix = "NTRCN-" },
//! ]
//! key_number = [
//!     { extension = "1.2.156.112570.11.205", decoding = "wrapped" },
//!     { subject = "CN", separator = "@", part = 2 },
//!     { serial_number = true },
//! ]
//!
//! # The first rule that holds decides; if none does the lock kind is undecidable, and the lock is refused.
//! [[lock_kind]]
//! is = "legal_person_lock"
//! when = { subject = "OU", contains = "法人" }
//!
//! [[lock_kind]]
//! is = "legal_person_lock"
//! when = { extension = "1.2.156.112562.2.1.1.1", starts_with = "SF" }
//!
//! [[lock_kind]]
//! is = "key_lock"
//! when = { policy = "1.2.156.112562.2.2.1" }
//!
//! [[lock_kind]]
//! is = "key_lock"
//! when = { extension = "1.2.156.10260.4.1.4" }
//! ```

mod written;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{HolderError, value};
use crate::certificate::Certificate;

pub use super::value::Decoding;

/// Longest text that is taken from a certificate, in characters.
const MAX_TEXT_CHARS: usize = 512;

/// Where one CA writes the facts about a holder. Read from TOML or JSON, and written in the same form; unknown keys are
/// refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeProfile {
    /// Places of the holder's name, in order.
    pub holder_name: Vec<Place>,
    /// Places of the credit code. All that are present must agree.
    #[serde(default)]
    pub credit_code: Vec<Place>,
    /// Places of the key number, in order.
    pub key_number: Vec<Place>,
    /// What decides the lock kind.
    #[serde(default)]
    pub lock_kind: LockKindRule,
}

/// One place in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "written::PlaceFields", into = "written::PlaceFields")]
pub struct Place {
    location: Location,
    decoding: Decoding,
    strip_prefix: Option<String>,
    part: Option<(String, usize)>,
    length: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Location {
    /// Every subject attribute with this dotted OID.
    Subject(String),
    /// The extension with this dotted OID.
    Extension(String),
    /// The serial number in upper-case hex.
    SerialNumber,
}

/// The kind of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockKind {
    /// 企业锁: speaks for the enterprise.
    KeyLock,
    /// 法人锁: speaks for its legal representative; not for bidding across platforms.
    LegalPersonLock,
    /// The profile cannot tell. To be refused.
    Undecidable,
}

/// Ordered rules; the first that holds decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LockKindRule {
    rules: Vec<Rule>,
}

/// One rule of the lock kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    is: Decided,
    when: Condition,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    KeyLock,
    LegalPersonLock,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "written::ConditionFields",
    into = "written::ConditionFields"
)]
enum Condition {
    /// For a CA that issues one kind only.
    Always,
    Policy(String),
    Present(Place),
    Equals(Place, String),
    StartsWith(Place, String),
    Contains(Place, String),
}

impl LockKindRule {
    /// Whether a lock can be a 企业锁 by these rules at all.
    pub fn admits_key_locks(&self) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| rule.is == Decided::KeyLock)
    }

    /// The kind of the lock that carries this certificate.
    pub fn decide(&self, certificate: &Certificate) -> Result<LockKind, HolderError> {
        for rule in &self.rules {
            if rule.holds(certificate)? {
                return Ok(rule.kind());
            }
        }
        Ok(LockKind::Undecidable)
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Rule {
    pub(super) fn holds(&self, certificate: &Certificate) -> Result<bool, HolderError> {
        self.when.holds(certificate)
    }

    pub(super) const fn kind(&self) -> LockKind {
        match self.is {
            Decided::KeyLock => LockKind::KeyLock,
            Decided::LegalPersonLock => LockKind::LegalPersonLock,
        }
    }
}

impl Condition {
    fn holds(&self, certificate: &Certificate) -> Result<bool, HolderError> {
        let any = |place: &Place, test: &dyn Fn(&str) -> bool| {
            Ok(place.texts(certificate)?.iter().any(|text| test(text)))
        };
        match self {
            Self::Always => Ok(true),
            Self::Policy(oid) => Ok(certificate.policies().contains(oid)),
            Self::Present(place) => Ok(place.is_present(certificate)),
            Self::Equals(place, wanted) => any(place, &|text| text == wanted),
            Self::StartsWith(place, wanted) => any(place, &|text| text.starts_with(wanted)),
            Self::Contains(place, wanted) => any(place, &|text| text.contains(wanted)),
        }
    }
}

impl Place {
    /// The texts at this place: none if the place is absent or its form is another, several for a repeated attribute.
    pub(super) fn texts(&self, certificate: &Certificate) -> Result<Vec<String>, HolderError> {
        let mut texts = Vec::new();
        match &self.location {
            Location::Subject(oid) => {
                texts.extend(certificate.subject().all(oid).map(Cow::Borrowed));
            }
            Location::SerialNumber => texts.push(Cow::Borrowed(certificate.serial_number())),
            Location::Extension(oid) => {
                if let Some(octets) = certificate.extension(oid) {
                    let text =
                        value::decode(octets, self.decoding).ok_or(HolderError::Undecodable)?;
                    texts.push(Cow::Owned(text));
                }
            }
        }
        if texts
            .iter()
            .any(|text| text.chars().count() > MAX_TEXT_CHARS)
        {
            return Err(HolderError::Undecodable);
        }
        Ok(texts
            .iter()
            .filter_map(|text| self.shape(text))
            .map(str::to_owned)
            .collect())
    }

    fn is_present(&self, certificate: &Certificate) -> bool {
        match &self.location {
            Location::Subject(oid) => certificate.subject().first(oid).is_some(),
            Location::SerialNumber => true,
            Location::Extension(oid) => certificate.extension(oid).is_some(),
        }
    }

    /// The part of the text that the profile asks for, or `None` if the text is not of that form.
    fn shape<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut text = text.trim();
        if let Some(prefix) = &self.strip_prefix {
            text = text.strip_prefix(prefix.as_str())?;
        }
        if let Some((separator, part)) = &self.part {
            text = text.split(separator.as_str()).nth(part.checked_sub(1)?)?;
        }
        let text = text.trim();
        let fits = self
            .length
            .is_none_or(|length| text.chars().count() == length);
        (fits && !text.is_empty()).then_some(text)
    }
}
