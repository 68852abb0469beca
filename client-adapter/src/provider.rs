//! What the provider says about itself: discovery document and keys, fetched when needed.
//!
//! Owns fetching, checking, caching and the rate of asking again. A platform may start before its
//! provider: nothing is fetched until the first login. Does not know any login.

use std::sync::{Arc, PoisonError, RwLock};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthType, Client, ClientId, ClientSecret,
    DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken,
    IdTokenClaims, IdTokenFields, IssuerUrl, ProviderMetadata, RedirectUrl, StandardErrorResponse,
    StandardTokenResponse, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::http::{BoundedHttp, HttpFailure};
use crate::settings::{
    AcceptedAlgorithms, AdapterSettings, ClientAuthentication, SigningAlgorithm,
    is_secure_or_loopback,
};

/// Keys and metadata are asked for again after an hour …
const FRESH_SECONDS: i64 = 3600;
/// … and not believed after a day without an answer.
const USABLE_SECONDS: i64 = 24 * 3600;
/// How soon after a fetch another one may follow, whatever the reason.
const REFETCH_SECONDS: i64 = 10;

/// Claims of an ID token beyond those of `OpenID` Connect Core.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SessionClaims {
    pub(crate) sid: Option<String>,
}
impl AdditionalClaims for SessionClaims {}

/// Metadata beyond `OpenID` Connect Discovery that this adapter relies on.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct MoreMetadata {
    /// RFC 8414 §2.
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for MoreMetadata {}

type Metadata = ProviderMetadata<
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

/// The ID token of this provider.
pub(crate) type OurIdToken = IdToken<
    SessionClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// Its claims.
pub(crate) type OurIdTokenClaims = IdTokenClaims<SessionClaims, CoreGenderClaim>;

/// What the token endpoint answers.
pub(crate) type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        SessionClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// How the token endpoint refuses.
pub(crate) type TokenRefusal = StandardErrorResponse<CoreErrorResponseType>;

/// `openidconnect`'s client with the types of this provider.
pub(crate) type OurClient = Client<
    SessionClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    TokenRefusal,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

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
    /// None of those the settings allow.
    #[error("the provider offers no ID-token signature this platform accepts")]
    NoUsableAlgorithm,
    /// The last attempt failed moments ago.
    #[error("the provider could not be reached moments ago; try again in some seconds")]
    TriedJustNow,
}

/// A provider whose metadata were checked.
pub(crate) struct Provider {
    pub(crate) client: OurClient,
    pub(crate) algorithms: Vec<CoreJwsSigningAlgorithm>,
    fetched_at: i64,
}

/// Where providers come from: fetches, and remembers.
pub(crate) struct ProviderSource {
    settings: Arc<AdapterSettings>,
    http: BoundedHttp,
    known: RwLock<Option<Arc<Provider>>>,
    /// When the last fetch was tried; held while one is under way, so that there is only one.
    last_attempt: tokio::sync::Mutex<Option<i64>>,
}

impl ProviderSource {
    pub(crate) fn new(settings: Arc<AdapterSettings>, http: BoundedHttp) -> Self {
        Self {
            settings,
            http,
            known: RwLock::new(None),
            last_attempt: tokio::sync::Mutex::new(None),
        }
    }

    /// The provider; fetched now if it is not known or no longer fresh.
    pub(crate) async fn current(&self) -> Result<Arc<Provider>, DiscoveryFault> {
        if let Some(known) = self.known_within(FRESH_SECONDS) {
            return Ok(known);
        }
        let mut last_attempt = self.last_attempt.lock().await;
        if let Some(known) = self.known_within(FRESH_SECONDS) {
            return Ok(known);
        }
        match self.fetch(&mut last_attempt).await {
            Ok(provider) => Ok(provider),
            // The provider is away: go on with what was true until lately.
            Err(fault) => self.known_within(USABLE_SECONDS).ok_or(fault),
        }
    }

    /// The provider after a key was not found in `seen`: asked again, unless that was just done.
    pub(crate) async fn with_newer_keys(&self, seen: &Arc<Provider>) -> Option<Arc<Provider>> {
        let mut last_attempt = self.last_attempt.lock().await;
        let known = self.known_within(USABLE_SECONDS);
        if let Some(newer) = known.filter(|known| !Arc::ptr_eq(known, seen)) {
            return Some(newer);
        }
        self.fetch(&mut last_attempt).await.ok()
    }

    fn known_within(&self, seconds: i64) -> Option<Arc<Provider>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let age = |provider: &Arc<Provider>| {
            (self.settings.clock.now()).saturating_sub(provider.fetched_at)
        };
        // A clock that stepped back makes a negative age: ask again rather than never.
        known
            .clone()
            .filter(|provider| (0..seconds).contains(&age(provider)))
    }

    async fn fetch(&self, last: &mut Option<i64>) -> Result<Arc<Provider>, DiscoveryFault> {
        let now = self.settings.clock.now();
        let too_soon = |at: i64| (0..REFETCH_SECONDS).contains(&now.saturating_sub(at));
        // A provider that is starting up is worth asking every second; one that answered is not.
        if last.is_some_and(too_soon) && (self.is_known() || *last == Some(now)) {
            return Err(DiscoveryFault::TriedJustNow);
        }
        let answer = discover(&self.settings, &self.http, now).await;
        // Counted from its end: those who waited for a fetch that timed out do not each try again.
        *last = Some(self.settings.clock.now());
        let provider = Arc::new(answer?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&provider));
        Ok(provider)
    }

    fn is_known(&self) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.is_some()
    }
}

async fn discover(
    settings: &AdapterSettings,
    http: &BoundedHttp,
    now: i64,
) -> Result<Provider, DiscoveryFault> {
    let issuer = IssuerUrl::new(settings.issuer.clone())
        .map_err(|_not_a_url| DiscoveryFault::WrongIssuer)?;
    let metadata = Metadata::discover_async(issuer, http).await?;
    check_endpoints(&metadata)?;
    let more = metadata.additional_metadata();
    if !(more.code_challenge_methods_supported.iter()).any(|method| method == "S256") {
        return Err(DiscoveryFault::NoPkce);
    }
    if !more.authorization_response_iss_parameter_supported {
        return Err(DiscoveryFault::NoIssuerParameter);
    }
    let algorithms = usable_algorithms(settings.id_token_algorithms, &metadata)?;
    Ok(Provider {
        client: client(settings, metadata),
        algorithms,
        fetched_at: now,
    })
}

fn check_endpoints(metadata: &Metadata) -> Result<(), DiscoveryFault> {
    let endpoints: [(&'static str, Option<&Url>); 4] = [
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
    for (name, endpoint) in endpoints {
        let endpoint = endpoint.ok_or(DiscoveryFault::Missing(name))?;
        if !is_secure_or_loopback(endpoint) {
            return Err(DiscoveryFault::Insecure(name));
        }
    }
    Ok(())
}

fn usable_algorithms(
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
            SigningAlgorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        })
        .filter(|algorithm| offered.contains(algorithm))
        .collect();
    if usable.is_empty() {
        return Err(DiscoveryFault::NoUsableAlgorithm);
    }
    Ok(usable)
}

fn client(settings: &AdapterSettings, metadata: Metadata) -> OurClient {
    let (secret, auth_type) = match &settings.client_authentication {
        ClientAuthentication::ClientSecretBasic(secret) => (Some(secret), AuthType::BasicAuth),
        ClientAuthentication::ClientSecretPost(secret) => (Some(secret), AuthType::RequestBody),
        ClientAuthentication::PrivateKeyJwt(_) | ClientAuthentication::Public => {
            (None, AuthType::RequestBody)
        }
    };
    OurClient::from_provider_metadata(
        metadata,
        ClientId::new(settings.client_id.clone()),
        secret.map(|secret| ClientSecret::new(secret.reveal().to_owned())),
    )
    .set_auth_type(auth_type)
    .set_redirect_uri(RedirectUrl::from_url(settings.redirect_uri.clone()))
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
