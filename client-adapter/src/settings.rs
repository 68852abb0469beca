//! What a platform tells the adapter about itself and its provider.
//!
//! Owns the words and their check. Does not know the network: a provider that cannot be reached yet
//! is no mistake in the settings.

use std::fmt;

use protocol::claims::ACR_KEY_LOCK;
use protocol::scope::ScopeSet;
use url::{Host, Url};

use crate::clock::Clock;
use crate::dpop::DpopKey;
use crate::secret::Secret;

/// Everything the adapter must know. Begin with [`AdapterSettings::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct AdapterSettings {
    /// The provider's issuer identifier, exactly as its discovery document spells it.
    pub issuer: String,
    /// What the operator registered this platform as.
    pub client_id: String,
    /// How the platform proves at the token endpoint that it is itself.
    pub client_authentication: ClientAuthentication,
    /// The registered `redirect_uri`; its origin is the platform's own.
    pub redirect_uri: Url,
    /// What to ask for; `openid` is always among it. Default: everything.
    pub scopes: ScopeSet,
    /// Which signatures of ID tokens to accept. Default: what the provider offers of those we trust.
    pub id_token_algorithms: AcceptedAlgorithms,
    /// The `acr` to ask for and to insist on. Default: a key lock.
    pub required_acr: Option<String>,
    /// Whether authorization requests go to the provider directly first (RFC 9126). Default: when its
    /// metadata require that. Registered as "pushed requests only": set [`PushedRequests::Always`].
    pub pushed_requests: PushedRequests,
    /// To whom tokens are of use. Default: to their bearer.
    pub sender_constraint: SenderConstraint,
    /// The registered `post_logout_redirect_uri`, where the provider sends people who signed out. Default:
    /// they stay on its own page.
    pub post_logout_redirect_uri: Option<Url>,
    /// Other origins of this platform that a login may lead back to. Default: none.
    pub more_target_origins: Vec<Url>,
    /// Certificates (PEM) of authorities to trust beside the system's. Default: none.
    pub root_certificates_pem: Vec<String>,
    /// The time. Default: the system's.
    pub clock: Clock,
}

impl AdapterSettings {
    /// Settings with the safe defaults.
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        client_authentication: ClientAuthentication,
        redirect_uri: Url,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            client_authentication,
            redirect_uri,
            scopes: ScopeSet::all(),
            id_token_algorithms: AcceptedAlgorithms::Offered,
            required_acr: Some(ACR_KEY_LOCK.to_owned()),
            pushed_requests: PushedRequests::default(),
            sender_constraint: SenderConstraint::default(),
            post_logout_redirect_uri: None,
            more_target_origins: Vec::new(),
            root_certificates_pem: Vec::new(),
            clock: Clock::system(),
        }
    }

    /// Checks what can be checked without the network.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let issuer = Url::parse(&self.issuer).map_err(SettingsError::IssuerIsNoUrl)?;
        // OpenID Connect Discovery §3: no query, no fragment.
        if issuer.query().is_some() || issuer.fragment().is_some() {
            return Err(SettingsError::IssuerHasQuery);
        }
        if !is_secure_or_loopback(&issuer) {
            return Err(SettingsError::IssuerIsNotHttps);
        }
        if !is_secure_or_loopback(&self.redirect_uri) || self.redirect_uri.fragment().is_some() {
            return Err(SettingsError::RedirectUri);
        }
        if self.client_id.is_empty() {
            return Err(SettingsError::NoClientId);
        }
        Ok(())
    }
}

/// When authorization requests are pushed (RFC 9126).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PushedRequests {
    /// When the provider's metadata require it of everybody.
    #[default]
    WhenRequired,
    /// Always: what is asked never passes through the browser.
    Always,
}

/// To whom tokens are of use.
#[derive(Clone, Debug, Default)]
pub enum SenderConstraint {
    /// To whoever holds them (RFC 6750).
    #[default]
    Bearer,
    /// To this platform alone, by proofs with this key (RFC 9449).
    Dpop(DpopKey),
}

/// How a platform authenticates at the token endpoint.
#[derive(Clone, Debug)]
pub enum ClientAuthentication {
    /// `client_secret_basic`.
    ClientSecretBasic(Secret),
    /// `client_secret_post`.
    ClientSecretPost(Secret),
    /// `private_key_jwt` (RFC 7523): the provider never sees the key.
    PrivateKeyJwt(PrivateKeyJwt),
    /// `none`: PKCE alone protects the code.
    Public,
}

/// The key of a platform that authenticates with `private_key_jwt`.
#[derive(Clone)]
pub struct PrivateKeyJwt {
    /// `kid` of the public key the provider holds.
    pub key_id: String,
    /// What the key signs with.
    pub algorithm: SigningAlgorithm,
    /// The private key: PKCS#8, PEM.
    pub private_key_pem: Secret,
}

impl fmt::Debug for PrivateKeyJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKeyJwt")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A signature algorithm, of the provider or of this platform's own key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
}

impl SigningAlgorithm {
    /// Every algorithm this adapter trusts.
    pub const ALL: [Self; 3] = [Self::Es256, Self::Ps256, Self::Rs256];
}

/// Which ID-token signatures are accepted. Nothing else ever is: no `none`, no HMAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AcceptedAlgorithms {
    /// Those of [`SigningAlgorithm::ALL`] that the provider's metadata offer.
    #[default]
    Offered,
    /// Exactly the one this platform registered.
    Only(SigningAlgorithm),
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Not a URL.
    #[error("the issuer is not a URL")]
    IssuerIsNoUrl(#[source] url::ParseError),
    /// `OpenID` Connect Discovery §3.
    #[error("the issuer must not have a query or a fragment")]
    IssuerHasQuery,
    /// Plain http to another machine.
    #[error("the issuer must be https (http only on this machine)")]
    IssuerIsNotHttps,
    /// Plain http to another machine, or a fragment.
    #[error("the redirect_uri must be https (http only on this machine) and have no fragment")]
    RedirectUri,
    /// Empty.
    #[error("the client_id is empty")]
    NoClientId,
    /// Not a certificate in PEM.
    #[error("a root certificate cannot be read")]
    RootCertificate(#[source] reqwest::Error),
    /// Not PKCS#8 in PEM, or of another algorithm.
    #[error("the private key for private_key_jwt cannot be read")]
    PrivateKey(#[source] jsonwebtoken::errors::Error),
    /// Not a P-256 key: PKCS#8, PEM.
    #[error("the DPoP key cannot be read; it must be a P-256 key (PKCS#8, PEM)")]
    DpopKey(#[source] jsonwebtoken::errors::Error),
    /// No randomness, or no cryptography.
    #[error("no DPoP key can be made here")]
    NoDpopKey,
    /// TLS could not be set up.
    #[error("no HTTP client can be made here")]
    HttpClient(#[source] reqwest::Error),
}

/// RFC 9700 §2.6: TLS everywhere but on the machine itself.
pub(crate) fn is_secure_or_loopback(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
