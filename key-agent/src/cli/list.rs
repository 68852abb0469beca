//! `key-agent list`: the locks and their certificates, for people or, with `--json`, for scripts.

use std::io::Write as _;
use std::time::SystemTime;

use clap::Args;
use key_agent::service::view;

use super::{CliError, Places};

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    places: Places,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self) -> Result<(), CliError> {
        let source = self.places.sources();
        let listing = source.list().map_err(CliError::locks)?;
        let view = view::Locks::of(&listing, SystemTime::now());
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::json!(view))?;
        } else {
            write_text(&mut out, &view)?;
        }
        if view.locks.is_empty()
            && let Some(broken) = listing.unreadable.first()
        {
            return Err(broken.error.clone().into());
        }
        if view.locks.is_empty() {
            Err(key_agent::token::TokenError::NoLock.into())
        } else {
            Ok(())
        }
    }
}

fn write_text(out: &mut impl std::io::Write, view: &view::Locks) -> std::io::Result<()> {
    for lock in &view.locks {
        let kind = if lock.software {
            " (software lock, for demonstration and tests only)"
        } else {
            ""
        };
        writeln!(out, "{}{kind}", lock.label)?;
        writeln!(
            out,
            "  media number: {}",
            lock.media_number.as_deref().unwrap_or("-")
        )?;
        writeln!(out, "  PIN tries left: {}", lock.tries_in_words())?;
        if lock.sealed {
            writeln!(out, "  certificates: shown only after the PIN")?;
        }
        for certificate in lock.certificates.iter().filter(|one| !one.sealed) {
            writeln!(out, "  certificate {}", certificate.subject)?;
            writeln!(out, "    issuer:     {}", certificate.issuer)?;
            writeln!(out, "    serial:     {}", certificate.serial_number)?;
            writeln!(
                out,
                "    key number: {}",
                certificate.key_number.as_deref().unwrap_or("-")
            )?;
            writeln!(out, "    kind:       {}", certificate.kind)?;
            let expired = if certificate.expired {
                " (expired)"
            } else {
                ""
            };
            writeln!(
                out,
                "    valid:      {} to {}{expired}",
                certificate.not_before, certificate.not_after
            )?;
            writeln!(out, "    algorithms: {}", certificate.algorithms.join(" "))?;
        }
    }
    for broken in &view.unreadable {
        writeln!(out, "{}: {}", broken.label, broken.reason)?;
    }
    Ok(())
}
