//! Words of an authorization request: `prompt`, `response_mode`, `acr_values`, `claims`.

use protocol::claims::{ACR_KEY_LOCK, ACR_KEY_LOCK_FRESH};
use protocol::scope::ClaimSet;
use serde::{Deserialize, Serialize};

/// `prompt` (`OpenID` Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the parameter is a set of four words"
)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// Sign again even when signed in.
    pub login: bool,
    /// Ask again even when remembered.
    pub consent: bool,
    /// Choose the lock again.
    pub select_account: bool,
}

/// How an answer travels (OAuth 2.0 Multiple Response Type Encoding Practices §2.1, Form Post Response Mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    #[default]
    Query,
    /// As a form that the browser posts to the redirect URI.
    FormPost,
}

impl ResponseMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// The mode a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// How sure a platform wants to be (`acr`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// A lock signed in this session.
    #[default]
    KeyLock,
    /// A lock signed for this very request: step-up.
    KeyLockFresh,
}

impl Assurance {
    /// Every one, the weaker first.
    pub const ALL: [Self; 2] = [Self::KeyLock, Self::KeyLockFresh];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyLock => ACR_KEY_LOCK,
            Self::KeyLockFresh => ACR_KEY_LOCK_FRESH,
        }
    }

    /// The assurance a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == word)
    }
}

/// Claims that a request names one by one (`OpenID` Connect Core §5.5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedClaims {
    /// For userinfo.
    pub userinfo: ClaimSet,
    /// For the ID token.
    pub id_token: ClaimSet,
}

impl RequestedClaims {
    /// All of them, wherever they are to be told: what a person is asked for.
    pub fn all(&self) -> ClaimSet {
        self.userinfo.union(&self.id_token)
    }
}
