//! The provider's metadata (`OpenID` Connect Discovery §3, RFC 8414) and whether this platform can live with them.
//!
//! Owns their types and their check. Does not know how they are fetched or kept.

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalProviderMetadata, DiscoveryError, ProviderMetadata, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::http::HttpFailure;
use crate::settings::{
    AcceptedAlgorithms, AdapterSettings, PushedRequests, SenderConstraint, SigningAlgorithm,
    is_secure_or_loopback,
};

/// No honest key set holds more.
const MOST_KEYS: usize = 64;

/// Metadata beyond `OpenID` Connect Discovery that this adapter relies on.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct MoreMetadata {
    /// RFC 8414 §2.
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    /// RFC 9126 §5.
    #[serde(default)]
    pushed_authorization_request_endpoint: Option<Url>,
    /// RFC 9126 §5.
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    /// RFC 9449 §5.1.
    #[serde(default)]
    dpop_signing_alg_values_supported: Vec<String>,
    /// RP-Initiated Logout §2.1.
    #[serde(default)]
    end_session_endpoint: Option<Url>,
}
impl AdditionalProviderMetadata for MoreMetadata {}

pub(crate) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Endpoints the `openidconnect` crate does not know.
#[derive(Clone, Debug)]
pub(crate) struct MoreEndpoints {
    pub(crate) authorization: Url,
    /// Where requests are pushed to; nothing where they are not.
    pub(crate) push: Option<Url>,
    pub(crate) end_session: Option<Url>,
}

/// Why the provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryFault {
    /// No answer.
    #[error("the provider gives no answer; is it running, and can this machine reach it?")]
    Unreachable(#[source] HttpFailure),
    /// An HTTP error.
    #[error("the provider answered {0} when asked for its metadata or keys")]
    Status(u16),
    /// Not what a provider answers.
    #[error("the provider's metadata or keys cannot be read")]
    Malformed,
    /// `OpenID` Connect Discovery §4.3.
    #[error("the provider calls itself by another issuer than the settings do")]
    WrongIssuer,
    /// An endpoint is missing.
    #[error("the provider's metadata lack {0}")]
    Missing(&'static str),
    /// An endpoint on plain http.
    #[error("the provider's {0} is not https")]
    Insecure(&'static str),
    /// RFC 7636.
    #[error("the provider does not offer PKCE with S256")]
    NoPkce,
    /// RFC 9207.
    #[error("the provider does not name itself in its answers (RFC 9207)")]
    NoIssuerParameter,
    /// RFC 9449 §5.1: bound tokens are wanted.
    #[error("the provider does not bind tokens to ES256 keys (DPoP), which the settings ask for")]
    NoDpop,
    /// None of those the settings allow.
    #[error("the provider offers no ID-token signature this platform accepts")]
    NoUsableAlgorithm,
    /// The last attempt failed moments ago.
    #[error("the provider could not be reached moments ago; try again in some seconds")]
    TriedJustNow,
}

/// Checks everything, and answers what the crate does not keep.
pub(crate) fn check(
    settings: &AdapterSettings,
    metadata: &Metadata,
) -> Result<MoreEndpoints, DiscoveryFault> {
    check_endpoints(settings, metadata)?;
    let more = metadata.additional_metadata();
    if !(more.code_challenge_methods_supported.iter()).any(|method| method == "S256") {
        return Err(DiscoveryFault::NoPkce);
    }
    if !more.authorization_response_iss_parameter_supported {
        return Err(DiscoveryFault::NoIssuerParameter);
    }
    let is_bound = matches!(settings.sender_constraint, SenderConstraint::Dpop(_));
    if is_bound && !(more.dpop_signing_alg_values_supported.iter()).any(|alg| alg == "ES256") {
        return Err(DiscoveryFault::NoDpop);
    }
    if metadata.jwks().keys().len() > MOST_KEYS {
        return Err(DiscoveryFault::Malformed);
    }
    let wants_push = more.require_pushed_authorization_requests
        || settings.pushed_requests == PushedRequests::Always;
    let push = more.pushed_authorization_request_endpoint.clone();
    if wants_push && push.is_none() {
        return Err(DiscoveryFault::Missing(
            "pushed_authorization_request_endpoint",
        ));
    }
    Ok(MoreEndpoints {
        authorization: metadata.authorization_endpoint().url().clone(),
        push: push.filter(|_| wants_push),
        end_session: more.end_session_endpoint.clone(),
    })
}

fn check_endpoints(settings: &AdapterSettings, metadata: &Metadata) -> Result<(), DiscoveryFault> {
    // Plain http is for a provider that is itself on this machine by http.
    let is_good = |url: &Url| url.scheme() == "https" || is_of_loopback_provider(settings, url);

    let needed: [(&'static str, Option<&Url>); 4] = [
        (
            "authorization_endpoint",
            Some(metadata.authorization_endpoint().url()),
        ),
        (
            "token_endpoint",
            metadata.token_endpoint().map(TokenUrl::url),
        ),
        (
            "userinfo_endpoint",
            metadata.userinfo_endpoint().map(UserInfoUrl::url),
        ),
        ("jwks_uri", Some(metadata.jwks_uri().url())),
    ];
    for (name, endpoint) in needed {
        let endpoint = endpoint.ok_or(DiscoveryFault::Missing(name))?;
        if !is_good(endpoint) {
            return Err(DiscoveryFault::Insecure(name));
        }
    }
    let more = metadata.additional_metadata();
    let optional = [
        (
            "pushed_authorization_request_endpoint",
            &more.pushed_authorization_request_endpoint,
        ),
        ("end_session_endpoint", &more.end_session_endpoint),
    ];
    for (name, endpoint) in optional {
        if !endpoint.as_ref().is_none_or(is_good) {
            return Err(DiscoveryFault::Insecure(name));
        }
    }
    Ok(())
}

fn is_of_loopback_provider(settings: &AdapterSettings, url: &Url) -> bool {
    settings.issuer.starts_with("http://") && is_secure_or_loopback(url)
}

pub(crate) fn usable_algorithms(
    accepted: AcceptedAlgorithms,
    metadata: &Metadata,
) -> Result<Vec<CoreJwsSigningAlgorithm>, DiscoveryFault> {
    let offered = metadata.id_token_signing_alg_values_supported();
    let usable: Vec<_> = SigningAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| match accepted {
            AcceptedAlgorithms::Offered => true,
            AcceptedAlgorithms::Only(only) => *algorithm == only,
        })
        .map(|algorithm| match algorithm {
            SigningAlgorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            SigningAlgorithm::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            SigningAlgorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        })
        .filter(|algorithm| offered.contains(algorithm))
        .collect();
    if usable.is_empty() {
        return Err(DiscoveryFault::NoUsableAlgorithm);
    }
    Ok(usable)
}

impl From<DiscoveryError<HttpFailure>> for DiscoveryFault {
    fn from(error: DiscoveryError<HttpFailure>) -> Self {
        match error {
            DiscoveryError::Request(failure) => Self::Unreachable(failure),
            DiscoveryError::Response(status, ..) if status.as_u16() != 200 => {
                Self::Status(status.as_u16())
            }
            DiscoveryError::Validation(_) => Self::WrongIssuer,
            // The rest is one thing to the caller: what came is no discovery document or key set.
            _ => Self::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;
    use crate::settings::ClientAuthentication;

    #[test]
    fn a_provider_elsewhere_does_not_lead_to_this_machine() {
        let callback = "https://platform.example/auth/callback".parse().unwrap();
        let settings =
            AdapterSettings::new("https://i", "c", ClientAuthentication::Public, callback);
        let mut document = serde_json::json!({
            "issuer": "https://i", "authorization_endpoint": "https://i/a",
            "token_endpoint": "https://i/t", "userinfo_endpoint": "https://i/u",
            "jwks_uri": "https://i/j", "end_session_endpoint": "https://i/e",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        for name in ["token_endpoint", "jwks_uri", "end_session_endpoint"] {
            document[name] = "http://127.0.0.1:1/".into();
            let metadata: Metadata = serde_json::from_value(document.clone()).unwrap();
            match check_endpoints(&settings, &metadata) {
                Err(DiscoveryFault::Insecure(which)) => assert_eq!(which, name),
                other => panic!("{name}: {other:?}"),
            }
            document[name] = "https://i/right".into();
        }
        let metadata = serde_json::from_value(document).unwrap();
        check_endpoints(&settings, &metadata).unwrap();
    }
}
