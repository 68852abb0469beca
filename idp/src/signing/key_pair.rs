//! One key pair: making, opening and signing. Its private half is in memory, or inside a token.

use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use idp_core::platform::JwsAlgorithm;
use pki::sm2;
use zeroize::Zeroizing;

use super::hsm::{Hsm, HsmError};
use super::public_key::PublicKey;

/// The cryptography library refused.
#[derive(Debug, thiserror::Error)]
#[error("a signing key can't be made or opened")]
pub struct BadKey;

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignError {
    #[error(transparent)]
    BadKey(#[from] BadKey),
    #[error(transparent)]
    Hsm(#[from] HsmError),
}

/// An opened key pair: parsed once, used often.
pub struct KeyPair {
    private: Private,
    public: PublicKey,
}

enum Private {
    /// P-256.
    Es256(EcdsaKeyPair),
    /// RSA-2048, with RSA-PSS.
    Ps256(Box<RsaKeyPair>),
    /// RSA-2048, with PKCS #1 v1.5.
    Rs256(Box<RsaKeyPair>),
    /// SM2.
    Sm2Sm3(Box<sm2::SigningKey>),
    /// It stays there. Without the token what it signed still verifies.
    Inside(Option<Arc<Hsm>>, JwsAlgorithm),
}

impl KeyPair {
    /// A new pair and its PKCS #8 octets.
    pub(super) fn generate(algorithm: JwsAlgorithm) -> Result<(Self, Zeroizing<Vec<u8>>), BadKey> {
        let pkcs8 = match algorithm {
            JwsAlgorithm::Es256 => {
                let document = EcdsaKeyPair::generate_pkcs8(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    &SystemRandom::new(),
                )
                .or(Err(BadKey))?;
                Zeroizing::new(document.as_ref().to_vec())
            }
            JwsAlgorithm::Sm2Sm3 => {
                let key = sm2::SigningKey::generate().or(Err(BadKey))?;
                key.to_pkcs8_der().or(Err(BadKey))?
            }
            JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).or(Err(BadKey))?;
                let document: Pkcs8V1Der<'_> = pair.as_der().or(Err(BadKey))?;
                Zeroizing::new(document.as_ref().to_vec())
            }
        };
        Ok((Self::open(algorithm, &pkcs8)?, pkcs8))
    }

    /// From PKCS #8.
    pub(super) fn open(algorithm: JwsAlgorithm, pkcs8: &[u8]) -> Result<Self, BadKey> {
        let rsa = || RsaKeyPair::from_pkcs8(pkcs8).map(Box::new).or(Err(BadKey));
        let private = match algorithm {
            JwsAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map(Private::Es256)
                    .or(Err(BadKey))?
            }
            JwsAlgorithm::Ps256 => Private::Ps256(rsa()?),
            JwsAlgorithm::Rs256 => Private::Rs256(rsa()?),
            JwsAlgorithm::Sm2Sm3 => {
                let key = sm2::SigningKey::from_pkcs8_der(pkcs8).or(Err(BadKey))?;
                Private::Sm2Sm3(Box::new(key))
            }
        };
        let public = private.public().ok_or(BadKey)?;
        Ok(Self { private, public })
    }

    /// Of a key inside a token, by its stored JWK.
    pub(super) fn inside(
        hsm: Option<Arc<Hsm>>,
        algorithm: JwsAlgorithm,
        jwk: &str,
    ) -> Result<Self, BadKey> {
        Ok(Self {
            private: Private::Inside(hsm, algorithm),
            public: PublicKey::of_jwk(algorithm, jwk).ok_or(BadKey)?,
        })
    }

    /// The public half.
    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Whether signing takes as long as a token takes.
    pub(super) fn is_inside(&self) -> bool {
        matches!(self.private, Private::Inside(..))
    }

    /// Whether it can sign now, as far as is known.
    pub(super) fn is_at_hand(&self) -> bool {
        match &self.private {
            Private::Inside(hsm, _) => hsm.as_ref().is_some_and(|hsm| !hsm.is_away()),
            _ => true,
        }
    }

    /// Signs.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(match &self.private {
            Private::Es256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .or(Err(BadKey))?
                .as_ref()
                .to_vec(),
            Private::Ps256(pair) => sign_rsa(pair, &RSA_PSS_SHA256, message)?,
            Private::Rs256(pair) => sign_rsa(pair, &RSA_PKCS1_SHA256, message)?,
            Private::Sm2Sm3(key) => key.sign_raw(message).or(Err(BadKey))?,
            Private::Inside(None, _) => {
                return Err(HsmError::Away("none is configured".to_owned()).into());
            }
            Private::Inside(Some(hsm), algorithm) => {
                let verifies = |signature: &[u8]| self.public.verifies(message, signature);
                hsm.sign((self.public.kid(), *algorithm), message, verifies)?
            }
        })
    }

    /// Whether this pair signed it.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verifies(message, signature)
    }
}

impl Private {
    fn public(&self) -> Option<PublicKey> {
        let rsa = |algorithm, pair: &RsaKeyPair| {
            let public = pair.public_key();
            let n = public.modulus().big_endian_without_leading_zero();
            let e = public.exponent().big_endian_without_leading_zero();
            PublicKey::of_rsa(algorithm, n, e)
        };
        match self {
            Self::Es256(pair) => {
                PublicKey::of_point(JwsAlgorithm::Es256, pair.public_key().as_ref())
            }
            Self::Ps256(pair) => rsa(JwsAlgorithm::Ps256, pair),
            Self::Rs256(pair) => rsa(JwsAlgorithm::Rs256, pair),
            Self::Sm2Sm3(key) => {
                let spki = key.subject_public_key_info_der().ok()?;
                // The point stands last.
                let point = spki.get(spki.len().checked_sub(65)?..)?;
                PublicKey::of_point(JwsAlgorithm::Sm2Sm3, point)
            }
            Self::Inside(..) => None,
        }
    }
}

fn sign_rsa(
    pair: &RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, BadKey> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(padding, &SystemRandom::new(), message, &mut signature)
        .or(Err(BadKey))?;
    Ok(signature)
}
