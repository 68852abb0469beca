//! Operator token: what the admin API is opened with. An access token of its own kind (RFC 9068): no platform's, no
//! enterprise's, and no use anywhere else.
//!
//! Owns its claims, its audience and the checks at each request. How one is come by is [`crate::token::operator_grant`]'s;
//! whether the operator is on duty still, [`crate::duty`]'s.

use protocol::claims::Confirmation;
use serde::{Deserialize, Serialize};

use crate::cx::{Cx, Settings};
use crate::duty::OperatorAuthentication;
use crate::id::OperatorId;
use crate::operator_scope::OperatorScopes;
use crate::sender;
use crate::signer::{ACCESS_TOKEN_TYP, Signer};
use crate::timestamp::Timestamp;

/// Where the admin API is, below the issuer; with the issuer, the audience of its tokens.
pub const ADMIN_API: &str = "/api/admin";

/// `aud` of an operator's token.
pub fn audience(settings: &Settings) -> String {
    format!("{}{ADMIN_API}", settings.issuer)
}

/// Claims of an operator's token. No other token of ours has `operator_x5t#S256`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperatorClaims {
    /// Issuer.
    pub iss: String,
    /// Expiry, seconds since the Unix epoch.
    pub exp: i64,
    /// [`audience`], alone.
    pub aud: String,
    /// The operator.
    pub sub: String,
    /// Itself again: no program stands between (RFC 9068 §2.2).
    pub client_id: String,
    /// Issued at, seconds since the Unix epoch.
    pub iat: i64,
    /// When the operator's key signed, seconds since the Unix epoch.
    pub auth_time: i64,
    /// Names this token.
    pub jti: String,
    /// What it is for.
    pub scope: String,
    /// The certificate whose key signed: with another one the operator needs another token.
    #[serde(rename = "operator_x5t#S256")]
    pub certificate: String,
    /// Who alone may use it; absent: its bearer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
}

impl OperatorClaims {
    /// `token_type` of the token response (RFC 9449 §5).
    pub const fn token_type(&self) -> &'static str {
        match self.cnf {
            Some(Confirmation::Key(_)) => "DPoP",
            Some(Confirmation::Certificate(_)) | None => "Bearer",
        }
    }
}

/// Why a token opens nothing (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorTokenRefusal {
    /// None of ours, or for elsewhere.
    Invalid,
    /// It was, and its time is over.
    Expired,
    /// It is bound to a key that the sender did not prove, or to none though the sender proves one.
    WrongSender,
    /// The operator is gone, suspended, or has another certificate by now.
    OffDuty,
}

impl OperatorTokenRefusal {
    /// The machine word, in the audit trail and in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "api-token-invalid",
            Self::Expired => "api-token-expired",
            Self::WrongSender => "api-token-wrong-sender",
            Self::OffDuty => "api-operator-off-duty",
        }
    }
}

/// An operator's token that is ours, in time, and sent by whom it is for. Only [`read`] makes it.
#[derive(Clone, Debug)]
pub struct OperatorToken {
    /// Whose sign-in it stands for.
    pub authentication: OperatorAuthentication,
    /// What it is for.
    pub scopes: OperatorScopes,
}

/// Reads one. `jkt`: the key that was proven with the request.
pub fn read(
    cx: &Cx,
    signer: &dyn Signer,
    (token, jkt): (&str, Option<&str>),
) -> Result<OperatorToken, OperatorTokenRefusal> {
    let invalid = OperatorTokenRefusal::Invalid;
    let claims = signer.verify(ACCESS_TOKEN_TYP, token).ok_or(invalid)?;
    let claims: OperatorClaims = serde_json::from_slice(&claims).or(Err(invalid))?;
    if claims.iss != cx.settings.issuer || claims.aud != audience(&cx.settings) {
        return Err(invalid);
    }
    if cx.now.unix_seconds() >= claims.exp {
        return Err(OperatorTokenRefusal::Expired);
    }
    if !sender::is_theirs(claims.cnf.as_ref(), jkt, None) {
        return Err(OperatorTokenRefusal::WrongSender);
    }
    Ok(OperatorToken {
        scopes: OperatorScopes::parse(&claims.scope).ok_or(invalid)?,
        authentication: OperatorAuthentication {
            operator_id: OperatorId::from_text(claims.sub),
            thumbprint: claims.certificate,
            auth_time: Timestamp::from_unix_seconds(claims.auth_time),
        },
    })
}
