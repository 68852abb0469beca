//! Everything that can go wrong between page, window and lock, each with its own code.
//!
//! Owns codes, HTTP states and the choice of text. Does not know the texts themselves.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::json;

use crate::texts::{Language, Texts};
use crate::token::{TokenError, Tries};

/// Why an operation, or one try of it, came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    NoLock,
    OnlyEncryptionCertificate,
    PinWrong(Tries),
    PinLocked,
    TimedOut,
    LockRemoved,
    Unreadable(&'static str),
    /// The driver library failed, or answers nothing.
    Driver(String),
    DriverSilent,
    Busy,
    TooManyTries,
    OriginRefused,
    Version,
    BadRequest(&'static str),
    /// Not a call of the agent's own window.
    NotOurWindow,
    UnsupportedAlgorithm,
}

impl Failure {
    /// The code of the `yzt:failure` message.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoLock | Self::Unreadable(_) | Self::Driver(_) | Self::DriverSilent => "no-lock",
            Self::OnlyEncryptionCertificate => "only-encryption-certificate",
            Self::PinWrong(_) => "pin-wrong",
            Self::PinLocked => "pin-locked",
            Self::TimedOut => "timed-out",
            Self::LockRemoved => "lock-removed",
            Self::Busy | Self::TooManyTries => "busy",
            Self::OriginRefused => "origin-refused",
            Self::Version => "version",
            Self::BadRequest(_) | Self::NotOurWindow => "bad-request",
            Self::UnsupportedAlgorithm => "unsupported-algorithm",
        }
    }

    /// Whether the operation ends with it; otherwise the person may try again in the same window.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::NoLock
            | Self::Unreadable(_)
            | Self::Driver(_)
            | Self::DriverSilent
            | Self::OnlyEncryptionCertificate
            | Self::PinWrong(_)
            | Self::LockRemoved
            | Self::TooManyTries => false,
            Self::PinLocked
            | Self::TimedOut
            | Self::Busy
            | Self::OriginRefused
            | Self::Version
            | Self::BadRequest(_)
            | Self::NotOurWindow
            | Self::UnsupportedAlgorithm => true,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotOurWindow | Self::OriginRefused | Self::PinWrong(_) | Self::PinLocked => {
                StatusCode::FORBIDDEN
            }
            Self::NoLock
            | Self::Unreadable(_)
            | Self::Driver(_)
            | Self::DriverSilent
            | Self::LockRemoved
            | Self::OnlyEncryptionCertificate => StatusCode::NOT_FOUND,
            Self::TimedOut => StatusCode::GONE,
            Self::Busy => StatusCode::CONFLICT,
            Self::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            Self::Version | Self::BadRequest(_) | Self::UnsupportedAlgorithm => {
                StatusCode::BAD_REQUEST
            }
        }
    }

    /// The key of its text.
    fn text_key(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "failure-unreadable",
            Self::TooManyTries => "failure-too-many-tries",
            Self::NoLock => "failure-no-lock",
            Self::OnlyEncryptionCertificate => "failure-only-encryption-certificate",
            Self::PinWrong(Tries::Untold | Tries::Fewer) => "failure-pin-wrong-untold",
            Self::PinWrong(Tries::Last) => "failure-pin-wrong-last",
            Self::PinWrong(Tries::Left(_) | Tries::None) => "failure-pin-wrong",
            Self::Driver(_) => "failure-driver",
            Self::DriverSilent => "failure-driver-silent",
            Self::PinLocked => "failure-pin-locked",
            Self::TimedOut => "failure-timed-out",
            Self::LockRemoved => "failure-lock-removed",
            Self::Busy => "failure-busy",
            Self::OriginRefused => "failure-origin-refused",
            Self::Version => "failure-version",
            Self::BadRequest(_) | Self::NotOurWindow => "failure-bad-request",
            Self::UnsupportedAlgorithm => "failure-unsupported-algorithm",
        }
    }

    fn tries(&self) -> Option<Tries> {
        match self {
            Self::PinWrong(tries) => Some(*tries),
            Self::PinLocked => Some(Tries::None),
            _ => None,
        }
    }

    /// The answer to the window's script.
    pub(super) fn answer(&self, texts: &Texts, language: Language) -> HttpResponse {
        let left = self.tries().and_then(Tries::number);
        let message = texts.say_counting(language, self.text_key(), left.unwrap_or_default());
        let mut body = json!({ "code": self.code(), "final": self.is_final(), "message": message });
        if let (Some(tries), Some(members)) = (self.tries(), body.as_object_mut()) {
            members.insert("tries".to_owned(), tries.word().into());
            if let Some(left) = left {
                members.insert("retries_left".to_owned(), left.into());
            }
        }
        HttpResponse::build(self.status()).json(body)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NoLock => Self::NoLock,
            TokenError::OnlyEncryptionCertificate => Self::OnlyEncryptionCertificate,
            TokenError::NoSigningCertificate => Self::Unreadable("it holds no signing certificate"),
            TokenError::PinWrong(tries) => Self::PinWrong(tries),
            TokenError::PinLocked => Self::PinLocked,
            TokenError::LockRemoved => Self::LockRemoved,
            TokenError::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            TokenError::Unreadable(reason) => Self::Unreadable(reason),
            TokenError::Driver(reason) => Self::Driver(reason),
            TokenError::DriverSilent => Self::DriverSilent,
        }
    }
}
