//! Public keys that receipts may have been signed with: those of before too, for as long as there are receipts.

use idp_core::platform::JwsAlgorithm;
use idp_core::store::StoreError;
use idp_storage::Database;
use serde_json::{Value, json};

/// A JWK Set (RFC 7517 §5) of every key that ever signed, retired ones included; none that was withdrawn, because others may
/// hold it: what it signed is asked for anew.
pub async fn receipt_keys(database: &Database) -> Result<Value, StoreError> {
    let stored = database.read(|store| store.list_signing_keys()).await?;
    let ever = stored
        .iter()
        .filter(|key| key.algorithm == JwsAlgorithm::Es256 && key.withdrawn_at.is_none());
    let keys: Vec<Value> = ever
        .filter_map(|key| serde_json::from_str(&key.public_jwk).ok())
        .collect();
    Ok(json!({ "keys": keys }))
}
