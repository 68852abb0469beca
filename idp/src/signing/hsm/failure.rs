//! What a PKCS #11 library's failures mean.

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
                // Whatever else it is: a new connection may mend it, and nothing was signed.
                named => Self::Away(format!("C_{function:?} answers {named:?}")),
            },
            Error::LibraryLoading(_) => Self::Module("can't be loaded".to_owned()),
            Error::MissingSymbol(_) | Error::NullFunctionPointer => {
                Self::Module("is none, or lacks functions".to_owned())
            }
            _ => Self::Away("it answers what can't be read".to_owned()),
        }
    }
}
