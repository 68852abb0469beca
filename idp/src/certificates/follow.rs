//! The stored registry: what the configuration brings into it, and how a running server follows it.
//!
//! Owns the order in which a server takes a change over. What a change is and leaves behind is the core's
//! ([`idp_core::authorities`]).

use std::sync::Arc;

use idp_core::authorities::{self, Loaded, RegistryRefusal};
use idp_core::certificate_authority::StoredRegistry;
use idp_core::cx::Cx;
use idp_core::id::CaId;
use idp_core::store::StoreError;
use idp_storage::Database;

use super::{Registered, RegistryError, entry_of, with_whole_paths};
use crate::clock;
use crate::config::AuthorityConfig;
use crate::state::AppState;

/// What messages call the stored registry.
pub const REGISTRY: &str = "CA registry";

/// How often bringing an entry is begun again when another process brings it in the same moment.
const ATTEMPTS: u8 = 3;

/// Why the stored registry can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry of the configuration can't be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// An entry of the configuration is not taken.
    #[error(transparent)]
    Refused(#[from] RegistryRefusal),
    /// A file of an entry has no whole path.
    #[error("working folder: {0}")]
    Folder(#[from] std::io::Error),
}

/// Brings the entries of a configuration into the registry, where they are new or not what it brought before.
pub async fn load_configured(
    database: &Database,
    cx: &Cx,
    authorities: &[AuthorityConfig],
) -> Result<(), StoredError> {
    for authority in authorities {
        let id = CaId::from_text(&authority.id);
        let entry = with_whole_paths(entry_of(authority)?)?;
        for attempt in 1.. {
            let (cx, id, entry) = (cx.clone(), id.clone(), entry.clone());
            let brought = database
                .write(move |store| authorities::load(store, &cx, &id, entry))
                .await;
            match brought {
                Err(RegistryRefusal::Taken(_) | RegistryRefusal::Overtaken(_))
                    if attempt < ATTEMPTS => {}
                // What stands there can't be read: told with the registry, and no reason to keep the others out.
                Ok(Loaded::Known)
                | Err(RegistryRefusal::Store(StoreError::ImpossibleRow { .. })) => break,
                Err(refusal) => return Err(refusal.into()),
                Ok(_) => {
                    tracing::info!(ca = authority.id, "entry brought from the configuration");
                    break;
                }
            }
        }
    }
    tell_left_behind(database, authorities).await
}

/// An entry that was taken out of the configuration goes on being recognised: nobody said otherwise.
async fn tell_left_behind(
    database: &Database,
    authorities: &[AuthorityConfig],
) -> Result<(), StoredError> {
    let (_, stored) = stored(database).await?;
    let brought = stored.authorities.iter().filter(|ca| ca.loaded.is_some());
    for ca in brought.filter(|ca| !authorities.iter().any(|one| one.id == ca.id.as_str())) {
        let (id, state) = (ca.id.as_str(), ca.state.as_str());
        tracing::warn!(
            ca = id,
            state,
            "the configuration brought this certificate authority once and does not hold it any more; \
             it stays in the registry as it is (`idp ca suspend {id}` ends its recognition)"
        );
    }
    Ok(())
}

/// The registry as it is stored now, without the entries that can't be read.
pub async fn read_stored(database: &Database) -> Result<Registered, StoredError> {
    let (version, stored) = stored(database).await?;
    Ok(Registered::of_store(version, &stored))
}

/// The version is read first: what is newer than it says is read again at the next look.
async fn stored(database: &Database) -> Result<(i64, StoredRegistry), StoreError> {
    database
        .read(|store| {
            let version = store.ca_registry_version()?;
            Ok((version, store.list_certificate_authorities()?))
        })
        .await
}

/// Takes over what was changed in the registry since it was last read; answers whether there was anything.
pub async fn follow(state: &AppState) -> Result<bool, StoredError> {
    let version = state
        .database
        .read(|store| store.ca_registry_version())
        .await?;
    let known = state.verdicts.registry().version;
    if version == known {
        return Ok(false);
    }
    let registered = read_stored(&state.database).await?;
    // First who is recognised: a suspended CA waits for no list. Then the lists, which files may hold up.
    state.verdicts.follow(registered.registry().clone());
    let (lists, standings) = (Arc::clone(&state.lists), Arc::clone(&state.standings));
    let version = registered.registry().version;
    let look = move || {
        lists.follow(registered.registry());
        standings.follow(REGISTRY, &registered);
        standings.watch(clock::now());
    };
    if let Err(error) = tokio::task::spawn_blocking(look).await {
        tracing::error!(%error, "revocation lists of the changed registry can't be read");
    }
    tracing::info!(version, known, "CA registry taken over as it was changed");
    Ok(true)
}
