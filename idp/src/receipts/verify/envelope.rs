//! The JWS: its shape, its header, its signature (RFC 7515 §5.2), and the receipt in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::platform::JwsAlgorithm;
use idp_core::unique_members::Unique;
use serde::Deserialize;
use serde_json::Value;

use super::Outcome;
use crate::receipts::format::{LONGEST, Receipt, SCHEMA, TYP};
use crate::signing::is_signed_by_jwk;

/// Nothing else may stand there: no key of the receipt's own, no address to fetch one from, nothing critical.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// The receipt, and how its signature stands.
pub(super) fn open(text: &str, keys: Option<&Value>) -> Result<(Receipt, Outcome), &'static str> {
    if text.len() > LONGEST {
        return Err("too-large");
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err("not-a-jws");
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).or(Err("not-a-jws"));
    let header: Header = read(&decoded(header)?).ok_or("header-not-understood")?;
    if header.alg != JwsAlgorithm::Es256.as_str() || header.typ != TYP {
        return Err("header-not-understood");
    }
    let receipt: Receipt = read(&decoded(payload)?).ok_or("not-a-receipt")?;
    if receipt.schema_version != SCHEMA {
        return Err("version-unknown");
    }
    let signature = decoded(signature)?;
    let signed = text.rsplit_once('.').map_or("", |(signed, _)| signed);
    let outcome = match keys {
        None => Outcome::Unchecked("no-keys"),
        Some(keys) => match key(keys, &header.kid) {
            None => Outcome::Failed("key-unknown"),
            Some(key) if is_signed_by_jwk(key, &header.kid, signed.as_bytes(), &signature) => {
                Outcome::Passed
            }
            Some(_) => Outcome::Failed("signature-invalid"),
        },
    };
    Ok((receipt, outcome))
}

/// No name may stand twice, at any depth: two readers would read two receipts.
fn read<T: serde::de::DeserializeOwned>(octets: &[u8]) -> Option<T> {
    let Unique(members) = serde_json::from_slice(octets).ok()?;
    serde_json::from_value(Value::Object(members)).ok()
}

fn key<'a>(keys: &'a Value, kid: &str) -> Option<&'a Value> {
    let mut keys = keys.get("keys")?.as_array()?.iter();
    keys.find(|key| key.get("kid").and_then(Value::as_str) == Some(kid))
}
