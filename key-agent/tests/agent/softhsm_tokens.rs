//! Tokens of SoftHSM2, made with its own and OpenSC's tools: each test has a folder of tokens of its own.
//!
//! `SOFTHSM2_CONF` names the folder and is read from the environment, so SoftHSM2 runs in processes of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::command_line;
use crate::http::Agent;
use crate::locks::{PIN, parts};

const LIBRARIES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// A folder of tokens.
pub struct Tokens {
    folder: TempDir,
    library: PathBuf,
}

impl Tokens {
    /// Nothing where SoftHSM2 or OpenSC is not installed; then the test is skipped aloud, or fails if
    /// `YZT_TEST_REQUIRE_ALL=1`.
    pub fn none() -> Option<Self> {
        let library = LIBRARIES
            .iter()
            .map(PathBuf::from)
            .find(|path| path.is_file());
        let tools = ["softhsm2-util", "pkcs11-tool"]
            .iter()
            .all(|tool| Command::new(tool).output().is_ok());
        let Some(library) = library.filter(|_| tools) else {
            let why = "softhsm2 and opensc are not installed";
            assert_ne!(
                std::env::var("YZT_TEST_REQUIRE_ALL").as_deref(),
                Ok("1"),
                "{why}"
            );
            println!("SKIPPED: {why}");
            return None;
        };
        let folder = TempDir::new().unwrap();
        let tokens = folder.path().join("tokens");
        fs::create_dir(&tokens).unwrap();
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        );
        fs::write(folder.path().join("softhsm2.conf"), settings).unwrap();
        Some(Self { folder, library })
    }

    /// One token with this key and certificate; its name is the key's.
    pub fn with(name: &str) -> Option<Self> {
        let tokens = Self::none()?;
        tokens.insert(name);
        Some(tokens)
    }

    pub fn library(&self) -> &str {
        self.library.to_str().unwrap()
    }

    /// The folder's settings, for every program that loads the library.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.folder.path().join("softhsm2.conf"))
    }

    fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let (name, value) = self.environment();
        let done = Command::new(program)
            .args(arguments)
            .env(name, value)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{program} {arguments:?}: {told}{}",
            String::from_utf8_lossy(&done.stderr)
        );
        told
    }

    /// Plugs in a token with a key, its certificate and an encryption certificate of another key.
    pub fn insert(&self, name: &str) {
        let (certificate, key) = parts(name);
        let key_file = self.write("key.pem", key.as_bytes());
        self.tool(
            "softhsm2-util",
            &[
                "--init-token",
                "--free",
                "--label",
                name,
                "--so-pin",
                "so-pin-1",
                "--pin",
                PIN,
            ],
        );
        let import = [
            "--import", &key_file, "--token", name, "--label", "key", "--id", "01", "--pin", PIN,
        ];
        self.tool("softhsm2-util", &import);
        self.write_object(
            name,
            &certificate,
            &["--type", "cert", "--id", "01", "--label", "signing"],
        );
        self.write_object(
            name,
            &parts("encryption").0,
            &["--type", "cert", "--id", "02", "--label", "encryption"],
        );
    }

    /// Writes an object with OpenSC's tool.
    pub fn write_object(&self, token: &str, octets: &[u8], about: &[&str]) {
        let file = self.write("object", octets);
        let mut arguments = vec![
            "--module",
            self.library(),
            "--token-label",
            token,
            "--login",
            "--pin",
            PIN,
        ];
        arguments.extend(["--write-object", &file]);
        arguments.extend(about);
        self.tool("pkcs11-tool", &arguments);
    }

    fn write(&self, name: &str, octets: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, octets).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The serial number of a token, as SoftHSM2's own tool tells it.
    pub fn serial(&self, label: &str) -> String {
        let told = self.tool("softhsm2-util", &["--show-slots"]);
        let mut serial = "";
        for line in told.lines().map(str::trim) {
            if let Some(number) = line.strip_prefix("Serial number:") {
                serial = number.trim();
            } else if line
                .strip_prefix("Label:")
                .is_some_and(|found| found.trim() == label)
            {
                return serial.to_owned();
            }
        }
        panic!("{told}");
    }

    /// Pulls every token out; answers where they lie meanwhile.
    pub fn remove(&self) -> PathBuf {
        let away = self.folder.path().join("away");
        fs::rename(self.tokens(), &away).unwrap();
        fs::create_dir(self.tokens()).unwrap();
        away
    }

    /// And puts them back.
    pub fn put_back(&self, away: &Path) {
        fs::remove_dir_all(self.tokens()).unwrap();
        fs::rename(away, self.tokens()).unwrap();
    }

    fn tokens(&self) -> PathBuf {
        self.folder.path().join("tokens")
    }

    /// Runs `key-agent` with these tokens.
    pub fn run(&self, mut command: Command) -> Output {
        let (name, value) = self.environment();
        command
            .args(["--pkcs11", self.library()])
            .env(name, value)
            .output()
            .unwrap()
    }

    /// Starts the service with these tokens.
    pub fn agent(&self) -> Agent {
        let (name, value) = self.environment();
        let mut command = command_line::program(&[]);
        command.env(name, value);
        Agent::program(&mut command, &["--pkcs11", self.library()])
    }
}
