//! `idp keys list`

use idp_core::signing_key::{Kept, SigningKey};
use idp_core::timestamp::Timestamp;
use serde_json::json;

use super::super::output::say;
use super::super::ready::{self, rfc3339};
use crate::config::Config;
use crate::serve::StartError;

pub(super) async fn run(config: &Config, as_json: bool) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let keys = database
        .read(|store| store.list_signing_keys())
        .await
        .map_err(|e| StartError::new("database", e))?;
    let now = crate::clock::now();
    if as_json {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| {
                json!({
                    "kid": key.id.as_str(),
                    "alg": key.algorithm.as_str(),
                    "state": state(config, key, now),
                    "kept": kept(key),
                    "created_at": rfc3339(key.created_at),
                    "signs_from": rfc3339(key.signs_from),
                    "retired_at": key.retired_at.map(rfc3339),
                    "withdrawn_at": key.withdrawn_at.map(rfc3339),
                })
            })
            .collect();
        return say(format_args!("{:#}", json!(rows)));
    }
    if keys.is_empty() {
        return say(
            "there are no signing keys yet: the first `idp serve` or `idp keys rotate` makes them",
        );
    }
    for key in keys {
        let ends = key.withdrawn_at.or(key.retired_at);
        say(format_args!(
            "{} {:<9} {:<9} from {} until {} in {}",
            key.id,
            key.algorithm.as_str(),
            state(config, &key, now),
            rfc3339(key.signs_from),
            ends.map_or("-".to_owned(), rfc3339),
            kept(&key)
        ))?;
    }
    Ok(())
}

fn kept(key: &SigningKey) -> String {
    match &key.kept {
        Kept::Sealed(_) => "database".to_owned(),
        Kept::Inside(token) => format!("token {token}"),
        Kept::Destroyed(token) => format!("token {token}, destroyed"),
    }
}

fn state(config: &Config, key: &SigningKey, now: Timestamp) -> &'static str {
    let schedule = config.key_schedule();
    let retired = key.retired_at.is_some_and(|at| at <= now);
    if key.withdrawn_at.is_some() {
        return "withdrawn";
    }
    if !config.signing_algorithms().contains(&key.algorithm) {
        return "off";
    }
    match (
        key.signs_from <= now,
        retired,
        schedule.is_published(key, now),
    ) {
        (_, true, false) => "gone",
        (_, true, true) => "published",
        (true, false, _) => "signing",
        (false, false, _) => "waiting",
    }
}
