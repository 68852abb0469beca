//! Electronic seals (电子印章) as GB/T 38540 (version 4) and GM/T 0031-2014 (versions 1 to 3) define them.
//!
//! Owns strict and bounded reading of a seal's file, its facts, and the verdicts that can be given on it: whether its maker
//! signed it, whether a lock may use it, whether it is within its validity and whether the maker is trusted. Each verdict is
//! its own: what nobody can say is said to be unknown. Knows no file, no clock and no page. A seal comes from outside:
//! its texts leave here without control characters, its picture only with the kind that its first octets tell.
//!
//! ```text
//! GB/T 38540    SESeal ::= SEQUENCE { eSealInfo, cert OCTET STRING, signAlgID OID, signedValue BIT STRING }
//!               signed: eSealInfo
//! GM/T 0031     SESeal ::= SEQUENCE { esealInfo, SEQUENCE { cert OCTET STRING, signatureAlgorithm OID, signData BIT STRING } }
//!               signed: SEQUENCE { esealInfo, cert, signatureAlgorithm }
//! both          eSealInfo ::= SEQUENCE { header { "ES", version, Vid }, esID, property, picture, extDatas OPTIONAL }
//! ```

mod read;
mod seal;
mod verdict;

pub use seal::{Picture, PictureFormat, Seal, Standard};
pub use verdict::{Listing, MakerStanding, SealSignatureError, SealTrust, SealValidity, Verdict};

/// Largest seal that is read, in octets.
pub const MAX_SEAL_BYTES: usize = 1024 * 1024;
/// Largest picture in a seal, in octets.
pub const MAX_PICTURE_BYTES: usize = 512 * 1024;
/// Most certificates, or digests of certificates, that a seal may name.
pub const MAX_LISTED: usize = 64;

/// Why octets are not a seal that can be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Larger than [`MAX_SEAL_BYTES`].
    #[error("the seal is too large")]
    TooLarge,
    /// The picture is larger than [`MAX_PICTURE_BYTES`].
    #[error("the seal's picture is too large")]
    PictureTooLarge,
    /// More than [`MAX_LISTED`] certificates, digests or extensions.
    #[error("the seal lists too many certificates")]
    TooMany,
    /// Not the DER of a seal.
    #[error("the seal is malformed")]
    Malformed,
    /// A layout or version other than those named above.
    #[error("the seal is of a version that is not supported")]
    UnsupportedVersion,
    /// A text longer than anybody would show.
    #[error("a text in the seal is too long")]
    TextTooLong,
    /// The maker's certificate, or one on the seal's list, cannot be read.
    #[error("a certificate in the seal cannot be read")]
    BadCertificate,
}
