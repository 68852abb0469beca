//! The release manifest: a JWS (RFC 7515, compact) over JSON that names the newest version and its files.
//!
//! Owns the order of the checks: signature, then product, time, version. Nothing of an unsigned text is looked at.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{FILE_MAX_OCTETS, MANIFEST_MAX_OCTETS, News, ReleaseKey, UpdateError, Version};

/// What the manifest is a manifest of.
pub(super) const PRODUCT: &str = "key-agent";

/// The `typ` of its header: a token signed with the same key for another use is no manifest.
pub(super) const TYPE: &str = "key-agent-release+jws";

/// Clocks differ.
const SKEW: Duration = Duration::from_mins(10);

/// Most files of one release.
const FILES_MAX: usize = 64;

/// What is signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) product: String,
    pub(super) version: Version,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) published: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) not_after: OffsetDateTime,
    pub(super) files: Vec<ReleasedFile>,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedFile {
    /// `linux`, `windows`, `macos`.
    pub system: String,
    /// `x86_64`, `aarch64`.
    pub arch: String,
    /// Its length in octets.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
    /// Where it is, seen from the manifest.
    pub href: String,
}

/// A newer version for this computer. Only a manifest that passed every check gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The version.
    pub version: Version,
    /// The day it was published (UTC).
    pub published: String,
    /// The file for this computer.
    pub file: ReleasedFile,
}

/// The header of the JWS.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) typ: String,
    /// RFC 7515 §4.1.11: what is critical and not understood is refused, and nothing is understood here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) crit: Option<Vec<String>>,
}

/// Reads and checks a manifest. `known`: the newest version that this computer has or was told of.
pub(super) fn read(
    text: &[u8],
    key: &ReleaseKey,
    known: (Version, Version),
    now: SystemTime,
) -> Result<News, UpdateError> {
    let manifest = verified(text, key)?;
    if manifest.product != PRODUCT {
        return Err(UpdateError::Malformed("it is of another product"));
    }
    let now = OffsetDateTime::from(now);
    if manifest.not_after <= now {
        return Err(UpdateError::Expired);
    }
    if manifest.published > now + SKEW {
        return Err(UpdateError::NotYet);
    }
    let (own, told) = known;
    let known = own.max(told);
    if manifest.version < known {
        let offered = manifest.version;
        return Err(UpdateError::Downgrade { offered, known });
    }
    if manifest.version == own {
        return Ok(News::UpToDate);
    }
    let version = manifest.version;
    let published = manifest.published.date().to_string();
    let here = |file: &ReleasedFile| {
        file.system == std::env::consts::OS && file.arch == std::env::consts::ARCH
    };
    match manifest.files.into_iter().find(here) {
        None => Ok(News::NotForThisComputer(version)),
        Some(file) => {
            checked(&file)?;
            Ok(News::Newer(Offer {
                version,
                published,
                file,
            }))
        }
    }
}

/// The signed JSON, once its signature holds.
fn verified(text: &[u8], key: &ReleaseKey) -> Result<Manifest, UpdateError> {
    if text.len() > MANIFEST_MAX_OCTETS {
        return Err(UpdateError::Malformed("it is too long"));
    }
    let text = std::str::from_utf8(text).or(Err(UpdateError::Malformed("it is no JWS")))?;
    let no_jws = UpdateError::Malformed("it is no JWS");
    let parts: Vec<&str> = text.trim_end().split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(no_jws);
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).or(Err(no_jws.clone()));
    let signed: Header = serde_json::from_slice(&decode(header)?).or(Err(no_jws.clone()))?;
    // The key says which algorithm it is, never the text.
    if signed.alg != key.algorithm() || signed.typ != TYPE || signed.crit.is_some() {
        return Err(UpdateError::Forged);
    }
    let message = format!("{header}.{payload}");
    if !key.verifies(message.as_bytes(), &decode(signature)?) {
        return Err(UpdateError::Forged);
    }
    let manifest: Manifest = serde_json::from_slice(&decode(payload)?).or(Err(
        UpdateError::Malformed("its JSON is not as it should be"),
    ))?;
    if manifest.files.len() > FILES_MAX {
        return Err(UpdateError::Malformed("it names too many files"));
    }
    Ok(manifest)
}

fn checked(file: &ReleasedFile) -> Result<(), UpdateError> {
    if file.size == 0 || file.size > FILE_MAX_OCTETS {
        return Err(UpdateError::Malformed(
            "it names a file of an impossible size",
        ));
    }
    let is_digest =
        file.sha256.len() == 64 && file.sha256.bytes().all(|one| one.is_ascii_hexdigit());
    if is_digest {
        Ok(())
    } else {
        Err(UpdateError::Malformed("it names a file without a SHA-256"))
    }
}
