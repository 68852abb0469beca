//! What the header says.

use Verifier::{AccessToken, Assertion, Dpop, RequestObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::vector::Verifier;
use serde_json::json;

use super::bend::*;

pub(super) const HEADERS: &[Vector] = &[
    (
        "crit of something unknown",
        |kit| {
            let mut kit = kit.clone();
            kit.header["x"] = json!(1);
            with_header(&kit, "crit", json!(["x"]))
        },
        NOBODY,
    ),
    (
        "crit of something known",
        |kit| with_header(kit, "crit", json!(["alg"])),
        NOBODY,
    ),
    (
        "crit empty",
        |kit| with_header(kit, "crit", json!([])),
        NOBODY,
    ),
    (
        "crit no list",
        |kit| with_header(kit, "crit", json!("x")),
        NOBODY,
    ),
    (
        "b64 false and critical",
        |kit| {
            let mut kit = kit.clone();
            kit.header["b64"] = json!(false);
            with_header(&kit, "crit", json!(["b64"]))
        },
        NOBODY,
    ),
    (
        "b64 false, not critical",
        |kit| with_header(kit, "b64", json!(false)),
        NOBODY,
    ),
    (
        "jwk of the stranger who signed",
        |kit| by_stranger(kit, "jwk", |key| key.public().clone()),
        NOBODY,
    ),
    (
        "jku of the stranger who signed",
        |kit| by_stranger(kit, "jku", |_| json!("https://evil.example/jwks")),
        NOBODY,
    ),
    (
        "x5u of the stranger who signed",
        |kit| by_stranger(kit, "x5u", |_| json!("https://evil.example/cert")),
        NOBODY,
    ),
    (
        "x5c of the stranger who signed",
        |kit| by_stranger(kit, "x5c", |_| json!(["AAAA"])),
        NOBODY,
    ),
    (
        "jku beside the right signature",
        |kit| with_header(kit, "jku", json!("https://evil.example/jwks")),
        EVERYBODY,
    ),
    (
        "kid of another key",
        |kit| with_header(kit, "kid", json!("another")),
        &[Dpop],
    ),
    (
        "kid with a path",
        |kit| with_header(kit, "kid", json!("../../../dev/null")),
        &[Dpop],
    ),
    (
        "kid with SQL",
        |kit| with_header(kit, "kid", json!("x' OR '1'='1")),
        &[Dpop],
    ),
    (
        "kid a number",
        |kit| with_header(kit, "kid", json!(1)),
        NOBODY,
    ),
    (
        "kid missing",
        |kit| without_header(kit, "kid"),
        &[Assertion, RequestObject],
    ),
    (
        "typ of something else",
        |kit| with_header(kit, "typ", json!("secevent+jwt")),
        NOBODY,
    ),
    (
        "typ of a logout token",
        |kit| with_header(kit, "typ", json!("logout+jwt")),
        NOBODY,
    ),
    (
        "typ of an access token",
        |kit| with_header(kit, "typ", json!("at+jwt")),
        &[AccessToken],
    ),
    (
        "typ of a DPoP proof",
        |kit| with_header(kit, "typ", json!("dpop+jwt")),
        &[Dpop],
    ),
    (
        "typ of a request object",
        |kit| with_header(kit, "typ", json!("oauth-authz-req+jwt")),
        &[RequestObject],
    ),
    (
        "typ missing",
        |kit| without_header(kit, "typ"),
        &[Assertion, RequestObject],
    ),
    (
        "a header twice",
        |kit| with_texts(kit, |header, _| put(header, r#""alg":"none""#)),
        NOBODY,
    ),
    (
        "a header twice, the wrong one last",
        |kit| with_texts(kit, |header, _| append(header, r#""alg":"none""#)),
        NOBODY,
    ),
    (
        "a header twice, escaped",
        |kit| with_texts(kit, |header, _| put(header, r#""\u0061lg":"none""#)),
        NOBODY,
    ),
    (
        "header a list",
        |kit| {
            Some(signed(
                kit,
                &URL_SAFE_NO_PAD.encode("[]"),
                &encoded(&kit.claims),
            ))
        },
        NOBODY,
    ),
    (
        "header empty",
        |kit| Some(signed(kit, "", &encoded(&kit.claims))),
        NOBODY,
    ),
    (
        "header no JSON",
        |kit| with_texts(kit, |header, _| header.push('}')),
        NOBODY,
    ),
    (
        "header with a byte order mark",
        |kit| with_texts(kit, |header, _| header.insert(0, '\u{feff}')),
        NOBODY,
    ),
    (
        "header nested deep",
        |kit| {
            with_texts(kit, |header, _| {
                put(
                    header,
                    &format!(r#""x":{}{}"#, "[".repeat(200), "]".repeat(200)),
                );
            })
        },
        NOBODY,
    ),
];
