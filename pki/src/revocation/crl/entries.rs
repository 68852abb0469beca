//! The entries of a list, walked through in place. Owns what an entry may say; keeps nothing but serial numbers.

use der::{Tag, Tagged as _};

use super::CrlError;
use super::serials::{Collecting, Serials, magnitude};
use crate::name::ComparedName;
use crate::revocation::tlv::{Tlvs, constructed, extensions};

/// id-ce-certificateIssuer.
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1D, 0x1D];
/// id-ce-cRLReasons, id-ce-invalidityDate: whatever they say, the entry stands. A certificate on hold is revoked; an
/// entry that says "removed" belongs to delta lists, which are not read, and counts as revoked too.
const HARMLESS: [&[u8]; 2] = [&[0x55, 0x1D, 0x15], &[0x55, 0x1D, 0x18]];

/// Indexes the entries of a list about its own issuer's certificates.
pub(super) fn index(entries: &[u8]) -> Result<Serials, CrlError> {
    let (count, widest) = measure(entries)?;
    let mut serials = Collecting::with_room(count, widest);
    walk(entries, |entry| {
        // RFC 5280 §5.3.3: an entry that names an issuer belongs to an indirect list.
        if entry.issuer.is_some() {
            return Err(CrlError::Unsupported);
        }
        serials.push(entry.serial);
        Ok(())
    })?;
    Ok(serials.sorted())
}

/// An issuer's name, and its certificates that were taken back.
pub(super) type OfIssuer = (ComparedName, Serials);

/// Indexes the entries of an indirect list, by the issuer of the certificates (RFC 5280 §5.3.3: that of the entry before,
/// where an entry names none).
pub(super) fn index_by_issuer<'a>(
    entries: &'a [u8],
    list_issuer: &'a [u8],
) -> Result<Vec<OfIssuer>, CrlError> {
    let (_, widest) = measure(entries)?;
    let mut found: Vec<(ComparedName, Collecting)> = Vec::new();
    // Entry after entry names the same issuer: it is looked up when that changes.
    let (mut current, mut place) = (list_issuer, None);
    walk(entries, |entry| {
        if let Some(issuer) = entry.issuer.filter(|issuer| *issuer != current) {
            (current, place) = (issuer, None);
        }
        let at = if let Some(at) = place {
            at
        } else {
            let name = ComparedName::of_der(current).ok_or(CrlError::Malformed)?;
            let known = found.iter().position(|(known, _)| *known == name);
            known.unwrap_or_else(|| {
                found.push((name, Collecting::with_room(0, widest)));
                found.len() - 1
            })
        };
        place = Some(at);
        if let Some((_, serials)) = found.get_mut(at) {
            serials.push(entry.serial);
        }
        Ok(())
    })?;
    let sorted = found
        .into_iter()
        .map(|(issuer, all)| (issuer, all.sorted()));
    Ok(sorted.collect())
}

struct Entry<'a> {
    /// Magnitude.
    serial: &'a [u8],
    /// The DER of the name, where the entry says whose certificate it is about.
    issuer: Option<&'a [u8]>,
}

/// How many entries there are, and the octets of the largest serial number.
fn measure(entries: &[u8]) -> Result<(usize, usize), CrlError> {
    let mut rest = Tlvs::of(entries)?;
    let (mut count, mut widest) = (0, 0);
    while !rest.is_at_end() {
        let mut entry = Tlvs::of(rest.next(Tag::Sequence)?.value())?;
        let serial = magnitude(entry.next(Tag::Integer)?.value());
        widest = widest.max(serial.map_or(0, <[u8]>::len));
        count += 1;
    }
    Ok((count, widest))
}

fn walk<'a>(
    entries: &'a [u8],
    mut take: impl FnMut(Entry<'a>) -> Result<(), CrlError>,
) -> Result<(), CrlError> {
    let mut rest = Tlvs::of(entries)?;
    while !rest.is_at_end() {
        let mut entry = Tlvs::of(rest.next(Tag::Sequence)?.value())?;
        let serial = magnitude(entry.next(Tag::Integer)?.value());
        let _revoked_at = entry.time()?;
        // Some CAs write an empty SEQUENCE where there are none.
        let extensions = entry.optional(Tag::Sequence)?;
        entry.end()?;
        let issuer = match extensions {
            Some(extensions) => certificate_issuer(extensions.value())?,
            None => None,
        };
        if let Some(serial) = serial {
            take(Entry { serial, issuer })?;
        } else if issuer.is_some() {
            // It would change whose certificates the entries after it are about.
            return Err(CrlError::Malformed);
        }
    }
    Ok(())
}

/// Whose certificate an entry is about. An unknown critical extension makes the whole list unusable (RFC 5280 §5.3).
fn certificate_issuer(content: &[u8]) -> Result<Option<&[u8]>, CrlError> {
    let mut issuer = None;
    for extension in extensions(content)? {
        if extension.oid == CERTIFICATE_ISSUER {
            issuer = Some(directory_name(extension.value)?);
        } else if extension.critical && !HARMLESS.contains(&extension.oid) {
            return Err(CrlError::Unsupported);
        }
    }
    Ok(issuer)
}

/// The DER of the one directoryName among general names.
fn directory_name(value: &[u8]) -> Result<&[u8], CrlError> {
    let mut names = Tlvs::of_sequence(value)?;
    let mut found = None;
    while !names.is_at_end() {
        let name = names.any()?;
        if name.tag() == constructed(4) && found.replace(name.value()).is_some() {
            return Err(CrlError::Malformed);
        }
    }
    found.ok_or(CrlError::Malformed)
}
