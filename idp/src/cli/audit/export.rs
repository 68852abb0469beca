//! `idp audit export`

use std::fs::OpenOptions;
use std::io::{BufWriter, ErrorKind};
use std::path::PathBuf;

use super::bounds::{Bound, first_line, last_line};
use super::report::Progress;
use super::{bring_up, failed};
use crate::audit_log::{ExportError, export, extent, sealed};
use crate::cli::output::remark;
use crate::cli::ready;
use crate::config::Config;
use crate::serve::StartError;

pub(super) async fn run(
    config: &Config,
    (from, to): (Option<Bound>, Option<Bound>),
    out: Option<PathBuf>,
) -> Result<(), StartError> {
    let database = ready::database(config).await?;
    let key = bring_up(config, &database).await?;
    let stored = |e| StartError::new("database", e);
    let from = match from {
        Some(from) => first_line(&database, from).await.map_err(stored)?,
        None => sealed(&database).await.map_err(stored)?,
    };
    let to = match to {
        Some(to) => last_line(&database, to).await.map_err(stored)?,
        None => None,
    };
    let extent = extent(&database, (from, to)).await.map_err(failed)?;
    let mut progress = Progress::new("lines written");
    let mut told = |lines| progress.tell(lines);
    let ended = if let Some(path) = &out {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        // Names and addresses stand in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path);
        let file = file.map_err(|e| StartError::new(path.display().to_string(), e))?;
        let mut file = BufWriter::new(file);
        let ended = export(&database, key.verifier(), extent, (&mut file, &mut told)).await;
        ended.and_then(|()| Ok(file.get_ref().sync_all()?))
    } else {
        let mut standard = BufWriter::new(std::io::stdout());
        export(
            &database,
            key.verifier(),
            extent,
            (&mut standard, &mut told),
        )
        .await
    };
    match ended {
        // A reader who has seen enough ends nothing.
        Err(ExportError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(failed(error)),
        Ok(()) => {
            let lines = extent.to - extent.from;
            remark(format_args!(
                "{lines} lines, {} to {}, up to a signed head",
                extent.from,
                extent.to - 1
            ));
            Ok(())
        }
    }
}
