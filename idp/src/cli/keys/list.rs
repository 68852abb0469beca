//! `idp keys list`

use idp_core::signing_key::{Kept, SigningKey};
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
                    "state": config.signing_key_stage(key, now),
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
            config.signing_key_stage(&key, now),
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
