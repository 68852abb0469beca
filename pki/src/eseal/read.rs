//! From DER to facts. Strict and bounded: definite lengths, nothing left over, no more of anything than the limits say.

use der::asn1::{
    Any, AnyRef, BitStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef, UtcTime,
};
use der::{Encode as _, Length, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

use super::seal::{Digest, Facts, Listed, Picture, Standard};
use super::{MAX_LISTED, MAX_PICTURE_BYTES, MAX_SEAL_BYTES, SealError};
use crate::certificate::Certificate;
use crate::name::text;

/// Longest text that is taken from a seal, in characters.
const MAX_TEXT_CHARS: usize = 512;
/// What every header begins with.
const HEADER_ID: &str = "ES";

type Read<T> = Result<T, SealError>;

/// Whatever `der` objects to.
impl From<der::Error> for SealError {
    fn from(_malformed: der::Error) -> Self {
        Self::Malformed
    }
}

pub(super) fn facts(der: &[u8]) -> Read<Facts> {
    if der.len() > MAX_SEAL_BYTES {
        return Err(SealError::TooLarge);
    }
    let mut reader = SliceReader::new(der)?;
    let facts = reader.sequence(seal)?;
    reader.finish()?;
    Ok(facts)
}

fn seal(body: &mut SliceReader<'_>) -> Read<Facts> {
    let info_der = body.tlv_bytes()?;
    // GM/T 0031 keeps certificate, algorithm and signature in a SEQUENCE of their own; GB/T 38540 does not.
    let standard = match Tag::peek(body)? {
        Tag::Sequence => Standard::GmT0031,
        _ => Standard::GbT38540,
    };
    let signing = match standard {
        Standard::GmT0031 => body.sequence(signing)?,
        Standard::GbT38540 => signing(body)?,
    };
    let mut reader = SliceReader::new(info_der)?;
    let info = reader.sequence(|info| info_of(info, standard))?;
    reader.finish()?;
    let signed = match standard {
        Standard::GmT0031 => sequence_of(&[info_der, signing.octets])?,
        Standard::GbT38540 => info_der.to_vec(),
    };
    Ok(Facts {
        standard,
        version: info.version,
        vendor: info.vendor,
        id: info.id,
        kind: info.property.kind,
        name: info.property.name,
        created_at: info.property.created_at,
        valid_from: info.property.valid_from,
        valid_until: info.property.valid_until,
        listed: info.property.listed,
        picture: info.picture,
        critical_extension: info.critical_extension,
        maker: signing.maker,
        algorithm: signing.algorithm,
        signed,
        signature: signing.signature.to_vec(),
    })
}

/// Who signed, and how.
struct Signing<'a> {
    maker: Certificate,
    algorithm: ObjectIdentifier,
    /// The certificate and the algorithm as they stand.
    octets: &'a [u8],
    signature: &'a [u8],
}

fn signing<'a>(body: &mut SliceReader<'a>) -> Read<Signing<'a>> {
    // The two elements lie side by side, so one slice holds both.
    let mut ahead = body.clone();
    let certificate = ahead.tlv_bytes()?;
    let algorithm = ahead.tlv_bytes()?;
    let length = certificate.len() + algorithm.len();
    let mut whole = body.clone();
    let octets = whole.read_slice(Length::try_from(length)?)?;
    let maker = Certificate::from_der(octet_string(body)?).map_err(bad_certificate)?;
    let algorithm = body.decode::<ObjectIdentifier>()?;
    let signature: BitStringRef<'a> = body.decode()?;
    let signature = signature.as_bytes().ok_or(SealError::Malformed)?;
    Ok(Signing {
        maker,
        algorithm,
        octets,
        signature,
    })
}

struct Info {
    version: u8,
    vendor: String,
    id: String,
    property: Property,
    picture: Picture,
    critical_extension: bool,
}

fn info_of(info: &mut SliceReader<'_>, standard: Standard) -> Read<Info> {
    let (version, vendor) = info.sequence(|header| {
        if text_of(header)? != HEADER_ID {
            return Err(SealError::Malformed);
        }
        let version: u8 = header.decode()?;
        let supported = match standard {
            Standard::GmT0031 => (1..=3).contains(&version),
            Standard::GbT38540 => version == 4,
        };
        if !supported {
            return Err(SealError::UnsupportedVersion);
        }
        Ok((version, text_of(header)?))
    })?;
    Ok(Info {
        version,
        vendor,
        id: text_of(info)?,
        property: info.sequence(|property| property_of(property, standard))?,
        picture: info.sequence(picture_of)?,
        critical_extension: critical_extension(info)?,
    })
}

struct Property {
    kind: i64,
    name: String,
    listed: Listed,
    created_at: i64,
    valid_from: i64,
    valid_until: i64,
}

fn property_of(property: &mut SliceReader<'_>, standard: Standard) -> Read<Property> {
    let kind = property.decode()?;
    let name = text_of(property)?;
    // GB/T 38540 certListType: 1 certificates, 2 digests of certificates. GM/T 0031 knows certificates only.
    let list_kind: u8 = match standard {
        Standard::GmT0031 => 1,
        Standard::GbT38540 => property.decode()?,
    };
    let listed = match list_kind {
        1 => Listed::Certificates(property.sequence(|list| all(list, certificate_of))?),
        2 => Listed::Digests(property.sequence(|list| all(list, digest_of))?),
        _ => return Err(SealError::Malformed),
    };
    Ok(Property {
        kind,
        name,
        listed,
        created_at: time_of(property)?,
        valid_from: time_of(property)?,
        valid_until: time_of(property)?,
    })
}

fn certificate_of(list: &mut SliceReader<'_>) -> Read<Certificate> {
    Certificate::from_der(octet_string(list)?).map_err(bad_certificate)
}

fn digest_of(list: &mut SliceReader<'_>) -> Read<Digest> {
    list.sequence(|digest| {
        Ok(Digest {
            kind: text_of(digest)?,
            value: octet_string(digest)?.to_vec(),
        })
    })
}

fn picture_of(picture: &mut SliceReader<'_>) -> Read<Picture> {
    let declared = text_of(picture)?;
    let bytes = octet_string(picture)?;
    if bytes.len() > MAX_PICTURE_BYTES {
        return Err(SealError::PictureTooLarge);
    }
    Ok(Picture {
        declared,
        bytes: bytes.to_vec(),
        width_mm: picture.decode()?,
        height_mm: picture.decode()?,
    })
}

/// Whether extDatas, if there are any, hold a critical one. Nobody here understands any. Makers write the SEQUENCE as it
/// is or inside `[0]`.
fn critical_extension(info: &mut SliceReader<'_>) -> Read<bool> {
    const TAGGED: Tag = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    if info.is_finished() {
        return Ok(false);
    }
    let extensions = if Tag::peek(info)? == TAGGED {
        let tagged: AnyRef<'_> = info.decode()?;
        let mut inside = SliceReader::new(tagged.value())?;
        let extensions = inside.sequence(|list| all(list, is_critical))?;
        inside.finish()?;
        extensions
    } else {
        info.sequence(|list| all(list, is_critical))?
    };
    Ok(extensions.contains(&true))
}

fn is_critical(list: &mut SliceReader<'_>) -> Read<bool> {
    list.sequence(|extension| {
        extension.decode::<ObjectIdentifier>()?;
        let critical = Tag::peek(extension)? == Tag::Boolean && extension.decode()?;
        octet_string(extension)?;
        Ok(critical)
    })
}

/// Every element of a list, of which there are not too many.
fn all<'a, T>(
    list: &mut SliceReader<'a>,
    one: impl Fn(&mut SliceReader<'a>) -> Read<T>,
) -> Read<Vec<T>> {
    let mut found = Vec::new();
    while !list.is_finished() {
        if found.len() == MAX_LISTED {
            return Err(SealError::TooMany);
        }
        found.push(one(list)?);
    }
    Ok(found)
}

/// The standards say `IA5String` and `UTF8String`; makers write `PrintableString` too.
fn text_of(reader: &mut SliceReader<'_>) -> Read<String> {
    let value: AnyRef<'_> = reader.decode()?;
    let tag = match value.tag() {
        Tag::Utf8String => text::UTF8_STRING,
        Tag::PrintableString => text::PRINTABLE_STRING,
        Tag::Ia5String => text::IA5_STRING,
        _ => return Err(SealError::Malformed),
    };
    let text = text::of_string(tag, value.value()).ok_or(SealError::Malformed)?;
    if text.chars().count() > MAX_TEXT_CHARS {
        return Err(SealError::TextTooLong);
    }
    Ok(text)
}

/// GM/T 0031 says `UTCTime`, GB/T 38540 `GeneralizedTime`; makers mix them up.
fn time_of(reader: &mut SliceReader<'_>) -> Read<i64> {
    let value: AnyRef<'_> = reader.decode()?;
    let since = match value.tag() {
        Tag::UtcTime => value.decode_as::<UtcTime>()?.to_unix_duration(),
        Tag::GeneralizedTime => value.decode_as::<GeneralizedTime>()?.to_unix_duration(),
        _ => return Err(SealError::Malformed),
    };
    i64::try_from(since.as_secs()).map_err(|_too_late| SealError::Malformed)
}

fn octet_string<'a>(reader: &mut SliceReader<'a>) -> Read<&'a [u8]> {
    let octets: &'a OctetStringRef = reader.decode()?;
    Ok(octets.as_bytes())
}

fn sequence_of(elements: &[&[u8]]) -> Read<Vec<u8>> {
    let content = elements.concat();
    let sequence = Any::new(Tag::Sequence, content)?;
    Ok(sequence.to_der()?)
}

fn bad_certificate(_why: crate::certificate::CertificateError) -> SealError {
    SealError::BadCertificate
}
