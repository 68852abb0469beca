//! Vectors of RFC 7518, and tokens opened again as the standards say.

use aws_lc_rs::aead::{LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{PrivateKey, agree};
use aws_lc_rs::cipher::PaddedBlockDecryptingKey;
use aws_lc_rs::rsa::{KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use idp_core::platform::TokenEncryption;

use super::*;

/// RFC 7518 appendix B.1: `AES_128_CBC_HMAC_SHA_256`.
#[test]
fn content_is_encrypted_as_in_rfc_7518_b1() {
    let key: Vec<u8> = (0..32).collect();
    let plain = b"A cipher system must not be required to be secret, and it must be able to fall \
        into the hands of the enemy without inconvenience";
    let header = b"The second principle of Auguste Kerckhoffs";
    let iv = hex::decode("1af38c2dc2b96ffdd86694092341bc04").unwrap();
    let sealed = seal_cbc(&key, iv.try_into().unwrap(), header, plain);
    let sealed = sealed.unwrap_or_else(|Failed| panic!("refused"));
    assert_eq!(
        hex::encode(sealed.ciphertext),
        "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9\
         a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336\
         09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b\
         384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5\
         4b8851ffb598f7f80074b9473c82e2db"
    );
    assert_eq!(hex::encode(sealed.tag), "652c3fa36b0a7c5b3219fab3a30bc1c4");
}

/// RFC 7518 appendix C: Alice agrees with Bob on 128 bits.
#[test]
fn keys_are_derived_as_in_rfc_7518_c() {
    let secret = hex::decode("9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4");
    let derived = concat_kdf(&secret.unwrap(), "A128GCM", (b"Alice", b"Bob"), 128);
    let text = URL_SAFE_NO_PAD.encode(&derived[..16]);
    assert_eq!(text, "VqqN6vgjbSBcIijNcacQGg");
}

fn recipient(alg: KeyEncryption, enc: ContentEncryption, key: Value) -> Recipient {
    Recipient {
        encryption: TokenEncryption { alg, enc },
        key,
    }
}

fn opened(jwe: &str, cek_of: impl FnOnce(&Value, &[u8]) -> Vec<u8>) -> (Value, String) {
    let parts: Vec<&str> = jwe.split('.').collect();
    let part = |i: usize| URL_SAFE_NO_PAD.decode(parts[i]).unwrap();
    assert_eq!(parts.len(), 5);
    let header: Value = serde_json::from_slice(&part(0)).unwrap();
    let cek = cek_of(&header, &part(1));
    let (iv, mut content, tag) = (part(2), part(3), part(4));
    let aad = parts[0].as_bytes();
    let plain = if header["enc"] == "A256GCM" {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &cek).unwrap());
        content.extend(tag);
        let nonce = Nonce::try_assume_unique_for_key(&iv).unwrap();
        key.open_in_place(nonce, Aad::from(aad), &mut content)
            .unwrap()
            .to_vec()
    } else {
        let bits = u64::try_from(aad.len() * 8).unwrap().to_be_bytes();
        let mac = hmac::Key::new(hmac::HMAC_SHA256, &cek[..16]);
        let signed = [aad, &iv, &content, &bits].concat();
        assert_eq!(hmac::sign(&mac, &signed).as_ref()[..16], tag);
        let key = UnboundCipherKey::new(&AES_128, &cek[16..]).unwrap();
        let iv: [u8; 16] = iv.try_into().unwrap();
        PaddedBlockDecryptingKey::cbc_pkcs7(key)
            .unwrap()
            .decrypt(&mut content, DecryptionContext::Iv128(iv.into()))
            .unwrap()
            .to_vec()
    };
    (header, String::from_utf8(plain).unwrap())
}

const TOKEN: &str = "header.claims.signature";

#[test]
fn a_token_is_for_the_holder_of_the_rsa_key() {
    let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
    let der = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&private);
    let pair = RsaKeyPair::from_pkcs8(der.unwrap().as_ref()).unwrap();
    let public = pair.public_key();
    let key = json!({
        "kty": "RSA",
        "kid": "theirs",
        "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
    });
    let private = OaepPrivateDecryptingKey::new(private).unwrap();
    for enc in ContentEncryption::ALL {
        let jwe = encrypt(
            &recipient(KeyEncryption::RsaOaep256, enc, key.clone()),
            TOKEN,
        )
        .unwrap();
        let (header, plain) = opened(&jwe, |_, wrapped| {
            let mut cek = vec![0; private.min_output_size()];
            let cek = private
                .decrypt(&OAEP_SHA256_MGF1SHA256, wrapped, &mut cek, None)
                .unwrap();
            cek.to_vec()
        });
        assert_eq!(plain, TOKEN);
        assert_eq!(
            (&header["kid"], &header["cty"]),
            (&json!("theirs"), &json!("JWT"))
        );
    }
}

#[test]
fn a_token_is_for_the_holder_of_the_elliptic_key() {
    let private = PrivateKey::generate(&ECDH_P256).unwrap();
    let public = private.compute_public_key().unwrap();
    let (x, y) = public.as_ref()[1..].split_at(32);
    let key = json!({
        "kty": "EC",
        "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(x),
        "y": URL_SAFE_NO_PAD.encode(y),
    });
    for alg in [KeyEncryption::EcdhEs, KeyEncryption::EcdhEsA256Kw] {
        for enc in ContentEncryption::ALL {
            let jwe = encrypt(&recipient(alg, enc, key.clone()), TOKEN).unwrap();
            let (_, plain) = opened(&jwe, |header, wrapped| {
                let epk = &header["epk"];
                let coordinate =
                    |name: &str| URL_SAFE_NO_PAD.decode(epk[name].as_str().unwrap()).unwrap();
                let point = [vec![4], coordinate("x"), coordinate("y")].concat();
                let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
                let word = match alg {
                    KeyEncryption::EcdhEs => enc.as_str(),
                    _ => alg.as_str(),
                };
                let agreed = agree(&private, theirs, (), |secret| {
                    Ok(concat_kdf(secret, word, (&[], &[]), CEK_BITS).to_vec())
                })
                .unwrap();
                if alg == KeyEncryption::EcdhEs {
                    assert!(wrapped.is_empty());
                    return agreed;
                }
                let mut cek = vec![0; 32];
                let kek = AesKek::new(&key_wrap::AES_256, &agreed).unwrap();
                kek.unwrap(wrapped, &mut cek).unwrap().to_vec()
            });
            assert_eq!(plain, TOKEN, "{alg:?} {enc:?}");
        }
    }
}

#[test]
fn nothing_is_encrypted_to_what_is_no_key() {
    let off_the_curve = URL_SAFE_NO_PAD.encode([1; 32]);
    let bad = [
        json!({ "kty": "EC", "crv": "P-256", "x": off_the_curve, "y": off_the_curve }),
        json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": off_the_curve }),
        json!({ "kty": "EC" }),
    ];
    for key in bad {
        let to = recipient(KeyEncryption::EcdhEs, ContentEncryption::A256Gcm, key);
        assert!(encrypt(&to, TOKEN).is_err());
    }
    let rsa = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" });
    let to = recipient(KeyEncryption::RsaOaep256, ContentEncryption::A256Gcm, rsa);
    assert!(encrypt(&to, TOKEN).is_err());
}
