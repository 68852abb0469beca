//! The form in which places and conditions are written, and what makes it wrong.

use serde::Deserialize;

use super::{Condition, Decoding, Location, Place};
use crate::oid;

/// A place as written: exactly one of the first three keys, then how to read it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceFields {
    subject: Option<String>,
    extension: Option<String>,
    serial_number: Option<bool>,
    decoding: Option<Decoding>,
    strip_prefix: Option<String>,
    separator: Option<String>,
    part: Option<usize>,
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

/// A condition as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionFields {
    always: Option<bool>,
    policy: Option<String>,
    subject: Option<String>,
    extension: Option<String>,
    decoding: Option<Decoding>,
    equals: Option<String>,
    starts_with: Option<String>,
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
