//! Which certificates a list is about (RFC 5280 §5.2.5). No extension: all of its issuer's.

use der::{Tag, Tagged as _};

use super::CrlError;
use crate::certificate::Certificate;
use crate::revocation::tlv::{Malformed, Tlvs, constructed, primitive};

/// id-ce-cRLDistributionPoints.
const DISTRIBUTION_POINTS: &str = "2.5.29.31";

/// Whose certificates a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    users_only: bool,
    cas_only: bool,
    pub(super) indirect: bool,
    /// The URIs of its distribution point: a part of the issuer's certificates, or all of them.
    points: Option<Vec<Box<[u8]>>>,
}

impl Scope {
    /// Reads an `IssuingDistributionPoint`.
    pub(super) fn read(value: &[u8]) -> Result<Self, CrlError> {
        let mut scope = Self::default();
        let mut rest = Tlvs::of_sequence(value)?;
        if let Some(point) = rest.optional(constructed(0))? {
            // A name relative to the issuer's is not compared.
            let uris = full_name(point.value())?.ok_or(CrlError::Unsupported)?;
            scope.points = Some(uris.into_iter().map(Box::from).collect());
        }
        scope.users_only = flag(&mut rest, 1)?;
        scope.cas_only = flag(&mut rest, 2)?;
        let by_reasons = rest.optional(primitive(3))?.is_some();
        scope.indirect = flag(&mut rest, 4)?;
        let attributes_only = flag(&mut rest, 5)?;
        rest.end()?;
        if by_reasons || attributes_only {
            return Err(CrlError::Unsupported);
        }
        Ok(scope)
    }

    /// Whether one that stands in a path as a CA, or as a holder, is within it.
    pub(super) const fn includes(&self, is_ca: bool) -> bool {
        if is_ca {
            !self.users_only
        } else {
            !self.cas_only
        }
    }

    /// Whether the certificate is within the part that the list is about. One that names no distribution point is.
    pub(super) fn includes_points_of(&self, certificate: &Certificate) -> bool {
        let (Some(ours), Some(theirs)) = (&self.points, certificate.extension(DISTRIBUTION_POINTS))
        else {
            return true;
        };
        let named = |uri: &[u8]| ours.iter().any(|own| **own == *uri);
        // What can't be read names nothing: the list is then not about this certificate.
        points_of(theirs).is_ok_and(|points| points.into_iter().any(named))
    }
}

fn flag(rest: &mut Tlvs<'_>, number: u32) -> Result<bool, Malformed> {
    match rest
        .optional(primitive(number))?
        .map(der::asn1::AnyRef::value)
    {
        None | Some([0]) => Ok(false),
        Some([0xFF]) => Ok(true),
        Some(_) => Err(Malformed),
    }
}

/// The URIs of a `DistributionPointName`; `None` when it is relative to the issuer's name.
fn full_name(name: &[u8]) -> Result<Option<Vec<&[u8]>>, Malformed> {
    let mut choice = Tlvs::of(name)?;
    let Some(names) = choice.optional(constructed(0))? else {
        return Ok(None);
    };
    choice.end()?;
    let (mut names, mut uris) = (Tlvs::of(names.value())?, Vec::new());
    while !names.is_at_end() {
        let name = names.any()?;
        if name.tag() == primitive(6) {
            uris.push(name.value());
        }
    }
    Ok(Some(uris))
}

/// The URIs of a certificate's points at which whole lists of its own issuer stand.
fn points_of(value: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let (mut points, mut uris) = (Tlvs::of_sequence(value)?, Vec::new());
    while !points.is_at_end() {
        let mut point = Tlvs::of(points.next(Tag::Sequence)?.value())?;
        let name = point.optional(constructed(0))?;
        let by_reasons = point.optional(primitive(1))?.is_some();
        let of_another = point.optional(constructed(2))?.is_some();
        if let Some(name) = name
            && !by_reasons
            && !of_another
        {
            uris.extend(full_name(name.value())?.unwrap_or_default());
        }
    }
    Ok(uris)
}
