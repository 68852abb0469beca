//! Client authentication as it comes by header or body (RFC 6749 §2.3.1, RFC 7521 §4.2). Whether it is
//! true is the core's to say.

use actix_web::HttpRequest;
use actix_web::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::token::TokenRefusal;
use idp_core::token::client_authentication::{JWT_BEARER, Presented, unverified_client_id};
use percent_decode::decode;

/// Who the client says it is, and what it presents.
pub struct Credentials {
    /// `client_id`.
    pub client_id: String,
    /// What proves it.
    pub presented: Presented,
}

/// Reads the one way in which a client authenticates; more than one is refused (RFC 6749 §2.3).
pub fn credentials(
    request: &HttpRequest,
    parameter: impl Fn(&str) -> Result<Option<String>, TokenRefusal>,
) -> Result<Credentials, TokenRefusal> {
    let client_id = parameter("client_id")?;
    let secret = parameter("client_secret")?;
    let assertion = parameter("client_assertion")?;
    let assertion_type = parameter("client_assertion_type")?;
    let basic = basic(request)?;
    let ways = [basic.is_some(), secret.is_some(), assertion.is_some()];
    if ways.iter().filter(|way| **way).count() > 1 {
        return Err(TokenRefusal::InvalidRequest(
            "more than one way of client authentication",
        ));
    }
    if let Some((name, secret)) = basic {
        if client_id.is_some_and(|id| id != name) {
            return Err(TokenRefusal::InvalidRequest(
                "client_id differs from the Authorization header",
            ));
        }
        return Ok(Credentials {
            client_id: name,
            presented: Presented::Secret(secret),
        });
    }
    if let Some(assertion) = assertion {
        if assertion_type.as_deref() != Some(JWT_BEARER) {
            return Err(TokenRefusal::InvalidRequest(
                "client_assertion_type is unknown",
            ));
        }
        let subject = unverified_client_id(&assertion)
            .ok_or(TokenRefusal::InvalidClient("client_assertion is malformed"))?;
        if client_id.is_some_and(|id| id != subject) {
            return Err(TokenRefusal::InvalidClient(
                "client_id differs from client_assertion",
            ));
        }
        return Ok(Credentials {
            client_id: subject,
            presented: Presented::Assertion(assertion),
        });
    }
    let client_id = client_id.ok_or(TokenRefusal::InvalidClient("client_id is missing"))?;
    Ok(Credentials {
        client_id,
        presented: secret.map_or(Presented::Nothing, Presented::Secret),
    })
}

/// HTTP Basic; both parts are form-encoded before (RFC 6749 §2.3.1).
fn basic(request: &HttpRequest) -> Result<Option<(String, String)>, TokenRefusal> {
    const MALFORMED: TokenRefusal =
        TokenRefusal::InvalidClient("the Authorization header is malformed");
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let value = value.to_str().or(Err(MALFORMED))?;
    let (scheme, encoded) = value.split_once(' ').ok_or(MALFORMED)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(MALFORMED);
    }
    let decoded = STANDARD.decode(encoded.trim()).or(Err(MALFORMED))?;
    let text = String::from_utf8(decoded).or(Err(MALFORMED))?;
    let (name, secret) = text.split_once(':').ok_or(MALFORMED)?;
    Ok(Some((decode(name), decode(secret))))
}

mod percent_decode {
    use crate::http::extract::form::pairs;

    /// Decodes one `application/x-www-form-urlencoded` value. Ours need no encoding, so a client that
    /// forgot it is understood too.
    pub(super) fn decode(text: &str) -> String {
        // `a=` in front makes the text a value; `&` and `=` can't stand in an encoded one.
        let pair = format!("a={}", text.replace('&', "%26"));
        let decoded = pairs(pair.as_bytes()).into_iter().next();
        decoded.map(|(_, value)| value).unwrap_or_default()
    }
}
