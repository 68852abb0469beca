//! `key-agent check`: one line for each thing that signing needs, and what to repair.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::Args;
use key_agent::locks::{LockSource, LockSources};
use key_agent::service::{DEFAULT_PORTS, view};

use super::CliError;

#[derive(Args)]
pub(super) struct Check {
    /// Folder with lock files; without it only the service is checked
    #[arg(long, value_name = "DIR")]
    locks: Option<PathBuf>,
    /// Port of the service [default: 17650–17654]
    #[arg(long)]
    port: Option<u16>,
}

/// What one check found.
struct Finding {
    passed: bool,
    what: String,
    repair: &'static str,
}

impl Finding {
    fn new(passed: bool, what: impl Into<String>, repair: &'static str) -> Self {
        Self {
            passed,
            what: what.into(),
            repair,
        }
    }
}

impl Check {
    pub(super) fn run(self) -> Result<(), CliError> {
        let mut findings = vec![service(self.port)];
        if let Some(folder) = self.locks {
            findings.extend(locks(&LockSource::Folder(folder).into()));
        }
        let mut out = io::stdout().lock();
        for finding in &findings {
            writeln!(
                out,
                "{}  {}",
                if finding.passed { "pass" } else { "FAIL" },
                finding.what
            )?;
            if !finding.passed {
                writeln!(out, "      repair: {}", finding.repair)?;
            }
        }
        if findings.iter().all(|finding| finding.passed) {
            Ok(())
        } else {
            Err(CliError::ChecksFailed)
        }
    }
}

fn service(port: Option<u16>) -> Finding {
    let ports = port.map_or(DEFAULT_PORTS, |port| port..=port);
    let found = ports
        .clone()
        .find_map(|port| version_at(port).map(|version| (port, version)));
    match found {
        Some((port, version)) if version == env!("CARGO_PKG_VERSION") => Finding::new(
            true,
            format!("service answers on port {port}, version {version}"),
            "",
        ),
        Some((port, version)) => Finding::new(
            false,
            format!(
                "service on port {port} has version {version}, this program {}",
                env!("CARGO_PKG_VERSION")
            ),
            "stop the service and start it anew with this program",
        ),
        None => Finding::new(
            false,
            format!(
                "no service answers on ports {}–{}",
                ports.start(),
                ports.end()
            ),
            "start it with `key-agent serve`",
        ),
    }
}

/// The version that `/healthz` tells, if a key agent is there.
fn version_at(port: u16) -> Option<String> {
    let patience = Duration::from_secs(2);
    let mut stream =
        TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), patience)
            .ok()?;
    stream.set_read_timeout(Some(patience)).ok()?;
    write!(
        stream,
        "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.take(8192).read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let health: serde_json::Value = serde_json::from_str(body).ok()?;
    health.get("version")?.as_str().map(str::to_owned)
}

fn locks(source: &LockSources) -> Vec<Finding> {
    let listing = match source.list() {
        Ok(listing) => listing,
        Err(error) => {
            let what = format!("the folder of locks cannot be read: {error}");
            return vec![Finding::new(
                false,
                what,
                "check the path and the rights on it",
            )];
        }
    };
    let view = view::Locks::of(&listing, SystemTime::now());
    let mut findings = vec![Finding::new(
        view.obstacle != Some("no-lock"),
        format!(
            "{} locks present that may sign or encrypt",
            view.locks.len()
        ),
        "insert a CA lock",
    )];
    for lock in &view.unreadable {
        let what = format!("{}: {}", lock.label, lock.reason);
        findings.push(Finding::new(
            false,
            what,
            "insert the lock again, or contact its certificate authority",
        ));
    }
    for lock in &view.locks {
        findings.extend(lock_findings(lock));
    }
    findings
}

fn lock_findings(lock: &view::Lock) -> Vec<Finding> {
    let label = &lock.label;
    let mut findings = vec![
        Finding::new(
            lock.tries != "none",
            format!("{label}: PIN tries left: {}", lock.tries_in_words()),
            "have the PIN unlocked by the certificate authority that issued the lock",
        ),
        Finding::new(
            lock.sealed || lock.certificates.iter().any(|one| one.usable),
            format!("{label}: a signing certificate that this program can use"),
            "use the lock that holds the signing certificate",
        ),
    ];
    findings.extend(
        lock.certificates
            .iter()
            .filter(|one| !one.sealed)
            .map(|certificate| {
                Finding::new(
                    !certificate.expired,
                    format!(
                        "{label}: {} valid until {}",
                        certificate.subject_name, certificate.not_after
                    ),
                    "have the certificate renewed by the certificate authority that issued it",
                )
            }),
    );
    findings
}
