//! The form in which places and conditions are written, and what makes it wrong.

use serde::{Deserialize, Serialize};

use super::{Condition, Decoding, Location, Place};
use crate::oid;

/// A place as written: exactly one of the first three keys, then how to read it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decoding: Option<Decoding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strip_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    separator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
}

impl TryFrom<PlaceFields> for Place {
    type Error = &'static str;

    fn try_from(fields: PlaceFields) -> Result<Self, Self::Error> {
        let location = match (fields.subject, fields.extension, fields.serial_number) {
            (Some(attribute), None, None) => Location::Subject(attribute_oid(&attribute)?),
            (None, Some(oid), None) => Location::Extension(dotted(oid)?),
            (None, None, Some(true)) => Location::SerialNumber,
            _ => {
                return Err(
                    "a place is exactly one of `subject`, `extension` and `serial_number = true`",
                );
            }
        };
        if fields.decoding.is_some() && !matches!(location, Location::Extension(_)) {
            return Err("`decoding` belongs to an `extension`");
        }
        let part = match (fields.separator, fields.part) {
            (None, None) => None,
            (Some(separator), Some(part)) if !separator.is_empty() && part > 0 => {
                Some((separator, part))
            }
            _ => return Err("`separator` and `part` (counted from 1) belong together"),
        };
        Ok(Self {
            location,
            decoding: fields.decoding.unwrap_or_default(),
            strip_prefix: fields.strip_prefix,
            part,
            length: fields.length,
        })
    }
}

impl From<Place> for PlaceFields {
    fn from(place: Place) -> Self {
        let (separator, part) = place.part.unzip();
        let read = Self {
            decoding: None,
            strip_prefix: place.strip_prefix,
            separator,
            part,
            length: place.length,
            ..Self::default()
        };
        match place.location {
            Location::Subject(oid) => Self {
                subject: Some(attribute_name(oid)),
                ..read
            },
            Location::Extension(oid) => Self {
                extension: Some(oid),
                decoding: Some(place.decoding).filter(|it| *it != Decoding::default()),
                ..read
            },
            Location::SerialNumber => Self {
                serial_number: Some(true),
                ..read
            },
        }
    }
}

/// A condition as written.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    always: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decoding: Option<Decoding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    equals: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contains: Option<String>,
}

impl TryFrom<ConditionFields> for Condition {
    type Error = &'static str;

    fn try_from(fields: ConditionFields) -> Result<Self, Self::Error> {
        const FORMS: &str = "a condition is exactly one of `always = true`, `policy`, `subject` and `extension`; the last \
                             two take at most one of `equals`, `starts_with` and `contains`";
        let tests = (fields.equals, fields.starts_with, fields.contains);
        match (fields.always, fields.policy) {
            (None, None) => {}
            (Some(true), None) if fields.subject.is_none() && fields.extension.is_none() => {
                return if tests == (None, None, None) {
                    Ok(Self::Always)
                } else {
                    Err(FORMS)
                };
            }
            (None, Some(oid)) if fields.subject.is_none() && fields.extension.is_none() => {
                return if tests == (None, None, None) {
                    Ok(Self::Policy(dotted(oid)?))
                } else {
                    Err(FORMS)
                };
            }
            _ => return Err(FORMS),
        }
        let place = Place::try_from(PlaceFields {
            subject: fields.subject,
            extension: fields.extension,
            serial_number: None,
            decoding: fields.decoding,
            strip_prefix: None,
            separator: None,
            part: None,
            length: None,
        })
        .map_err(|_not_one| FORMS)?;
        match tests {
            (None, None, None) => Ok(Self::Present(place)),
            (Some(text), None, None) => Ok(Self::Equals(place, text)),
            (None, Some(text), None) => Ok(Self::StartsWith(place, text)),
            (None, None, Some(text)) => Ok(Self::Contains(place, text)),
            _ => Err(FORMS),
        }
    }
}

impl From<Condition> for ConditionFields {
    fn from(condition: Condition) -> Self {
        let at = |place: Place| {
            let place = PlaceFields::from(place);
            Self {
                subject: place.subject,
                extension: place.extension,
                decoding: place.decoding,
                ..Self::default()
            }
        };
        match condition {
            Condition::Always => Self {
                always: Some(true),
                ..Self::default()
            },
            Condition::Policy(oid) => Self {
                policy: Some(oid),
                ..Self::default()
            },
            Condition::Present(place) => at(place),
            Condition::Equals(place, text) => Self {
                equals: Some(text),
                ..at(place)
            },
            Condition::StartsWith(place, text) => Self {
                starts_with: Some(text),
                ..at(place)
            },
            Condition::Contains(place, text) => Self {
                contains: Some(text),
                ..at(place)
            },
        }
    }
}

fn attribute_name(oid: String) -> String {
    oid::short_name(&oid).map_or(oid, str::to_owned)
}

fn attribute_oid(attribute: &str) -> Result<String, &'static str> {
    match oid::of_short_name(attribute) {
        Some(oid) => Ok(oid.to_owned()),
        None => dotted(attribute.to_owned())
            .map_err(|_neither| "`subject` is a short attribute name or a dotted OID"),
    }
}

fn dotted(oid: String) -> Result<String, &'static str> {
    let arcs_are_numbers = oid
        .split('.')
        .all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()));
    if arcs_are_numbers && oid.contains('.') {
        Ok(oid)
    } else {
        Err("an OID is numbers with dots between")
    }
}
