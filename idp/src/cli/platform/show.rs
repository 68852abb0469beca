//! `idp platform show`: never a secret, nor its digest.

use idp_core::id::PlatformId;
use serde_json::Value;

use super::find;
use super::output::say;
use super::ready;
use crate::config::Config;
use crate::serve::StartError;
use crate::shapes::platform::whole;

pub(super) async fn run(config: &Config, id: &str, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let id = PlatformId::from_text(id);
    let platform = find(&database, &id).await?;
    let platform = platform
        .ok_or_else(|| StartError::new("platform", format!("there is no platform {id}")))?;
    let shown = whole(&platform);
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
