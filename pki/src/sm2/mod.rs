//! SM2 signatures with SM3 (GM/T 0003.2, GM/T 0009, GB/T 32918.2).
//!
//! Owns the signer's hash Z, the digest that devices sign, verification of DER signatures and software keys. Field, numbers,
//! points and signing are the `sm2` crate's; `equation` verifies over them. Knows no certificate; `algorithm` lends the verification to chain building.

mod algorithm;
mod equation;
mod signing_key;

use ::sm2::PublicKey;
use ::sm2::dsa::signature::hazmat::PrehashVerifier as _;
use ::sm2::dsa::{Signature, VerifyingKey};
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use der::Decode;
use der::asn1::ObjectIdentifier;
use sm3::{Digest, Sm3};
use spki::SubjectPublicKeyInfoRef;

pub use algorithm::SM2_SM3;
pub use signing_key::SigningKey;

/// The signer ID that GM/T 0009 §10 prescribes where nobody agreed on another.
pub const DEFAULT_ID: &str = "1234567812345678";

pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(crate) const CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");

/// The domain parameters a‖b‖Gx‖Gy of GM/T 0003.5, as they enter Z.
const PARAMETERS: [&[u8; 32]; 4] = [
    b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc",
    b"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93",
    b"\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7",
    b"\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0",
];

/// Why an SM2 operation did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sm2Error {
    /// The public key is no SM2 key, or not a point of the curve.
    #[error("the SM2 public key cannot be read")]
    BadPublicKey,
    /// The private key is no SM2 key in PKCS#8.
    #[error("the SM2 private key cannot be read")]
    BadPrivateKey,
    /// The signer ID is longer than its 16-bit length field can say.
    #[error("the SM2 signer ID is too long")]
    BadSignerId,
    /// The signature is malformed or was not made by this key over this message.
    #[error("the SM2 signature is wrong")]
    BadSignature,
    /// The system's random number generator failed.
    #[error("no random numbers are to be had")]
    NoRandomness,
    /// Signing or encoding failed.
    #[error("the SM2 key cannot be used")]
    Unusable,
}

/// Z = SM3(ENTL ‖ ID ‖ a ‖ b ‖ Gx ‖ Gy ‖ Px ‖ Py) of the key in a DER `SubjectPublicKeyInfo`.
pub fn z(spki_der: &[u8], id: &str) -> Result<[u8; 32], Sm2Error> {
    z_of_key(&public_key(spki_der)?, id)
}

/// e = SM3(Z ‖ M) with the default signer ID: what an SKF device's `ECCSignData` takes.
pub fn digest(spki_der: &[u8], message: &[u8]) -> Result<[u8; 32], Sm2Error> {
    let z = z(spki_der, DEFAULT_ID)?;
    Ok(Sm3::new()
        .chain_update(z)
        .chain_update(message)
        .finalize()
        .into())
}

/// Verifies a DER signature over `message` with the default signer ID.
pub fn verify(spki_der: &[u8], message: &[u8], signature_der: &[u8]) -> Result<(), Sm2Error> {
    verify_with_id(spki_der, DEFAULT_ID, message, signature_der)
}

/// SM3 of `message`.
pub fn sm3(message: &[u8]) -> [u8; 32] {
    Sm3::digest(message).into()
}

/// Verifies a signature that is r ‖ s, 32 octets each, over `message` with the default signer ID.
pub fn verify_raw(spki_der: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Sm2Error> {
    let signature =
        Signature::from_slice(signature).map_err(|_malformed| Sm2Error::BadSignature)?;
    verify(spki_der, message, signature.to_der().as_ref())
}

/// Verifies a DER signature over `message` with another signer ID.
pub fn verify_with_id(
    spki_der: &[u8],
    id: &str,
    message: &[u8],
    signature_der: &[u8],
) -> Result<(), Sm2Error> {
    verify_with_key(public_key(spki_der)?, id, message, signature_der)
}

/// Turns the signature of a device into DER: r‖s in 64 octets, or r‖s in 128 with each number in the right half of its
/// 64 (`ECCSIGNATUREBLOB` of GM/T 0016).
pub fn signature_der_from_device(raw: &[u8]) -> Result<Vec<u8>, Sm2Error> {
    let (r, s) = match raw.len() {
        64 => raw.split_at(32),
        128 => {
            let (r, s) = raw.split_at(64);
            (right_half(r)?, right_half(s)?)
        }
        _ => return Err(Sm2Error::BadSignature),
    };
    let signature =
        Signature::from_slice(&[r, s].concat()).map_err(|_invalid| Sm2Error::BadSignature)?;
    Ok(signature.to_der().to_vec())
}

fn right_half(padded: &[u8]) -> Result<&[u8], Sm2Error> {
    match padded.split_at(32) {
        (zeros, number) if zeros.iter().all(|octet| *octet == 0) => Ok(number),
        _ => Err(Sm2Error::BadSignature),
    }
}

fn verify_with_key(
    key: PublicKey,
    id: &str,
    message: &[u8],
    signature_der: &[u8],
) -> Result<(), Sm2Error> {
    let z = z_of_key(&key, id)?;
    let e: [u8; 32] = Sm3::new()
        .chain_update(z)
        .chain_update(message)
        .finalize()
        .into();
    let signature =
        Signature::from_der(signature_der).map_err(|_malformed| Sm2Error::BadSignature)?;
    let holds = match equation::holds(&key, &e, &signature) {
        Ok(holds) => holds,
        Err(equation::Special) => VerifyingKey::new(id, key)
            .map_err(|_too_long| Sm2Error::BadSignerId)?
            .verify_prehash(&e, &signature)
            .is_ok(),
    };
    if holds {
        Ok(())
    } else {
        Err(Sm2Error::BadSignature)
    }
}

fn z_of_key(key: &PublicKey, id: &str) -> Result<[u8; 32], Sm2Error> {
    let bits = id
        .len()
        .checked_mul(8)
        .and_then(|bits| u16::try_from(bits).ok())
        .ok_or(Sm2Error::BadSignerId)?;
    let point = key.to_sec1_point(false);
    let coordinates = point.as_bytes().get(1..).ok_or(Sm2Error::BadPublicKey)?;
    let mut z = Sm3::new().chain_update(bits.to_be_bytes()).chain_update(id);
    for parameter in PARAMETERS {
        z.update(parameter);
    }
    Ok(z.chain_update(coordinates).finalize().into())
}

/// The key of a `SubjectPublicKeyInfo` in either spelling: id-ecPublicKey with the curve, or the curve's OID twice.
fn public_key(spki_der: &[u8]) -> Result<PublicKey, Sm2Error> {
    let spki =
        SubjectPublicKeyInfoRef::from_der(spki_der).map_err(|_malformed| Sm2Error::BadPublicKey)?;
    let curve = spki
        .algorithm
        .parameters_oid()
        .map_err(|_absent| Sm2Error::BadPublicKey)?;
    if curve != CURVE || (spki.algorithm.oid != EC_PUBLIC_KEY && spki.algorithm.oid != CURVE) {
        return Err(Sm2Error::BadPublicKey);
    }
    point(
        spki.subject_public_key
            .as_bytes()
            .ok_or(Sm2Error::BadPublicKey)?,
    )
}

/// An uncompressed point (GM/T 0009 §7.1 knows no other form); on the curve and not at infinity.
fn point(octets: &[u8]) -> Result<PublicKey, Sm2Error> {
    match octets {
        [4, coordinates @ ..] if coordinates.len() == 64 => {
            PublicKey::from_sec1_bytes(octets).map_err(|_off_curve| Sm2Error::BadPublicKey)
        }
        _ => Err(Sm2Error::BadPublicKey),
    }
}
