//! JWE compact serialisation (RFC 7516), encrypting alone: an ID token for the client that registered for it.
//!
//! Owns the form and which primitive stands for which word (RFC 7518 §4.3, §4.6, §5.2, §5.3); the primitives are the
//! cryptography library's. Opens nothing: the provider receives no JWE.

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use aws_lc_rs::cipher::{
    AES_128, DecryptionContext, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKeyComponents,
};
use aws_lc_rs::{error::Unspecified, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::{ContentEncryption, KeyEncryption};
use idp_core::signer::{Recipient, UnusableKey};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Octets of a key of either content encryption.
const CEK: usize = 32;
const CEK_BITS: u32 = 256;

/// A tag of either is so long (RFC 7518 §5.2.3, §5.3).
const TAG: usize = 16;

impl From<Unspecified> for Failed {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// The library refused, and says not why.
struct Failed;

/// Encrypts a signed token: `cty` says what is inside (RFC 7519 §5.2).
pub fn encrypt(recipient: &Recipient, token: &str) -> Result<String, UnusableKey> {
    encrypted(recipient, token).map_err(|Failed| UnusableKey)
}

fn encrypted(recipient: &Recipient, token: &str) -> Result<String, Failed> {
    let encryption = recipient.encryption;
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!(encryption.alg.as_str()));
    header.insert("enc".to_owned(), json!(encryption.enc.as_str()));
    header.insert("cty".to_owned(), json!("JWT"));
    if let Some(kid) = recipient.key.get("kid") {
        header.insert("kid".to_owned(), kid.clone());
    }
    let (cek, encrypted_key) = match encryption.alg {
        KeyEncryption::RsaOaep256 => {
            let cek = random_cek()?;
            let wrapped = wrap_rsa(&recipient.key, &*cek)?;
            (cek, wrapped)
        }
        KeyEncryption::EcdhEs => {
            let word = encryption.enc.as_str();
            (agree(&recipient.key, word, &mut header)?, Vec::new())
        }
        KeyEncryption::EcdhEsA256Kw => {
            let kek = agree(&recipient.key, encryption.alg.as_str(), &mut header)?;
            let cek = random_cek()?;
            let wrapped = wrap_aes(&*kek, &*cek)?;
            (cek, wrapped)
        }
    };
    let header = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
    let sealed = match encryption.enc {
        ContentEncryption::A256Gcm => seal_gcm(&*cek, header.as_bytes(), token.as_bytes())?,
        ContentEncryption::A128CbcHs256 => {
            let mut iv = [0; 16];
            rand::fill(&mut iv)?;
            seal_cbc(&*cek, iv, header.as_bytes(), token.as_bytes())?
        }
    };
    let parts = [encrypted_key, sealed.iv, sealed.ciphertext, sealed.tag];
    Ok(parts.iter().fold(header, |text, part| {
        text + "." + &URL_SAFE_NO_PAD.encode(part)
    }))
}

struct Sealed {
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

type Cek = Zeroizing<[u8; CEK]>;

fn random_cek() -> Result<Cek, Failed> {
    let mut cek = Zeroizing::new([0; CEK]);
    rand::fill(&mut *cek)?;
    Ok(cek)
}

/// RFC 7518 §4.3.
fn wrap_rsa(key: &Value, cek: &[u8]) -> Result<Vec<u8>, Failed> {
    let public = PublicKeyComponents {
        n: octets(key, "n")?,
        e: octets(key, "e")?,
    };
    let public: PublicEncryptingKey = public.try_into()?;
    let public = OaepPublicEncryptingKey::new(public)?;
    let mut wrapped = vec![0; public.ciphertext_size()];
    let length = public
        .encrypt(&OAEP_SHA256_MGF1SHA256, cek, &mut wrapped, None)?
        .len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// RFC 7518 §4.4, AES-256.
fn wrap_aes(kek: &[u8], cek: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut wrapped = vec![0; cek.len() + 8];
    let length = AesKek::new(&key_wrap::AES_256, kek)?
        .wrap(cek, &mut wrapped)?
        .len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// RFC 7518 §4.6: a key of our own for this token alone, its public half in the header. `algorithm`: `enc` where the
/// agreed key encrypts, else `alg` (§4.6.2).
fn agree(key: &Value, algorithm: &str, header: &mut Map<String, Value>) -> Result<Cek, Failed> {
    let (x, y) = (octets(key, "x")?, octets(key, "y")?);
    if x.len() != 32 || y.len() != 32 {
        return Err(Failed);
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
    let public = own.compute_public_key()?;
    let (x, y) = public
        .as_ref()
        .get(1..)
        .and_then(|point| point.split_at_checked(32))
        .ok_or(Failed)?;
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let epk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
    header.insert("epk".to_owned(), epk);
    // The library refuses a point that is not on the curve.
    let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
    agree_ephemeral(own, theirs, Failed, |secret| {
        Ok(concat_kdf(secret, algorithm, (&[], &[]), CEK_BITS))
    })
}

/// One round of NIST SP 800-56A's Concat KDF with SHA-256, as RFC 7518 §4.6.2 fills it in.
fn concat_kdf(secret: &[u8], algorithm: &str, (apu, apv): (&[u8], &[u8]), bits: u32) -> Cek {
    let length = |octets: &[u8]| {
        u32::try_from(octets.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes()
    };
    let mut digest = Sha256::new();
    digest.update(1_u32.to_be_bytes());
    digest.update(secret);
    for part in [algorithm.as_bytes(), apu, apv] {
        digest.update(length(part));
        digest.update(part);
    }
    digest.update(bits.to_be_bytes());
    Zeroizing::new(digest.finalize().into())
}

/// RFC 7518 §5.3.
fn seal_gcm(cek: &[u8], header: &[u8], plain: &[u8]) -> Result<Sealed, Failed> {
    let mut ciphertext = plain.to_vec();
    let (nonce, tag) = RandomizedNonceKey::new(&AES_256_GCM, cek)?
        .seal_in_place_separate_tag(Aad::from(header), &mut ciphertext)?;
    Ok(Sealed {
        iv: nonce.as_ref().to_vec(),
        ciphertext,
        tag: tag.as_ref().to_vec(),
    })
}

/// RFC 7518 §5.2.2: the key's first half is for the MAC, its second for the cipher.
fn seal_cbc(cek: &[u8], iv: [u8; 16], header: &[u8], plain: &[u8]) -> Result<Sealed, Failed> {
    let (for_mac, for_cipher) = cek.split_at_checked(16).ok_or(Failed)?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, for_cipher)?)?;
    let mut ciphertext = plain.to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    let DecryptionContext::Iv128(_) = key.less_safe_encrypt(&mut ciphertext, context)? else {
        return Err(Failed);
    };
    let bits = u64::try_from(header.len())
        .or(Err(Failed))?
        .saturating_mul(8);
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, for_mac));
    for part in [header, &iv, &ciphertext, &bits.to_be_bytes()] {
        mac.update(part);
    }
    let tag = mac.sign();
    Ok(Sealed {
        iv: iv.to_vec(),
        ciphertext,
        tag: tag.as_ref().get(..TAG).ok_or(Failed)?.to_vec(),
    })
}

fn octets(key: &Value, name: &str) -> Result<Vec<u8>, Failed> {
    let text = key.get(name).and_then(Value::as_str).ok_or(Failed)?;
    URL_SAFE_NO_PAD.decode(text).or(Err(Failed))
}

#[cfg(test)]
mod tests;
