//! What the extensions of a list say (RFC 5280 §5.2).

use der::Tag;

use super::scope::Scope;
use super::{CrlError, serials};
use crate::revocation::tlv::{Malformed, Tlvs, extensions};

/// id-ce-cRLNumber.
const CRL_NUMBER: &[u8] = &[0x55, 0x1D, 0x14];
/// id-ce-deltaCRLIndicator.
const DELTA_INDICATOR: &[u8] = &[0x55, 0x1D, 0x1B];
/// id-ce-issuingDistributionPoint.
const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1D, 0x1C];
/// id-ce-authorityKeyIdentifier.
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1D, 0x23];

/// What the extensions say.
pub(super) struct Further<'a> {
    pub(super) scope: Scope,
    pub(super) number: Option<&'a [u8]>,
}

impl<'a> Further<'a> {
    /// §5.2: a list with a critical extension that nobody here understands is not used.
    pub(super) fn read(further: &'a [u8]) -> Result<Self, CrlError> {
        let (mut scope, mut crl_number) = (Scope::default(), None);
        let mut all = Tlvs::of(further)?;
        let content = all.next(Tag::Sequence)?.value();
        all.end()?;
        for extension in extensions(content)? {
            match extension.oid {
                ISSUING_DISTRIBUTION_POINT => scope = Scope::read(extension.value)?,
                DELTA_INDICATOR => return Err(CrlError::Unsupported),
                // §5.2.3: never critical, at most 20 octets, and not negative.
                CRL_NUMBER if extension.critical => return Err(CrlError::Malformed),
                CRL_NUMBER => match der_integer(extension.value)? {
                    [first, ..] if first & 0x80 != 0 => return Err(CrlError::Malformed),
                    number if number.len() > 20 => return Err(CrlError::Malformed),
                    number => crl_number = serials::without_zeros(number),
                },
                AUTHORITY_KEY_IDENTIFIER => {}
                _ if extension.critical => return Err(CrlError::Unsupported),
                _ => {}
            }
        }
        let number = crl_number;
        Ok(Self { scope, number })
    }
}

fn der_integer(value: &[u8]) -> Result<&[u8], Malformed> {
    let mut one = Tlvs::of(value)?;
    let number = one.next(Tag::Integer)?.value();
    one.end()?;
    Ok(number)
}
