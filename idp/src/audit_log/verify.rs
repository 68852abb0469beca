//! Verifies the log of a database, in reads of a bundle each: others go on writing meanwhile.

use idp_core::store::StoreError;
use idp_core::transparency::{
    BUNDLE, HeadToCheck, LogError, StoredLines, StoredLog, Verification, VerifierKey, read_lines,
    read_waiting,
};
use idp_storage::Database;

use crate::signing::verify_ed25519;

/// Rows that are read at once where they have no place yet.
const PAGE: u32 = 1024;

/// What was found.
pub struct Verified<'a> {
    /// Of the log.
    pub verification: Verification<'a>,
    /// Events that have no place in it yet.
    pub waiting: u64,
    /// Numbers of those among them that do not say what was written.
    pub altered: Vec<i64>,
}

/// Verifies all of it; heads from outside are compared too. `progress` hears how many lines there were.
pub async fn verify<'a>(
    database: &Database,
    key: &'a VerifierKey,
    outside: Vec<HeadToCheck>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified<'a>, LogError> {
    let head = database.read(|store| store.find_audit_head()).await?;
    let mut log = StoredLog::new(Verification::new(key, verify_ed25519), head);
    for outside in outside {
        log.expect(outside);
    }
    while let Some((from, after)) = log.position() {
        let (lines, heads): (StoredLines, _) = database
            .read::<_, LogError, _>(move |store| {
                let lines = read_lines(store, &head, (from, after))?;
                let limit = u32::try_from(BUNDLE).unwrap_or(u32::MAX);
                Ok((lines, store.list_checkpoints(from, limit)?))
            })
            .await?;
        for stored in heads
            .into_iter()
            .filter(|stored| stored.size - from <= BUNDLE)
        {
            log.expect(HeadToCheck {
                size: stored.size,
                note: stored.note,
                whose: "stored",
            });
        }
        for (id, made) in log.lines(&lines)? {
            let stored = database
                .read(move |store| store.find_audit_tile(id))
                .await?;
            log.tile((id, &made), stored.as_deref());
        }
        progress(log.verification.size());
    }
    // What was signed beyond the end.
    let beyond = database
        .read(move |store| store.list_checkpoints(head.size, 1))
        .await?;
    let grown = database.read(|store| store.find_audit_head()).await?.size;
    for stored in beyond.into_iter().filter(|stored| stored.size > grown) {
        log.expect(HeadToCheck {
            size: stored.size,
            note: stored.note,
            whose: "stored",
        });
    }
    for (id, made) in log.end() {
        let stored = database
            .read(move |store| store.find_audit_tile(id))
            .await?;
        log.tile((id, &made), stored.as_deref());
    }
    let (waiting, altered) = waiting(database, head.last_sequence).await?;
    Ok(Verified {
        verification: log.verification,
        waiting,
        altered,
    })
}

async fn waiting(database: &Database, mut after: i64) -> Result<(u64, Vec<i64>), StoreError> {
    let (mut count, mut altered) = (0, Vec::new());
    loop {
        let (rows, changed) = database
            .read(move |store| read_waiting(store, after, PAGE))
            .await?;
        count += rows.len() as u64;
        altered.extend(changed);
        match rows.last() {
            Some(last) => after = *last,
            None => return Ok((count, altered)),
        }
    }
}
