//! Fetching: the manifest, and then the file it names, compared before it gets its name.
//!
//! Owns where the agent asks (one place, from the settings) and the limits. Does not run what it fetched.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use url::Url;

use super::{MANIFEST_MAX_OCTETS, News, Offer, ReleaseKey, UpdateError, Version, manifest};
use crate::assistant::memory::PART;
use crate::assistant::web::{Web, WebFailure, next_chunk};

/// Where this program learns of newer ones, and whose signature it believes.
#[derive(Clone, Debug)]
pub struct UpdateSource {
    /// The address of the manifest: https, http on this computer, or a file.
    pub manifest: Url,
    /// The release key.
    pub key: ReleaseKey,
}

/// A file that is the one the manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub offer: Offer,
}

/// Looks whether there is a newer version. `told`: the newest this computer was told of before.
pub async fn look(
    source: &UpdateSource,
    told: Option<Version>,
    now: SystemTime,
) -> Result<News, UpdateError> {
    let own = Version::of_this_program().or(Err(UpdateError::Malformed("own version")))?;
    let text = read_manifest(&source.manifest).await?;
    manifest::read(&text, &source.key, (own, told.unwrap_or(own)), now)
}

async fn read_manifest(place: &Url) -> Result<Vec<u8>, UpdateError> {
    if place.scheme() == "file" {
        let mut text = Vec::new();
        let limit = u64::try_from(MANIFEST_MAX_OCTETS + 1).unwrap_or(u64::MAX);
        open_file(place)?
            .take(limit)
            .read_to_end(&mut text)
            .or(Err(WebFailure::Unreachable))?;
        return Ok(text);
    }
    Ok(Web::to(place)?
        .fetch(place, MANIFEST_MAX_OCTETS)
        .await?
        .body)
}

fn open_file(place: &Url) -> Result<File, WebFailure> {
    let path = place.to_file_path().or(Err(WebFailure::Unreachable))?;
    File::open(path).or(Err(WebFailure::Unreachable))
}

/// Fetches the file of an offer into this folder. `tell` hears how many octets are there.
pub async fn download(
    source: &UpdateSource,
    offer: Offer,
    folder: &Path,
    mut tell: impl FnMut(u64),
) -> Result<Downloaded, UpdateError> {
    let place = place_of(&source.manifest, &offer)?;
    let path = folder.join(file_name(&place, &offer));
    let mut part = path.clone().into_os_string();
    part.push(PART);
    let part = PathBuf::from(part);
    fs::create_dir_all(folder).or(Err(UpdateError::Disk))?;
    let mut sink = Sink {
        file: File::create(&part).or(Err(UpdateError::Disk))?,
        digest: Sha256::new(),
        length: 0,
        expected: offer.file.size,
    };
    let outcome = pour(&place, &mut sink, &mut tell).await;
    let outcome = outcome.and_then(|()| sink.finish(&offer.file.sha256));
    let outcome = outcome.and_then(|()| fs::rename(&part, &path).or(Err(UpdateError::Disk)));
    if let Err(error) = outcome {
        // What is not the file that was promised does not stay.
        _ = fs::remove_file(&part);
        return Err(error);
    }
    Ok(Downloaded { path, offer })
}

/// A file lies beside its manifest: a signed manifest sends nobody to another server.
fn place_of(manifest: &Url, offer: &Offer) -> Result<Url, UpdateError> {
    let place = manifest
        .join(&offer.file.href)
        .or(Err(UpdateError::Malformed("it names a file at no address")))?;
    let same_host = place.host() == manifest.host()
        && place.port_or_known_default() == manifest.port_or_known_default();
    if place.scheme() == manifest.scheme() && same_host {
        Ok(place)
    } else {
        Err(UpdateError::Malformed("it names a file on another server"))
    }
}

/// The last part of the address, if it is a plain name; else one of our own.
fn file_name(place: &Url, offer: &Offer) -> String {
    let last = place
        .path_segments()
        .and_then(|mut parts| parts.next_back());
    let is_plain = |name: &&str| {
        (1..=100).contains(&name.len())
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"._-+~".contains(&one))
    };
    last.filter(is_plain)
        .map_or_else(|| format!("key-agent-{}", offer.version), str::to_owned)
}

async fn pour(place: &Url, sink: &mut Sink, tell: &mut impl FnMut(u64)) -> Result<(), UpdateError> {
    if place.scheme() == "file" {
        let mut file = open_file(place)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = file.read(&mut buffer).or(Err(WebFailure::Unreachable))?;
            match buffer.get(..length) {
                None | Some([]) => return Ok(()),
                Some(chunk) => tell(sink.take(chunk)?),
            }
        }
    }
    let mut answer = Web::to(place)?.open(place).await?;
    while let Some(chunk) = next_chunk(&mut answer).await.map_err(ended_early)? {
        tell(sink.take(&chunk)?);
    }
    Ok(())
}

/// A connection that ends in the middle is a short file, whatever the reason.
fn ended_early(failure: WebFailure) -> UpdateError {
    match failure {
        WebFailure::Unreachable => UpdateError::Truncated,
        other => UpdateError::Web(other),
    }
}

/// What is written, counted and hashed.
struct Sink {
    file: File,
    digest: Sha256,
    length: u64,
    expected: u64,
}

impl Sink {
    fn take(&mut self, chunk: &[u8]) -> Result<u64, UpdateError> {
        self.length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if self.length > self.expected {
            return Err(UpdateError::Oversized);
        }
        self.digest.update(chunk);
        self.file.write_all(chunk).or(Err(UpdateError::Disk))?;
        Ok(self.length)
    }

    fn finish(self, expected: &str) -> Result<(), UpdateError> {
        if self.length < self.expected {
            return Err(UpdateError::Truncated);
        }
        if !hex::encode(self.digest.finalize()).eq_ignore_ascii_case(expected) {
            return Err(UpdateError::WrongHash);
        }
        self.file.sync_all().or(Err(UpdateError::Disk))
    }
}
