//! Registration tokens: what lets platforms register themselves (RFC 7591), issued and taken back by an operator's signature.

use std::time::Duration;

use idp_core::cx::Cx;
use idp_core::directory::{
    Act, DirectoryError, issue_registration_token, revoke_registration_token,
};
use idp_core::id::RegistrationTokenId;
use idp_core::registration::RegistrationTerms;
use idp_core::store::Store;
use serde::{Deserialize, Serialize};

/// What registrars do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RegistrationAct {
    /// A token is issued.
    Issue {
        /// What platforms get by it.
        terms: Box<RegistrationTerms>,
        /// How many may register by it.
        uses: u32,
        /// For how many days it is good.
        days: u16,
    },
    /// One is taken back. Whoever registered by it stays.
    Revoke {
        /// Which.
        token: RegistrationTokenId,
    },
}

impl RegistrationAct {
    /// The machine word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "issue-registration-token",
            Self::Revoke { .. } => "revoke-registration-token",
        }
    }

    /// To what it is done.
    pub fn subject(&self) -> String {
        match self {
            Self::Issue { uses, days, .. } => format!("{uses} / {days} d"),
            Self::Revoke { token } => token.to_string(),
        }
    }
}

/// Does it; answers a new token with its text, where one was issued.
pub(super) fn carry_out(
    store: &mut dyn Store,
    cx: &Cx,
    (what, act): (&RegistrationAct, Act<'_>),
) -> Result<Option<(RegistrationTokenId, String)>, DirectoryError> {
    match what {
        RegistrationAct::Issue { terms, uses, days } => {
            let lifetime = Duration::from_hours(24) * u32::from(*days);
            let asked = (*uses, lifetime, act);
            let terms = RegistrationTerms::clone(terms);
            let (text, token) = issue_registration_token(store, cx, terms, asked)?;
            Ok(Some((token.id, text)))
        }
        RegistrationAct::Revoke { token } => {
            revoke_registration_token(store, cx, token, act)?;
            Ok(None)
        }
    }
}
