//! Devices of the SKF library that stands for a vendor's: each test has a copy of the library and devices of its own.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use key_agent::locks::{LockSource, LockSources};
use key_agent::token::Patience;
use key_agent::token::skf::SkfDriver;
use tempfile::TempDir;

use crate::locks::{PIN, der_of_pem, parts};

/// The application that [`Devices::insert`] makes.
pub const APPLICATION: &str = "APP";

/// A library and its devices.
pub struct Devices(TempDir);

impl Devices {
    /// A library without devices.
    pub fn none() -> Self {
        let folder = TempDir::new().unwrap();
        fs::copy(built(), folder.path().join("libskf.so")).unwrap();
        Self(folder)
    }

    /// A library with one device, whose containers hold these keys and certificates.
    pub fn with(containers: &[&str]) -> Self {
        let devices = Self::none();
        devices.insert("DEV1", "9F00000000000001", containers);
        devices
    }

    /// Plugs in a device with a PIN of six tries.
    pub fn insert(&self, device: &str, serial: &str, containers: &[&str]) {
        let folder = self.device(device);
        fs::create_dir_all(folder.join(APPLICATION)).unwrap();
        let about = format!("label=企业锁 {device}\nserial={serial}\npin={PIN}\ntries=6\n");
        fs::write(folder.join("device"), about).unwrap();
        for name in containers {
            self.write_container(device, APPLICATION, name);
        }
    }

    /// A container with the signing key and certificate of this name, and the encryption certificate beside it.
    pub fn write_container(&self, device: &str, application: &str, name: &str) {
        let folder = self.device(device).join(application).join(name);
        fs::create_dir_all(&folder).unwrap();
        let (certificate, key) = parts(name);
        fs::write(folder.join("signing.der"), certificate).unwrap();
        fs::write(folder.join("signing.key"), der_of_pem(&key)).unwrap();
        fs::write(folder.join("encryption.der"), parts("encryption").0).unwrap();
    }

    pub fn device(&self, device: &str) -> PathBuf {
        self.0.path().join("devices").join(device)
    }

    pub fn container(&self, name: &str) -> PathBuf {
        self.device("DEV1").join(APPLICATION).join(name)
    }

    /// Pulls the first device out.
    pub fn remove(&self) {
        fs::write(self.device("DEV1").join("removed"), "").unwrap();
    }

    /// And puts it back.
    pub fn put_back(&self) {
        fs::remove_file(self.device("DEV1").join("removed")).unwrap();
    }

    /// Lines `SKF_Name CODE`, `SKF_Name long` or `SKF_Name hang MS`.
    pub fn disturb(&self, faults: &str) {
        fs::write(self.0.path().join("faults"), faults).unwrap();
    }

    /// How often a function was called.
    pub fn calls(&self, name: &str) -> usize {
        let calls = fs::read_to_string(self.0.path().join("calls")).unwrap();
        calls.lines().filter(|line| *line == name).count()
    }

    pub fn library(&self) -> PathBuf {
        self.0.path().join("libskf.so")
    }

    pub fn sources(&self) -> LockSources {
        LockSource::drivers([], [self.library()]).collect()
    }

    /// The same for a driver that is given up soon.
    pub fn impatient_sources(&self, patience: Duration) -> LockSources {
        let patience = Patience {
            look: patience,
            work: patience,
        };
        LockSource::Skf(SkfDriver::with_patience(self.library(), patience)).into()
    }
}

/// Where cargo puts the library: beside the tests.
fn built() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap();
    let name = format!(
        "{}skf_test_library{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let places = [folder.join(&name), folder.join("..").join(&name)];
    let found = places.iter().find(|path| path.is_file());
    found
        .cloned()
        .unwrap_or_else(|| panic!("cargo did not build {name} beside {}", tests.display()))
}
