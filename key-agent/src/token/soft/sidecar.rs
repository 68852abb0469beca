//! What a device would tell by itself and a file cannot: `<lock>.toml` beside a soft lock.

use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

use crate::token::told::is_number;

/// The sidecar's content; all of it optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sidecar {
    /// What a person calls the lock; the file's name if absent.
    pub(super) label: Option<String>,
    /// 硬件介质号.
    pub(super) media_number: Option<String>,
    /// 证书Key号.
    pub(super) key_number: Option<String>,
}

impl Sidecar {
    /// Reads it; a lock without one is fine, a malformed one is not.
    pub(super) fn beside(lock: &Path) -> Result<Self, &'static str> {
        let mut name = lock.as_os_str().to_owned();
        name.push(".toml");
        let text = match fs::read_to_string(&name) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(_) => return Err("the file beside it that names its media number cannot be read"),
        };
        let sidecar: Self = toml::from_str(&text).or(Err(
            "the file beside it that names its media number is malformed",
        ))?;
        let numbers = [&sidecar.media_number, &sidecar.key_number];
        if numbers
            .into_iter()
            .flatten()
            .all(|number| is_number(number))
        {
            Ok(sidecar)
        } else {
            Err("its media number or key number is malformed")
        }
    }
}
