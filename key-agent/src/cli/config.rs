//! Settings that several commands take: the configuration file, the folder of what the assistant keeps, the language.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use key_agent::assistant::memory::Memory;
use key_agent::service::ConfigFile;
use key_agent::texts::Language;

use super::CliError;

/// Where the package puts the configuration file.
const INSTALLED: &str = "/etc/key-agent/agent.toml";

/// The configuration file, and what stands in it that may be said otherwise.
#[derive(Args)]
pub(super) struct Config {
    /// TOML file with the agent's settings [default: /etc/key-agent/agent.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of what the assistant keeps [default: key-agent in the user's state folder]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl Config {
    /// The file that is read, if there is one.
    pub(super) fn place(&self) -> Option<PathBuf> {
        let installed = || Some(PathBuf::from(INSTALLED)).filter(|path| path.is_file());
        self.config.clone().or_else(installed)
    }

    /// Reads the file; the command line comes first.
    pub(super) fn read(self) -> Result<ConfigFile, CliError> {
        let mut file = match self.place() {
            None => ConfigFile::default(),
            Some(path) => read(&path)?,
        };
        file.state = self.state.or(file.state).or_else(state_folder);
        Ok(file)
    }
}

/// Reads a configuration file.
pub(super) fn read(path: &Path) -> Result<ConfigFile, CliError> {
    let text = fs::read_to_string(path).map_err(|error| CliError::Read {
        path: path.display().to_string(),
        error,
    })?;
    Ok(ConfigFile::read(&text)?)
}

/// What the assistant keeps.
pub(super) fn memory(file: &ConfigFile) -> Memory {
    Memory::in_folder(file.state.clone())
}

/// Where this person's programs keep what is no setting: systemd's choice, else the XDG base directories'.
pub(super) fn state_folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let value = std::env::var_os(name)?;
        Some(PathBuf::from(value)).filter(|path| path.is_absolute())
    };
    absolute("STATE_DIRECTORY").or_else(|| {
        let state = absolute("XDG_STATE_HOME")
            .or_else(|| absolute("LOCALAPPDATA"))
            .or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
        Some(state.join("key-agent"))
    })
}

/// The language of what a person reads.
#[derive(Args)]
pub(super) struct Spoken {
    /// zh-CN or en [default: en]
    #[arg(long, value_name = "TAG", value_parser = language)]
    lang: Option<Language>,
}

impl Spoken {
    pub(super) fn language(&self) -> Language {
        self.lang.unwrap_or(Language::En)
    }
}

fn language(tag: &str) -> Result<Language, &'static str> {
    Language::from_tag(tag).ok_or("the assistant speaks zh-CN and en")
}
