//! A platform's key for tokens that are encrypted to it (RFC 7516), and opening them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// An RSA key for `RSA-OAEP-256`.
pub struct DecryptionKey {
    private: OaepPrivateDecryptingKey,
    jwk: Value,
}

impl DecryptionKey {
    /// A new one.
    pub fn generate() -> Self {
        let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let pkcs8: Pkcs8V1Der<'_> = private.as_der().unwrap();
        let pair = RsaKeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let public = pair.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        Self {
            private: OaepPrivateDecryptingKey::new(private).unwrap(),
            jwk: json!({ "kty": "RSA", "n": n, "e": e, "use": "enc", "kid": "encryption" }),
        }
    }

    /// Its public JWK.
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// What is inside a compact JWE.
    pub fn open(&self, jwe: &str) -> String {
        let parts: Vec<&str> = jwe.split('.').collect();
        assert_eq!(parts.len(), 5, "no JWE: {jwe}");
        let part = |i: usize| URL_SAFE_NO_PAD.decode(parts[i]).unwrap();
        let header: Value = serde_json::from_slice(&part(0)).unwrap();
        let mut cek = vec![0; self.private.min_output_size()];
        let cek = self
            .private
            .decrypt(&OAEP_SHA256_MGF1SHA256, &part(1), &mut cek, None)
            .unwrap();
        let (iv, content, tag) = (part(2), part(3), part(4));
        let plain = match header["enc"].as_str().unwrap() {
            "A256GCM" => open_gcm(cek, &iv, [content, tag].concat(), parts[0].as_bytes()),
            "A128CBC-HS256" => open_cbc(cek, &iv, (content, &tag), parts[0].as_bytes()),
            other => panic!("enc {other}"),
        };
        String::from_utf8(plain).unwrap()
    }
}

fn open_gcm(cek: &[u8], iv: &[u8], mut sealed: Vec<u8>, header: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, cek).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(iv).unwrap();
    let plain = key.open_in_place(nonce, Aad::from(header), &mut sealed);
    plain.unwrap().to_vec()
}

fn open_cbc(cek: &[u8], iv: &[u8], (mut content, tag): (Vec<u8>, &[u8]), header: &[u8]) -> Vec<u8> {
    let bits = u64::try_from(header.len() * 8).unwrap().to_be_bytes();
    let mac = hmac::Key::new(hmac::HMAC_SHA256, &cek[..16]);
    let made = hmac::sign(&mac, &[header, iv, &content, &bits].concat());
    assert_eq!(&made.as_ref()[..16], tag, "the tag is wrong");
    let key = UnboundCipherKey::new(&AES_128, &cek[16..]).unwrap();
    let iv: [u8; 16] = iv.try_into().unwrap();
    let plain = PaddedBlockDecryptingKey::cbc_pkcs7(key)
        .unwrap()
        .decrypt(&mut content, DecryptionContext::Iv128(iv.into()))
        .unwrap();
    plain.to_vec()
}
