//! Devices, applications and containers: folders beside the library's own file.

use std::collections::HashMap;
use std::ffi::{CStr, OsStr, c_void};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The folder in which the library's own file lies.
pub(crate) fn base() -> &'static Path {
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    BASE.get_or_init(|| {
        let own = base as fn() -> &'static Path as *const c_void;
        let mut about = libc::Dl_info {
            dli_fname: std::ptr::null(),
            dli_fbase: std::ptr::null_mut(),
            dli_sname: std::ptr::null(),
            dli_saddr: std::ptr::null_mut(),
        };
        // SAFETY: an address in this library and a place for the answer, which stays valid while it is loaded.
        let path = unsafe {
            if libc::dladdr(own, &raw mut about) == 0 || about.dli_fname.is_null() {
                return PathBuf::new();
            }
            CStr::from_ptr(about.dli_fname)
        };
        let path = PathBuf::from(OsStr::from_bytes(path.to_bytes()));
        path.parent().map(Path::to_owned).unwrap_or_default()
    })
}

/// Appends a line to `calls`.
pub(crate) fn write_down(line: &str) {
    let mut options = OpenOptions::new();
    if let Ok(mut file) = options.create(true).append(true).open(base().join("calls")) {
        // The test that reads it fails if it is not there.
        let _lost = writeln!(file, "{line}");
    }
}

#[derive(Clone)]
pub(crate) struct Device {
    folder: PathBuf,
}

#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) device: Device,
    pub(crate) folder: PathBuf,
}

#[derive(Clone)]
pub(crate) struct Container {
    pub(crate) application: Application,
    folder: PathBuf,
}

/// Names of what lies in a folder, sorted.
fn entries(folder: &Path, folders: bool) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir() == folders)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

impl Device {
    /// Names of the devices that are plugged in.
    pub(crate) fn all() -> Vec<String> {
        let mut names = entries(&base().join("devices"), true);
        names.retain(|name| Self::present(name).is_some());
        names
    }

    pub(crate) fn present(name: &str) -> Option<Self> {
        let folder = base().join("devices").join(name);
        Self { folder }.if_present()
    }

    pub(crate) fn if_present(&self) -> Option<Self> {
        let here = self.folder.join("device").is_file() && !self.folder.join("removed").exists();
        here.then(|| self.clone())
    }

    fn told(&self) -> HashMap<String, String> {
        let text = fs::read_to_string(self.folder.join("device")).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    fn tell(&self, key: &str) -> String {
        self.told().remove(key).unwrap_or_default()
    }

    pub(crate) fn pin(&self) -> String {
        self.tell("pin")
    }

    pub(crate) fn tries(&self) -> u32 {
        self.tell("tries").parse().unwrap_or(6)
    }

    /// `DEVINFO`, packed.
    pub(crate) fn info(&self) -> Vec<u8> {
        let mut octets = vec![1, 0];
        let field = |octets: &mut Vec<u8>, text: &str, length: usize| {
            let end = octets.len() + length;
            octets.extend(text.bytes().take(length));
            octets.resize(end, 0);
        };
        field(&mut octets, "Test", 64);
        field(&mut octets, "Test", 64);
        field(&mut octets, &self.tell("label"), 32);
        field(&mut octets, &self.tell("serial"), 32);
        octets.resize(294, 0);
        octets
    }

    pub(crate) fn applications(&self) -> Vec<String> {
        entries(&self.folder, true)
    }

    pub(crate) fn application(&self, name: &str) -> Option<Application> {
        let folder = self.folder.join(name);
        folder.is_dir().then(|| Application {
            device: self.clone(),
            folder,
        })
    }
}

impl Application {
    fn counter(&self) -> PathBuf {
        self.folder.with_extension("pin-left")
    }

    pub(crate) fn tries_left(&self) -> u32 {
        let left = fs::read_to_string(self.counter()).ok();
        left.and_then(|text| text.trim().parse().ok())
            .unwrap_or_else(|| self.device.tries())
    }

    pub(crate) fn set_tries_left(&self, left: u32) {
        // A test sees it if this fails.
        let _lost = fs::write(self.counter(), left.to_string());
    }

    pub(crate) fn containers(&self) -> Vec<String> {
        entries(&self.folder, true)
    }

    pub(crate) fn container(&self, name: &str) -> Option<Container> {
        let folder = self.folder.join(name);
        folder.is_dir().then(|| Container {
            application: self.clone(),
            folder,
        })
    }

    pub(crate) fn files(&self) -> Vec<String> {
        entries(&self.folder, false)
    }

    pub(crate) fn file(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }
}

impl Container {
    pub(crate) fn file(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(name)).ok()
    }
}
