//! The command line.
//!
//! Owns the commands, their errors and exit codes; results go to standard output, everything else to standard error.

mod check;
mod config;
mod list;
mod open;
mod pin;
mod release_manifest;
mod serve;
mod sign;
mod tidy;
mod update;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use key_agent::assistant::update::UpdateError;
use key_agent::locks::{LockSource, LockSources};
use key_agent::service::{SettingsError, StartError};
use key_agent::token::TokenError;

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 failed (or a check failed) · 2 wrong use · 3 no lock, removed or unreadable · \
4 only an encryption certificate · 5 wrong PIN · 6 PIN locked · 7 unsupported algorithm · 8 the service cannot start · \
9 the update was refused or did not come";

/// The loopback service beside the CA lock.
#[derive(Parser)]
#[command(name = "key-agent", version, about, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service that opens the agent's own window for pages that ask for a signature.
    Serve(serve::Serve),
    /// List the locks and their certificates.
    List(list::List),
    /// Open the assistant's start page in the browser.
    Open(open::Open),
    /// Check everything that signing needs and say what to repair.
    Check(check::Check),
    /// Sign one challenge and print the proof as JSON.
    #[command(after_help = EXIT_CODES)]
    Sign(sign::Sign),
    /// Remove what the assistant keeps: remembered choices and downloads, never keys.
    Tidy(tidy::Tidy),
    /// Look for a newer version in the signed release manifest, and fetch it.
    #[command(after_help = EXIT_CODES)]
    Update(update::Update),
    /// Make a signed release manifest (for whoever releases this program).
    ReleaseManifest(release_manifest::ReleaseManifest),
}

/// Where locks are looked for: at least one place.
#[derive(Args)]
#[group(required = true, multiple = true)]
struct Places {
    /// Folder with lock files (.p12, .pfx, .pem)
    #[arg(long, value_name = "DIR", conflicts_with = "lock")]
    locks: Option<PathBuf>,
    /// One lock file
    #[arg(long, value_name = "FILE")]
    lock: Option<PathBuf>,
    /// A PKCS #11 library, for tokens and smart cards; may be repeated. It runs inside this program: trust it
    #[arg(long, value_name = "LIB")]
    pkcs11: Vec<PathBuf>,
    /// A SKF library (GM/T 0016), for the USB keys of Chinese certificate authorities; may be repeated. Trust it likewise
    #[arg(long, value_name = "LIB")]
    skf: Vec<PathBuf>,
}

impl Places {
    fn sources(self) -> LockSources {
        let folder = self.locks.map(LockSource::Folder);
        let file = self.lock.map(LockSource::File);
        let places = folder.into_iter().chain(file);
        places
            .chain(LockSource::drivers(self.pkcs11, self.skf))
            .collect()
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("{0}")]
    Usage(String),
    #[error("cannot read {path}: {error}")]
    Read { path: String, error: io::Error },
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Update(#[from] UpdateError),
    #[error("the service does not answer; start it with `key-agent serve`")]
    NotRunning,
    #[error("some checks failed")]
    ChecksFailed,
}

impl CliError {
    fn locks(error: io::Error) -> Self {
        Self::Read {
            path: "the folder of locks".to_owned(),
            error,
        }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Read { .. } | Self::Output(_) | Self::ChecksFailed => 1,
            Self::Usage(_)
            | Self::Settings(_)
            | Self::Update(UpdateError::NoSource | UpdateError::NoFolder) => 2,
            Self::Token(error) => match error {
                TokenError::NoLock
                | TokenError::LockRemoved
                | TokenError::NoSigningCertificate
                | TokenError::Unreadable(_)
                | TokenError::Driver(_)
                | TokenError::DriverSilent => 3,
                TokenError::OnlyEncryptionCertificate => 4,
                TokenError::PinWrong(_) => 5,
                TokenError::PinLocked => 6,
                TokenError::UnsupportedAlgorithm => 7,
            },
            Self::Start(_) | Self::NotRunning => 8,
            Self::Update(_) => 9,
        }
    }
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(command) => command.run(),
        Command::List(command) => command.run(),
        Command::Open(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Sign(command) => command.run(),
        Command::Tidy(command) => command.run(),
        Command::Update(command) => command.run(),
        Command::ReleaseManifest(command) => command.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("key-agent: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
