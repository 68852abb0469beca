//! What the claims say.

use Verifier::Hint;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::now;
use e2e::vector::Verifier;
use serde_json::{Value, json};

use super::bend::*;

pub(super) const CLAIMS: &[Vector] = &[
    (
        "a claim twice",
        |kit| with_texts(kit, |_, claims| put(claims, r#""iat":1"#)),
        NOBODY,
    ),
    (
        "a claim twice, the wrong one last",
        |kit| with_texts(kit, |_, claims| append(claims, r#""iat":1"#)),
        NOBODY,
    ),
    (
        "claims a list",
        |kit| {
            Some(signed(
                kit,
                &encoded(&kit.header),
                &URL_SAFE_NO_PAD.encode("[]"),
            ))
        },
        NOBODY,
    ),
    (
        "claims empty",
        |kit| Some(signed(kit, &encoded(&kit.header), "")),
        NOBODY,
    ),
    (
        "claims of nothing",
        |kit| Some(signed(kit, &encoded(&kit.header), &encoded(&json!({})))),
        NOBODY,
    ),
    (
        "claims no JSON",
        |kit| with_texts(kit, |_, claims| claims.push('x')),
        NOBODY,
    ),
    (
        "claims nested deep",
        |kit| {
            with_texts(kit, |_, claims| {
                put(
                    claims,
                    &format!(r#""x":{}{}"#, "[".repeat(200), "]".repeat(200)),
                );
            })
        },
        // Of its own tokens the provider reads what it knows, and passes over the rest unread.
        &[Verifier::AccessToken],
    ),
    (
        "exp a text",
        |kit| with_claim(kit, "exp", json!("99999999999")),
        NOBODY,
    ),
    (
        "exp a fraction",
        |kit| with_claim(kit, "exp", json!(9_999_999_999.5)),
        NOBODY,
    ),
    (
        "exp a float",
        |kit| {
            with_texts(kit, |_, claims| {
                let mut read: Value = serde_json::from_str(claims).unwrap();
                read.as_object_mut().unwrap().remove("exp");
                *claims = read.to_string();
                put(claims, r#""exp":1e300"#);
            })
        },
        NOBODY,
    ),
    (
        "exp beyond all numbers",
        |kit| {
            with_texts(kit, |_, claims| {
                let mut read: Value = serde_json::from_str(claims).unwrap();
                read.as_object_mut().unwrap().remove("exp");
                *claims = read.to_string();
                put(claims, r#""exp":1e999"#);
            })
        },
        NOBODY,
    ),
    (
        "exp of 64 bits without a sign",
        |kit| with_claim(kit, "exp", json!(u64::MAX)),
        NOBODY,
    ),
    (
        "exp null",
        |kit| with_read_claim(kit, "exp", Value::Null),
        NOBODY,
    ),
    (
        "exp a list",
        |kit| with_claim(kit, "exp", json!([now() + 60])),
        NOBODY,
    ),
    (
        "exp true",
        |kit| with_claim(kit, "exp", json!(true)),
        NOBODY,
    ),
    // Whom an ID token names it names for ever (OpenID Connect Core §3.1.2.1).
    (
        "exp below nothing",
        |kit| with_claim(kit, "exp", json!(-1)),
        &[Hint],
    ),
    (
        "exp the least number",
        |kit| with_claim(kit, "exp", json!(i64::MIN)),
        &[Hint],
    ),
    (
        "exp ten minutes ago",
        |kit| with_claim(kit, "exp", json!(now() - 600)),
        &[Hint],
    ),
    ("exp missing", |kit| without_claim(kit, "exp"), NOBODY),
    (
        "iat a text",
        |kit| with_claim(kit, "iat", json!("now")),
        NOBODY,
    ),
    (
        "iat a fraction",
        |kit| with_claim(kit, "iat", json!(1.5)),
        NOBODY,
    ),
    (
        "iat of 64 bits without a sign",
        |kit| with_claim(kit, "iat", json!(u64::MAX)),
        NOBODY,
    ),
    (
        "iss of another",
        |kit| with_read_claim(kit, "iss", json!("https://other.example")),
        NOBODY,
    ),
    (
        "iss a list",
        |kit| with_read_claim(kit, "iss", json!(["https://other.example"])),
        NOBODY,
    ),
    (
        "aud an empty list",
        |kit| with_read_claim(kit, "aud", json!([])),
        NOBODY,
    ),
    (
        "aud a number",
        |kit| with_read_claim(kit, "aud", json!(1)),
        NOBODY,
    ),
    (
        "aud null",
        |kit| with_read_claim(kit, "aud", Value::Null),
        NOBODY,
    ),
    (
        "aud an object",
        |kit| with_read_claim(kit, "aud", json!({})),
        NOBODY,
    ),
    (
        "aud a list in a list",
        |kit| with_read_claim(kit, "aud", json!([[kit.claims["aud"]]])),
        NOBODY,
    ),
    (
        "aud with a slash behind",
        |kit| match kit.verifier {
            Hint => None,
            _ => with_read_claim(
                kit,
                "aud",
                json!(format!("{}/", kit.claims["aud"].as_str()?)),
            ),
        },
        NOBODY,
    ),
    (
        "sub a number",
        |kit| with_read_claim(kit, "sub", json!(1)),
        NOBODY,
    ),
    ("sub missing", |kit| without_claim(kit, "sub"), NOBODY),
    (
        "jti a number",
        |kit| with_read_claim(kit, "jti", json!(1)),
        NOBODY,
    ),
];
