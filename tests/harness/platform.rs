//! A platform: its registration, its authorization requests, its calls. Every parameter can be bent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idp_core::consent_statement::ConsentSigner;
use idp_core::cx::random_text;
use idp_core::directory::{Act, connect};
use idp_core::id::PlatformId;
use idp_core::platform::{
    Client, ClientAuthentication, ClientKeys, ConsentPolicy, JwsAlgorithm, LogoutRules,
    Platform as Registration, PlatformState, RequestRules, SecurityProfile, TokenRules, Zone,
};
use idp_core::region::RegionCode;
use idp_core::token::client_authentication::secret_sha256;
use protocol::scope::ScopeSet;
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::browser::client;
use super::jwt::AssertionKey;
use super::lock::unique_number;
use super::provider::Provider;
use super::token_request::TokenRequest;

/// How a platform proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
    /// `private_key_jwt` with a key of this algorithm.
    PrivateKeyJwt(jsonwebtoken::Algorithm),
    /// `none`
    Public,
}

/// What a platform is registered with.
#[derive(Clone, Debug)]
pub struct PlatformOrder {
    /// How it proves itself.
    pub method: Method,
    /// The most it may ask for.
    pub scopes: ScopeSet,
    /// `id_token_signed_response_alg`
    pub id_token_alg: JwsAlgorithm,
    /// When the consent page is shown.
    pub consent: ConsentPolicy,
    /// By whom its consents are signed.
    pub consent_signature: ConsentSigner,
    /// Registered addresses; `{id}` stands for the platform.
    pub redirect_uris: Vec<String>,
    /// Its name in Chinese.
    pub name_zh: Option<String>,
    /// Whether the portal can start it.
    pub from_portal: bool,
    /// Of its requests.
    pub requests: RequestRules,
    /// Of its tokens.
    pub tokens: TokenRules,
    /// Of signing out; `{id}` stands for the platform.
    pub logout: LogoutRules,
    /// Which rules it is held to.
    pub profile: SecurityProfile,
    /// Its keys, beside those it proves itself with.
    pub keys: Option<serde_json::Value>,
}

impl Default for PlatformOrder {
    fn default() -> Self {
        Self {
            method: Method::Basic,
            scopes: ScopeSet::all(),
            id_token_alg: JwsAlgorithm::Es256,
            consent: ConsentPolicy::AskAlways,
            consent_signature: ConsentSigner::Provider,
            redirect_uris: vec!["https://{id}.example/callback".to_owned()],
            name_zh: None,
            from_portal: true,
            requests: RequestRules::default(),
            tokens: TokenRules::default(),
            logout: LogoutRules::default(),
            profile: SecurityProfile::default(),
            keys: None,
        }
    }
}

impl PlatformOrder {
    /// A platform that gets refresh tokens.
    pub fn refreshing() -> Self {
        let mut order = Self::default();
        order.tokens.refresh = true;
        order
    }

    /// A platform that signs with a key of its own.
    pub fn signing() -> Self {
        Self {
            method: Method::PrivateKeyJwt(jsonwebtoken::Algorithm::ES256),
            ..Self::default()
        }
    }
}

/// A connected platform.
pub struct Platform {
    /// `client_id`
    pub id: String,
    /// `client_secret`, where it has one.
    pub secret: String,
    /// What the provider knows of it.
    pub registration: Registration,
    /// How it proves itself.
    pub method: Method,
    /// Its key, where it has one.
    pub key: Option<AssertionKey>,
    /// The issuer it trusts.
    pub issuer: String,
    /// Where that listens.
    pub base: String,
}

impl Platform {
    /// Connects a new platform with the defaults.
    pub async fn connect(provider: &Provider) -> Self {
        Self::order(provider, PlatformOrder::default()).await
    }

    /// Connects a new platform.
    pub async fn order(provider: &Provider, order: PlatformOrder) -> Self {
        let id = format!("test-{}", unique_number());
        let cx = provider.state.cx();
        let secret = random_text(&*cx.rng);
        let key = match order.method {
            Method::PrivateKeyJwt(algorithm) => Some(AssertionKey::generate(algorithm)),
            _ => None,
        };
        let registration = registration(&id, &secret, key.as_ref(), &order);
        let added = registration.clone();
        let written = provider
            .state
            .database
            .write(move |store| connect(store, &cx, &added, Act::by("test", None)))
            .await;
        written.unwrap();
        Self {
            id,
            secret,
            registration,
            method: order.method,
            key,
            issuer: provider.issuer.clone(),
            base: provider.base.clone(),
        }
    }

    /// Its registration.
    pub fn client(&self) -> &Client {
        self.registration.client.as_ref().unwrap()
    }

    /// A new authorization request for everything it may have.
    pub fn ask(&self) -> Asking {
        let random = || {
            let mut octets = [0; 32];
            aws_lc_rs::rand::fill(&mut octets).unwrap();
            URL_SAFE_NO_PAD.encode(octets)
        };
        let (state, nonce, verifier) = (random(), random(), random());
        let client = self.client();
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &client.redirect_uris[0]),
            ("scope", &client.scopes.to_string()),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge_of(&verifier)),
            ("code_challenge_method", "S256"),
        ];
        Asking {
            parameters: parameters
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec(),
            state,
            nonce,
            verifier,
        }
    }

    /// The token request for a code, as it should be.
    pub fn redeem(&self, code: &str, asking: &Asking) -> TokenRequest {
        TokenRequest::new(self, code, asking)
    }

    /// The push of an authorization request.
    pub fn push(&self, asking: &Asking) -> TokenRequest {
        TokenRequest::pushing(self, asking)
    }

    /// The token request that refreshes.
    pub fn refresh(&self, refresh_token: &str) -> TokenRequest {
        TokenRequest::refreshing(self, refresh_token)
    }

    /// The request that goes by the name under which another was pushed.
    pub fn ask_by(&self, request_uri: &str) -> Asking {
        let mut asking = self.ask();
        asking.parameters.clear();
        asking
            .and("client_id", &self.id)
            .and("request_uri", request_uri)
    }

    /// Reads userinfo with a token by header.
    pub async fn userinfo(&self, access_token: &str) -> Answer {
        let url = format!("{}/oauth2/userinfo", self.base);
        let request = client().get(&url).bearer_auth(access_token);
        Answer::read("GET userinfo".to_owned(), request.send().await.unwrap()).await
    }

    /// Asks another address of the provider, as a program does.
    pub async fn fetch(&self, path: &str) -> Answer {
        let request = client().get(format!("{}{path}", self.base));
        Answer::read(format!("GET {path}"), request.send().await.unwrap()).await
    }
}

fn registration(
    id: &str,
    secret: &str,
    key: Option<&AssertionKey>,
    order: &PlatformOrder,
) -> Registration {
    let authentication = match order.method {
        Method::Basic | Method::Post => ClientAuthentication::ClientSecret {
            sha256: secret_sha256(secret),
            previous: None,
        },
        Method::PrivateKeyJwt(_) => ClientAuthentication::PrivateKeyJwt,
        Method::Public => ClientAuthentication::None,
    };
    let here = format!("https://{id}.example");
    let named = |uris: &[String]| -> Vec<String> {
        uris.iter().map(|uri| uri.replace("{id}", id)).collect()
    };
    let redirect_uris = named(&order.redirect_uris);
    Registration {
        id: PlatformId::from_text(id),
        name_zh: order
            .name_zh
            .clone()
            .unwrap_or_else(|| format!("测试平台{id}")),
        name_en: format!("Test platform {id}"),
        region_code: RegionCode::parse("150400").unwrap(),
        zone: Zone::Eastern,
        support_contact: Some("0476-1234567".to_owned()),
        state: PlatformState::Active,
        in_force_since: None,
        client: Some(Client {
            keys: key
                .map(AssertionKey::jwks)
                .or_else(|| order.keys.clone())
                .map(ClientKeys::Jwks),
            profile: order.profile,
            initiate_login_uri: order.from_portal.then(|| format!("{here}/login")),
            target_link_uri: order.from_portal.then(|| format!("{here}/home")),
            scopes: order.scopes.clone(),
            id_token_alg: order.id_token_alg,
            consent: order.consent,
            consent_signature: order.consent_signature,
            requests: order.requests.clone(),
            tokens: order.tokens.clone(),
            logout: LogoutRules {
                post_logout_redirect_uris: named(&order.logout.post_logout_redirect_uris),
                ..order.logout.clone()
            },
            ..Client::standard(authentication, redirect_uris)
        }),
    }
}

/// `code_challenge` of a verifier (RFC 7636 §4.2).
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// An authorization request.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Its parameters in order.
    pub parameters: Vec<(String, String)>,
    /// `state`
    pub state: String,
    /// `nonce`
    pub nonce: String,
    /// `code_verifier` behind the challenge.
    pub verifier: String,
}

impl Asking {
    /// With this value in place of a parameter's.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.and(name, value)
    }

    /// With one more parameter, whatever stands there.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(n, _)| n != name);
        self
    }

    /// One parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(n, _)| n == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// Path and query at the authorization endpoint.
    pub fn path(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.parameters);
        format!("/oauth2/authorize?{}", query.finish())
    }
}
