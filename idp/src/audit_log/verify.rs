//! Verifies the log of a database, in reads of a bundle each: others go on writing meanwhile.

use std::path::{Path, PathBuf};

use idp_core::store::StoreError;
use idp_core::transparency::{
    BUNDLE, FindingKind, Hash, HeadToCheck, LogError, Segment, StoredCheckpoint, StoredLines,
    StoredLog, StoredSegment, Verification, VerifierKey, read_before, read_lines, read_waiting,
};
use idp_storage::Database;

use super::seal::verify_segment_file;
use crate::signing::verify_ed25519;

/// Rows that are read at once where they have no place yet.
const PAGE: u32 = 1024;

/// What is compared beside the database.
#[derive(Debug, Default)]
pub struct Outside {
    /// Signed heads from elsewhere.
    pub heads: Vec<HeadToCheck>,
    /// The folder with the files of sealed segments, where they are to be verified too.
    pub segments: Option<PathBuf>,
}

/// What was found.
pub struct Verified<'a> {
    /// Of the log.
    pub verification: Verification<'a>,
    /// Events that have no place in it yet.
    pub waiting: u64,
    /// Numbers of those among them that do not say what was written.
    pub altered: Vec<i64>,
    /// Lines in sealed segments.
    pub sealed: u64,
    /// Files of segments that were verified.
    pub files: u64,
}

/// Verifies all of it; heads from outside are compared too. `progress` hears how many lines there were.
pub async fn verify<'a>(
    database: &Database,
    key: &'a VerifierKey,
    outside: Outside,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified<'a>, LogError> {
    let head = database.read(|store| store.find_audit_head()).await?;
    let mut log = StoredLog::new(Verification::new(key, verify_ed25519), head);
    let (sealed, files) = segments(
        database,
        &mut log.verification,
        key,
        outside.segments.as_deref(),
    )
    .await?;
    log.sealed(sealed);
    log.before(&database.read(|store| read_before(store)).await?);
    for outside in outside.heads {
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
        // What was signed since this began is for the next time.
        let within =
            |stored: &StoredCheckpoint| stored.size <= head.size && stored.size - from <= BUNDLE;
        for stored in heads.into_iter().filter(within) {
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
        sealed,
        files,
    })
}

/// Sealed segments: each is one that the key signed and that goes on where the last one ended, and its file, where files
/// are given, is the one that was sealed. How many lines are in them, and how many files were verified.
async fn segments(
    database: &Database,
    verification: &mut Verification<'_>,
    key: &VerifierKey,
    folder: Option<&Path>,
) -> Result<(u64, u64), LogError> {
    let stored = database.read(|store| store.list_audit_segments()).await?;
    let (mut sealed, mut files) = (0, 0);
    for stored in stored {
        let Some(segment) = recorded(&stored, key).filter(|segment| segment.from == sealed) else {
            let at = (stored.from, None);
            let (from, to) = (stored.from, stored.to);
            let detail = format!("lines {from} to {to}: the log's key signed no such segment");
            verification.find(FindingKind::SegmentForged, at, detail);
            break;
        };
        sealed = segment.to;
        let end = segment.to / BUNDLE - 1;
        let end = database
            .read(move |store| store.find_audit_bundle(end))
            .await?;
        let mut differs = Vec::new();
        if end.is_none_or(|end| {
            (end.chain, end.last_sequence) != (segment.chain, segment.last_sequence)
        }) {
            differs.push("its end is not the one in the database".to_owned());
        }
        if let Some(folder) = folder {
            match of_file(&segment, key, folder) {
                Ok(()) => files += 1,
                Err(why) => differs.push(why),
            }
        }
        for why in differs {
            let detail = format!("segment {}: {why}", segment.file_name());
            verification.find(FindingKind::SegmentDiffers, (segment.from, None), detail);
        }
    }
    Ok((sealed, files))
}

fn recorded(stored: &StoredSegment, key: &VerifierKey) -> Option<Segment> {
    let segment = Segment::opened(&stored.manifest, key, verify_ed25519).ok()?;
    let same = (segment.from, segment.to, segment.last_sequence)
        == (stored.from, stored.to, stored.last_sequence);
    (same && segment.to > segment.from).then_some(segment)
}

fn of_file(segment: &Segment, key: &VerifierKey, folder: &Path) -> Result<(), String> {
    let path = folder.join(segment.file_name());
    let found: Hash = verify_segment_file(&path, key, segment.to).map_err(|e| e.to_string())?;
    if found == segment.file_sha256 {
        Ok(())
    } else {
        Err("the file is another one than was sealed".to_owned())
    }
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
