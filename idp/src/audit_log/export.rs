//! Writes an export: whole bundles from a database, in order, up to a signed head. Streams; a line that the tree does not
//! know is not exported.

use std::io::Write;

use idp_core::store::StoreError;
use idp_core::transparency::{
    BUNDLE, Hash, LogError, StoreTiles, StoredLines, VerifierKey, before_bundle, compare, links,
    read_lines, subtrees, with_cosignatures,
};
use idp_storage::Database;
use serde::Serialize;

use super::export_lines::{Beginning, End, HeadLine, LogLine, VERSION};

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The file.
    #[error("the export can't be written: {0}")]
    Write(#[from] std::io::Error),
    /// Nothing was signed that holds the lines.
    #[error("no signed head holds these lines")]
    Unsigned,
    /// The rows are not there any more.
    #[error("lines before {0} are in sealed segments, not in the database")]
    Sealed(u64),
    /// A row is not its line.
    #[error("line {0} is not in the tree as it stands in the database; run `idp audit verify`")]
    Differs(u64),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Log(error.into())
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}

/// What is exported: whole bundles at the beginning, up to a signed head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The first line.
    pub from: u64,
    /// One after the last.
    pub to: u64,
}

/// The extent that holds these lines at least: from the beginning of a bundle to a signed head.
pub async fn extent(
    database: &Database,
    (from, to): (u64, Option<u64>),
) -> Result<Extent, ExportError> {
    let signed = database
        .read::<_, StoreError, _>(move |store| match to {
            Some(to) => store.find_checkpoint_from(to),
            None => store.find_newest_checkpoint(),
        })
        .await?;
    let to = signed.ok_or(ExportError::Unsigned)?.size;
    let from = from - from % BUNDLE;
    let sealed = sealed(database).await?;
    if from < sealed {
        return Err(ExportError::Sealed(sealed));
    }
    if from >= to {
        return Err(ExportError::Unsigned);
    }
    Ok(Extent { from, to })
}

/// How many lines are in sealed segments.
pub async fn sealed(database: &Database) -> Result<u64, StoreError> {
    let segments = database.read(|store| store.list_audit_segments()).await?;
    Ok(segments.last().map_or(0, |last| last.to))
}

/// Writes an extent; `progress` hears how many lines were written.
pub async fn export<W: Write>(
    database: &Database,
    key: &VerifierKey,
    extent: Extent,
    (out, progress): (&mut W, &mut dyn FnMut(u64)),
) -> Result<(), ExportError> {
    let (beginning, mut chain, mut after) = begin(database, key, extent).await?;
    write(out, &beginning)?;
    let mut at = extent.from;
    while at < extent.to {
        let (lines, heads) = read(database, (at, after), extent).await?;
        if let Some(fault) = compare(&lines.rows, &lines.leaves) {
            return Err(ExportError::Differs(at + fault.place as u64));
        }
        let mut heads = heads.into_iter().peekable();
        let chained = links(chain, &lines);
        for ((row, leaf), (sequence, link)) in lines.rows.iter().zip(&lines.leaves).zip(chained) {
            write(out, &log_line((at, sequence), (leaf, link), row.line()))?;
            (at, after, chain) = (at + 1, sequence, link);
            while let Some((_, checkpoint)) = heads.next_if(|(size, _)| *size <= at) {
                write(out, &HeadLine { checkpoint })?;
            }
        }
        progress(at - extent.from);
    }
    write(out, &End { end: extent.to })?;
    out.flush()?;
    Ok(())
}

fn log_line((index, sequence): (u64, i64), (leaf, chain): (&Hash, Hash), line: String) -> LogLine {
    LogLine {
        index,
        sequence,
        leaf_hash: leaf.to_text(),
        chain: chain.to_text(),
        line,
    }
}

fn write<W: Write>(out: &mut W, line: &impl Serialize) -> Result<(), ExportError> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")?;
    Ok(())
}

async fn begin(
    database: &Database,
    key: &VerifierKey,
    Extent { from, to }: Extent,
) -> Result<(Beginning, Hash, i64), ExportError> {
    let (chain, after, before) = database
        .read::<_, LogError, _>(move |store| {
            let (chain, after) = before_bundle(store, from / BUNDLE)?;
            let before = subtrees(&mut StoreTiles::over(store), from)?;
            Ok((chain, after, before))
        })
        .await?;
    let beginning = Beginning {
        audit_export: VERSION,
        origin: key.name().to_owned(),
        key: key.to_string(),
        from,
        to,
        chain: chain.to_text(),
        subtrees: before.iter().map(|hash| hash.to_text()).collect(),
    };
    Ok((beginning, chain, after))
}

/// The next bundle's lines, and the heads that were signed within it.
async fn read(
    database: &Database,
    (at, after): (u64, i64),
    Extent { to, .. }: Extent,
) -> Result<(StoredLines, Vec<(u64, String)>), ExportError> {
    let read = database
        .read::<_, LogError, _>(move |store| {
            let head = store.find_audit_head()?;
            let mut lines = read_lines(store, &head, (at, after))?;
            let width = usize::try_from(to.saturating_sub(at)).unwrap_or(usize::MAX);
            lines.leaves.truncate(width);
            lines
                .rows
                .truncate(width.min(usize::try_from(BUNDLE).unwrap_or(width)));
            let mut heads = Vec::new();
            let limit = u32::try_from(BUNDLE).unwrap_or(u32::MAX);
            for stored in store.list_checkpoints(at, limit)? {
                if stored.size <= to && stored.size - at <= BUNDLE {
                    heads.push((stored.size, with_cosignatures(store, &stored)?));
                }
            }
            Ok((lines, heads))
        })
        .await?;
    if read.0.leaves.is_empty() {
        return Err(LogError::Damaged(format!("no leaf {at}")).into());
    }
    Ok(read)
}
