//! Errors of the authorization endpoint: those a platform gets and those only a page may show.

use super::answer::AnswerTo;

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
    /// An unsigned request object, which is not taken.
    RequestNotSupported,
    /// A `request_uri` where it is not taken.
    RequestUriNotSupported,
    /// `registration`, which is not taken.
    RegistrationNotSupported,
    /// A request object that is malformed or not signed by the client (RFC 9101 §7).
    InvalidRequestObject,
    /// A `request_uri` that is unknown, used up or can't be fetched (RFC 9101 §7, RFC 9126 §2.3).
    InvalidRequestUri,
    /// A `resource` that the client may not name (RFC 8707 §2).
    InvalidTarget,
    /// An essential `acr` that nobody here gives (Unmet Authentication Requirements §2).
    UnmetAuthenticationRequirements,
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
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
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
        to: AnswerTo,
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
    /// Its `request_uri` or request object is unknown, used up or wrong, and nothing else says where to answer.
    RequestUnusable,
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
            Self::RequestUnusable => "request-unusable",
        }
    }
}
