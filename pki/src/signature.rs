//! Signatures over messages, made by a lock's key.
//!
//! Owns the kinds of keys and algorithms and the rule that the algorithm must fit the key: the algorithm in a proof is a
//! claim to be checked, never an instruction. Signatures inside certificates and CRLs are `path`'s business.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature as aws;
use der::Decode;
use der::asn1::{ObjectIdentifier, UintRef};
use spki::SubjectPublicKeyInfoRef;

use crate::certificate::Certificate;
use crate::{oid, sm2};

/// The smallest RSA modulus whose signatures count.
pub const MIN_RSA_MODULUS_BITS: u32 = 2048;
/// The largest RSA modulus that is worked with: verification time grows with it.
pub const MAX_RSA_MODULUS_BITS: u32 = 8192;

/// A kind of public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// RSA, with the length of its modulus.
    Rsa {
        /// Bits of the modulus.
        modulus_bits: u32,
    },
    /// ECDSA on NIST P-256.
    P256,
    /// ECDSA on NIST P-384.
    P384,
    /// SM2, in either spelling of its `SubjectPublicKeyInfo`.
    Sm2,
    /// Anything else, keys that could not be read included.
    Unsupported,
}

impl PublicKey {
    /// Reads the kind of key out of a DER `SubjectPublicKeyInfo`, strictly.
    pub fn from_spki_der(spki_der: &[u8]) -> Self {
        SubjectPublicKeyInfoRef::from_der(spki_der)
            .map_or(Self::Unsupported, |spki| Self::read(&spki))
    }

    fn read(spki: &SubjectPublicKeyInfoRef<'_>) -> Self {
        let algorithm = spki.algorithm.oid.to_string();
        let Some(parameters) = spki.algorithm.parameters else {
            return Self::Unsupported;
        };
        if algorithm == oid::RSA_ENCRYPTION && parameters.is_null() {
            return rsa_modulus_bits(spki)
                .map_or(Self::Unsupported, |modulus_bits| Self::Rsa { modulus_bits });
        }
        let curve = parameters
            .decode_as::<ObjectIdentifier>()
            .map(|curve| curve.to_string())
            .unwrap_or_default();
        match (algorithm.as_str(), curve.as_str()) {
            (oid::EC_PUBLIC_KEY, oid::P256) => Self::P256,
            (oid::EC_PUBLIC_KEY, oid::P384) => Self::P384,
            (oid::EC_PUBLIC_KEY | oid::SM2, oid::SM2) => Self::Sm2,
            _ => Self::Unsupported,
        }
    }

    /// Whether the key is of a supported kind but too short to be believed.
    pub fn is_weak(&self) -> bool {
        matches!(self, Self::Rsa { modulus_bits } if *modulus_bits < MIN_RSA_MODULUS_BITS)
    }
}

/// RFC 8017 §A.1.1.
#[derive(der::Sequence)]
pub(crate) struct RsaPublicKey<'a> {
    pub(crate) modulus: UintRef<'a>,
    pub(crate) public_exponent: UintRef<'a>,
}

fn rsa_modulus_bits(spki: &SubjectPublicKeyInfoRef<'_>) -> Option<u32> {
    let key = RsaPublicKey::from_der(spki.subject_public_key.as_bytes()?).ok()?;
    if key.public_exponent.as_bytes().last()? & 1 == 0 {
        return None;
    }
    let magnitude = key.modulus.as_bytes();
    let octets = u32::try_from(magnitude.len()).ok()?;
    octets
        .checked_mul(8)?
        .checked_sub(magnitude.first()?.leading_zeros())
}

/// The algorithms a proof may be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA P-256 with SHA-256, signature r‖s of 64 octets.
    Es256,
    /// ECDSA P-384 with SHA-384, signature r‖s of 96 octets.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
    Ps256,
    /// SM2 with SM3 and the default signer ID, signature in DER.
    Sm2Sm3,
}

impl SignatureAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] = [
        Self::Es256,
        Self::Es384,
        Self::Rs256,
        Self::Ps256,
        Self::Sm2Sm3,
    ];

    /// The name in a proof.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Sm2Sm3 => "SM2SM3",
        }
    }

    /// Whether a key of this kind can make signatures of this algorithm.
    pub const fn fits(self, key: &PublicKey) -> bool {
        matches!(
            (self, key),
            (Self::Es256, PublicKey::P256)
                | (Self::Es384, PublicKey::P384)
                | (Self::Rs256 | Self::Ps256, PublicKey::Rsa { .. })
                | (Self::Sm2Sm3, PublicKey::Sm2)
        )
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is none of [`SignatureAlgorithm::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature algorithm is unknown")]
pub struct UnknownSignatureAlgorithm;

impl FromStr for SignatureAlgorithm {
    type Err = UnknownSignatureAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
            .ok_or(UnknownSignatureAlgorithm)
    }
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is of a kind, or in an encoding, that is not supported.
    #[error("the public key is of an unsupported kind")]
    UnsupportedKey,
    /// The algorithm named is not one of this key.
    #[error("the signature algorithm does not fit the key")]
    AlgorithmMismatch,
    /// An RSA key of fewer than [`MIN_RSA_MODULUS_BITS`] bits.
    #[error("the key is too short")]
    WeakKey,
    /// The signature was not made by this key over this message.
    #[error("the signature is wrong")]
    BadSignature,
}

/// Verifies `signature` over `message` with the certificate's key. Says nothing about the certificate itself.
pub fn verify_signature(
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    verify_with_spki(
        certificate.subject_public_key_info_der(),
        algorithm,
        message,
        signature,
    )
}

/// Verifies `signature` over `message` with the key of a DER `SubjectPublicKeyInfo`.
pub fn verify_with_spki(
    spki_der: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let spki = SubjectPublicKeyInfoRef::from_der(spki_der)
        .map_err(|_malformed| SignatureError::UnsupportedKey)?;
    let key = PublicKey::read(&spki);
    match key {
        PublicKey::Unsupported => return Err(SignatureError::UnsupportedKey),
        PublicKey::Rsa { modulus_bits } if modulus_bits > MAX_RSA_MODULUS_BITS => {
            return Err(SignatureError::UnsupportedKey);
        }
        _ if !algorithm.fits(&key) => return Err(SignatureError::AlgorithmMismatch),
        _ if key.is_weak() => return Err(SignatureError::WeakKey),
        _ => {}
    }
    let verification: &'static dyn aws::VerificationAlgorithm = match algorithm {
        SignatureAlgorithm::Es256 => &aws::ECDSA_P256_SHA256_FIXED,
        SignatureAlgorithm::Es384 => &aws::ECDSA_P384_SHA384_FIXED,
        SignatureAlgorithm::Rs256 => &aws::RSA_PKCS1_2048_8192_SHA256,
        SignatureAlgorithm::Ps256 => &aws::RSA_PSS_2048_8192_SHA256,
        SignatureAlgorithm::Sm2Sm3 => {
            return sm2::verify(spki_der, message, signature)
                .map_err(|_invalid| SignatureError::BadSignature);
        }
    };
    let public_key = spki
        .subject_public_key
        .as_bytes()
        .ok_or(SignatureError::UnsupportedKey)?;
    aws::UnparsedPublicKey::new(verification, public_key)
        .verify(message, signature)
        .map_err(|_unspecified| SignatureError::BadSignature)
}
