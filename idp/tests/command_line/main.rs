//! The command line, as an operator uses it: the built program, its words and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod audit;
mod authorities;
mod configuration;
mod enterprises;
mod inspect;
mod keys;
mod lab;
mod lists;
mod logouts;
mod machine_readable;
mod notifications;
mod pkcs11;
mod platform_check;
mod platform_health;
mod platforms;
mod receipts;
mod registration_tokens;
mod registrations;
mod registry;
mod revocation;
mod seal;
mod site;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;

/// A folder with a configuration of its own.
struct Operator {
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Operator {
    /// With a configuration of the defaults.
    fn new() -> Self {
        Self::with("")
    }

    /// With these lines in the configuration.
    fn with(lines: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("operator-{}-{number}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("idp.toml"), lines).unwrap();
        Self {
            folder,
            environment: Vec::new(),
        }
    }

    /// With tables and keys.
    fn ready() -> Self {
        let operator = Self::new();
        assert_eq!(operator.run(&["migrate"]).code, 0);
        operator
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idp"));
        command
            .env_clear()
            .env("USER", "值班员")
            .envs(self.environment.clone())
            .current_dir(&self.folder)
            .args(["--config", "idp.toml"])
            .args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        ended(self.command(words).stdin(Stdio::null()))
    }

    /// With words on standard input.
    fn answering(&self, words: &[&str], answer: &str) -> Ended {
        let file = self.write("answer", answer);
        let answer = std::fs::File::open(file).unwrap();
        ended(self.command(words).stdin(answer))
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
        path
    }
}

/// `idp serve` in the operator's folder; it ends with this.
struct Serving {
    child: Child,
    log: PathBuf,
}

impl Operator {
    fn serving(&self) -> Serving {
        let log = self.folder.join("serve.log");
        let mut serve = self.command(&["serve"]);
        serve.stderr(std::fs::File::create(&log).unwrap());
        let child = serve.spawn().unwrap();
        Serving { child, log }
    }
}

impl Serving {
    /// Waits until it wrote these words to its log.
    fn wait_for(&self, words: &str) {
        let log = || std::fs::read_to_string(&self.log).unwrap();
        for _ in 0..150 {
            if log().contains(words) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("`{words}` is not in: {}", log());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn ended(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{}{}", self.out, self.err))
    }

    /// Fails unless the command was refused with all these words, each once.
    fn refused_with(&self, words: &[&str]) {
        assert_eq!(self.code, 1, "{}{}", self.out, self.err);
        for word in words {
            let found = self.err.matches(word).count();
            assert_eq!(found, 1, "`{word}` stands {found} times in: {}", self.err);
        }
    }
}
