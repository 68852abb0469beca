//! Platforms whose keys and request objects are behind addresses of theirs.

use idp_core::platform::ClientKeys;
use serde_json::Value;

use super::answer::Answer;
use super::jwt::{Assertion, AssertionKey};
use super::platform::{Platform, PlatformOrder};
use super::provider::Provider;
use super::publisher::Publisher;
use super::token_request::TokenRequest;

/// What tokens of such platforms are for.
pub const RESOURCE: &str = "https://api.published.example";

/// A provider that reaches this machine.
pub fn reaching_provider() -> Provider {
    Provider::start(|config| config.outbound.allow_loopback = true)
}

/// Publishes a JWK Set.
pub fn publish(keys: &[&AssertionKey]) -> Publisher {
    let publisher = Publisher::of(Vec::new());
    publish_at(&publisher, keys);
    publisher
}

/// Publishes another one there.
pub fn publish_at(publisher: &Publisher, keys: &[&AssertionKey]) {
    let keys: Vec<&Value> = keys.iter().map(|key| key.public()).collect();
    publisher.publish(serde_json::json!({ "keys": keys }).to_string().into_bytes());
}

/// A platform with `private_key_jwt` whose keys are at this address, and that gets tokens of its own.
pub async fn platform_at(provider: &Provider, jwks_uri: &str) -> Platform {
    let mut order = PlatformOrder::signing();
    order.tokens.client_credentials = true;
    order.tokens.resources = vec![RESOURCE.to_owned()];
    let mut platform = Platform::order(provider, order).await;
    change(provider, &mut platform, |platform| {
        platform.registration.client.as_mut().unwrap().keys =
            Some(ClientKeys::JwksUri(jwks_uri.to_owned()));
    })
    .await;
    platform
}

/// Changes what a platform is registered with.
pub async fn change(
    provider: &Provider,
    platform: &mut Platform,
    change: impl FnOnce(&mut Platform),
) {
    change(platform);
    let registration = platform.registration.clone();
    provider
        .change_platform(&platform.id, |stored| *stored = registration)
        .await;
}

/// Asks for a token of the platform's own, proven by this key.
pub async fn own_token(platform: &Platform, key: &AssertionKey) -> Answer {
    let assertion = Assertion::of(&platform.id, &platform.issuer);
    TokenRequest::own(platform)
        .with("resource", RESOURCE)
        .with_assertion(&assertion.signed(key))
        .send()
        .await
}
