//! Where the command line takes a PIN from.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Args;
use key_agent::pin::Pin;

use super::CliError;

/// The environment variable that may hold the PIN.
const ENVIRONMENT: &str = "KEY_AGENT_PIN";

/// One of the ways to give a PIN; without any, the environment variable `KEY_AGENT_PIN` is taken.
#[derive(Args)]
#[group(multiple = false)]
pub(super) struct PinSource {
    /// The PIN itself. Other users of this computer can see it while the command runs: prefer another way
    #[arg(long, value_name = "PIN")]
    pin: Option<Pin>,
    /// A file whose first line is the PIN
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
    /// Read the PIN from the first line of standard input
    #[arg(long)]
    pin_stdin: bool,
}

impl PinSource {
    pub(super) fn read(self) -> Result<Pin, CliError> {
        let pin = if let Some(pin) = self.pin {
            pin
        } else if let Some(path) = self.pin_file {
            let text = fs::read_to_string(&path).map_err(|error| CliError::Read {
                path: path.display().to_string(),
                error,
            })?;
            Pin::first_line(text)
        } else if self.pin_stdin {
            let mut text = String::new();
            io::stdin()
                .read_line(&mut text)
                .map_err(|error| CliError::Read {
                    path: "standard input".to_owned(),
                    error,
                })?;
            Pin::first_line(text)
        } else if let Ok(text) = std::env::var(ENVIRONMENT) {
            Pin::from(text)
        } else {
            return Err(CliError::Usage(format!(
                "no PIN: give one of --pin, --pin-file, --pin-stdin or the environment variable {ENVIRONMENT}"
            )));
        };
        if pin.is_plausible() {
            Ok(pin)
        } else {
            Err(CliError::Usage("the PIN is empty or too long".to_owned()))
        }
    }
}
