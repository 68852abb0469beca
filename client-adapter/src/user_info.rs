//! Userinfo: the claims the person consented to.
//!
//! Owns its reading into the types of [`protocol::claims`] and the check that it speaks of the same
//! subject. Does not know how the access token was come by.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AccessToken, AdditionalClaims, ClaimsVerificationError, SubjectIdentifier, UserInfoClaims,
    UserInfoError,
};
use protocol::claims::{AddressClaim, CertificateClaims, ContactClaims, EnterpriseClaims};
use protocol::scope::Scope;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::adapter::Adapter;
use crate::http::HttpFailure;
use crate::provider::Provider;
use crate::proving_http::ProvingHttp;
use crate::signed_in::Tokens;

/// Why userinfo is of no use.
#[derive(Debug, thiserror::Error)]
pub enum UserInfoFault {
    /// No answer.
    #[error("the provider does not answer")]
    Unreachable(#[source] HttpFailure),
    /// Not 200.
    #[error("the provider answered {0}")]
    Refused(u16),
    /// `OpenID` Connect Core §5.3.2: `sub` MUST be that of the ID token.
    #[error("it speaks of another subject than the ID token")]
    OtherSubject,
    /// Claims of a scope are incomplete or of the wrong type.
    #[error("its claims of scope {0} cannot be read")]
    MalformedClaims(Scope),
    /// Not what userinfo answers.
    #[error("it cannot be read")]
    Malformed,
}

/// Claims beyond the standard ones, as they come.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct MoreClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}
impl AdditionalClaims for MoreClaims {}

/// What userinfo told: what the person consented to.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// Who it is; with scope `enterprise`.
    pub enterprise: Option<EnterpriseClaims>,
    /// The lock; with scope `certificate`.
    pub certificate: Option<CertificateClaims>,
    /// How to reach it; with scope `contact`.
    pub contact: Option<ContactClaims>,
}

impl Adapter {
    /// Asks userinfo about the subject of a checked ID token.
    pub(crate) async fn tell(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        subject: &SubjectIdentifier,
    ) -> Result<UserInfo, UserInfoFault> {
        let token = &tokens.access_token;
        let http = ProvingHttp::new(&self.http, self.prover.as_ref(), Some(token));
        let ask = async || -> Result<UserInfoClaims<MoreClaims, CoreGenderClaim>, UserInfoFault> {
            let token = AccessToken::new(token.reveal().to_owned());
            let request = (provider.client.user_info(token, Some(subject.clone())))
                .map_err(|_no_endpoint| UserInfoFault::Malformed)?;
            Ok(request.request_async(&http).await?)
        };
        let mut claims = ask().await;
        if http.is_asked_for_a_nonce() {
            claims = ask().await;
        }
        read(&claims?)
    }
}

fn read(claims: &UserInfoClaims<MoreClaims, CoreGenderClaim>) -> Result<UserInfo, UserInfoFault> {
    let mut all = claims.additional_claims().all.clone();
    // The crate takes the standard claims out; our types have them among the others.
    if let Some(name) = claims.name().and_then(|name| name.get(None)) {
        all.insert("name".to_owned(), Value::from(name.as_str()));
    }
    if let Some(phone) = claims.phone_number() {
        all.insert("phone_number".to_owned(), Value::from(phone.as_str()));
    }
    let formatted = claims.address().and_then(|a| a.formatted.as_ref());
    if let Some(formatted) = formatted {
        let address = AddressClaim {
            formatted: formatted.as_str().to_owned(),
        };
        let address = serde_json::to_value(address)
            .map_err(|_impossible| UserInfoFault::MalformedClaims(Scope::Contact))?;
        all.insert("address".to_owned(), address);
    }
    Ok(UserInfo {
        enterprise: claims_of(Scope::Enterprise, &all)?,
        certificate: claims_of(Scope::Certificate, &all)?,
        contact: claims_of(Scope::Contact, &all)?,
    })
}

/// The claims of one scope: nothing if none of them is there, an error if they are there in part.
fn claims_of<T: DeserializeOwned>(
    scope: Scope,
    all: &Map<String, Value>,
) -> Result<Option<T>, UserInfoFault> {
    let claims: Map<String, Value> = scope
        .claims()
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), all.get(*name)?.clone())))
        .collect();
    if claims.is_empty() {
        return Ok(None);
    }
    serde_json::from_value(Value::Object(claims))
        .map(Some)
        .map_err(|_incomplete| UserInfoFault::MalformedClaims(scope))
}

impl From<UserInfoError<HttpFailure>> for UserInfoFault {
    fn from(error: UserInfoError<HttpFailure>) -> Self {
        match error {
            UserInfoError::Request(failure) => Self::Unreachable(failure),
            UserInfoError::Response(status, ..) if status.as_u16() != 200 => {
                Self::Refused(status.as_u16())
            }
            UserInfoError::ClaimsVerification(ClaimsVerificationError::InvalidSubject(_)) => {
                Self::OtherSubject
            }
            _ => Self::Malformed,
        }
    }
}
