//! The `claims` parameter (`OpenID` Connect Core §5.5): claims that a request names one by one.

use protocol::scope::{ClaimSet, ScopeSet};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::ErrorCode;
use crate::authorization::{Assurance, RequestedClaims};

/// Longest `claims`, in octets.
const CLAIMS_MAX: usize = 4096;

/// What a request says by `claims`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ClaimsParameter {
    /// What is to be told, within what the client may have.
    pub requested: RequestedClaims,
    /// `sub` of the ID token: whom the platform expects.
    pub subject: Option<String>,
    /// `acr` of the ID token, the preferred first; essential or not.
    pub acr: Vec<String>,
    /// Whether one of them must be met (§5.5.1.1).
    pub acr_is_essential: bool,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    userinfo: Option<Map<String, Value>>,
    #[serde(default)]
    id_token: Option<Map<String, Value>>,
}

/// Reads it. Claims that nobody here knows, or that the client may not have, are passed over (§5.5): what is not told
/// is not told.
pub fn read(text: &str, allowed: &ScopeSet) -> Result<ClaimsParameter, (ErrorCode, &'static str)> {
    const BAD: (ErrorCode, &str) = (
        ErrorCode::InvalidRequest,
        "claims is not what OpenID Connect Core 5.5 describes",
    );
    if text.len() > CLAIMS_MAX {
        return Err((ErrorCode::InvalidRequest, "claims is too long"));
    }
    // As an object first: a struct would take a list of its members as well.
    let sent: Map<String, Value> = serde_json::from_str(text).or(Err(BAD))?;
    let sent: Sent = serde_json::from_value(Value::Object(sent)).or(Err(BAD))?;
    let members = |part: &Option<Map<String, Value>>| part.clone().unwrap_or_default();
    let (userinfo, id_token) = (members(&sent.userinfo), members(&sent.id_token));
    let is_well_formed = |wish: &Value| wish.is_null() || wish.is_object();
    if !userinfo
        .values()
        .chain(id_token.values())
        .all(is_well_formed)
    {
        return Err(BAD);
    }
    let within = |part: &Map<String, Value>| {
        let known: ClaimSet = part.keys().map(String::as_str).collect();
        known.within(allowed)
    };
    let acr = id_token.get("acr");
    Ok(ClaimsParameter {
        requested: RequestedClaims {
            userinfo: within(&userinfo),
            id_token: within(&id_token),
        },
        subject: id_token
            .get("sub")
            .and_then(|sub| sub.get("value")?.as_str())
            .map(str::to_owned),
        acr: acr.map(values).unwrap_or_default(),
        acr_is_essential: acr.is_some_and(|acr| acr.get("essential") == Some(&Value::Bool(true))),
    })
}

fn values(wish: &Value) -> Vec<String> {
    let one = wish.get("value").into_iter();
    let many = wish.get("values").and_then(Value::as_array);
    one.chain(many.into_iter().flatten())
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The assurance that is asked for: the first known word, in order of preference. An essential wish that nothing here
/// meets is refused; any other is only a wish.
pub fn assurance<'a>(
    wishes: impl Iterator<Item = &'a str>,
    is_essential: bool,
) -> Result<Assurance, (ErrorCode, &'static str)> {
    let mut wishes = wishes.peekable();
    let asks = wishes.peek().is_some();
    match wishes.find_map(Assurance::of_word) {
        Some(assurance) => Ok(assurance),
        None if asks && is_essential => Err((
            ErrorCode::UnmetAuthenticationRequirements,
            "none of the essential acr values is supported",
        )),
        None => Ok(Assurance::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_within_what_the_client_may_have() {
        let allowed = ScopeSet::of_known_words("openid enterprise");
        let text = r#"{"userinfo":{"name":{"essential":true},"email":null,"phone_number":null},
            "id_token":{"credit_code":null,"sub":{"value":"me"},"acr":{"essential":true,"values":["a","b"]},"auth_time":null}}"#;
        let read = read(text, &allowed).unwrap();
        assert_eq!(read.requested.userinfo.to_string(), "name");
        assert_eq!(read.requested.id_token.to_string(), "credit_code");
        assert_eq!(read.subject.as_deref(), Some("me"));
        assert_eq!(
            (read.acr, read.acr_is_essential),
            (vec!["a".to_owned(), "b".to_owned()], true)
        );
    }

    #[test]
    fn what_is_no_claims_parameter_is_refused() {
        for text in [
            "",
            "[]",
            "{\"userinfo\":[]}",
            "{\"id_token\":{\"name\":1}}",
            "{\"userinfo\":{\"name\":true}}",
        ] {
            assert!(read(text, &ScopeSet::all()).is_err(), "{text}");
        }
        assert!(
            read(
                &format!("{{\"x\":\"{}\"}}", "y".repeat(CLAIMS_MAX)),
                &ScopeSet::all()
            )
            .is_err()
        );
        assert_eq!(read("{}", &ScopeSet::all()), Ok(ClaimsParameter::default()));
    }

    #[test]
    fn only_an_essential_acr_that_is_unknown_is_refused() {
        assert_eq!(assurance([].into_iter(), true), Ok(Assurance::KeyLock));
        assert_eq!(assurance(["x"].into_iter(), false), Ok(Assurance::KeyLock));
        assert!(assurance(["x"].into_iter(), true).is_err());
        let fresh = Assurance::KeyLockFresh.as_str();
        assert_eq!(
            assurance(["x", fresh].into_iter(), true),
            Ok(Assurance::KeyLockFresh)
        );
    }
}
