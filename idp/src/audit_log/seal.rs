//! Seals the oldest lines: writes them to a file with what proves them, reads that back, signs what is in it, and only then
//! lets their rows go.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use idp_core::audit::{AuditEvent, AuditKind, operator_words};
use idp_core::cx::Cx;
use idp_core::store::StoreError;
use idp_core::transparency::{
    BUNDLE, Hash, LogError, Segment, StoredSegment, VerifierKey, before_bundle,
};
use idp_storage::Database;
use sha2::{Digest as _, Sha256};

use super::export::{ExportError, Extent, export, extent};
use super::read_export::{ReadError, verify_export};
use crate::signing::LogKey;

/// Rows that go in one transaction.
const AT_ONCE: u32 = 1000;

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log, or the writing of the file.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// There are no 256 lines so old that are not sealed.
    #[error("there is nothing to seal: no whole bundle of 256 lines is so old")]
    Nothing,
    /// Reading back what was written.
    #[error("the segment's file does not verify: {0}")]
    Unverified(String),
    /// Somebody else sealed meanwhile.
    #[error("the lines were sealed by somebody else meanwhile; nothing was removed")]
    Overtaken,
}

impl From<LogError> for SealError {
    fn from(error: LogError) -> Self {
        Self::Export(error.into())
    }
}

impl From<StoreError> for SealError {
    fn from(error: StoreError) -> Self {
        Self::Export(error.into())
    }
}

impl From<std::io::Error> for SealError {
    fn from(error: std::io::Error) -> Self {
        Self::Export(error.into())
    }
}

/// What was sealed.
pub struct Sealed {
    /// The segment.
    pub segment: Segment,
    /// Its file.
    pub file: PathBuf,
    /// Rows that went.
    pub removed: usize,
}

/// Seals what is not sealed yet of the lines before `end`, in a folder. `by`: who has it done.
pub async fn seal(
    database: &Database,
    (key, cx): (&LogKey, &Cx),
    (end, by): (u64, &str),
    folder: &Path,
) -> Result<Sealed, SealError> {
    // What an earlier run sealed and did not come to remove.
    let mut removed = remove_sealed(database).await?;
    let segments = database.read(|store| store.list_audit_segments()).await?;
    let from = segments.last().map_or(0, |last| last.to);
    let to = end - end % BUNDLE;
    if to <= from {
        return Err(SealError::Nothing);
    }
    let extent = extent(database, (from, Some(to))).await?;
    let (chain, last_sequence) = database
        .read(move |store| before_bundle(store, to / BUNDLE))
        .await?;
    let mut segment = Segment {
        origin: key.origin().to_owned(),
        from,
        to,
        last_sequence,
        chain,
        file_sha256: Hash([0; 32]),
    };
    std::fs::create_dir_all(folder)?;
    let file = folder.join(segment.file_name());
    write(database, key.verifier(), extent, &file).await?;
    segment.file_sha256 = verify_segment_file(&file, key.verifier(), to)
        .map_err(|why| SealError::Unverified(why.to_string()))?;
    let manifest = key.sign_text(segment.text()).to_string();
    keep(&file.with_extension("note"), &manifest)?;
    record(database, cx, (&segment, manifest), by).await?;
    removed += remove_sealed(database).await?;
    Ok(Sealed {
        segment,
        file,
        removed,
    })
}

async fn write(
    database: &Database,
    key: &VerifierKey,
    extent: Extent,
    path: &Path,
) -> Result<(), SealError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Names and addresses stand in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| {
        std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    })?;
    let mut packed = GzEncoder::new(BufWriter::new(file), Compression::default());
    export(database, key, extent, (&mut packed, &mut |_| ())).await?;
    let file = packed
        .finish()?
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(())
}

/// Writes the manifest so that it and the file beside it are there after a power cut: the rows go next.
fn keep(path: &Path, manifest: &str) -> Result<(), std::io::Error> {
    let mut file = File::create(path)?;
    file.write_all(manifest.as_bytes())?;
    file.sync_all()?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

/// Why a segment's file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum SegmentFileError {
    /// It can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It can't be opened.
    #[error(transparent)]
    Open(#[from] std::io::Error),
    /// Something in it is not as it was.
    #[error("{0}")]
    Differs(String),
}

/// Verifies a segment's file up to line `to`; the SHA-256 of the file.
pub fn verify_segment_file(
    path: &Path,
    key: &VerifierKey,
    to: u64,
) -> Result<Hash, SegmentFileError> {
    let packed = BufReader::new(File::open(path)?);
    let lines = BufReader::new(GzDecoder::new(packed));
    let verified = verify_export(lines, key, Vec::new(), &mut |_| ())?;
    if let Some(finding) = verified.findings().first() {
        return Err(SegmentFileError::Differs(finding.detail.clone()));
    }
    if verified.signed() < to {
        let why = format!("line {} is under no signed head of it", verified.signed());
        return Err(SegmentFileError::Differs(why));
    }
    let mut digest = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = std::io::Read::read(&mut file, &mut buffer)?;
        let Some(octets) = buffer.get(..read).filter(|octets| !octets.is_empty()) else {
            return Ok(Hash(digest.finalize().into()));
        };
        digest.update(octets);
    }
}

async fn record(
    database: &Database,
    cx: &Cx,
    (segment, manifest): (&Segment, String),
    by: &str,
) -> Result<(), SealError> {
    let stored = StoredSegment {
        from: segment.from,
        to: segment.to,
        last_sequence: segment.last_sequence,
        at: cx.now,
        manifest,
    };
    let by = operator_words(by);
    let last = segment.to - 1;
    let event = AuditEvent {
        detail: Some(format!("by {by}: lines {} to {last}", segment.from)),
        ..AuditEvent::new(cx, AuditKind::AuditSealed)
    };
    let recorded = database
        .write(move |store| {
            let recorded = store.insert_audit_segment(&stored)?;
            if recorded {
                store.append_audit(&event)?;
            }
            Ok::<_, StoreError>(recorded)
        })
        .await?;
    if recorded {
        Ok(())
    } else {
        Err(SealError::Overtaken)
    }
}

async fn remove_sealed(database: &Database) -> Result<usize, StoreError> {
    let mut removed = 0;
    loop {
        let gone = database
            .write(|store| store.remove_sealed_audit(AT_ONCE))
            .await?;
        removed += gone;
        if gone == 0 {
            return Ok(removed);
        }
    }
}
