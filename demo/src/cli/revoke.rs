//! `demo revoke`: takes a sample lock's certificate back, as its CA does when the lock is reported lost.
//!
//! Owns the options. The folder may be in use by a running demonstration, whose provider sees the new list by itself.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use key_agent::pin::Pin;
use key_agent::token::soft::SoftToken;
use key_agent::token::{Token as _, Wanted};

use crate::error::DemoError;
use crate::pki::{SAMPLE_PIN, SamplePki};
use crate::state::{self, Remembered};

#[derive(Args)]
pub(super) struct Revoke {
    /// 锁文件 · the lock's file
    #[arg(value_name = "FILE")]
    lock: PathBuf,
    /// PIN
    #[arg(long, default_value = SAMPLE_PIN)]
    pin: String,
    /// 状态目录 · the folder of the demonstration
    #[arg(
        long,
        value_name = "DIR",
        default_value = "demo-state",
        env = "DEMO_STATE_DIR"
    )]
    state_dir: PathBuf,
}

impl Revoke {
    pub(super) fn run(self) -> Result<(), DemoError> {
        let pin = Pin::first_line(self.pin);
        if !self.lock.is_file() {
            return Err(DemoError::NoLock(self.lock));
        }
        let opened = SoftToken::new(&self.lock).open(&Wanted::Signing, &pin);
        let opened = opened.map_err(|why| DemoError::LockShut {
            path: self.lock.clone(),
            why,
        })?;
        if !state::pki(&self.state_dir).exists() {
            return Err(DemoError::NotOurs(self.lock));
        }
        let password = Remembered::read_or_make(&self.state_dir)?.ca_password;
        let now = idp::clock::now().unix_seconds();
        let pki = SamplePki::open(&state::pki(&self.state_dir), &password, now)?;
        let certificate = opened.certificate();
        let ca = pki
            .issuer_of(certificate, now)
            .ok_or_else(|| DemoError::NotOurs(self.lock.clone()))?;
        pki.revoke(ca, certificate.serial_number(), now)?;
        let printed = serde_json::json!({
            "revoked": certificate.serial_number(),
            "subject": certificate.subject().to_string(),
            "ca": ca.display_name(),
        });
        writeln!(std::io::stdout(), "{printed:#}").map_err(DemoError::file("standard output"))
    }
}
