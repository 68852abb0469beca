//! What a person can do about a failure.
//!
//! Owns the sorting of every error into four pieces of advice, so that a platform's error page needs
//! four texts and not forty. Does not know the texts.

use crate::callback::AuthorizationRefusal;
use crate::finish::LoginError;
use crate::id_token_fault::IdTokenFault;
use crate::push::PushFault;
use crate::start::StartError;
use crate::token_endpoint::TokenFault;

/// What to tell the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advice {
    /// They said no, or somebody may not: nothing is wrong. Offer to sign in again.
    Declined,
    /// It took too long, or was finished already, or the provider is busy: start again.
    StartAgain,
    /// What came back cannot be trusted: nobody was signed in; start again from this platform's own
    /// page, and call support if it happens again. The operator should look into it.
    NotTrusted,
    /// Settings or provider are at fault: the platform's support must look into it.
    CallSupport,
}

impl LoginError {
    /// What to tell the person.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Refused(refusal) => refusal.advice(),
            Self::UnknownLogin
            | Self::Expired
            | Self::Provider(_)
            | Self::Token(
                TokenFault::Unreachable(_) | TokenFault::Busy | TokenFault::GrantRefused,
            )
            | Self::SignedOut
            | Self::Store(_)
            | Self::IdToken(IdTokenFault::AuthTime) => Advice::StartAgain,
            Self::MalformedCallback(_)
            | Self::OtherBrowser
            | Self::State
            | Self::IssuerMissing
            | Self::Issuer
            | Self::CodeMissing
            | Self::IdToken(_)
            | Self::Token(TokenFault::IdToken(_))
            | Self::UserInfo(_) => Advice::NotTrusted,
            Self::Token(
                TokenFault::ClientRefused
                | TokenFault::Refused(_)
                | TokenFault::Malformed
                | TokenFault::Type
                | TokenFault::PrivateKey(_),
            )
            | Self::IdTokenMissing => Advice::CallSupport,
        }
    }
}

impl AuthorizationRefusal {
    /// What to tell the person.
    pub fn advice(&self) -> Advice {
        match self {
            Self::AccessDenied => Advice::Declined,
            Self::LoginRequired
            | Self::InteractionRequired
            | Self::ConsentRequired
            | Self::TemporarilyUnavailable
            | Self::ServerError => Advice::StartAgain,
            Self::RequestRefused { .. } => Advice::CallSupport,
        }
    }
}

impl StartError {
    /// What to tell the person.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Provider(_) | Self::Push(PushFault::Unreachable(_) | PushFault::Busy) => {
                Advice::StartAgain
            }
            Self::Push(_) => Advice::CallSupport,
            Self::ForeignTarget(_) | Self::ForeignInitiator => Advice::NotTrusted,
        }
    }
}
