//! Forms and queries as pairs of names and values; a name that came twice is never silently dropped.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;

use crate::http::error::Failure;

/// Largest body of a form, in octets.
pub const FORM_MAX: usize = 64 * 1024;

/// Pairs of an `application/x-www-form-urlencoded` text, in order. A NUL is no text, as little as octets that are no
/// UTF-8, and becomes the same sign (U+FFFD): nothing of ours is called so, and `PostgreSQL` takes no NUL at all.
pub fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let readable = |text: Cow<'_, str>| text.replace('\0', "\u{fffd}");
    url::form_urlencoded::parse(text)
        .map(|(name, value)| (readable(name), readable(value)))
        .collect()
}

/// The first value of this name in a request's address.
pub fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = pairs(request.query_string().as_bytes());
    pairs.into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
}

/// A posted form.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Self {
        Self(pairs(body))
    }

    /// Of pairs that came in another way.
    pub const fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The one value of a field, empty when it is missing. Twice is refused.
    pub fn one(&self, name: &str) -> Result<&str, Failure> {
        let mut values = self.0.iter().filter(|(n, _)| n == name);
        match (values.next(), values.next()) {
            (None, _) => Ok(""),
            (Some((_, value)), None) => Ok(value),
            _ => Err(Failure::refused(StatusCode::BAD_REQUEST, "request-invalid")),
        }
    }

    /// What was typed: every field that says something, but the ones of these names.
    pub fn typed(&self, but: &[&str]) -> Vec<(&str, &str)> {
        let all = self.0.iter().map(|(name, value)| (&**name, value.trim()));
        all.filter(|(name, value)| !value.is_empty() && !but.contains(name))
            .collect()
    }

    /// Every value of a field.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, v)| v.clone())
            .collect()
    }
}
