//! SM2 keys in software, for soft tokens and demonstration CAs. A real lock's key never leaves the lock.

use std::fmt;

use ::sm2::SecretKey;
use ::sm2::dsa::signature::Signer;
use ::sm2::dsa::{self, Signature};
use ::sm2::elliptic_curve::Generate;
use ::sm2::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use zeroize::Zeroizing;

use super::{DEFAULT_ID, Sm2Error};

/// A private key; wiped from memory when dropped, and never shown.
pub struct SigningKey {
    secret: SecretKey,
}

impl SigningKey {
    /// A fresh key from the system's random number generator.
    pub fn generate() -> Result<Self, Sm2Error> {
        let secret = SecretKey::try_generate().map_err(|_failed| Sm2Error::NoRandomness)?;
        Ok(Self { secret })
    }

    /// Reads a key from PKCS#8 DER.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, Sm2Error> {
        let secret =
            SecretKey::from_pkcs8_der(der).map_err(|_malformed| Sm2Error::BadPrivateKey)?;
        Ok(Self { secret })
    }

    /// Reads a key from the 32 octets of its number, most significant first.
    pub fn from_bytes(number: &[u8]) -> Result<Self, Sm2Error> {
        let secret =
            SecretKey::from_slice(number).map_err(|_out_of_range| Sm2Error::BadPrivateKey)?;
        Ok(Self { secret })
    }

    /// The key as PKCS#8 DER.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, Sm2Error> {
        let document = self
            .secret
            .to_pkcs8_der()
            .map_err(|_failed| Sm2Error::Unusable)?;
        Ok(Zeroizing::new(document.as_bytes().to_vec()))
    }

    /// The DER `SubjectPublicKeyInfo` (id-ecPublicKey with the SM2 curve).
    pub fn subject_public_key_info_der(&self) -> Result<Vec<u8>, Sm2Error> {
        let document = self
            .secret
            .public_key()
            .to_public_key_der()
            .map_err(|_failed| Sm2Error::Unusable)?;
        Ok(document.into_vec())
    }

    /// Signs SM3(Z ‖ message) with the default signer ID; the signature is DER.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Sm2Error> {
        Ok(self.signed(message)?.to_der().to_vec())
    }

    /// As [`Self::sign`]; the signature is r ‖ s, 32 octets each.
    pub fn sign_raw(&self, message: &[u8]) -> Result<Vec<u8>, Sm2Error> {
        Ok(self.signed(message)?.to_vec())
    }

    fn signed(&self, message: &[u8]) -> Result<Signature, Sm2Error> {
        let key =
            dsa::SigningKey::new(DEFAULT_ID, &self.secret).map_err(|_failed| Sm2Error::Unusable)?;
        key.try_sign(message).map_err(|_failed| Sm2Error::Unusable)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}
