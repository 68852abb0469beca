//! Making a release manifest: for the person who releases.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::manifest::{Header, Manifest, PRODUCT, TYPE};
use super::{ReleasedFile, SigningKey, Version};

/// One file to release.
#[derive(Clone, Debug)]
pub struct ReleaseFile {
    /// `linux`, `windows`, `macos`.
    pub system: String,
    /// `x86_64`, `aarch64`.
    pub arch: String,
    /// Where it lies now; it is to lie beside the manifest under the same name.
    pub path: PathBuf,
}

/// What is released.
#[derive(Clone, Debug)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// How long the manifest counts.
    pub lasts: Duration,
    /// Its files.
    pub files: Vec<ReleaseFile>,
}

/// The manifest's text.
pub fn make_manifest(release: &Release, key: &SigningKey, now: SystemTime) -> io::Result<String> {
    let published = OffsetDateTime::from(now)
        .replace_nanosecond(0)
        .map_err(io::Error::other)?;
    let manifest = Manifest {
        product: PRODUCT.to_owned(),
        version: release.version,
        published,
        not_after: published + release.lasts,
        files: release
            .files
            .iter()
            .map(describe)
            .collect::<io::Result<_>>()?,
    };
    let header = Header {
        alg: key.algorithm().to_owned(),
        typ: TYPE.to_owned(),
        crit: None,
    };
    let message = format!("{}.{}", encode(&header)?, encode(&manifest)?);
    let signature = key
        .sign(message.as_bytes())
        .ok_or_else(|| io::Error::other("the system has no randomness"))?;
    Ok(format!("{message}.{}\n", URL_SAFE_NO_PAD.encode(signature)))
}

fn encode(part: &impl serde::Serialize) -> io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part)?))
}

fn describe(file: &ReleaseFile) -> io::Result<ReleasedFile> {
    let (size, sha256) = measure(&file.path)?;
    let name = file.path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::other("a file to release has no plain name"))?;
    Ok(ReleasedFile {
        system: file.system.clone(),
        arch: file.arch.clone(),
        size,
        sha256,
        href: name.to_owned(),
    })
}

fn measure(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut digest, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let length = file.read(&mut buffer)?;
        match buffer.get(..length) {
            None | Some([]) => return Ok((size, hex::encode(digest.finalize()))),
            Some(chunk) => digest.update(chunk),
        }
        size += u64::try_from(length).unwrap_or(u64::MAX);
    }
}
