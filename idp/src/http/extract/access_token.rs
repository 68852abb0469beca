//! The access token of a request (RFC 6750 §2, RFC 9449 §7.1): once, by header or by form. Never from the query (RFC 9700
//! §4.3.2).

use actix_web::HttpRequest;
use actix_web::http::header;

use super::form::pairs;

/// How a token was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`, or by form.
    Bearer,
    /// `Authorization: DPoP`
    Dpop,
}

/// A token as it came.
pub struct Presented {
    /// How.
    pub scheme: Scheme,
    /// What.
    pub text: String,
}

/// It came more than once, or in the query.
pub struct Malformed;

/// Reads it; `None`: none came.
pub fn access_token(
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<Option<Presented>, Malformed> {
    if pairs(request.query_string().as_bytes())
        .iter()
        .any(|(name, _)| name == "access_token")
    {
        return Err(Malformed);
    }
    let by_body: Vec<&String> = form
        .iter()
        .filter(|(name, _)| name == "access_token")
        .map(|(_, token)| token)
        .collect();
    let by_header: Vec<_> = request.headers().get_all(header::AUTHORIZATION).collect();
    match (by_header.as_slice(), by_body.as_slice()) {
        ([], []) => Ok(None),
        ([value], []) => Ok(value.to_str().ok().and_then(of_header)),
        ([], [token]) => Ok(Some(Presented {
            scheme: Scheme::Bearer,
            text: (*token).clone(),
        })),
        _ => Err(Malformed),
    }
}

fn of_header(value: &str) -> Option<Presented> {
    let (scheme, text) = value.split_once(' ')?;
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        scheme if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return None,
    };
    Some(Presented {
        scheme,
        text: text.trim().to_owned(),
    })
}
