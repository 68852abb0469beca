//! Platforms as JSON: never a secret, nor its digest.

use idp_core::directory::metadata::of_platform;
use idp_core::directory::{Wanted, version_of};
use idp_core::platform::{Client, ClientAuthentication, ConsentPolicy, Platform};
use idp_core::platform_health::{EndpointHealth, HealthChange, Maintenance};
use idp_core::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// A platform in a list.
pub fn row(platform: &Platform) -> Value {
    json!({
        "id": platform.id.as_str(),
        "name_zh": platform.name_zh,
        "name_en": platform.name_en,
        "region_code": platform.region_code.as_str(),
        "zone": platform.zone.as_str(),
        "state": platform.state.as_str(),
        "version": version_of(platform),
        "redirect_uris": platform.client.as_ref().map(|client| &client.redirect_uris),
    })
}

/// All of one platform.
pub fn whole(platform: &Platform) -> Value {
    let client = platform.client.as_ref();
    json!({
        "id": platform.id.as_str(),
        "name_zh": platform.name_zh,
        "name_en": platform.name_en,
        "region_code": platform.region_code.as_str(),
        "zone": platform.zone.as_str(),
        "support_contact": platform.support_contact,
        "state": platform.state.as_str(),
        "in_force_since": platform.in_force_since.map(rfc3339),
        "version": version_of(platform),
        "metadata": of_platform(platform),
        "allowed": client.map(allowed),
        "secret": client.and_then(secret),
    })
}

/// What an operator alone decides.
fn allowed(client: &Client) -> Value {
    json!({
        "profile": client.profile,
        "scopes": client.scopes.to_string(),
        "consent": match client.consent {
            ConsentPolicy::AskAlways => json!("always"),
            ConsentPolicy::RememberDays(days) => json!(format!("{days} days")),
        },
        "consent_signature": client.consent_signature,
        "pkce_optional": client.requests.pkce_optional,
        "pushed_only": client.must_push(),
        "client_credentials": client.tokens.client_credentials,
        "sm2_tokens": client.tokens.sm2,
        "resources": client.tokens.resources,
        "serves": client.tokens.serves,
        "origins": client.origins,
        "target_link_uri": client.target_link_uri,
        "floor": client.floor,
    })
}

/// What is known of its secret.
fn secret(client: &Client) -> Option<Value> {
    match &client.authentication {
        ClientAuthentication::ClientSecret { previous, .. } => Some(json!({
            "previous_taken_until": previous.as_ref().map(|previous| rfc3339(previous.until)),
        })),
        _ => None,
    }
}

/// What the platform's own people need; `None`: it is not connected. No secret is in it.
pub fn configuration((issuer, discovery): (&str, &str), platform: &Platform) -> Option<Value> {
    Some(json!({
        "issuer": issuer,
        "discovery": format!("{issuer}{discovery}"),
        "client_id": platform.id.as_str(),
        "metadata": of_platform(platform)?,
        "terms": Wanted::of(platform).terms,
    }))
}

/// How one address of a platform does.
pub fn health(health: &EndpointHealth) -> Value {
    json!({
        "platform": health.platform_id.as_str(),
        "endpoint": health.endpoint.as_str(),
        "url": health.url,
        "state": health.state.as_str(),
        "reason": health.reason,
        "since": rfc3339(health.since),
        "checked_at": rfc3339(health.checked_at),
    })
}

/// That it did otherwise from then on.
pub fn health_change(change: &HealthChange) -> Value {
    json!({
        "endpoint": change.endpoint.as_str(),
        "url": change.url,
        "at": rfc3339(change.at),
        "from": change.from.as_str(),
        "to": change.to.as_str(),
        "reason": change.reason,
    })
}

/// Maintenance that is announced.
pub fn maintenance(maintenance: &Maintenance, now: Timestamp) -> Value {
    json!({
        "id": maintenance.id.as_str(),
        "platform": maintenance.platform_id.as_str(),
        "from": rfc3339(maintenance.from),
        "until": rfc3339(maintenance.until),
        "text_zh": maintenance.text_zh,
        "text_en": maintenance.text_en,
        "announced_by": maintenance.announced_by,
        "announced_at": rfc3339(maintenance.announced_at),
        "ended_at": maintenance.ended_at.map(rfc3339),
        "is_on": maintenance.is_on(now),
    })
}
