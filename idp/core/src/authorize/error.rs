//! Errors of the authorization endpoint: those a platform gets and those only a page may show.

use crate::authorization::AuthorizationRequest;

/// Error codes of RFC 6749 §4.1.2.1 and `OpenID` Connect Core §3.1.2.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is malformed.
    InvalidRequest,
    /// The person refused.
    AccessDenied,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// No usable scope.
    InvalidScope,
    /// `prompt=none` and nobody is signed in.
    LoginRequired,
    /// `prompt=none` and the person has to be asked.
    ConsentRequired,
    /// A `request` object, which is not taken.
    RequestNotSupported,
    /// A `request_uri`, which is not taken.
    RequestUriNotSupported,
    /// `registration`, which is not taken.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// Why a request is refused before anybody is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    /// Nothing about where to answer can be trusted: a page, never a redirect (RFC 6749 §4.1.2.1).
    Page(PageRefusal),
    /// The platform gets the error at its registered address.
    Redirect {
        /// Registered.
        redirect_uri: String,
        /// As it came.
        state: Option<String>,
        /// Which error.
        error: ErrorCode,
        /// For the platform's developer; ASCII without `"` and `\`.
        description: &'static str,
    },
}

/// Refusals that only a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRefusal {
    /// `client_id` is missing or unknown.
    PlatformUnknown,
    /// The platform is only listed.
    PlatformNotConnected,
    /// An operator stopped it.
    PlatformSuspended,
    /// `redirect_uri` is missing or not registered to the character.
    RedirectUriMismatch,
    /// `client_id`, `redirect_uri` or `state` came twice.
    Malformed,
}

impl PageRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PlatformUnknown => "platform-unknown",
            Self::PlatformNotConnected => "platform-not-connected",
            Self::PlatformSuspended => "platform-suspended",
            Self::RedirectUriMismatch => "redirect-uri-mismatch",
            Self::Malformed => "request-invalid",
        }
    }
}

/// Where an answer goes: the address with `code` or `error`, `state` and `iss` (RFC 9207).
pub fn answer_uri(
    issuer: &str,
    redirect_uri: &str,
    state: Option<&str>,
    answer: &[(&str, &str)],
) -> Option<String> {
    let mut uri = url::Url::parse(redirect_uri).ok()?;
    {
        let mut query = uri.query_pairs_mut();
        for (name, value) in answer {
            query.append_pair(name, value);
        }
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
    }
    Some(uri.into())
}

impl AuthorizationRequest {
    /// The address a code goes to.
    pub fn code_uri(&self, issuer: &str, code: &str) -> Option<String> {
        answer_uri(
            issuer,
            &self.redirect_uri,
            self.state.as_deref(),
            &[("code", code)],
        )
    }

    /// The address an error goes to.
    pub fn error_uri(&self, issuer: &str, error: ErrorCode) -> Option<String> {
        answer_uri(
            issuer,
            &self.redirect_uri,
            self.state.as_deref(),
            &[("error", error.as_str())],
        )
    }
}
