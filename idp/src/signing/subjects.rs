//! The key of pairwise subjects: made once, never rotated.
//!
//! It hangs on no signing key: rotating or withdrawing those changes nobody's `sub`. Nor on the master key but for its
//! seal.

use idp_core::subject::PairwiseKey;
use idp_storage::Database;

use super::MasterKey;
use super::rotation::KeysError;
use super::secrets::{PAIRWISE, secret};

/// The stored key, or a new one where there is none. Of several processes that make one the first decides.
pub async fn pairwise_key(
    database: &Database,
    master: &MasterKey,
) -> Result<PairwiseKey, KeysError> {
    let octets = secret(database, master, PAIRWISE).await?;
    Ok(PairwiseKey::new(*octets))
}
