//! Which certificates a list is about (RFC 5280 §5.2.5). No extension: all of its issuer's.

use der::{Tag, Tagged as _};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use super::CrlError;
use crate::certificate::Certificate;
use crate::name::Name;
use crate::revocation::tlv::{Malformed, Tlvs, constructed, primitive};

/// id-ce-cRLDistributionPoints.
const DISTRIBUTION_POINTS: &str = "2.5.29.31";

/// Whose certificates a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    users_only: bool,
    cas_only: bool,
    pub(super) indirect: bool,
    /// The names of its distribution point: a part of the issuer's certificates, or all of them.
    points: Option<Vec<PointName>>,
}

/// One name of a distribution point. Of the other forms none is used for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PointName {
    Uri(Box<[u8]>),
    /// The DER of a directory name.
    Directory(Box<[u8]>),
}

impl Scope {
    /// Reads an `IssuingDistributionPoint`.
    pub(super) fn read(value: &[u8]) -> Result<Self, CrlError> {
        let mut scope = Self::default();
        let mut rest = Tlvs::of_sequence(value)?;
        if let Some(point) = rest.optional(constructed(0))? {
            // A name relative to the issuer's is not compared.
            scope.points = Some(full_name(point.value())?.ok_or(CrlError::Unsupported)?);
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

    /// Whether the certificate is within the part that the list is about: it names the list's point. RFC 5280 §6.3.3: a
    /// certificate that names no point is taken to name its issuer.
    pub(super) fn includes_points_of(&self, certificate: &Certificate) -> bool {
        let Some(ours) = &self.points else {
            return true;
        };
        if ours.contains(&PointName::Directory(certificate.issuer_der().into())) {
            return true;
        }
        // What is absent or can't be read names nothing: the list is then not about this certificate.
        let theirs = certificate.extension(DISTRIBUTION_POINTS);
        let named = theirs.and_then(|theirs| points_of(theirs).ok());
        named.is_some_and(|points| points.iter().any(|point| ours.contains(point)))
    }

    /// Whether every certificate within the other is within this.
    pub(super) fn includes_all_of(&self, other: &Self) -> bool {
        let points = match (&self.points, &other.points) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(ours), Some(theirs)) => theirs.iter().all(|point| ours.contains(point)),
        };
        points
            && self.indirect == other.indirect
            && (!self.users_only || other.users_only)
            && (!self.cas_only || other.cas_only)
    }

    /// The names of its point as text; none of a list about everything.
    pub(super) fn points(&self) -> Vec<String> {
        let all = self.points.iter().flatten();
        all.map(PointName::text).collect()
    }

    pub(super) const fn is_partial(&self) -> bool {
        self.points.is_some()
    }
}

impl PointName {
    fn text(&self) -> String {
        match self {
            Self::Uri(uri) => String::from_utf8_lossy(uri).into_owned(),
            Self::Directory(der) => match X509Name::from_der(der) {
                Ok(([], name)) => Name::read(&name).to_string(),
                _ => String::new(),
            },
        }
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

/// The names of a `DistributionPointName`; `None` when it is relative to the issuer's name.
fn full_name(name: &[u8]) -> Result<Option<Vec<PointName>>, Malformed> {
    let mut choice = Tlvs::of(name)?;
    let Some(names) = choice.optional(constructed(0))? else {
        return Ok(None);
    };
    choice.end()?;
    let (mut names, mut found) = (Tlvs::of(names.value())?, Vec::new());
    while !names.is_at_end() {
        let name = names.any()?;
        if name.tag() == primitive(6) {
            found.push(PointName::Uri(name.value().into()));
        } else if name.tag() == constructed(4) {
            let mut explicit = Tlvs::of(name.value())?;
            found.push(PointName::Directory(explicit.whole_sequence()?.into()));
            explicit.end()?;
        }
    }
    Ok(Some(found))
}

/// The names of a certificate's points at which whole lists of its own issuer stand.
fn points_of(value: &[u8]) -> Result<Vec<PointName>, Malformed> {
    let (mut points, mut found) = (Tlvs::of_sequence(value)?, Vec::new());
    while !points.is_at_end() {
        let mut point = Tlvs::of(points.next(Tag::Sequence)?.value())?;
        let name = point.optional(constructed(0))?;
        let by_reasons = point.optional(primitive(1))?.is_some();
        let of_another = point.optional(constructed(2))?.is_some();
        if let Some(name) = name
            && !by_reasons
            && !of_another
        {
            found.extend(full_name(name.value())?.unwrap_or_default());
        }
    }
    Ok(found)
}
