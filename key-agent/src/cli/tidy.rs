//! `key-agent tidy` (清理证书): takes away what the assistant keeps. Never a key.

use std::io::{self, Write as _};

use clap::Args;
use key_agent::assistant::memory::Kind;

use super::CliError;
use super::config::{self, Config};

#[derive(Args)]
pub(super) struct Tidy {
    #[command(flatten)]
    config: Config,
    /// Only show what would go
    #[arg(long)]
    dry_run: bool,
    /// Also forget the websites that were confirmed at this computer
    #[arg(long)]
    confirmed: bool,
}

impl Tidy {
    pub(super) fn run(self) -> Result<(), CliError> {
        let memory = config::memory(&self.config.read()?);
        let mut kinds = Kind::ALL.to_vec();
        kinds.retain(|kind| self.confirmed || *kind != Kind::Confirmed);
        let items = if self.dry_run {
            let mut items = memory.untidy();
            items.retain(|item| kinds.contains(&item.kind));
            items
        } else {
            memory.tidy(&kinds).map_err(|error| CliError::Read {
                path: "the assistant's folder".to_owned(),
                error,
            })?
        };
        let word = if self.dry_run { "would go" } else { "gone" };
        let mut out = io::stdout().lock();
        for item in &items {
            writeln!(out, "{word}: {}: {}", item.kind.word(), item.name)?;
        }
        if items.is_empty() {
            writeln!(out, "nothing to tidy")?;
        }
        Ok(())
    }
}
