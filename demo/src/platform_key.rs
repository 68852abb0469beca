//! The key of a platform that signs what it sends.
//!
//! Owns its two forms: PEM for the platform, a public JWK Set for the provider. Does not know what is signed.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pkcs8::LineEnding;
use pkcs8::der::pem;
use serde_json::{Value, json};

use crate::error::DemoError;

/// Name of the key at the provider.
pub(crate) const KEY_ID: &str = "platform-1";

/// RFC 7468 §10
const LABEL: &str = "PRIVATE KEY";

/// A P-256 key.
pub(crate) struct PlatformKey {
    pem: String,
    pair: EcdsaKeyPair,
}

impl PlatformKey {
    pub(crate) fn generate() -> Result<Self, DemoError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(DemoError::provider)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(DemoError::provider)?;
        let pem = pem::encode_string(LABEL, LineEnding::LF, pkcs8.as_ref());
        let pem = pem.map_err(DemoError::provider)?;
        Ok(Self { pem, pair })
    }

    pub(crate) fn of_pem(pem: &str) -> Result<Self, DemoError> {
        let (_label, pkcs8) = pem::decode_vec(pem.as_bytes()).map_err(DemoError::provider)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
            .map_err(DemoError::provider)?;
        let pem = pem.to_owned();
        Ok(Self { pem, pair })
    }

    /// PKCS#8, PEM.
    pub(crate) fn into_pem(self) -> String {
        self.pem
    }

    /// The public half.
    pub(crate) fn jwks(&self) -> Value {
        // Uncompressed point: 04, x, y.
        let point = self.pair.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at(32);
        let word = |octets: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(octets);
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID,
            "x": word(x), "y": word(y),
        }] })
    }
}
