//! What the provider signs with and names people by, opened at start.

use std::sync::Arc;

use idp_core::cx::{Rng, Settings};
use idp_core::signing_key::SigningKey;
use idp_storage::Database;

use super::error::StartError;
use crate::clock;
use crate::config::Config;
use crate::signing::{Keeper, KeyRing, KeysError, MasterKey, ensure_keys, pairwise_key};

/// The signing keys; and the settings with what pairwise subjects are made with.
pub(super) async fn open_keys(
    config: &Config,
    database: &Database,
    settings: Settings,
    rng: &Arc<dyn Rng>,
) -> Result<(Arc<KeyRing>, Arc<Settings>), StartError> {
    let longest = settings
        .access_token_lifetime
        .max(settings.id_token_lifetime);
    let keys = Arc::new(KeyRing::new(
        config.key_schedule(),
        config.signing_algorithms(),
        longest,
    ));
    let failed = |error: KeysError| match error {
        KeysError::MasterKey(error) => StartError::new("master key", error),
        error => StartError::new("signing keys", error),
    };
    let keeper = |stored: &[SigningKey]| Keeper::for_keys(config, stored);
    let cx = clock::cx(&Arc::new(settings.clone()), rng);
    ensure_keys(database, keeper, &keys, &cx)
        .await
        .map_err(failed)?;
    let master = MasterKey::load(config).map_err(|e| StartError::new("master key", e))?;
    let settings = Settings {
        pairwise_key: pairwise_key(database, &master).await.map_err(failed)?,
        ..settings
    };
    Ok((keys, Arc::new(settings)))
}
