//! An electronic seal of the demonstration, as GB/T 38540 (version 4) defines them.
//!
//! Owns the form. Does not know whose lock it lies beside, nor who may make seals.

use std::time::Duration;

use der::asn1::{BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString};
use der::{Encode as _, Sequence};

use super::certificate::Validity;
use super::{Key, PkiError};

/// What a seal shall say.
#[derive(Clone, Debug)]
pub struct SealOrder<'a> {
    /// Its identifier, ASCII.
    pub id: &'a str,
    /// 印章名称.
    pub name: &'a str,
    /// The picture, PNG.
    pub png: &'a [u8],
    /// Width and height on paper, in millimetres.
    pub millimetres: u16,
    /// From when to when.
    pub validity: Validity,
    /// The certificates, DER, of the locks that may use it.
    pub locks: &'a [&'a [u8]],
}

/// Who signs it.
pub struct SealMaker<'a> {
    /// The maker's key.
    pub key: &'a Key,
    /// The maker's certificate, DER.
    pub certificate: &'a [u8],
}

const VERSION: u8 = 4;
/// 单位公章; the standard leaves the numbers to those who use them.
const UNIT_SEAL: u8 = 1;
/// certListType of whole certificates.
const CERTIFICATES: u8 = 1;

#[derive(Sequence)]
struct Seal {
    info: Info,
    certificate: OctetString,
    algorithm: ObjectIdentifier,
    signature: BitString,
}

#[derive(Sequence)]
struct Info {
    header: Header,
    id: Ia5String,
    property: Property,
    picture: Picture,
}

#[derive(Sequence)]
struct Header {
    id: Ia5String,
    version: u8,
    vendor: Ia5String,
}

#[derive(Sequence)]
struct Property {
    kind: u8,
    name: String,
    list_kind: u8,
    list: Vec<OctetString>,
    created_at: GeneralizedTime,
    valid_from: GeneralizedTime,
    valid_until: GeneralizedTime,
}

#[derive(Sequence)]
struct Picture {
    kind: Ia5String,
    data: OctetString,
    width: u16,
    height: u16,
}

/// Makes a seal; the answer is DER.
pub fn make_seal(order: &SealOrder<'_>, maker: &SealMaker<'_>) -> Result<Vec<u8>, PkiError> {
    let locks = order.locks.iter().map(|lock| OctetString::new(*lock));
    let info = Info {
        header: Header {
            id: ascii("ES")?,
            version: VERSION,
            vendor: ascii("YZT-DEMO")?,
        },
        id: ascii(order.id)?,
        property: Property {
            kind: UNIT_SEAL,
            name: order.name.to_owned(),
            list_kind: CERTIFICATES,
            list: locks.collect::<Result<_, _>>()?,
            created_at: time(order.validity.not_before)?,
            valid_from: time(order.validity.not_before)?,
            valid_until: time(order.validity.not_after)?,
        },
        picture: Picture {
            kind: ascii("PNG")?,
            data: OctetString::new(order.png)?,
            width: order.millimetres,
            height: order.millimetres,
        },
    };
    let signature = maker.key.sign(&info.to_der()?)?;
    let seal = Seal {
        info,
        certificate: OctetString::new(maker.certificate)?,
        algorithm: maker.key.signature_algorithm().oid,
        signature: BitString::from_bytes(&signature)?,
    };
    Ok(seal.to_der()?)
}

fn ascii(text: &str) -> Result<Ia5String, PkiError> {
    Ok(Ia5String::new(text)?)
}

fn time(seconds: i64) -> Result<GeneralizedTime, PkiError> {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    Ok(GeneralizedTime::from_unix_duration(since)?)
}
