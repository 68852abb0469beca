//! `idp audit verify`

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use idp_core::transparency::{Checkpoint, HeadToCheck, SignedNote, VerifierKey};

use super::report::{Progress, Report};
use super::{VerifyOptions, check_name, failed, key};
use crate::audit_log::{Outside, verify, verify_export};
use crate::cli::output::remark;
use crate::cli::ready;
use crate::config::Config;
use crate::serve::StartError;

pub(super) async fn run(config: &Config, options: VerifyOptions) -> Result<(), StartError> {
    let key = verifier(config, options.vkey.as_deref()).await?;
    let outside = heads(&options.checkpoint)?;
    let mut progress = Progress::new("lines verified");
    let mut told = |lines| progress.tell(lines);
    let report = if let Some(file) = &options.export {
        of_export(file, &key, outside, &mut told)?
    } else {
        let mut config = config.clone();
        if let Some(url) = options.database {
            config.database.url = url;
        }
        let database = ready::database(&config).await?;
        if let Err(other) = check_name(&database, key.name()).await {
            remark(other);
        }
        let outside = Outside {
            heads: outside,
            segments: options.segments,
        };
        let verified = verify(&database, &key, outside, &mut told).await;
        Report::of_database(&verified.map_err(failed)?)
    };
    report.tell(&key, options.json)
}

fn of_export(
    file: &Path,
    key: &VerifierKey,
    outside: Vec<HeadToCheck>,
    told: &mut dyn FnMut(u64),
) -> Result<Report, StartError> {
    let unreadable =
        |e: &dyn std::fmt::Display| StartError::new(file.display().to_string(), e.to_string());
    let opened = File::open(file).map_err(|e| unreadable(&e))?;
    let verified = verify_export(BufReader::new(opened), key, outside, told);
    Ok(Report::of_export(&verified.map_err(|e| unreadable(&e))?))
}

/// The key that was named, or the database's own: only the master key opens that.
async fn verifier(config: &Config, named: Option<&str>) -> Result<VerifierKey, StartError> {
    if let Some(text) = named {
        return VerifierKey::parse(text).map_err(|e| StartError::new("--vkey", e));
    }
    let database = ready::database(config).await?;
    let own = key(config, &database).await?;
    Ok(own.verifier().clone())
}

fn heads(files: &[PathBuf]) -> Result<Vec<HeadToCheck>, StartError> {
    let mut heads = Vec::new();
    for file in files {
        let unreadable = |e: String| StartError::new(file.display().to_string(), e);
        let note = std::fs::read_to_string(file).map_err(|e| unreadable(e.to_string()))?;
        let read = SignedNote::parse(&note).and_then(|note| Checkpoint::parse(&note.text));
        let read = read.map_err(|e| unreadable(e.to_string()))?;
        heads.push(HeadToCheck {
            size: read.size,
            note,
            whose: "given",
        });
    }
    heads.sort_by_key(|head| head.size);
    Ok(heads)
}
