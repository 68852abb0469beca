//! `key-agent update` (软件升级): looks for a newer version and fetches it; installs nothing.

use std::io::{self, Write as _};
use std::time::SystemTime;

use clap::Args;
use key_agent::assistant::update::{self, News, UpdateError};

use super::CliError;
use super::config::{self, Config};

#[derive(Args)]
pub(super) struct Update {
    #[command(flatten)]
    config: Config,
    /// Only look; fetch nothing
    #[arg(long)]
    check: bool,
}

impl Update {
    pub(super) fn run(self) -> Result<(), CliError> {
        let file = self.config.read()?;
        let memory = config::memory(&file);
        let source = file.into_settings()?.update;
        let source = source.ok_or(UpdateError::NoSource)?;
        let mut out = io::stdout().lock();
        let runtime = actix_web::rt::System::new();
        let news = runtime.block_on(update::look(
            &source,
            memory.kept().newest,
            SystemTime::now(),
        ))?;
        let offer = match news {
            News::UpToDate => {
                writeln!(out, "up to date: {}", env!("CARGO_PKG_VERSION"))?;
                return Ok(());
            }
            News::NotForThisComputer(version) => {
                writeln!(out, "version {version} is not for this kind of computer")?;
                return Ok(());
            }
            News::Newer(offer) => offer,
        };
        memory.told_of(offer.version).or(Err(UpdateError::Disk))?;
        writeln!(
            out,
            "newer: {}, published {}",
            offer.version, offer.published
        )?;
        if self.check {
            return Ok(());
        }
        let folder = memory.downloads().ok_or(UpdateError::NoFolder)?;
        let fetched = runtime.block_on(update::download(&source, offer, &folder, |_| {}))?;
        let path = fetched.path.display();
        writeln!(out, "fetched: {path}")?;
        writeln!(out, "install it with: sudo apt install {path}")?;
        Ok(())
    }
}
