//! What a PKCS #11 library's failures mean.

use cryptoki::error::{Error, RvError};

use crate::token::{TokenError, Tries};

/// The failure in this program's words. A code that nobody knows is told in hexadecimal.
pub(super) fn told(error: &Error) -> TokenError {
    match error {
        Error::Pkcs11(code, function) => match code {
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::TokenNotRecognized
            | RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::SlotIdInvalid => TokenError::LockRemoved,
            RvError::PinLocked => TokenError::PinLocked,
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => {
                TokenError::PinWrong(Tries::Untold)
            }
            RvError::UserPinNotInitialized => TokenError::Unreadable("it has no PIN yet"),
            RvError::PinExpired => TokenError::Unreadable("its PIN has expired"),
            RvError::VendorDefined(number) | RvError::UnknownErrorCode(number) => {
                TokenError::Driver(format!("C_{function:?} answers {number:#010x}"))
            }
            named => TokenError::Driver(format!("C_{function:?} answers {named:?}")),
        },
        Error::LibraryLoading(_) => TokenError::Driver("it cannot be loaded".to_owned()),
        Error::MissingSymbol(_) | Error::NullFunctionPointer => {
            TokenError::Driver("it is no PKCS #11 library, or lacks functions".to_owned())
        }
        _ => TokenError::Driver("it answers what cannot be read".to_owned()),
    }
}
