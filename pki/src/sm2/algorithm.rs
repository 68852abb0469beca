//! SM2-with-SM3 as a signature algorithm of chain building and CRLs.
//!
//! Certificates in use spell the same thing four ways: the signature's parameters are absent or NULL, and the key's
//! algorithm is id-ecPublicKey with the SM2 curve or the SM2 OID twice. All four are registered.

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

use super::{DEFAULT_ID, point, verify_with_key};

/// SM2-with-SM3, signer ID [`DEFAULT_ID`], in all four spellings.
pub static SM2_SM3: &[&dyn SignatureVerificationAlgorithm] = &[
    &Sm2WithSm3 {
        signature: PARAMETERS_ABSENT,
        key: EC_PUBLIC_KEY_SM2,
    },
    &Sm2WithSm3 {
        signature: PARAMETERS_ABSENT,
        key: SM2_SM2,
    },
    &Sm2WithSm3 {
        signature: PARAMETERS_NULL,
        key: EC_PUBLIC_KEY_SM2,
    },
    &Sm2WithSm3 {
        signature: PARAMETERS_NULL,
        key: SM2_SM2,
    },
];

// Contents of the AlgorithmIdentifier SEQUENCEs, tag and length of the SEQUENCE left off, as `webpki` compares them.
/// 1.2.156.10197.1.501
const PARAMETERS_ABSENT: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75";
/// 1.2.156.10197.1.501, NULL
const PARAMETERS_NULL: &[u8] = b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75\x05\x00";
/// 1.2.840.10045.2.1, 1.2.156.10197.1.301
const EC_PUBLIC_KEY_SM2: &[u8] =
    b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
/// 1.2.156.10197.1.301, 1.2.156.10197.1.301
const SM2_SM2: &[u8] =
    b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d";

#[derive(Debug)]
struct Sm2WithSm3 {
    signature: &'static [u8],
    key: &'static [u8],
}

impl SignatureVerificationAlgorithm for Sm2WithSm3 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        point(public_key)
            .and_then(|key| verify_with_key(key, DEFAULT_ID, message, signature))
            .map_err(|_why| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(self.key)
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(self.signature)
    }
}
