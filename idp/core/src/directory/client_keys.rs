//! The JWK Set a client registers (RFC 7517): which of its keys serve, for what it signs (RFC 7523) and for what is
//! encrypted to it. Knows no file and verifies nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

/// Least length of an RSA modulus (RFC 7518 §3.3).
const RSA_MIN_BITS: usize = 2048;
/// Greatest length that verifying takes.
const RSA_MAX_BITS: usize = 8192;
/// Most keys of one client.
const KEYS_MAX: usize = 20;

/// Members that hold a secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a JWK Set is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwksProblem {
    /// No object with a `keys` list, or more than a client needs.
    #[error("the JWK Set must be an object whose `keys` is a list of at most {KEYS_MAX} keys")]
    NotASet,
    /// Somebody sent more than the public part.
    #[error(
        "key {0} of the JWK Set holds a private or symmetric key: register the public part alone, and \
         replace that key pair, for it has been seen"
    )]
    Secret(usize),
    /// An RSA key that is too short or too long.
    #[error(
        "key {0} of the JWK Set is an RSA key of {1} bits: {RSA_MIN_BITS} to {RSA_MAX_BITS} are needed"
    )]
    RsaLength(usize, usize),
    /// Neither `jwks` nor `jwks_uri` is given.
    #[error(
        "the platform's keys are missing: what it is to do with them (how it proves itself, signed requests, \
         encrypted id_tokens) needs jwks_uri or jwks"
    )]
    Missing,
    /// Nothing could sign an assertion.
    #[error(
        "the JWK Set holds no usable key: an EC key on P-256 (ES256) or an RSA key (RS256, PS256) with \
         `use` absent or `sig` is needed, or one with `use` `enc` to encrypt to"
    )]
    NoUsableKey,
}

/// The set with the keys alone that serve, for signatures or for encryption.
pub fn usable_keys(jwks: &Value) -> Result<Value, JwksProblem> {
    chosen(jwks, |key| is_for_signatures(key) || is_for_encryption(key))
}

/// The set with the keys alone that verify what the client signs.
pub fn signature_keys(jwks: &Value) -> Result<Value, JwksProblem> {
    chosen(jwks, is_for_signatures)
}

fn chosen(jwks: &Value, serves: fn(&Map<String, Value>) -> bool) -> Result<Value, JwksProblem> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let keys = keys
        .filter(|keys| keys.len() <= KEYS_MAX)
        .ok_or(JwksProblem::NotASet)?;
    let mut usable = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let key = key.as_object().ok_or(JwksProblem::NotASet)?;
        if SECRET.iter().any(|member| key.contains_key(*member)) {
            return Err(JwksProblem::Secret(i + 1));
        }
        if let Some(bits) = rsa_bits(key)
            && !(RSA_MIN_BITS..=RSA_MAX_BITS).contains(&bits)
        {
            return Err(JwksProblem::RsaLength(i + 1, bits));
        }
        if serves(key) {
            usable.push(Value::Object(key.clone()));
        }
    }
    if usable.is_empty() {
        return Err(JwksProblem::NoUsableKey);
    }
    Ok(json!({ "keys": usable }))
}

/// The set with what a client may publish and be served by: bounded, and no key that should be known to it alone. Keys of
/// kinds that are unknown here, and RSA keys of unfit length, are left out.
pub fn published_keys(jwks: &Value) -> Result<Value, JwksProblem> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let keys = keys
        .filter(|keys| keys.len() <= KEYS_MAX)
        .ok_or(JwksProblem::NotASet)?;
    let mut published = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let members = key.as_object().ok_or(JwksProblem::NotASet)?;
        if SECRET.iter().any(|member| members.contains_key(*member)) {
            return Err(JwksProblem::Secret(i + 1));
        }
        let fits =
            rsa_bits(members).is_none_or(|bits| (RSA_MIN_BITS..=RSA_MAX_BITS).contains(&bits));
        let is_known = matches!(
            members.get("kty").and_then(Value::as_str),
            Some("EC" | "RSA")
        );
        if fits && is_known {
            published.push(key.clone());
        }
    }
    if published.is_empty() {
        return Err(JwksProblem::NoUsableKey);
    }
    Ok(json!({ "keys": published }))
}

fn is_for_signatures(key: &Map<String, Value>) -> bool {
    is_for(key, ("sig", &["verify"])) && has_parts(key, (&["ES256"], &["RS256", "PS256"]))
}

fn is_for_encryption(key: &Map<String, Value>) -> bool {
    let operations = ["encrypt", "wrapKey", "deriveKey", "deriveBits"];
    let algorithms = (&["ECDH-ES", "ECDH-ES+A256KW"][..], &["RSA-OAEP-256"][..]);
    is_for(key, ("enc", &operations)) && has_parts(key, algorithms)
}

/// RFC 7517 §4.2, §4.3: `use` decides before `key_ops`; without either a key serves for all.
fn is_for(key: &Map<String, Value>, (purpose, operations): (&str, &[&str])) -> bool {
    match (key.get("use"), key.get("key_ops")) {
        (Some(said), _) => said.as_str() == Some(purpose),
        (None, Some(Value::Array(said))) => operations.iter().any(|o| said.iter().any(|s| s == o)),
        (None, Some(_)) => false,
        (None, None) => true,
    }
}

/// Whether a public key of a kind that is taken is there whole, for one of these algorithms.
fn has_parts(key: &Map<String, Value>, (ec, rsa): (&[&str], &[&str])) -> bool {
    let word = |name: &str| key.get(name).and_then(Value::as_str);
    let fits = |algorithms: &[&str]| match key.get("alg") {
        None => true,
        Some(alg) => alg.as_str().is_some_and(|alg| algorithms.contains(&alg)),
    };
    match word("kty") {
        Some("EC") => {
            let coordinate = |name| octets(key, name).is_some_and(|o| o.len() == 32);
            word("crv") == Some("P-256") && coordinate("x") && coordinate("y") && fits(ec)
        }
        Some("RSA") => rsa_bits(key).is_some() && octets(key, "e").is_some() && fits(rsa),
        _ => false,
    }
}

fn rsa_bits(key: &Map<String, Value>) -> Option<usize> {
    if key.get("kty")?.as_str()? != "RSA" {
        return None;
    }
    let modulus = octets(key, "n")?;
    let significant: Vec<u8> = modulus.into_iter().skip_while(|o| *o == 0).collect();
    let zeros = significant.first()?.leading_zeros();
    (significant.len() * 8).checked_sub(usize::try_from(zeros).ok()?)
}

fn octets(key: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    let octets = URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok()?;
    (!octets.is_empty()).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ec() -> Value {
        let coordinate = URL_SAFE_NO_PAD.encode([7; 32]);
        json!({ "kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate })
    }

    fn rsa(octets: usize) -> Value {
        let modulus = URL_SAFE_NO_PAD.encode(vec![0xff; octets]);
        json!({ "kty": "RSA", "n": modulus, "e": "AQAB" })
    }

    fn with(mut key: Value, name: &str, value: &str) -> Value {
        key[name] = json!(value);
        key
    }

    fn of(keys: &[Value]) -> Result<usize, JwksProblem> {
        signature_keys(&json!({ "keys": keys })).map(|set| set["keys"].as_array().unwrap().len())
    }

    #[test]
    fn keys_to_encrypt_to_are_kept_beside_those_that_sign() {
        let kept = |keys: &[Value]| {
            let set = usable_keys(&json!({ "keys": keys }));
            set.map(|set| set["keys"].as_array().unwrap().len())
        };
        let of_the_kind = [
            with(ec(), "use", "enc"),
            with(with(rsa(256), "use", "enc"), "alg", "RSA-OAEP-256"),
            with(ec(), "alg", "ECDH-ES+A256KW"),
        ];
        assert_eq!(kept(&of_the_kind), Ok(3));
        assert_eq!(of(&of_the_kind), Err(JwksProblem::NoUsableKey));
        let weak = with(rsa(256), "alg", "RSA1_5");
        assert_eq!(kept(&[ec(), weak]), Ok(1));
    }

    #[test]
    fn keys_that_fit_private_key_jwt_are_kept_and_others_left_out() {
        assert_eq!(of(&[ec(), rsa(256)]), Ok(2));
        assert_eq!(
            of(&[with(ec(), "use", "sig"), with(ec(), "use", "enc")]),
            Ok(1)
        );
        assert_eq!(of(&[with(rsa(256), "alg", "PS256")]), Ok(1));
        let for_verifying = {
            let mut key = ec();
            key["key_ops"] = json!(["verify"]);
            key
        };
        assert_eq!(of(&[for_verifying]), Ok(1));
    }

    #[test]
    fn a_set_without_a_usable_key_is_refused() {
        for useless in [
            with(ec(), "use", "enc"),
            with(ec(), "alg", "ES384"),
            with(ec(), "crv", "P-384"),
            with(ec(), "x", "AAAA"),
            with(rsa(256), "alg", "RSA-OAEP"),
            with(ec(), "kty", "OKP"),
            json!({}),
        ] {
            assert_eq!(
                of(std::slice::from_ref(&useless)),
                Err(JwksProblem::NoUsableKey),
                "{useless}"
            );
        }
        assert_eq!(of(&[]), Err(JwksProblem::NoUsableKey));
    }

    #[test]
    fn private_symmetric_and_short_keys_are_refused_even_beside_a_good_one() {
        assert_eq!(
            of(&[ec(), with(ec(), "d", "AA")]),
            Err(JwksProblem::Secret(2))
        );
        let symmetric = json!({ "kty": "oct", "k": "AA" });
        assert_eq!(of(&[symmetric]), Err(JwksProblem::Secret(1)));
        assert_eq!(of(&[ec(), rsa(128)]), Err(JwksProblem::RsaLength(2, 1024)));
        assert_eq!(of(&[rsa(2048)]), Err(JwksProblem::RsaLength(1, 16_384)));
    }

    #[test]
    fn what_a_client_publishes_is_taken_key_by_key_but_for_what_it_should_keep() {
        let of = |keys: &[Value]| {
            published_keys(&json!({ "keys": keys }))
                .map(|set| set["keys"].as_array().unwrap().len())
        };
        assert_eq!(
            of(&[
                ec(),
                with(rsa(256), "use", "enc"),
                json!({ "kty": "OKP" }),
                rsa(128)
            ]),
            Ok(2)
        );
        assert_eq!(
            of(&[json!({ "kty": "OKP" })]),
            Err(JwksProblem::NoUsableKey)
        );
        assert_eq!(
            of(&[ec(), with(rsa(256), "d", "AA")]),
            Err(JwksProblem::Secret(2))
        );
        assert_eq!(of(&vec![ec(); 21]), Err(JwksProblem::NotASet));
        assert_eq!(published_keys(&json!([])), Err(JwksProblem::NotASet));
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for no_set in [
            json!([]),
            json!({}),
            json!({ "keys": {} }),
            json!({ "keys": [1] }),
        ] {
            assert_eq!(usable_keys(&no_set), Err(JwksProblem::NotASet), "{no_set}");
        }
        assert_eq!(of(&vec![ec(); 21]), Err(JwksProblem::NotASet));
    }
}
