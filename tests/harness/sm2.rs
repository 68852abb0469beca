//! Tokens signed with SM2, verified by others' means: `OpenSSL`'s command line, with the signer ID of GM/T 0009.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use serde_json::{Value, json};

use super::platform::PlatformOrder;
use super::scratch;

/// DER of a `SubjectPublicKeyInfo` on the SM2 curve (GM/T 0009 §7.1) up to the point.
const SPKI: &str = "3059301306072a8648ce3d020106082a811ccf5501822d034200";

/// A platform that is told everything by SM2.
pub fn order() -> PlatformOrder {
    let mut order = PlatformOrder {
        id_token_alg: JwsAlgorithm::Sm2Sm3,
        ..PlatformOrder::default()
    };
    order.tokens.sm2 = true;
    order.tokens.userinfo_alg = Some(JwsAlgorithm::Sm2Sm3);
    order
}

/// A public key: its `SubjectPublicKeyInfo`.
pub struct Key(Vec<u8>);

impl Key {
    /// Of the provider's JWK.
    pub fn of_jwk(jwk: &Value) -> Self {
        let words = ["kty", "crv", "alg", "use"].map(|name| &jwk[name]);
        let expected = ["x-SM2", "x-SM2", "x-SM2-SM3", "sig"].map(|word| json!(word));
        assert_eq!(words.map(Clone::clone), expected, "{jwk}");
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
        let (x, y) = (octets("x"), octets("y"));
        Self([hex::decode(SPKI).unwrap(), vec![4], x, y].concat())
    }

    /// Whether the key signed this compact token; r ‖ s, 32 octets each. `OpenSSL` and our own verification agree.
    pub fn verifies(&self, token: &str) -> bool {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert_eq!(signature.len(), 64);
        let verifies = self.openssl_verifies(signed.as_bytes(), &der(&signature));
        let ours = pki::sm2::verify(&self.0, signed.as_bytes(), &der(&signature));
        assert_eq!(ours.is_ok(), verifies);
        verifies
    }

    fn openssl_verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let folder = scratch::folder("sm2-token");
        for (name, octets) in [
            ("key.der", self.0.as_slice()),
            ("message", message),
            ("signature", signature),
        ] {
            std::fs::write(folder.join(name), octets).unwrap();
        }
        let arguments = "pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -digest sm3 -in message \
            -sigfile signature -pkeyopt distid:1234567812345678";
        let done = Command::new("openssl")
            .args(arguments.split_ascii_whitespace())
            .current_dir(&folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(said.contains("Signature Verif"), "{done:?}");
        done.status.success()
    }
}

/// ASN.1 `SEQUENCE` of two `INTEGER`s.
fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |part: &[u8]| {
        let mut part: Vec<u8> = part.iter().copied().skip_while(|o| *o == 0).collect();
        if part.first().is_none_or(|o| *o >= 0x80) {
            part.insert(0, 0);
        }
        [vec![2, u8::try_from(part.len()).unwrap()], part].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}
