//! The adapter against a provider that answers rightly, and in many ways wrongly.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop"
)]

mod client_authentication;
mod discovery;
mod fake_provider;
mod keys;
mod right_answer;
mod routes;
mod start;
mod wrong_answers;

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
