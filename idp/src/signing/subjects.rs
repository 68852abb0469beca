//! The key of pairwise subjects: made once, kept sealed under the master key, never rotated.
//!
//! It hangs on no signing key: rotating or withdrawing those changes nobody's `sub`. Nor on the master key but for its
//! seal.

use aws_lc_rs::rand;
use idp_core::store::StoreError;
use idp_core::subject::PairwiseKey;
use idp_storage::Database;
use zeroize::Zeroizing;

use super::rotation::KeysError;
use super::{MasterKey, MasterKeyError};

/// Its name in the store, to which its seal is bound.
pub(super) const NAME: &str = "pairwise-subjects";

/// The stored key, or a new one where there is none. Of several processes that make one the first decides.
pub async fn pairwise_key(
    database: &Database,
    master: &MasterKey,
) -> Result<PairwiseKey, KeysError> {
    let mut fresh = Zeroizing::new([0; 32]);
    rand::fill(&mut *fresh).or(Err(MasterKeyError::Unusable))?;
    let sealed = master.close(NAME, &*fresh)?;
    let stored = database
        .write::<_, StoreError, _>(move |store| {
            if let Some(standing) = store.find_sealed_secret(NAME)? {
                return Ok(standing);
            }
            store.insert_sealed_secret(NAME, &sealed)?;
            Ok(store.find_sealed_secret(NAME)?.unwrap_or(sealed))
        })
        .await?;
    let octets: [u8; 32] = master
        .open(NAME, &stored)?
        .as_slice()
        .try_into()
        .or(Err(MasterKeyError::WrongKey))?;
    Ok(PairwiseKey::new(octets))
}
