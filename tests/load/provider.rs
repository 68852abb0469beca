//! The provider under load: the release `idp` as a child process, with a state folder of its own,
//! durable SQLite, its own memory for what is short-lived, and the defaults otherwise.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use demo::pki::{Ca, SamplePki};
use serde::Deserialize;

use crate::Fault;
use crate::connection::{Connection, Request};
use crate::options::Options;
use crate::process::{self, Pid};

/// A start that takes longer has failed.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// Lines of its log that are shown when it does not start.
const LAST_LINES: usize = 12;

/// The sign-in page is driven more often in a minute than a region asks for it in a day; with the default
/// the provider would, rightly, begin to refuse strangers.
const CAPACITY_MIB: i64 = 4096;

/// How to get the program that is missing.
const BUILD: &str = "cargo build --release -p idp";

/// A provider.
pub struct Provider {
    /// Where it listens.
    pub port: u16,
    /// Issuer identifier.
    pub issuer: String,
    program: PathBuf,
    folder: PathBuf,
    pid: Option<Pid>,
}

/// What `idp platform add` prints.
#[derive(Deserialize)]
pub struct Registration {
    /// `client_id`
    pub client_id: String,
    /// `client_secret`
    pub client_secret: String,
}

impl Provider {
    /// Writes the configuration. Nothing runs yet.
    pub fn configure(
        folder: &Path,
        authorities: &SamplePki,
        options: &Options,
    ) -> Result<Self, Fault> {
        let program = options.program.as_deref();
        let program = program.map_or_else(beside, |program| Ok(program.to_owned()))?;
        let port = free_port()?;
        let issuer = format!("http://127.0.0.1:{port}");
        let mut config = toml::Table::new();
        config.insert("issuer".to_owned(), issuer.as_str().into());
        config.insert(
            "listen".to_owned(),
            vec![format!("127.0.0.1:{port}")].into(),
        );
        config.insert("state_dir".to_owned(), "state".into());
        let mut ephemeral = toml::Table::new();
        ephemeral.insert("capacity_mib".to_owned(), CAPACITY_MIB.into());
        config.insert("ephemeral".to_owned(), ephemeral.into());
        // All load comes from one address.
        let mut limits = toml::Table::new();
        limits.insert("enabled".to_owned(), false.into());
        config.insert("limits".to_owned(), limits.into());
        if let Some(remembered) = options.remembered_verdicts {
            let mut verdicts = toml::Table::new();
            verdicts.insert("remembered".to_owned(), i64::from(remembered).into());
            config.insert("verdicts".to_owned(), verdicts.into());
        }
        config.insert("certificate_authorities".to_owned(), registry(authorities)?);
        fs::write(folder.join("idp.toml"), toml::to_string(&config)?)?;
        Ok(Self {
            port,
            issuer,
            program,
            folder: folder.to_owned(),
            pid: None,
        })
    }

    /// Connects a platform through the command line.
    pub fn add_platform(&self, id: &str, options: &[&str]) -> Result<Registration, Fault> {
        let output = self
            .command()
            .args(["platform", "add", id])
            .args(options)
            .output()?;
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("idp platform add: {why}").into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// A file beside its configuration; answers its path.
    pub fn write(&self, name: &str, content: &serde_json::Value) -> Result<String, Fault> {
        let path = self.folder.join(name);
        fs::write(&path, content.to_string())?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// Starts it; answers how long it took until `/readyz` said yes.
    pub async fn start(&mut self) -> Result<Duration, Fault> {
        let log = File::options().append(true).create(true).open(self.log())?;
        let mut command = self.command();
        command
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let began = Instant::now();
        let pid = process::start(&mut command)?;
        self.pid = Some(pid);
        while !self.is_ready().await {
            if !pid.is_running() || began.elapsed() > START_TIMEOUT {
                return Err(format!("idp serve does not start:\n{}", self.last_words()).into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(began.elapsed())
    }

    /// Ends it.
    pub fn stop(&mut self) {
        if let Some(pid) = self.pid.take() {
            process::stop(pid);
        }
    }

    /// The process.
    pub fn pid(&self) -> Result<Pid, Fault> {
        self.pid.ok_or_else(|| "the provider does not run".into())
    }

    /// Octets of the program.
    pub fn program_octets(&self) -> Result<u64, Fault> {
        Ok(fs::metadata(&self.program)?.len())
    }

    /// Octets of database and log of writes.
    pub fn database_octets(&self) -> u64 {
        let octets =
            |file: &str| fs::metadata(self.folder.join("state").join(file)).map_or(0, |m| m.len());
        octets("idp.db") + octets("idp.db-wal")
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.port).await else {
            return false;
        };
        let answer = connection.send(&Request::get("/readyz")).await;
        answer.is_ok_and(|answer| answer.status == 200)
    }

    /// The program with its configuration and nothing of this process's environment.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .env("NO_COLOR", "1")
            .arg("--config")
            .arg(self.folder.join("idp.toml"));
        command
    }

    /// The end of its log.
    fn last_words(&self) -> String {
        let said = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = said.lines().rev().take(LAST_LINES).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("idp.log")
    }
}

/// `idp` beside this program.
fn beside() -> Result<PathBuf, Fault> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("idp");
    if !program.is_file() {
        return Err(format!("{} is missing: {BUILD}", program.display()).into());
    }
    if own.parent().is_some_and(|folder| folder.ends_with("debug")) {
        eprintln!("load: a debug build: the figures mean nothing");
    }
    Ok(program)
}

/// The CAs as an operator writes them down, attribute profiles included.
fn registry(authorities: &SamplePki) -> Result<toml::Value, Fault> {
    let mut entries = Vec::new();
    for entry in authorities.registry()? {
        let ca = Ca::ALL
            .into_iter()
            .find(|ca| ca.id() == entry.id)
            .ok_or("an unknown CA")?;
        let profile: toml::Table = toml::from_str(ca.profile_text())?;
        let mut entry = toml::Table::try_from(entry)?;
        entry.insert("profile".to_owned(), profile.into());
        entries.push(toml::Value::from(entry));
    }
    Ok(entries.into())
}

/// A port of 127.0.0.1 that nobody listens on now.
pub fn free_port() -> Result<u16, Fault> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
