//! Another master key: everything that is sealed under the one in use is sealed under the new one, in one transaction.
//!
//! The keys themselves stay as they are, and so does what platforms hold. A running process goes on with the keys it has
//! opened, and opens the next ones under the new master key once that stands in the old one's place.

use idp_core::id::KeyId;
use idp_core::signing_key::Kept;
use idp_core::store::{Store, StoreError};
use idp_storage::Database;

use super::MasterKey;
use super::rotation::KeysError;
use super::secrets::NAMES;

/// Something sealed, as it was read and as it is to be.
struct Sealing<T> {
    of: T,
    from: Vec<u8>,
    to: Vec<u8>,
}

/// Why nothing was sealed anew.
#[derive(Debug, thiserror::Error)]
pub enum ResealError {
    /// A key does not open, or the store is away.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Somebody else seals, or a key was made meanwhile.
    #[error("the keys changed meanwhile; nothing was done: run it again")]
    Changed,
}

impl From<StoreError> for ResealError {
    fn from(error: StoreError) -> Self {
        Self::Keys(error.into())
    }
}

/// Seals all signing keys and secrets anew; how many.
pub async fn reseal(
    database: &Database,
    (old, new): (&MasterKey, &MasterKey),
) -> Result<usize, ResealError> {
    let (stored, kept) = database
        .read(|store| {
            let mut kept = Vec::new();
            for name in NAMES {
                kept.extend(store.find_sealed_secret(name)?.map(|from| (name, from)));
            }
            Ok::<_, StoreError>((store.list_signing_keys()?, kept))
        })
        .await?;
    let anew = |name: &str, from: &[u8]| {
        let opened = old.open(name, from).map_err(KeysError::from)?;
        new.close(name, &opened).map_err(KeysError::from)
    };
    let mut keys = Vec::new();
    for key in stored {
        // What is inside a token is not sealed.
        let Kept::Sealed(from) = key.kept else {
            continue;
        };
        let to = anew(key.id.as_str(), &from)?;
        keys.push(Sealing {
            of: key.id,
            from,
            to,
        });
    }
    let mut secrets = Vec::new();
    for (name, from) in kept {
        let to = anew(name, &from)?;
        secrets.push(Sealing { of: name, from, to });
    }
    let count = keys.len() + secrets.len();
    database
        .write(move |store| exchange(store, &keys, &secrets))
        .await?;
    Ok(count)
}

/// All or nothing: an error rolls back.
fn exchange(
    store: &mut dyn Store,
    keys: &[Sealing<KeyId>],
    secrets: &[Sealing<&'static str>],
) -> Result<(), ResealError> {
    let stored = store.list_signing_keys()?;
    let sealed = stored
        .iter()
        .filter(|key| matches!(key.kept, Kept::Sealed(_)));
    if sealed.count() != keys.len() {
        return Err(ResealError::Changed);
    }
    for key in keys {
        if !store.exchange_signing_key_sealing(&key.of, (&key.from, &key.to))? {
            return Err(ResealError::Changed);
        }
    }
    for secret in secrets {
        if !store.exchange_sealed_secret(secret.of, (&secret.from, &secret.to))? {
            return Err(ResealError::Changed);
        }
    }
    Ok(())
}
