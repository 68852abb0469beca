//! A platform held to FAPI 2.0: it pushes, proves itself with a key, and binds its tokens to another.

use std::collections::HashMap;

use idp_core::platform::{JwsAlgorithm, SecurityProfile, SenderConstraint};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use super::answer::Answer;
use super::browser::Browser;
use super::dpop::{DpopKey, Proof};
use super::jwt::{Assertion, request_object};
use super::platform::{Asking, Method, Platform, PlatformOrder};
use super::provider::Provider;
use super::story::Scene;
use super::token_request::TokenRequest;

impl PlatformOrder {
    /// A platform held to FAPI 2.0, with `DPoP`.
    pub fn fapi2(algorithm: Algorithm) -> Self {
        let mut order = Self::refreshing();
        order.method = Method::PrivateKeyJwt(algorithm);
        order.profile = SecurityProfile::Fapi2;
        order.tokens.sender_constraint = SenderConstraint::Dpop;
        if algorithm == Algorithm::PS256 {
            order.id_token_alg = JwsAlgorithm::Ps256;
        }
        order
    }
}

/// Somebody signed in, such a platform, and its key for proofs.
pub struct Fapi2 {
    /// The person and the platform.
    pub scene: Scene,
    /// The key.
    pub key: DpopKey,
}

impl Fapi2 {
    /// A new one that signs with ES256.
    pub async fn new() -> Self {
        Self::ordering(PlatformOrder::fapi2(Algorithm::ES256)).await
    }

    /// A new one that must sign its requests (FAPI 2.0 Message Signing).
    pub async fn signing() -> Self {
        let mut order = PlatformOrder::fapi2(Algorithm::ES256);
        order.requests.signed_only = true;
        Self::ordering(order).await
    }

    /// A new one.
    pub async fn ordering(order: PlatformOrder) -> Self {
        Self::at(Provider::shared(), order).await
    }

    /// A new one elsewhere.
    pub async fn at(provider: &Provider, order: PlatformOrder) -> Self {
        let mut scene = Scene::at(provider).await;
        scene.platform = Platform::order(provider, order).await;
        let key = DpopKey::generate(&provider.issuer);
        Self { scene, key }
    }

    /// The platform.
    pub fn platform(&self) -> &Platform {
        &self.scene.platform
    }

    /// A request as it should be.
    pub fn ask(&self) -> Asking {
        self.platform().ask()
    }

    /// Pushes a request.
    pub async fn push(&self, asking: &Asking) -> Answer {
        self.platform().push(asking).send().await
    }

    /// Pushes a request that is signed, its claims changed before.
    pub async fn push_signed(&self, asking: &Asking, change: impl FnOnce(&mut Value)) -> Answer {
        let platform = self.platform();
        let key = platform.key.as_ref().unwrap();
        let object = request_object(key, platform, asking, change);
        self.push_object(&object).await
    }

    /// Pushes a request object.
    pub async fn push_object(&self, object: &str) -> Answer {
        let mut push = self.platform().push(&self.ask());
        push.form
            .retain(|(name, _)| name == "client_id" || name.starts_with("client_assertion"));
        push.with("request", object).send().await
    }

    /// Pushes a request with another client assertion.
    pub async fn push_proven(&self, change: impl FnOnce(Assertion) -> Assertion) -> Answer {
        let push = self.platform().push(&self.ask());
        self.proven(push, change).send().await
    }

    /// A request with another client assertion.
    pub fn proven(
        &self,
        request: TokenRequest,
        change: impl FnOnce(Assertion) -> Assertion,
    ) -> TokenRequest {
        let platform = self.platform();
        let assertion = change(Assertion::of(&platform.id, &platform.issuer));
        request.with_assertion(&assertion.signed(platform.key.as_ref().unwrap()))
    }

    /// Goes by the name of a pushed request to the redirect that answers it.
    pub async fn arrive(&mut self, pushed: &Answer) -> Answer {
        assert_eq!(pushed.status, 201, "{}", pushed.summary());
        let by = self.platform().ask_by(&request_uri(pushed));
        self.scene.browser.arrive(&self.scene.lock, &by).await
    }

    /// Pushes, and lets the person arrive.
    pub async fn arrived(&mut self, asking: &Asking) -> Answer {
        let pushed = self.push(asking).await;
        let answer = self.arrive(&pushed).await;
        assert!(answer.parameter("code").is_some(), "{}", answer.summary());
        answer
    }

    /// A code for this request.
    pub async fn code(&mut self, asking: &Asking) -> String {
        self.arrived(asking).await.parameter("code").unwrap()
    }

    /// Redeems a code with a proof.
    pub async fn redeem(&mut self, code: &str, asking: &Asking) -> Answer {
        let request = self.scene.platform.redeem(code, asking);
        self.key.send(&request).await
    }

    /// Tokens for this request.
    pub async fn tokens(&mut self, asking: &Asking) -> Value {
        let code = self.code(asking).await;
        let answer = self.redeem(&code, asking).await;
        assert_eq!(answer.status, 200, "{}", answer.summary());
        answer.json()
    }

    /// An access token.
    pub async fn access_token(&mut self) -> String {
        let asking = self.ask();
        let tokens = self.tokens(&asking).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// Reads userinfo with a proof that was changed before it was signed.
    pub async fn userinfo(&self, access: &str, change: impl FnOnce(&mut Proof)) -> Answer {
        let mut proof = self.key.userinfo_proof(access);
        change(&mut proof);
        let proof = self.key.sign(&proof);
        self.platform().userinfo_by("DPoP", access, &[proof]).await
    }
}

/// The name under which a request was pushed.
pub fn request_uri(pushed: &Answer) -> String {
    pushed.json()["request_uri"].as_str().unwrap().to_owned()
}

/// Every parameter that came back to a platform.
pub fn came_back(answer: &Answer) -> HashMap<String, String> {
    let url = url::Url::parse(answer.location().unwrap()).unwrap();
    url.query_pairs().into_owned().collect()
}

/// A new browser that opens a request.
pub async fn opened(asking: &Asking) -> Answer {
    Browser::new(Provider::shared()).open(&asking.path()).await
}
