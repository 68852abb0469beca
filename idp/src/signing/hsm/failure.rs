//! What a PKCS #11 library's failures mean.

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

/// Why the token did not do it. None holds the PIN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HsmError {
    /// Its PIN can't be read.
    #[error("the PIN of the PKCS #11 token: {0}")]
    Pin(String),
    /// The library.
    #[error("PKCS #11 library {0}")]
    Module(String),
    /// It was refused, and is not asked again by this process.
    #[error("the PKCS #11 token refused: {0}; it is not asked again before a new start")]
    Barred(String),
    /// It can't do what is needed.
    #[error("the PKCS #11 token can't do {0}")]
    Unable(&'static str),
    /// The key is not there.
    #[error("the signing key {0} is not in the PKCS #11 token")]
    NoKey(String),
    /// It does not do this; everything else goes on.
    #[error("the PKCS #11 token refuses: {0}")]
    Refused(String),
    /// What was found before is there no longer, or is another.
    #[error("the PKCS #11 token knows an object no longer")]
    Gone,
    /// It is not there, or does not answer; it may come back.
    #[error("the PKCS #11 token is away: {0}")]
    Away(String),
    /// All sessions are in use.
    #[error("the PKCS #11 token is busy: all sessions are in use")]
    Busy,
    /// What it answered is not what was asked for.
    #[error("the PKCS #11 token answers wrongly: {0}")]
    Wrong(&'static str),
}

impl From<Error> for HsmError {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(code, function) => match code {
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
                    Self::Barred("its PIN is wrong".to_owned())
                }
                RvError::PinLocked => Self::Barred("its PIN is locked".to_owned()),
                RvError::PinExpired => Self::Barred("its PIN has expired".to_owned()),
                RvError::UserPinNotInitialized => Self::Barred("it has no PIN yet".to_owned()),
                RvError::MechanismInvalid | RvError::MechanismParamInvalid => {
                    Self::Unable("a mechanism that it named")
                }
                RvError::SessionCount => Self::Busy,
                RvError::ObjectHandleInvalid | RvError::KeyHandleInvalid => Self::Gone,
                // A new connection mends these alone: it would end what everybody else does, and send the PIN again.
                RvError::DeviceError
                | RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::TokenNotRecognized
                | RvError::SlotIdInvalid
                | RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::UserNotLoggedIn
                | RvError::CryptokiNotInitialized
                | RvError::GeneralError => Self::Away(said(function, code)),
                _ => Self::Refused(said(function, code)),
            },
            Error::LibraryLoading(_) => Self::Module("can't be loaded".to_owned()),
            Error::MissingSymbol(_) | Error::NullFunctionPointer => {
                Self::Module("is none, or lacks functions".to_owned())
            }
            _ => Self::Wrong("what can't be read"),
        }
    }
}

fn said(function: Function, code: RvError) -> String {
    format!("C_{function:?} answers {code:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(code: RvError) -> HsmError {
        HsmError::from(Error::Pkcs11(code, Function::Sign))
    }

    #[test]
    fn what_is_about_one_request_ends_no_connection() {
        for code in [
            RvError::DeviceMemory,
            RvError::TemplateInconsistent,
            RvError::AttributeReadOnly,
            RvError::ActionProhibited,
            RvError::KeyFunctionNotPermitted,
            RvError::FunctionFailed,
            RvError::TokenWriteProtected,
        ] {
            assert!(matches!(meant(code), HsmError::Refused(_)), "{code:?}");
        }
        assert_eq!(meant(RvError::SessionCount), HsmError::Busy);
        assert_eq!(meant(RvError::ObjectHandleInvalid), HsmError::Gone);
        assert_eq!(meant(RvError::KeyHandleInvalid), HsmError::Gone);
    }

    #[test]
    fn what_is_about_the_connection_ends_it() {
        for code in [
            RvError::DeviceError,
            RvError::DeviceRemoved,
            RvError::TokenNotPresent,
            RvError::TokenNotRecognized,
            RvError::SessionHandleInvalid,
            RvError::SessionClosed,
            RvError::UserNotLoggedIn,
            RvError::CryptokiNotInitialized,
            RvError::GeneralError,
        ] {
            assert!(matches!(meant(code), HsmError::Away(_)), "{code:?}");
        }
        assert!(matches!(meant(RvError::PinIncorrect), HsmError::Barred(_)));
    }
}
