//! Algorithms, signatures, and how the text is written.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::json;

use super::bend::*;

/// RFC 4648 §5.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) const ALGORITHMS: &[Vector] = &[
    ("as it should be", |kit| Some(whole(kit)), EVERYBODY),
    ("alg none", |kit| unsigned(kit, "none", ""), NOBODY),
    (
        "alg none with a signature",
        |kit| unsigned(kit, "none", "AAAA"),
        NOBODY,
    ),
    ("alg nOnE", |kit| unsigned(kit, "nOnE", ""), NOBODY),
    ("no signature", |kit| unsigned(kit, "ES256", ""), NOBODY),
    ("alg missing", |kit| without_header(kit, "alg"), NOBODY),
    (
        "alg a number",
        |kit| with_header(kit, "alg", json!(256)),
        NOBODY,
    ),
    (
        "alg a list",
        |kit| with_header(kit, "alg", json!(["ES256"])),
        NOBODY,
    ),
    (
        "alg in small letters",
        |kit| with_header(kit, "alg", json!("es256")),
        NOBODY,
    ),
    (
        "alg of another key type",
        |kit| with_header(kit, "alg", json!("PS256")),
        NOBODY,
    ),
    (
        "alg RS256",
        |kit| with_header(kit, "alg", json!("RS256")),
        NOBODY,
    ),
    (
        "alg ES384",
        |kit| with_header(kit, "alg", json!("ES384")),
        NOBODY,
    ),
    (
        "alg HS256 over the ECDSA signature",
        |kit| with_header(kit, "alg", json!("HS256")),
        NOBODY,
    ),
    (
        "HS256 with the JWK as secret",
        |kit| by_hmac(kit, kit.key.public().to_string().as_bytes()),
        NOBODY,
    ),
    (
        "HS256 with the point as secret",
        |kit| by_hmac(kit, &point(kit)),
        NOBODY,
    ),
    (
        "HS256 with x as secret",
        |kit| by_hmac(kit, &point(kit)[1..33]),
        NOBODY,
    ),
    ("HS256 with no secret", |kit| by_hmac(kit, b""), NOBODY),
];

pub(super) const FORMS: &[Vector] = &[
    (
        "padding behind the signature",
        |kit| Some(format!("{}=", whole(kit))),
        NOBODY,
    ),
    (
        "padding behind the header",
        |kit| {
            Some(signed(
                kit,
                &URL_SAFE.encode(padded(&kit.header)),
                &encoded(&kit.claims),
            ))
        },
        NOBODY,
    ),
    (
        "the other alphabet",
        |kit| {
            let odd = json!({ "odd": "???>>>~~~" });
            let mut claims = kit.claims.clone();
            claims["odd"] = odd["odd"].clone();
            let standard = STANDARD.encode(claims.to_string());
            Some(signed(
                kit,
                &encoded(&kit.header),
                standard.trim_end_matches('='),
            ))
            .filter(|token| token.contains(['+', '/']))
        },
        NOBODY,
    ),
    (
        "blank inside",
        |kit| Some(whole(kit).replacen('.', " .", 1)),
        NOBODY,
    ),
    (
        "a part more",
        |kit| Some(format!("{}.AAAA", whole(kit))),
        NOBODY,
    ),
    (
        "two parts more",
        |kit| Some(format!("{}.AAAA.AAAA", whole(kit))),
        NOBODY,
    ),
    (
        "two parts more, empty",
        |kit| Some(format!("{}..", whole(kit))),
        NOBODY,
    ),
    (
        "a part in front",
        |kit| Some(format!("AAAA.{}", whole(kit))),
        NOBODY,
    ),
    (
        "a dot in front",
        |kit| Some(format!(".{}", whole(kit))),
        NOBODY,
    ),
    (
        "a part less",
        |kit| whole(kit).rsplit_once('.').map(|(rest, _)| rest.to_owned()),
        NOBODY,
    ),
    ("dots alone", |_| Some("..".to_owned()), NOBODY),
    (
        "octets behind the signature",
        |kit| Some(format!("{}AAAA", whole(kit))),
        NOBODY,
    ),
    (
        "stray bits behind the signature",
        |kit| {
            let mut token = whole(kit);
            let last = token.pop()?;
            // Of the last character of 64 octets two bits count.
            let at = ALPHABET.find(last)?;
            token.push(ALPHABET.as_bytes()[at | 1].into());
            Some(token)
        },
        NOBODY,
    ),
    (
        "signature cut",
        |kit| {
            with_signature(kit, |mut s| {
                s.pop();
                s
            })
        },
        NOBODY,
    ),
    (
        "signature longer",
        |kit| {
            with_signature(kit, |mut s| {
                s.push(0);
                s
            })
        },
        NOBODY,
    ),
    (
        "signature with a nought in front",
        |kit| {
            with_signature(kit, |mut s| {
                s.insert(0, 0);
                s
            })
        },
        NOBODY,
    ),
    (
        "signature of noughts",
        |kit| with_signature(kit, |s| vec![0; s.len()]),
        NOBODY,
    ),
    (
        "signature of ones",
        |kit| with_signature(kit, |s| vec![0xff; s.len()]),
        NOBODY,
    ),
    (
        "signature's halves changed",
        |kit| with_signature(kit, |s| [&s[32..], &s[..32]].concat()),
        NOBODY,
    ),
    (
        "signature in DER",
        |kit| with_signature(kit, |s| der(&s)),
        NOBODY,
    ),
    // As good as the other to the equation; nothing here is named by its signature.
    (
        "signature with n - s",
        |kit| with_signature(kit, high_s),
        EVERYBODY,
    ),
    (
        "one bit of the signature",
        |kit| {
            with_signature(kit, |mut s| {
                s[40] ^= 1;
                s
            })
        },
        NOBODY,
    ),
    (
        "too long",
        |kit| with_claim(kit, "x", json!("x".repeat(20_000))),
        NOBODY,
    ),
    ("empty", |_| Some("x".to_owned()), NOBODY),
];
