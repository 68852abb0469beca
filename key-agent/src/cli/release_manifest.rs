//! `key-agent release-manifest`: for the person who releases.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use key_agent::assistant::update::{Release, ReleaseFile, SigningKey, Version, make_manifest};

use super::CliError;

#[derive(Args)]
pub(super) struct ReleaseManifest {
    /// The release key: Ed25519 or P-256, PKCS #8 PEM (`openssl genpkey -algorithm ED25519`)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The version that is released
    #[arg(long)]
    version: Version,
    /// Days for which the manifest counts; make a new one before they are over
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=400))]
    days: u16,
    /// A file of the release: `linux:x86_64:key-agent_0.2.0_amd64.deb`; may be repeated
    #[arg(long = "file", value_name = "SYSTEM:ARCH:FILE", required = true, value_parser = release_file)]
    files: Vec<ReleaseFile>,
}

impl ReleaseManifest {
    pub(super) fn run(self) -> Result<(), CliError> {
        let path = self.key.display().to_string();
        let pem = fs::read_to_string(&self.key).map_err(|error| CliError::Read {
            path: path.clone(),
            error,
        })?;
        let key = SigningKey::from_pem(&pem)
            .map_err(|error| CliError::Usage(format!("{path}: {error}")))?;
        let release = Release {
            version: self.version,
            lasts: Duration::from_hours(24) * u32::from(self.days),
            files: self.files,
        };
        let manifest = make_manifest(&release, &key, SystemTime::now());
        let manifest = manifest.map_err(|error| CliError::Read {
            path: "a file of the release".to_owned(),
            error,
        })?;
        write!(io::stdout(), "{manifest}")?;
        Ok(())
    }
}

fn release_file(text: &str) -> Result<ReleaseFile, &'static str> {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(system), Some(arch), Some(path)) if !path.is_empty() => Ok(ReleaseFile {
            system: system.to_owned(),
            arch: arch.to_owned(),
            path: path.into(),
        }),
        _ => Err("write SYSTEM:ARCH:FILE, as linux:x86_64:key-agent_0.2.0_amd64.deb"),
    }
}
