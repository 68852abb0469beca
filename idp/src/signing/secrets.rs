//! Secrets of the provider that are made once and kept sealed under the master key, each bound to its name.

use aws_lc_rs::rand;
use idp_core::store::StoreError;
use idp_storage::Database;
use zeroize::Zeroizing;

use super::rotation::KeysError;
use super::{MasterKey, MasterKeyError};

/// What pairwise subjects are made with.
pub(super) const PAIRWISE: &str = "pairwise-subjects";

/// What heads of the audit log are signed with.
pub(super) const AUDIT_LOG: &str = "audit-log";

/// All of them.
pub(super) const NAMES: [&str; 2] = [PAIRWISE, AUDIT_LOG];

/// The stored secret, or a new one where there is none. Of several processes that make one the first decides.
pub(super) async fn secret(
    database: &Database,
    master: &MasterKey,
    name: &'static str,
) -> Result<Zeroizing<[u8; 32]>, KeysError> {
    let stored = database
        .read::<_, StoreError, _>(move |store| store.find_sealed_secret(name))
        .await?;
    let stored = match stored {
        Some(stored) => stored,
        None => make(database, master, name).await?,
    };
    let opened = master.open(name, &stored)?;
    let octets: [u8; 32] = opened
        .as_slice()
        .try_into()
        .or(Err(MasterKeyError::WrongKey))?;
    Ok(Zeroizing::new(octets))
}

async fn make(
    database: &Database,
    master: &MasterKey,
    name: &'static str,
) -> Result<Vec<u8>, KeysError> {
    let mut fresh = Zeroizing::new([0; 32]);
    rand::fill(&mut *fresh).or(Err(MasterKeyError::Unusable))?;
    let sealed = master.close(name, &*fresh)?;
    let stored = database
        .write::<_, StoreError, _>(move |store| {
            store.insert_sealed_secret(name, &sealed)?;
            Ok(store.find_sealed_secret(name)?.unwrap_or(sealed))
        })
        .await?;
    Ok(stored)
}
