//! `key-agent open`: the assistant's start page in the browser, as the desktop entry asks for it.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use clap::Args;
use key_agent::assistant::check::find_agent;
use key_agent::service::DEFAULT_PORTS;

use super::CliError;
use super::config::Config;

#[derive(Args)]
pub(super) struct Open {
    #[command(flatten)]
    config: Config,
    /// Port of the service [default: 17650–17654]
    #[arg(long)]
    port: Option<u16>,
    /// Only print the address
    #[arg(long)]
    print: bool,
}

impl Open {
    pub(super) fn run(self) -> Result<(), CliError> {
        let port = self.port.or(self.config.read()?.port);
        let ports = port.map_or(DEFAULT_PORTS, |port| port..=port);
        let (port, _) = find_agent(ports).ok_or(CliError::NotRunning)?;
        let address = format!("http://127.0.0.1:{port}/");
        if self.print {
            writeln!(io::stdout(), "{address}")?;
            return Ok(());
        }
        let program = match std::env::consts::OS {
            "windows" => "explorer",
            "macos" => "open",
            _ => "xdg-open",
        };
        let opened = Command::new(program)
            .arg(&address)
            .stdin(Stdio::null())
            .status();
        match opened {
            // Explorer answers 1 whatever it did.
            Ok(status) if status.success() || program == "explorer" => Ok(()),
            Ok(_) | Err(_) => Err(CliError::Usage(format!(
                "no browser was opened; open {address} yourself"
            ))),
        }
    }
}
