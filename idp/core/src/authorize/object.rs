//! Request objects (RFC 9101): the parameters of a request as a JWT that the client signed.
//!
//! Only what the object says counts then: parameters beside it are passed over (§6.3), but for `client_id`, which must
//! agree. Knows no way to fetch one.

use serde_json::{Map, Value};

use super::error::ErrorCode;
use crate::client_jwt::{self, Header};
use crate::cx::Cx;
use crate::platform::{Client, SecurityProfile};

/// `typ` of a request object (RFC 9101 §10.8); `JWT` is taken too.
const TYP: &str = "oauth-authz-req+jwt";

/// Seconds by which clocks may differ.
const SKEW: i64 = 60;

/// FAPI 2.0 Message Signing §5.3.1: neither older nor longer valid than an hour.
const LONGEST: i64 = 3600;

/// Most parameters of one object.
const PARAMETERS_MAX: usize = 64;

/// An error for the platform and its explanation.
pub type Refused = (ErrorCode, &'static str);

const fn bad(why: &'static str) -> Refused {
    (ErrorCode::InvalidRequestObject, why)
}

/// Opens a request object of this client. `keys` are the client's as of now.
pub fn open(
    cx: &Cx,
    (client_id, client): (&str, &Client),
    keys: Option<&Value>,
    object: &str,
) -> Result<Vec<(String, String)>, Refused> {
    let header = Header::read(object).ok_or(bad("the request object is not a compact JWS"))?;
    if header.text("alg") == Some("none") {
        return Err((
            ErrorCode::RequestNotSupported,
            "unsigned request objects are not supported",
        ));
    }
    let typ = header.text("typ").unwrap_or("JWT");
    if !typ.eq_ignore_ascii_case("jwt") && !typ.eq_ignore_ascii_case(TYP) {
        return Err(bad("the request object has the typ of something else"));
    }
    let registered = client.requests.object_alg;
    if registered.is_some_and(|alg| header.algorithm() != Some(alg)) {
        return Err(bad(
            "the request object is not signed with the registered algorithm",
        ));
    }
    let claims: Option<Map<String, Value>> =
        keys.and_then(|keys| client_jwt::verified(client, keys, object));
    let claims = claims.ok_or(bad(
        "the request object is not signed by a registered key of the client",
    ))?;
    check(cx, (client_id, client), &claims)?;
    parameters(claims)
}

fn check(
    cx: &Cx,
    (client_id, client): (&str, &Client),
    claims: &Map<String, Value>,
) -> Result<(), Refused> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("client_id") != Some(client_id) {
        return Err(bad("client_id of the request object is another"));
    }
    if claims.contains_key("iss") && text("iss") != Some(client_id) {
        return Err(bad("iss of the request object is not the client_id"));
    }
    // RFC 9101 §10.8: what could be used as a client assertion is none of these.
    if text("sub") == Some(client_id) {
        return Err(bad("sub of the request object must not be the client_id"));
    }
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(bad("a request object can't name another"));
    }
    let issuer = cx.settings.issuer.as_str();
    let is_for_us = match claims.get("aud") {
        None => client.profile == SecurityProfile::Standard,
        Some(Value::Array(audience)) => audience.iter().any(|aud| aud.as_str() == Some(issuer)),
        Some(aud) => aud.as_str() == Some(issuer),
    };
    if !is_for_us {
        return Err(bad("aud of the request object is not this issuer"));
    }
    check_time(cx, client, claims)
}

fn check_time(cx: &Cx, client: &Client, claims: &Map<String, Value>) -> Result<(), Refused> {
    let now = cx.now.unix_seconds();
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or(bad("a time of the request object is no number")),
    };
    let (begins, ends) = (time("nbf")?, time("exp")?);
    let is_strict = client.profile == SecurityProfile::Fapi2;
    if is_strict && (begins.is_none() || ends.is_none()) {
        return Err(bad("the request object needs nbf and exp"));
    }
    let issued = time("iat")?;
    if ends.is_some_and(|ends| ends.saturating_add(SKEW) <= now)
        || [begins, issued]
            .into_iter()
            .flatten()
            .any(|at| at > now.saturating_add(SKEW))
    {
        return Err(bad("the request object is not valid now"));
    }
    let too_long =
        |at: Option<i64>| at.is_some_and(|at| at.abs_diff(now) > (LONGEST + SKEW).unsigned_abs());
    if is_strict && (too_long(begins) || too_long(ends)) {
        return Err(bad(
            "the request object is older or longer valid than an hour",
        ));
    }
    Ok(())
}

/// Members as parameters: texts as they are, numbers and objects as their JSON, lists of texts as repeated.
fn parameters(claims: Map<String, Value>) -> Result<Vec<(String, String)>, Refused> {
    const OF_THE_JWT: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];
    if claims.len() > PARAMETERS_MAX {
        return Err(bad("the request object has too many members"));
    }
    let mut parameters = Vec::new();
    for (name, value) in claims {
        if OF_THE_JWT.contains(&name.as_str()) {
            continue;
        }
        match value {
            Value::Null => (),
            Value::String(text) => parameters.push((name, text)),
            Value::Array(list) if name == "resource" => {
                for item in list {
                    let text = item.as_str().ok_or(bad("a resource is no text"))?;
                    parameters.push((name.clone(), text.to_owned()));
                }
            }
            other => parameters.push((name, other.to_string())),
        }
    }
    Ok(parameters)
}
