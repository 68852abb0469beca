//! What the provider signs with and names people by, opened at start.

use std::sync::Arc;

use idp_core::cx::{Rng, Settings};
use idp_core::signing_key::SigningKey;
use idp_storage::Database;

use super::error::StartError;
use crate::clock;
use crate::config::Config;
use crate::signing::{
    Hsm, Keeper, KeyRing, KeysError, LogKey, MasterKey, check_reach, ensure_keys, log_key,
    pairwise_key,
};

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
    let hsm = open_hsm(config).await?;
    let keys = Arc::new(KeyRing::new(
        config.key_schedule(),
        config.signing_algorithms(),
        longest,
        hsm.clone(),
    ));
    let keeper = |stored: &[SigningKey]| {
        let master = MasterKey::for_keys(config, stored)?;
        Ok(Keeper::new(config, master, hsm.clone()))
    };
    let cx = clock::cx(&Arc::new(settings.clone()), rng);
    if let Err(error) = ensure_keys(database, keeper, &keys, &cx).await {
        if !keys.can_sign() {
            return Err(error.into());
        }
        // A token that is full keeps nobody from signing with what it has.
        tracing::error!(%error, "a signing key that is due can't be made; the known ones stay in force");
    }
    let keeper = Keeper::new(config, load(config)?, hsm);
    check_reach(database, keeper, &keys, &cx).await?;
    let settings = Settings {
        pairwise_key: pairwise_key(database, &load(config)?).await?,
        ..settings
    };
    Ok((keys, Arc::new(settings)))
}

/// The keys of a provider that does not serve now, for what a command signs.
pub async fn open_signing(
    config: &Config,
    database: &Database,
) -> Result<(Arc<KeyRing>, LogKey), StartError> {
    let settings = config.settings();
    let settings = settings.map_err(|e| StartError::new("configuration", e))?;
    let rng: Arc<dyn Rng> = Arc::new(clock::SystemRng);
    let (keys, _) = open_keys(config, database, settings, &rng).await?;
    Ok((keys, open_log_key(config, database).await?))
}

/// The key of the audit log.
pub(super) async fn open_log_key(
    config: &Config,
    database: &Database,
) -> Result<LogKey, StartError> {
    let key = log_key(database, &load(config)?, &config.audit_origin()).await;
    Ok(key?)
}

fn load(config: &Config) -> Result<MasterKey, StartError> {
    MasterKey::load(config).map_err(|e| StartError::new("master key", e))
}

/// Connected: what is wrong with the token is said at the start, its PIN tried once.
async fn open_hsm(config: &Config) -> Result<Option<Arc<Hsm>>, StartError> {
    let Some(hsm) = Hsm::of(&config.signing_keys.pkcs11).map_err(KeysError::from)? else {
        return Ok(None);
    };
    let hsm = Arc::new(hsm);
    let looking = Arc::clone(&hsm);
    let looked = tokio::task::spawn_blocking(move || looking.look(&[])).await;
    looked
        .map_err(|e| StartError::new("signing_keys.pkcs11", e))?
        .map_err(KeysError::from)?;
    Ok(Some(hsm))
}
