//! The query with which the browser comes back (`OpenID` Connect Core §3.1.2.5, §3.1.2.6).
//!
//! Owns its reading. Does not know the login it belongs to, and trusts nothing in it.

use url::form_urlencoded;

/// Longest query worth reading.
const LONGEST_QUERY: usize = 8 * 1024;

/// What the browser brought, as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallbackQuery {
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) code: Option<Code>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

/// An authorization code: a secret until it is used.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[code]")
    }
}

/// A query no provider sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedCallback {
    /// More than a provider has to say.
    #[error("the answer is too long")]
    TooLong,
    /// RFC 6749 §3.1: no parameter more than once.
    #[error("a parameter of the answer is there twice")]
    Repeated,
}

impl CallbackQuery {
    /// Reads the raw query of the callback (what follows `?`).
    pub fn parse(query: &str) -> Result<Self, MalformedCallback> {
        if query.len() > LONGEST_QUERY {
            return Err(MalformedCallback::TooLong);
        }
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let already_there = match name.as_ref() {
                "state" => read.state.replace(value.into_owned()).is_some(),
                "iss" => read.iss.replace(value.into_owned()).is_some(),
                "code" => read.code.replace(Code(value.into_owned())).is_some(),
                "error" => read.error.replace(value.into_owned()).is_some(),
                "error_description" => read.error_description.replace(value.into_owned()).is_some(),
                // RFC 6749 §4.1.2: unrecognised parameters are ignored.
                _ => false,
            };
            if already_there {
                return Err(MalformedCallback::Repeated);
            }
        }
        Ok(read)
    }

    /// Which login this may belong to; the key of [`crate::PendingStore::take`].
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    pub(crate) fn refusal(&self) -> Option<AuthorizationRefusal> {
        let error = self.error.as_deref()?;
        Some(AuthorizationRefusal::of(
            error,
            self.error_description.as_deref(),
        ))
    }
}

/// The provider's own "no" (`OpenID` Connect Core §3.1.2.6, RFC 6749 §4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationRefusal {
    /// The person did not consent, or may not.
    #[error("authorization was declined")]
    AccessDenied,
    /// `prompt=none` and nobody is signed in.
    #[error("nobody is signed in at the provider")]
    LoginRequired,
    /// `prompt=none` and a page would be needed.
    #[error("the provider must show a page first")]
    InteractionRequired,
    /// `prompt=none` and consent is missing.
    #[error("consent is missing")]
    ConsentRequired,
    /// The provider is too busy.
    #[error("the provider is busy")]
    TemporarilyUnavailable,
    /// Something broke at the provider.
    #[error("the provider failed")]
    ServerError,
    /// This platform asked for something wrong: a matter for its developer.
    #[error("the provider did not accept the request of this platform: {code}: {description}")]
    RequestRefused {
        /// The `error`, in printable ASCII.
        code: String,
        /// The `error_description`, in printable ASCII, at most 200 characters.
        description: String,
    },
}

impl AuthorizationRefusal {
    fn of(error: &str, description: Option<&str>) -> Self {
        match error {
            "access_denied" => Self::AccessDenied,
            "login_required" | "account_selection_required" => Self::LoginRequired,
            "interaction_required" => Self::InteractionRequired,
            "consent_required" => Self::ConsentRequired,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "server_error" => Self::ServerError,
            other => Self::RequestRefused {
                code: printable(other),
                description: printable(description.unwrap_or_default()),
            },
        }
    }
}

/// An error of an endpoint, with its description where there is one.
pub(crate) fn refusal(error: &str, description: Option<&str>) -> String {
    match description.filter(|it| !it.is_empty()) {
        Some(description) => printable(&format!("{error}: {description}")),
        None => printable(error),
    }
}

/// Text from outside for a log line: no control characters, no end in sight.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_graphic() || *c == ' ')
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    #[test]
    fn a_parameter_twice_is_refused_and_a_stranger_ignored() {
        let query = CallbackQuery::parse("code=a%20b&state=s&iss=https%3A%2F%2Fi&extra=1&extra=2");
        let query = query.unwrap();
        assert_eq!(query.code, Some(Code("a b".to_owned())));
        assert_eq!(query.iss.as_deref(), Some("https://i"));
        for twice in ["code=a&code=a", "state=&state=", "iss=a&iss=b"] {
            assert_eq!(
                CallbackQuery::parse(twice),
                Err(MalformedCallback::Repeated)
            );
        }
        assert_eq!(
            CallbackQuery::parse(&"x".repeat(9000)),
            Err(MalformedCallback::TooLong)
        );
    }

    #[test]
    fn texts_of_a_refusal_cannot_break_a_log_line() {
        let query = CallbackQuery::parse("error=odd%0D%0A1&error_description=%1B[31mred").unwrap();
        assert_eq!(
            query.refusal(),
            Some(AuthorizationRefusal::RequestRefused {
                code: "odd1".to_owned(),
                description: "[31mred".to_owned(),
            })
        );
    }
}
