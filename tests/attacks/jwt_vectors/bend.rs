//! Bending a token's parts, and signing it anew.

#![allow(
    clippy::unnecessary_wraps,
    reason = "each is the value of a table whose other entries may be none"
)]

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::AssertionKey;
use e2e::vector::{Kit, Verifier};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

/// A name, what is made of the parts (`None`: this verifier knows no such part), and who takes it.
pub(super) type Vector = (
    &'static str,
    fn(&Kit<'_>) -> Option<String>,
    &'static [Verifier],
);

pub(super) const NOBODY: &[Verifier] = &[];
pub(super) const EVERYBODY: &[Verifier] = &Verifier::ALL;

pub(super) fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signed as the header says it is, by the right key.
pub(super) fn signed(kit: &Kit<'_>, header: &str, claims: &str) -> String {
    let key = kit.key;
    let signed = format!("{header}.{claims}");
    format!("{signed}.{}", key.signature(signed.as_bytes()))
}

pub(super) fn whole(kit: &Kit<'_>) -> String {
    signed(kit, &encoded(&kit.header), &encoded(&kit.claims))
}

pub(super) fn with_header(kit: &Kit<'_>, name: &str, value: Value) -> Option<String> {
    let mut header = kit.header.clone();
    header[name] = value;
    Some(signed(kit, &encoded(&header), &encoded(&kit.claims)))
}

pub(super) fn without_header(kit: &Kit<'_>, name: &str) -> Option<String> {
    let mut header = kit.header.clone();
    header.as_object_mut().unwrap().remove(name)?;
    Some(signed(kit, &encoded(&header), &encoded(&kit.claims)))
}

pub(super) fn with_claim(kit: &Kit<'_>, name: &str, value: Value) -> Option<String> {
    let mut claims = kit.claims.clone();
    claims[name] = value;
    Some(signed(kit, &encoded(&kit.header), &encoded(&claims)))
}

/// A claim that this verifier reads.
pub(super) fn with_read_claim(kit: &Kit<'_>, name: &str, value: Value) -> Option<String> {
    kit.claims.get(name)?;
    with_claim(kit, name, value)
}

pub(super) fn without_claim(kit: &Kit<'_>, name: &str) -> Option<String> {
    let mut claims = kit.claims.clone();
    claims.as_object_mut().unwrap().remove(name)?;
    Some(signed(kit, &encoded(&kit.header), &encoded(&claims)))
}

/// Header and claims as texts, changed before they are signed.
pub(super) fn with_texts(kit: &Kit<'_>, change: fn(&mut String, &mut String)) -> Option<String> {
    let (mut header, mut claims) = (kit.header.to_string(), kit.claims.to_string());
    change(&mut header, &mut claims);
    let (header, claims) = (
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims),
    );
    Some(signed(kit, &header, &claims))
}

/// One more member in front of the others, as text.
pub(super) fn put(object: &mut String, member: &str) {
    object.insert_str(1, &format!("{member},"));
}

/// One more behind them.
pub(super) fn append(object: &mut String, member: &str) {
    object.insert_str(object.len() - 1, &format!(",{member}"));
}

pub(super) fn with_signature(kit: &Kit<'_>, change: fn(Vec<u8>) -> Vec<u8>) -> Option<String> {
    let token = whole(kit);
    let (rest, signature) = token.rsplit_once('.').unwrap();
    let signature = change(URL_SAFE_NO_PAD.decode(signature).unwrap());
    Some(format!("{rest}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

pub(super) fn unsigned(kit: &Kit<'_>, alg: &str, signature: &str) -> Option<String> {
    let mut header = kit.header.clone();
    header["alg"] = json!(alg);
    Some(format!(
        "{}.{}.{signature}",
        encoded(&header),
        encoded(&kit.claims)
    ))
}

/// HMAC with something public as the secret.
pub(super) fn by_hmac(kit: &Kit<'_>, secret: &[u8]) -> Option<String> {
    let mut header = kit.header.clone();
    header["alg"] = json!("HS256");
    let text = format!("{}.{}", encoded(&header), encoded(&kit.claims));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag)))
}

/// Signed by a stranger whose key the header brings along.
pub(super) fn by_stranger(
    kit: &Kit<'_>,
    name: &str,
    value: fn(&AssertionKey) -> Value,
) -> Option<String> {
    let stranger = AssertionKey::generate(Algorithm::ES256);
    let mut header = kit.header.clone();
    // The key of a DPoP proof stands there by right; whoever signs is another.
    if kit.verifier != Verifier::Dpop || name != "jwk" {
        header[name] = value(&stranger);
    }
    Some(stranger.signed_with(&header, &kit.claims))
}

pub(super) fn point(kit: &Kit<'_>) -> Vec<u8> {
    let coordinate = |name: &str| {
        let text = kit.key.public()[name].as_str().unwrap().to_owned();
        URL_SAFE_NO_PAD.decode(text).unwrap()
    };
    [vec![4], coordinate("x"), coordinate("y")].concat()
}

/// ASN.1 `SEQUENCE` of two `INTEGER`s, as X.509 has it and JOSE does not.
pub(super) fn der(signature: &[u8]) -> Vec<u8> {
    let integer = |part: &[u8]| {
        let mut part: Vec<u8> = part.iter().copied().skip_while(|o| *o == 0).collect();
        if part.first().is_none_or(|o| *o >= 0x80) {
            part.insert(0, 0);
        }
        let length = u8::try_from(part.len()).unwrap();
        [vec![2, length], part].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

/// n − s: as good a signature to the equation.
pub(super) fn high_s(mut signature: Vec<u8>) -> Vec<u8> {
    const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let n = hex::decode(N).unwrap();
    let mut borrow = 0_i16;
    for i in (0..32).rev() {
        let difference = i16::from(n[i]) - i16::from(signature[32 + i]) - borrow;
        borrow = i16::from(difference < 0);
        signature[32 + i] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    signature
}

/// Of a length that takes padding.
pub(super) fn padded(header: &Value) -> String {
    let mut text = header.to_string();
    while text.len() % 3 != 1 {
        text.push(' ');
    }
    text
}
