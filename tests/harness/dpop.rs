//! A `DPoP` key and its proofs (RFC 9449), every part of which can be bent.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::browser::client;
use super::jwt::{AssertionKey, now};
use super::platform::Platform;
use super::token_request::TokenRequest;

/// A platform's key for proofs, with the provider's newest nonce.
pub struct DpopKey {
    /// The key.
    pub key: AssertionKey,
    /// What the provider handed out.
    pub nonce: Option<String>,
    issuer: String,
}

/// A proof before it is signed.
#[derive(Clone)]
pub struct Proof {
    /// Its header.
    pub header: Value,
    /// Its claims.
    pub claims: Value,
}

impl DpopKey {
    /// A new one for a provider's clients.
    pub fn generate(issuer: &str) -> Self {
        Self {
            key: AssertionKey::generate(Algorithm::ES256),
            nonce: None,
            issuer: issuer.to_owned(),
        }
    }

    /// Its thumbprint (RFC 7638).
    pub fn jkt(&self) -> String {
        let jwk: Jwk = serde_json::from_value(self.jwk()).unwrap();
        jwk.thumbprint(ThumbprintHash::SHA256).unwrap()
    }

    fn jwk(&self) -> Value {
        let mut jwk = self.key.public().clone();
        jwk.as_object_mut().unwrap().remove("kid");
        jwk
    }

    /// A proof as it should be.
    pub fn proof(&self, method: &str, path: &str) -> Proof {
        let mut jti = [0; 16];
        rand::fill(&mut jti).unwrap();
        let mut claims = json!({
            "jti": URL_SAFE_NO_PAD.encode(jti),
            "htm": method,
            "htu": format!("{}{path}", self.issuer),
            "iat": now(),
        });
        if let Some(nonce) = &self.nonce {
            claims["nonce"] = json!(nonce);
        }
        Proof {
            header: json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() }),
            claims,
        }
    }

    /// Signs a proof.
    pub fn sign(&self, proof: &Proof) -> String {
        self.key.signed_with(&proof.header, &proof.claims)
    }

    /// Takes the nonce out of an answer.
    pub fn learn(&mut self, answer: &Answer) {
        let nonce = answer.header("dpop-nonce");
        assert!(!nonce.is_empty(), "no nonce: {}", answer.summary());
        self.nonce = Some(nonce.to_owned());
    }

    /// Sends a token request with a proof, anew where the provider asks for its nonce.
    pub async fn send(&mut self, request: &TokenRequest) -> Answer {
        let proof = self.sign(&self.proof("POST", request.path()));
        let answer = request.clone().with_proof(&proof).send().await;
        if answer.status != 400 || answer.error() != "use_dpop_nonce" {
            return answer;
        }
        self.learn(&answer);
        let proof = self.sign(&self.proof("POST", request.path()));
        request.clone().with_proof(&proof).send().await
    }

    /// A proof for reading userinfo with this token.
    pub fn userinfo_proof(&self, access_token: &str) -> Proof {
        self.proof_with("GET", "/oauth2/userinfo", access_token)
    }

    /// A proof beside this token.
    pub fn proof_with(&self, method: &str, path: &str, access_token: &str) -> Proof {
        let mut proof = self.proof(method, path);
        proof.claims["ath"] =
            json!(URL_SAFE_NO_PAD.encode(Sha256::digest(access_token.as_bytes())));
        proof
    }
}

impl Platform {
    /// Reads userinfo with a bound token.
    pub async fn userinfo_by(&self, scheme: &str, access_token: &str, proofs: &[String]) -> Answer {
        let url = format!("{}/oauth2/userinfo", self.base);
        let mut request = client()
            .get(&url)
            .header("authorization", format!("{scheme} {access_token}"));
        for proof in proofs {
            request = request.header("dpop", proof);
        }
        Answer::read("GET userinfo".to_owned(), request.send().await.unwrap()).await
    }
}
