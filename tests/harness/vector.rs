//! A token that should be taken, for each of the provider's verifiers, in parts that can be bent and signed anew; and
//! whether the provider takes what came of it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use idp_core::signing_key::{Kept, SigningKey};
use serde_json::{Value, json};

use super::browser::Browser;
use super::fapi2::Fapi2;
use super::jwt::{Assertion, AssertionKey, now, part};
use super::provider::Provider;
use super::story::Scene;

/// What verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verifier {
    /// Client assertions (RFC 7523), at the endpoint for pushed requests.
    Assertion,
    /// Request objects (RFC 9101), there too.
    RequestObject,
    /// `id_token_hint`, at the authorization endpoint.
    Hint,
    /// `DPoP` proofs (RFC 9449), at userinfo.
    Dpop,
    /// Access tokens of the provider, at userinfo.
    AccessToken,
}

impl Verifier {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Assertion,
        Self::RequestObject,
        Self::Hint,
        Self::Dpop,
        Self::AccessToken,
    ];
}

/// One token in parts, and the key it is signed with by right.
#[derive(Clone)]
pub struct Kit<'a> {
    /// For whom.
    pub verifier: Verifier,
    /// The key.
    pub key: &'a AssertionKey,
    /// Its header.
    pub header: Value,
    /// Its claims.
    pub claims: Value,
}

/// Platforms and tokens to try with.
pub struct Bench {
    client: Fapi2,
    access: String,
    bearer: Scene,
    bearer_access: String,
    id_token: String,
    provider_key: AssertionKey,
}

impl Bench {
    /// A new one at the shared provider.
    pub async fn new() -> Self {
        let mut client = Fapi2::new().await;
        let access = client.access_token().await;
        let mut bearer = Scene::at(Provider::shared()).await;
        let tokens = bearer.receive().await;
        Self {
            client,
            access,
            bearer_access: tokens.access().to_owned(),
            id_token: tokens.id().to_owned(),
            bearer,
            provider_key: Provider::shared().private_key("ES256").await,
        }
    }

    /// A fresh token that is as it should be.
    pub fn kit(&self, verifier: Verifier) -> Kit<'_> {
        let platform = self.client.platform();
        let own = platform.key.as_ref().unwrap();
        let (key, header, claims) = match verifier {
            Verifier::Assertion => {
                let Assertion(claims) = Assertion::of(&platform.id, &platform.issuer);
                let header = json!({ "alg": "ES256", "kid": "platform-key", "typ": "JWT" });
                (own, header, claims)
            }
            Verifier::RequestObject => {
                let mut claims = json!({ "iss": platform.id, "aud": platform.issuer,
                    "iat": now(), "nbf": now(), "exp": now() + 60 });
                for (name, value) in platform.ask().parameters {
                    claims[name] = json!(value);
                }
                let header = json!({ "alg": "ES256", "kid": "platform-key",
                    "typ": "oauth-authz-req+jwt" });
                (own, header, claims)
            }
            Verifier::Dpop => {
                let proof = self.client.key.userinfo_proof(&self.access);
                (&self.client.key.key, proof.header, proof.claims)
            }
            Verifier::Hint => self.of_provider(&self.id_token),
            Verifier::AccessToken => self.of_provider(&self.bearer_access),
        };
        Kit {
            verifier,
            key,
            header,
            claims,
        }
    }

    /// Fetches a fresh nonce for proofs: one serves for a minute or two.
    pub async fn renew(&mut self) {
        let answer = self.client.userinfo(&self.access, |_| ()).await;
        self.client.key.learn(&answer);
    }

    fn of_provider(&self, token: &str) -> (&AssertionKey, Value, Value) {
        (&self.provider_key, part(token, 0), part(token, 1))
    }

    /// Whether the provider takes it. Anything but taking and refusing fails.
    pub async fn takes(&self, verifier: Verifier, token: &str) -> bool {
        let platform = self.client.platform();
        let (status, error) = match verifier {
            Verifier::Assertion => {
                let push = platform.push(&platform.ask()).with_assertion(token);
                let answer = push.send().await;
                (answer.status, answer.error())
            }
            Verifier::RequestObject => {
                let answer = self.client.push_object(token).await;
                (answer.status, answer.error())
            }
            Verifier::Hint => {
                let asking = self.bearer.platform.ask().with("id_token_hint", token);
                let answer = Browser::new(Provider::shared()).open(&asking.path()).await;
                let error = answer.parameter("error").unwrap_or_default();
                (answer.status, error)
            }
            Verifier::Dpop => {
                let proofs = [token.to_owned()];
                let answer = platform.userinfo_by("DPoP", &self.access, &proofs).await;
                (answer.status, String::new())
            }
            Verifier::AccessToken => {
                let answer = self.bearer.platform.userinfo(token).await;
                (answer.status, String::new())
            }
        };
        match (verifier, status, error.as_str()) {
            (Verifier::Assertion | Verifier::RequestObject, 201, _)
            | (Verifier::Hint, 303, "")
            | (Verifier::Dpop | Verifier::AccessToken, 200, _) => true,
            (Verifier::Assertion, 401, "invalid_client")
            | (Verifier::RequestObject, 400, "invalid_request_object" | "request_not_supported")
            | (Verifier::Hint, 303, "invalid_request")
            | (Verifier::Dpop | Verifier::AccessToken, 401, _) => false,
            other => panic!("{other:?}"),
        }
    }
}

impl Provider {
    /// The private key of the provider that signs with this algorithm now: the tests know the master key.
    pub async fn private_key(&self, algorithm: &str) -> AssertionKey {
        let key = self.signing_key(algorithm).await;
        let jwk = serde_json::from_str(&key.public_jwk).unwrap();
        AssertionKey::of_pkcs8(&self.unsealed(&key), jwk)
    }

    /// The `kid` of that key, and the key: PKCS #8, DER.
    pub async fn private_octets(&self, algorithm: &str) -> (String, Vec<u8>) {
        let key = self.signing_key(algorithm).await;
        (key.id.as_str().to_owned(), self.unsealed(&key))
    }

    async fn signing_key(&self, algorithm: &str) -> SigningKey {
        let keys = self.state.database.read(|store| store.list_signing_keys());
        let keys = keys.await.unwrap();
        let mut keys = keys.into_iter();
        keys.find(|key| key.algorithm.as_str() == algorithm)
            .unwrap()
    }

    fn unsealed(&self, key: &SigningKey) -> Vec<u8> {
        let master = std::fs::read_to_string(self.folder.join("master.key")).unwrap();
        let master = STANDARD.decode(master.trim()).unwrap();
        let master = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &master).unwrap());
        let Kept::Sealed(octets) = &key.kept else {
            panic!("{key:?} is inside a token")
        };
        let (nonce, sealed) = octets.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        let mut sealed = sealed.to_vec();
        let kid = Aad::from(key.id.as_str().as_bytes());
        master
            .open_in_place(nonce, kid, &mut sealed)
            .unwrap()
            .to_vec()
    }
}
