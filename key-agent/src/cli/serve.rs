//! `key-agent serve`: the service in the foreground.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use key_agent::service::{self, ConfigFile, Origin};
use tracing_subscriber::EnvFilter;

use super::CliError;
use super::config;

#[derive(Args)]
pub(super) struct Serve {
    /// Folder with lock files (.p12, .pfx, .pem); read anew whenever a window asks
    #[arg(long, value_name = "DIR")]
    locks: Option<PathBuf>,
    /// A PKCS #11 library, for tokens and smart cards; may be repeated. It runs inside this program: trust it
    #[arg(long, value_name = "LIB")]
    pkcs11: Vec<PathBuf>,
    /// A SKF library (GM/T 0016), for the USB keys of Chinese certificate authorities; may be repeated. Trust it likewise
    #[arg(long, value_name = "LIB")]
    skf: Vec<PathBuf>,
    /// A page that may ask for signatures, `https://host[:port]`; may be repeated
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    allow_origins: Vec<Origin>,
    /// Listen on this port and no other [default: the first free one of 17650–17654]
    #[arg(long)]
    port: Option<u16>,
    /// TOML file with `locks`, `pkcs11`, `skf`, `allow_origins`, `port`, `portal_url`, `state`, `[update]`; the command
    /// line comes first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of what the assistant keeps [default: key-agent in the user's state folder]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Log as JSON lines
    #[arg(long)]
    log_json: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), CliError> {
        let log = tracing_subscriber::fmt()
            .with_env_filter(
                EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info")),
            )
            .with_writer(std::io::stderr);
        if self.log_json {
            log.json().init();
        } else {
            log.init();
        }
        let mut file = match &self.config {
            None => ConfigFile::default(),
            Some(path) => config::read(path)?,
        };
        file.state = self.state.or(file.state).or_else(config::state_folder);
        file.locks = self.locks.or(file.locks);
        file.pkcs11.extend(self.pkcs11);
        file.skf.extend(self.skf);
        file.port = self.port.or(file.port);
        file.allow_origins.extend(self.allow_origins);
        let settings = file.into_settings()?;
        if settings.allow_origins.is_empty() {
            tracing::warn!("no origin is allowed: every page will be refused");
        }
        if settings.locks.is_empty() {
            tracing::warn!("no driver and no folder of locks is set: no lock will be found");
        }
        let running = service::start(settings)?;
        writeln!(std::io::stdout(), "{}", running.url())?;
        running.wait()?;
        Ok(())
    }
}
