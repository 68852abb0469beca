//! `--metadata FILE`: client metadata (RFC 7591 §2), as the platform's developers wrote it.

use std::io::Read as _;
use std::path::Path;

use protocol::registration::ClientMetadata;
use serde_json::Value;

use crate::serve::StartError;

/// Largest file, in octets.
const FILE_MAX: u64 = 256 << 10;

/// Reads the file; `-` is standard input.
pub(super) fn read(file: &Path) -> Result<ClientMetadata, StartError> {
    let named = || format!("--metadata {}", file.display());
    let text = text(file).map_err(|why| StartError::new(named(), why))?;
    parse(&text).map_err(|why| StartError::new(named(), why))
}

fn text(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let mut take = |from: &mut dyn std::io::Read| from.take(FILE_MAX + 1).read_to_string(&mut text);
    let read = if file.as_os_str() == "-" {
        take(&mut std::io::stdin())
    } else {
        std::fs::File::open(file).and_then(|mut file| take(&mut file))
    };
    match read {
        Err(error) => Err(error.to_string()),
        Ok(octets) if octets as u64 > FILE_MAX => {
            Err(format!("is larger than {} KiB", FILE_MAX >> 10))
        }
        Ok(_) => Ok(text),
    }
}

/// A member that is null is as good as absent (RFC 7592 §2.2).
fn parse(text: &str) -> Result<ClientMetadata, String> {
    let mut value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let members = value.as_object_mut().ok_or("must be a JSON object")?;
    members.retain(|_, member| !member.is_null());
    serde_json::from_value(value).map_err(|e| e.to_string())
}
