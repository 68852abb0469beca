//! One certificate, from what it shall say to DER.
//!
//! Owns the frame of RFC 5280 §4.1. Does not know why it is issued.

use std::time::Duration;

use der::asn1::BitString;
use der::{DateTime, Encode as _, Sequence};
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity as X509Validity};

use super::extension::Extensions;
use super::name::SubjectName;
use super::{Key, PkiError};

/// From when to when, in seconds since the Unix epoch; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: i64,
    /// Last second.
    pub not_after: i64,
}

/// One day, in seconds.
pub(super) const DAY: i64 = 86_400;

impl Validity {
    /// From `before` days before `now` to `after` days after it; negative numbers turn the direction.
    pub fn around(now: i64, before: i64, after: i64) -> Self {
        Self {
            not_before: now.saturating_sub(before.saturating_mul(DAY)),
            not_after: now.saturating_add(after.saturating_mul(DAY)),
        }
    }
}

/// What a certificate shall say.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whom it names.
    pub subject: SubjectName,
    /// From when to when.
    pub validity: Validity,
    /// Everything else. Key identifiers are added.
    pub extensions: Extensions,
}

/// RFC 5280 §4.1. x509-cert keeps the members of its own to itself.
#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", default = "Default::default")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: X509Validity,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Sequence)]
struct Certificate {
    tbs: TbsCertificate,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

/// Who signs.
pub(super) struct Issuer<'a> {
    pub(super) name: &'a Name,
    pub(super) key: &'a Key,
}

/// Issues a certificate over a DER `SubjectPublicKeyInfo`; the answer is DER.
pub(super) fn issue(
    issuer: &Issuer<'_>,
    order: &Order,
    subject_spki: &[u8],
) -> Result<Vec<u8>, PkiError> {
    let extensions = (order.extensions.clone())
        .key_identifiers(subject_spki, issuer.key.subject_public_key_info_der())?;
    let signature_algorithm = issuer.key.signature_algorithm();
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&random_serial()?)?,
        signature: signature_algorithm.clone(),
        issuer: issuer.name.clone(),
        validity: X509Validity::new(
            time(order.validity.not_before)?,
            time(order.validity.not_after)?,
        ),
        subject: order.subject.to_name()?,
        subject_public_key_info: SubjectPublicKeyInfoOwned::try_from(subject_spki)
            .or(Err(PkiError::Key("its public half is malformed")))?,
        extensions: Some(extensions.into_list()),
    };
    let signature = issuer.key.sign(&tbs.to_der()?)?;
    let certificate = Certificate {
        tbs,
        signature_algorithm,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(certificate.to_der()?)
}

/// RFC 5280 §4.1.2.5: `UTCTime` through 2049, `GeneralizedTime` from 2050 on.
pub(super) fn time(seconds: i64) -> Result<Time, PkiError> {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    Ok(Time::from(DateTime::from_unix_duration(since)?))
}

/// Positive, unpredictable, 16 octets.
fn random_serial() -> Result<[u8; 16], PkiError> {
    let mut serial = [0; 16];
    aws_lc_rs::rand::fill(&mut serial).or(Err(PkiError::Key("no random numbers are to be had")))?;
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x3F) | 0x40;
    }
    Ok(serial)
}
