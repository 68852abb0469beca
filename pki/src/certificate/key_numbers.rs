//! A certificate's public key as numbers: what a JWK of the same key holds (RFC 7518 §6.2, §6.3).

use der::Decode as _;
use spki::SubjectPublicKeyInfoRef;

use super::Certificate;
use crate::signature::{PublicKey, RsaPublicKey};

/// The numbers of a public key, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyNumbers {
    /// RSA, without leading zeros.
    Rsa {
        /// `n`
        modulus: Vec<u8>,
        /// `e`
        exponent: Vec<u8>,
    },
    /// A point on P-256, 32 octets each.
    P256 {
        /// `x`
        x: Vec<u8>,
        /// `y`
        y: Vec<u8>,
    },
}

impl Certificate {
    /// The numbers of its key; `None`: it is of another kind, or compressed.
    pub fn key_numbers(&self) -> Option<KeyNumbers> {
        let spki = SubjectPublicKeyInfoRef::from_der(self.subject_public_key_info_der()).ok()?;
        let key = spki.subject_public_key.as_bytes()?;
        match self.public_key() {
            PublicKey::Rsa { .. } => {
                let key = RsaPublicKey::from_der(key).ok()?;
                Some(KeyNumbers::Rsa {
                    modulus: key.modulus.as_bytes().to_vec(),
                    exponent: key.public_exponent.as_bytes().to_vec(),
                })
            }
            PublicKey::P256 => match (key.split_first()?, key.len()) {
                ((4, point), 65) => {
                    let (x, y) = point.split_at_checked(32)?;
                    Some(KeyNumbers::P256 {
                        x: x.to_vec(),
                        y: y.to_vec(),
                    })
                }
                _ => None,
            },
            PublicKey::P384 | PublicKey::Sm2 | PublicKey::Unsupported => None,
        }
    }

    /// Whether another certificate is of the same key, however either spells it: whoever signs for the one signs for the other.
    pub fn is_of_key_of(&self, other: &Self) -> bool {
        self.key_itself() == other.key_itself()
    }

    /// What tells a key from others: the modulus, or the x of a point, which compressed ones have too. A key that can't be read
    /// is its octets.
    fn key_itself(&self) -> Vec<u8> {
        let whole = self.subject_public_key_info_der();
        if let Some(KeyNumbers::Rsa { modulus, .. }) = self.key_numbers() {
            return modulus;
        }
        let spki = SubjectPublicKeyInfoRef::from_der(whole);
        let key = spki
            .ok()
            .and_then(|spki| spki.subject_public_key.as_bytes());
        let x = match key.and_then(<[u8]>::split_first) {
            Some((4, point)) => point.get(..point.len() / 2),
            Some((2 | 3, x)) => Some(x),
            _ => None,
        };
        x.unwrap_or(whole).to_vec()
    }
}
