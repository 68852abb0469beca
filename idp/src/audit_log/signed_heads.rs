//! Heads of the log are signed, and cosigned by witnesses.

use std::time::Duration;

use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{
    CosignError, LogError, SignedNote, StoredCheckpoint, StoredCosignature, VerifierKey, cosigned,
    prepare_head,
};
use idp_storage::Database;

use crate::signing::{LogKey, verify_ed25519};

/// Signs the log's head if it grew and was not signed for so long; the size that was signed.
pub async fn sign_head_when_due(
    database: &Database,
    key: &LogKey,
    (now, every): (Timestamp, Duration),
) -> Result<Option<u64>, LogError> {
    let due = database
        .read(move |store| {
            let newest = store.find_newest_checkpoint()?;
            // A clock that was set back keeps nothing from being signed for ever.
            let is_recent = |at: Timestamp| at <= now && now.since(at) < every;
            Ok::<_, StoreError>(!newest.is_some_and(|signed| is_recent(signed.at)))
        })
        .await?;
    if due {
        sign_head(database, key, now).await
    } else {
        Ok(None)
    }
}

/// Signs the log's head if it grew; the size that was signed.
pub async fn sign_head(
    database: &Database,
    key: &LogKey,
    now: Timestamp,
) -> Result<Option<u64>, LogError> {
    let origin = key.origin().to_owned();
    let head = database
        .read(move |store| prepare_head(store, &origin))
        .await?;
    let Some(head) = head else {
        return Ok(None);
    };
    let stored = StoredCheckpoint {
        size: head.size,
        at: now,
        note: key.sign(&head).to_string(),
    };
    // Another process may have signed the same, to the octet, or more.
    let kept = database
        .write(move |store| store.insert_checkpoint(&stored))
        .await?;
    Ok(kept.then_some(head.size))
}

/// Why a witness's line was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The store is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such head.
    #[error("no tree head of {0} lines was signed")]
    NoSuchHead(u64),
    /// It is no cosignature of it.
    #[error(transparent)]
    Refused(#[from] CosignError),
}

/// Adds a witness's signature line to a signed head, once it verifies; the witness, and whether it was new.
pub async fn add_cosignature(
    database: &Database,
    witnesses: &[VerifierKey],
    (size, line): (u64, &str),
    now: Timestamp,
) -> Result<(String, bool), AddError> {
    let found = database
        .read(move |store| store.find_checkpoint_from(size))
        .await?;
    let found = found.filter(|stored| stored.size == size);
    let stored = found.ok_or(AddError::NoSuchHead(size))?;
    let note = SignedNote::parse(&stored.note).or(Err(CosignError::Malformed))?;
    let (witness, _) = cosigned(&note, line, witnesses, verify_ed25519)?;
    let cosignature = StoredCosignature {
        size,
        witness: witness.reference(),
        line: line.to_owned(),
        at: now,
    };
    let is_new = database
        .write(move |store| store.insert_cosignature(&cosignature))
        .await?;
    Ok((witness.name().to_owned(), is_new))
}
