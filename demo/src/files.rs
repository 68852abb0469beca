//! Files that are there whole or not at all.
//!
//! Owns writing beside and renaming over, and the rights on what is secret. Does not know what is in a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Everybody.
    All,
    /// Nobody but the owner (0600).
    Owner,
}

/// Writes `octets` to a new file and renames it over `path`: a reader sees the old or the new, never a part.
pub(crate) fn replace(path: &Path, octets: &[u8], readers: Readers) -> io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    // Two programs at once must not write into one file.
    beside.push(format!(".{}.new", std::process::id()));
    let beside = Path::new(&beside);
    let written = write_new(beside, octets, readers)
        .and_then(|()| fs::rename(beside, path))
        .and_then(|()| sync_folder(path));
    if written.is_err() {
        // The reason for the failure is worth more than that of a second one.
        let _ = fs::remove_file(beside);
    }
    written
}

/// The renaming itself lasts once the folder is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
            fs::File::open(folder)?.sync_all()
        }
        _ => Ok(()),
    }
}

fn write_new(path: &Path, octets: &[u8], readers: Readers) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(match readers {
            Readers::All => 0o644,
            Readers::Owner => 0o600,
        });
    }
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = options.open(path)?;
    file.write_all(octets)?;
    file.sync_all()
}
