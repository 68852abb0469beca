//! What is known of the provider, in the types of the `openidconnect` crate.
//!
//! Owns those types and the fetching. Does not know any login.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, Client, ClientId, ClientSecret, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenClaims, IdTokenFields,
    IssuerUrl, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};

use crate::http::BoundedHttp;
use crate::metadata::{self, DiscoveryFault, Metadata, MoreEndpoints};
use crate::settings::{AdapterSettings, ClientAuthentication};

/// Claims of an ID token beyond those of `OpenID` Connect Core.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SessionClaims {
    pub(crate) sid: Option<String>,
}
impl AdditionalClaims for SessionClaims {}

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

/// A provider whose metadata were checked.
pub(crate) struct Provider {
    pub(crate) client: OurClient,
    pub(crate) endpoints: MoreEndpoints,
    /// The published keys.
    pub(crate) keys: Vec<CoreJsonWebKey>,
    /// Signatures that were agreed.
    pub(crate) algorithms: Vec<CoreJwsSigningAlgorithm>,
    pub(crate) fetched_at: i64,
}

/// Asks the provider and checks what it says.
pub(crate) async fn discover(
    settings: &AdapterSettings,
    http: &BoundedHttp,
    now: i64,
) -> Result<Provider, DiscoveryFault> {
    let issuer = IssuerUrl::new(settings.issuer.clone())
        .map_err(|_not_a_url| DiscoveryFault::WrongIssuer)?;
    let metadata = Metadata::discover_async(issuer, http).await?;
    let endpoints = metadata::check(settings, &metadata)?;
    let algorithms = metadata::usable_algorithms(settings.id_token_algorithms, &metadata)?;
    Ok(Provider {
        endpoints,
        keys: metadata.jwks().keys().clone(),
        algorithms,
        client: client(settings, metadata),
        fetched_at: now,
    })
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
