//! Does what the plans do in every module: plays the platform and the person, and checks each answer on the way.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::jwt::{now, part, verified};
use e2e::lock::Lock;
use e2e::platform::{Asking, Method};
use e2e::story::new_lock;
use e2e::token_request::TokenRequest;
use e2e::{Answer, Browser, Platform, PlatformOrder, Provider};
use idp_core::platform::{ConsentPolicy, JwsAlgorithm};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// How answers of the authorization endpoint travel in a plan.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The basic plan.
    Query,
    /// The form post plan.
    FormPost,
}

/// A platform as the plans register theirs, a person with a lock, and the checks.
pub struct Tester {
    pub provider: &'static Provider,
    pub browser: Browser,
    pub lock: Lock,
    pub platform: Platform,
    mode: Mode,
}

/// What a platform was told at its redirect URI.
pub struct Callback(pub Vec<(String, String)>);

impl Callback {
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(n, _)| n == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub fn code(&self) -> &str {
        self.parameter("code")
            .unwrap_or_else(|| panic!("no code: {:?}", self.0))
    }

    pub fn error(&self) -> &str {
        self.parameter("error")
            .unwrap_or_else(|| panic!("no error: {:?}", self.0))
    }
}

/// A platform as the basic plan's are: a secret, RS256, no PKCE, a consent that is remembered.
pub fn order() -> PlatformOrder {
    let mut order = PlatformOrder {
        id_token_alg: JwsAlgorithm::Rs256,
        consent: ConsentPolicy::RememberDays(1),
        ..PlatformOrder::default()
    };
    order.requests.pkce_optional = true;
    order
}

impl Tester {
    pub async fn new(mode: Mode) -> Self {
        Self::with(mode, order()).await
    }

    pub async fn with(mode: Mode, order: PlatformOrder) -> Self {
        let provider = Provider::shared();
        let platform = Platform::order(provider, order).await;
        Self::at(provider, platform, mode).await
    }

    /// With a platform that is registered already.
    pub async fn at(provider: &'static Provider, platform: Platform, mode: Mode) -> Self {
        let lock = new_lock();
        let mut browser = Browser::new(provider);
        browser.bind(&lock).await;
        // Whoever binds is not signed in by that.
        Self {
            provider,
            browser: Browser::new(provider),
            lock,
            platform,
            mode,
        }
    }

    /// A request of the plan: no PKCE.
    pub fn ask(&self) -> Asking {
        self.ask_as(&self.platform)
    }

    pub fn ask_as(&self, platform: &Platform) -> Asking {
        let asking = platform
            .ask()
            .without("code_challenge")
            .without("code_challenge_method");
        match self.mode {
            Mode::Query => asking,
            Mode::FormPost => asking.and("response_mode", "form_post"),
        }
    }

    /// Goes the whole way; whether a sign-in page was met, and what the platform is told.
    pub async fn authorize(&mut self, asking: &Asking) -> (bool, Callback) {
        let first = self.browser.go(&asking.path()).await;
        self.go_on(first, asking).await
    }

    pub async fn go_on(&mut self, first: Answer, asking: &Asking) -> (bool, Callback) {
        let asks_to_sign = first.has("#challenge-form");
        let answer = self.browser.go_on_from(first, &self.lock).await;
        (asks_to_sign, self.callback(&answer, asking))
    }

    /// Reads an answer as the platform gets it, and checks what every module checks.
    pub fn callback(&self, answer: &Answer, asking: &Asking) -> Callback {
        let redirect_uri = asking.parameter("redirect_uri").unwrap();
        let callback = match self.mode {
            Mode::Query => by_query(answer, redirect_uri),
            Mode::FormPost => by_form(answer, redirect_uri),
        };
        let names: Vec<&str> = callback.0.iter().map(|(name, _)| name.as_str()).collect();
        let known: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), known.len(), "a parameter twice: {names:?}");
        let expected: &[&str] = if known.contains("error") {
            &["error", "error_description", "iss", "state"]
        } else {
            &["code", "iss", "state"]
        };
        assert!(
            names.iter().all(|name| expected.contains(name)),
            "unexpected parameters: {names:?}"
        );
        assert_eq!(
            callback.parameter("iss"),
            Some(self.provider.issuer.as_str())
        );
        assert_eq!(callback.parameter("state"), asking.parameter("state"));
        if let Some(description) = callback.parameter("error_description") {
            // RFC 6749 §4.1.2.1
            let is_allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
            assert!(description.chars().all(is_allowed), "{description}");
        }
        if let Some(code) = callback.parameter("code") {
            assert!(code.len() >= 22, "128 bits at least: {code}");
        }
        callback
    }

    /// The token request of the plan: no PKCE.
    pub fn redeem(&self, callback: &Callback, asking: &Asking) -> TokenRequest {
        let request = self.platform.redeem(callback.code(), asking);
        if asking.parameter("code_challenge").is_some() {
            request
        } else {
            request.without("code_verifier")
        }
    }

    /// Redeems the code and checks what every module checks of tokens and userinfo; the token response.
    pub async fn tokens(&self, callback: &Callback, asking: &Asking) -> Value {
        let answer = self.redeem(callback, asking).send().await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        assert_eq!(answer.header("cache-control"), "no-store");
        let response = answer.json();
        self.check_tokens(&response, asking).await;
        let told = self.userinfo(&response).await;
        assert_eq!(told["sub"], id_token(&response)["sub"]);
        response
    }

    pub async fn check_tokens(&self, response: &Value, asking: &Asking) {
        assert_eq!(response["token_type"], "Bearer");
        assert!(response["expires_in"].as_u64().unwrap() > 0);
        let access = response["access_token"].as_str().unwrap();
        let token = response["id_token"].as_str().unwrap();
        let header = part(token, 0);
        let alg = self.platform.client().id_token_alg.as_str();
        assert_eq!(header["alg"], alg);
        assert!(header["kid"].is_string(), "{header}");
        let jwks = self.platform.fetch("/oauth2/jwks").await.json();
        let claims = verified(token, &jwks, &self.provider.issuer, &self.platform.id)
            .unwrap_or_else(|| panic!("not verified: {token}"));
        assert_eq!(claims["aud"], self.platform.id);
        assert_eq!(claims["nonce"].as_str(), asking.parameter("nonce"));
        let iat = claims["iat"].as_i64().unwrap();
        assert!((iat - now()).abs() < 60, "iat {iat}");
        assert!(claims["sub"].as_str().is_some_and(|sub| sub.len() <= 255));
        assert!(claims["auth_time"].is_u64() && claims["acr"].is_string());
        let half = &Sha256::digest(access.as_bytes())[..16];
        assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(half));
        assert_eq!(claims["name"], Value::Null, "nobody asked for it here");
    }

    pub async fn userinfo(&self, response: &Value) -> Value {
        let access = response["access_token"].as_str().unwrap();
        let answer = self.platform.userinfo(access).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        assert!(
            answer
                .header("content-type")
                .starts_with("application/json")
        );
        answer.json()
    }

    /// A whole sign-in with all checks.
    pub async fn happy(&mut self, asking: &Asking) -> (bool, Value) {
        let (asks_to_sign, callback) = self.authorize(asking).await;
        let tokens = self.tokens(&callback, asking).await;
        (asks_to_sign, tokens)
    }

    /// What a silent request is told.
    pub async fn silently(&mut self, asking: Asking) -> (Asking, Callback) {
        let asking = asking.with("prompt", "none");
        let answer = self.browser.go(&asking.path()).await;
        let callback = self.callback(&answer, &asking);
        (asking, callback)
    }
}

/// A client that proves itself by the form.
pub fn posting() -> PlatformOrder {
    PlatformOrder {
        method: Method::Post,
        ..order()
    }
}

/// Claims of the ID token in a token response.
pub fn id_token(response: &Value) -> Value {
    part(response["id_token"].as_str().unwrap(), 1)
}

fn by_query(answer: &Answer, redirect_uri: &str) -> Callback {
    let location = answer
        .location()
        .unwrap_or_else(|| panic!("no redirect: {}", answer.summary()));
    assert!(location.starts_with(redirect_uri), "{location}");
    assert!(!location.contains('#'), "a fragment: {location}");
    let ours = url::Url::parse(redirect_uri).unwrap();
    let own: Vec<_> = ours.query_pairs().into_owned().collect();
    let url = url::Url::parse(location).unwrap();
    let pairs = url.query_pairs().into_owned();
    Callback(pairs.filter(|pair| !own.contains(pair)).collect())
}

fn by_form(answer: &Answer, redirect_uri: &str) -> Callback {
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let action = answer.attribute("#leaving-form", "action");
    assert_eq!(action.as_deref(), Some(redirect_uri));
    let method = answer.attribute("#leaving-form", "method");
    assert_eq!(method.as_deref(), Some("post"));
    Callback(answer.fields("#leaving-form"))
}
