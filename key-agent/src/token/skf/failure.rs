//! What the codes of GM/T 0016 mean.

use crate::token::{TokenError, Tries};

/// `SAR_OK`.
const OK: u32 = 0;

/// What a call's code means. One that is not expected is told by its name in the standard, or in hexadecimal.
pub(super) fn told(call: &'static str, code: u32) -> Result<(), TokenError> {
    Err(match code {
        OK => return Ok(()),
        0x0A00_001B => TokenError::Unreadable("it holds no key for its certificate"),
        0x0A00_001C => TokenError::NoSigningCertificate,
        0x0A00_0023 => TokenError::LockRemoved,
        0x0A00_0024 | 0x0A00_0026 | 0x0A00_0027 => TokenError::PinWrong(Tries::Untold),
        0x0A00_0025 => TokenError::PinLocked,
        0x0A00_0029 => TokenError::Unreadable("it has no PIN yet"),
        other => TokenError::Driver(match name(other) {
            Some(name) => format!("{call} answers {name} ({other:#010x})"),
            None => format!("{call} answers {other:#010x}"),
        }),
    })
}

/// GM/T 0016-2012, annex A, for those that a person at the help desk can make something of.
fn name(code: u32) -> Option<&'static str> {
    Some(match code {
        0x0A00_0001 => "SAR_FAIL",
        0x0A00_0002 => "SAR_UNKNOWNERR",
        0x0A00_0003 => "SAR_NOTSUPPORTYETERR",
        0x0A00_0004 => "SAR_FILEERR",
        0x0A00_0005 => "SAR_INVALIDHANDLEERR",
        0x0A00_0006 => "SAR_INVALIDPARAMERR",
        0x0A00_000A => "SAR_KEYUSAGEERR",
        0x0A00_000C => "SAR_NOTINITIALIZEERR",
        0x0A00_000E => "SAR_MEMORYERR",
        0x0A00_000F => "SAR_TIMEOUTERR",
        0x0A00_0010 => "SAR_INDATALENERR",
        0x0A00_0020 => "SAR_BUFFER_TOO_SMALL",
        0x0A00_002D => "SAR_USER_NOT_LOGGED_IN",
        0x0A00_002E => "SAR_APPLICATION_NOT_EXISTS",
        0x0A00_0031 => "SAR_FILE_NOT_EXIST",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_have_a_meaning_and_unknown_ones_a_number() {
        assert_eq!(told("SKF_X", 0), Ok(()));
        assert_eq!(told("SKF_X", 0x0A00_0023), Err(TokenError::LockRemoved));
        let unknown = told("SKF_X", 0xDEAD_BEEF);
        let expected = TokenError::Driver("SKF_X answers 0xdeadbeef".to_owned());
        assert_eq!(unknown, Err(expected));
        let named = told("SKF_X", 0x0A00_002D);
        let expected = "SKF_X answers SAR_USER_NOT_LOGGED_IN (0x0a00002d)".to_owned();
        assert_eq!(named, Err(TokenError::Driver(expected)));
    }
}
