//! `idp platform show`: never a secret, nor its digest.

use idp_core::directory::metadata::of_platform;
use idp_core::directory::version_of;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, ClientAuthentication, ConsentPolicy, Platform};
use serde_json::{Value, json};

use super::find;
use super::output::say;
use super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;

pub(super) async fn run(config: &Config, id: &str, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let id = PlatformId::from_text(id);
    let platform = find(&database, &id).await?;
    let platform = platform
        .ok_or_else(|| StartError::new("platform", format!("there is no platform {id}")))?;
    let shown = shown(&platform);
    if as_json {
        return say(format_args!("{shown:#}"));
    }
    for part in ["", "allowed", "secret", "metadata"] {
        let members = if part.is_empty() {
            Some(&shown)
        } else {
            shown.get(part)
        };
        let Some(members) = members.and_then(Value::as_object) else {
            continue;
        };
        if !part.is_empty() {
            say(format_args!("\n{part}"))?;
        }
        for (name, value) in members {
            if !(part.is_empty() && value.is_object()) {
                say(format_args!("  {name:<44} {}", readable(value)))?;
            }
        }
    }
    Ok(())
}

fn shown(platform: &Platform) -> Value {
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

fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        Value::Array(values) if values.iter().all(Value::is_string) => {
            let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            if texts.is_empty() {
                "-".to_owned()
            } else {
                texts.join("  ")
            }
        }
        other => other.to_string(),
    }
}
