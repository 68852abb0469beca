//! What is known of the tries a PIN has left.
//!
//! Owns saying it honestly: files and SKF devices count, PKCS #11 tokens only hint, and no number is made up for them.

use std::fmt;

/// Tries left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// So many; at least one.
    Left(u8),
    /// The lock does not tell.
    Untold,
    /// The lock tells that a wrong PIN came since the last right one (`CKF_USER_PIN_COUNT_LOW`), not how many are left.
    Fewer,
    /// The lock tells that the next wrong PIN locks it (`CKF_USER_PIN_FINAL_TRY`).
    Last,
    /// None: the PIN is locked.
    None,
}

impl Tries {
    /// What a counter says.
    pub const fn counted(left: u8) -> Self {
        match left {
            0 => Self::None,
            left => Self::Left(left),
        }
    }

    /// The number, where there is one.
    pub const fn number(self) -> Option<u8> {
        match self {
            Self::Left(left) => Some(left),
            Self::None => Some(0),
            Self::Untold | Self::Fewer | Self::Last => None,
        }
    }

    /// The word in messages to the window and in `list --json`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Left(_) => "left",
            Self::Untold => "untold",
            Self::Fewer => "fewer",
            Self::Last => "last",
            Self::None => "none",
        }
    }
}

impl fmt::Display for Tries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left(left) => write!(f, "{left} more tries before the lock locks itself"),
            Self::Untold => f.write_str("the lock does not tell how many tries are left"),
            Self::Fewer => f.write_str(
                "a wrong PIN came before; the lock does not tell how many tries are left",
            ),
            Self::Last => f.write_str("the next wrong PIN locks the lock"),
            Self::None => f.write_str("the PIN is locked"),
        }
    }
}

/// How many tries a PIN has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinState {
    /// Tries left.
    pub tries: Tries,
    /// Tries of a lock whose last PIN was right, if the lock tells.
    pub max: Option<u8>,
}

impl PinState {
    /// Whether no try is left.
    pub const fn is_locked(self) -> bool {
        matches!(self.tries, Tries::None)
    }
}
