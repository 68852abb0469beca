//! The adapter against a provider that answers rightly, and in many ways wrongly.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod client_authentication;
mod discovery;
mod dpop;
mod fake_provider;
mod interrupted;
mod keys;
mod logout;
mod pushed;
mod refresh;
mod right_answer;
mod routes;
mod start;
mod wrong_answers;

use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use client_adapter::{
    Adapter, AdapterSettings, CallbackQuery, ClientAuthentication, LoginError, SignedIn, StartLogin,
};
use fake_provider::{CLIENT_ID, CLIENT_SECRET, FakeProvider};

/// Settings of a platform at `provider`.
fn settings(provider: &FakeProvider) -> AdapterSettings {
    AdapterSettings::new(
        provider.issuer(),
        CLIENT_ID,
        ClientAuthentication::ClientSecretBasic(CLIENT_SECRET.into()),
        "http://127.0.0.1:9/auth/callback".parse().unwrap(),
    )
}

/// A whole login of `adapter`.
async fn login(adapter: &Adapter, provider: &FakeProvider) -> Result<SignedIn, LoginError> {
    let (url, pending) = adapter.start_login(StartLogin::default()).await.unwrap();
    let query = CallbackQuery::parse(&provider.authorize(&url))?;
    adapter.finish_login(query, pending).await
}

/// Waits for all, which run at once.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|it| (Box::pin(it), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut waiting {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if waiting.iter().any(|(_, output)| output.is_none()) {
            return std::task::Poll::Pending;
        }
        std::task::Poll::Ready(waiting.drain(..).map(|(_, it)| it.unwrap()).collect())
    })
    .await
}

/// One part of a compact token: 0 is the header, 1 the claims.
fn part(token: &str, index: usize) -> serde_json::Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A P-256 key: PKCS#8, PEM.
fn key_pem(key: &EcdsaKeyPair) -> String {
    let der = key.to_pkcs8v1().unwrap();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    )
}

/// A whole login at `provider`.
async fn sign_in(
    provider: &FakeProvider,
    settings: AdapterSettings,
) -> Result<SignedIn, LoginError> {
    sign_in_with(provider, settings, StartLogin::default()).await
}

async fn sign_in_with(
    provider: &FakeProvider,
    settings: AdapterSettings,
    wish: StartLogin,
) -> Result<SignedIn, LoginError> {
    let adapter = Adapter::discover(settings).await.unwrap();
    let (url, pending) = adapter.start_login(wish).await.unwrap();
    let query = CallbackQuery::parse(&provider.authorize(&url))?;
    adapter.finish_login(query, pending).await
}
