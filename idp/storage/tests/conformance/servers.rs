//! PostgreSQL and Redis for tests: the ones the environment names, else private ones that this file
//! starts on free ports of 127.0.0.1 in a temporary folder and ends by their process number.
//!
//! Uses the standard library alone, so that other test packages can include it with `#[path]`.
//!
//! - `YZT_TEST_POSTGRES_URL`, `YZT_TEST_REDIS_URL`: use these instead of starting any.
//! - `YZT_TEST_REQUIRE_ALL=1`: fail where a server's programs are not installed, instead of skipping.

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Where servers of tests listen.
const PORTS: Range<u16> = 20_000..32_000;

/// Ports that are tried.
const TRIES: u32 = 5;

/// How long a server may take to answer.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// A server to test against. Dropping a private one ends it and removes its files.
#[derive(Debug)]
pub struct Server {
    /// `postgres://…` or `redis://…`.
    pub url: String,
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    child: Child,
    directory: PathBuf,
    /// What ends it in good order: PostgreSQL leaves children behind when it is killed.
    signal: &'static str,
    port: u16,
}

/// PostgreSQL, or `None` after a loud line when its programs are not installed.
///
/// `settings` are for a private server (`name=value`); each of `files` is put into its data folder.
pub fn postgres(settings: &[&str], files: &[(&str, &str)]) -> Option<Server> {
    if let Ok(url) = env::var("YZT_TEST_POSTGRES_URL") {
        return Some(Server { url, private: None });
    }
    let (Some(initdb), Some(postgres)) = (postgres_program("initdb"), postgres_program("postgres"))
    else {
        return skip("PostgreSQL (initdb, postgres) is not installed");
    };
    Some(private_postgres(&initdb, &postgres, settings, files))
}

/// Redis, or `None` after a loud line when it is not installed.
///
/// `arguments` go to a private server.
pub fn redis(arguments: &[&str]) -> Option<Server> {
    if let Ok(url) = env::var("YZT_TEST_REDIS_URL") {
        return Some(Server { url, private: None });
    }
    let Some(program) = find_program("redis-server", &[]) else {
        return skip("redis-server is not installed");
    };
    Some(private_redis(&program, arguments))
}

impl Server {
    /// The port of a private server.
    pub fn port(&self) -> Option<u16> {
        self.private.as_ref().map(|private| private.port)
    }

    /// Whether it was started here and can be ended and started again.
    pub fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// Stops (SIGSTOP) or continues (SIGCONT) or otherwise signals a private server.
    pub fn signal(&self, signal: &str) {
        if let Some(private) = &self.private {
            send(signal, private.child.id());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(private) = &mut self.private else {
            return;
        };
        send("CONT", private.child.id());
        send(private.signal, private.child.id());
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(private.child.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                let _ = private.child.kill();
            }
            sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_dir_all(&private.directory);
    }
}

fn skip(why: &str) -> Option<Server> {
    assert!(
        env::var("YZT_TEST_REQUIRE_ALL").as_deref() != Ok("1"),
        "{why}, and YZT_TEST_REQUIRE_ALL=1"
    );
    println!("SKIPPED: {why}");
    eprintln!("SKIPPED: {why}");
    None
}

fn private_postgres(
    initdb: &Path,
    postgres: &Path,
    settings: &[&str],
    files: &[(&str, &str)],
) -> Server {
    let directory = temporary_folder("postgres");
    let data = directory.join("data");
    own(&directory);
    let made = as_postgres(initdb)
        .args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ])
        .arg(&data)
        .stdout(Stdio::null())
        .status()
        .expect("initdb runs");
    assert!(made.success(), "initdb failed");
    for (name, text) in files {
        let path = data.join(name);
        fs::write(&path, text).expect("a file in the data folder");
        restrict(&path);
        own(&path);
    }
    let fixed = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "max_connections=200",
    ];
    // What this very server says of itself: on a port that another one took, that one would answer.
    let is_ready = |_: u16| {
        let said = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        said.lines().any(|line| line.trim_end() == "ready")
    };
    let (child, port) = on_free_port(&directory, is_ready, |port| {
        let mut command = as_postgres(postgres);
        command.arg("-D").arg(&data).arg("-p").arg(port.to_string());
        for setting in fixed.iter().chain(settings) {
            command.arg("-c").arg(setting);
        }
        command
    });
    Server {
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        private: Some(Private {
            child,
            directory,
            signal: "INT",
            port,
        }),
    }
}

fn private_redis(program: &Path, arguments: &[&str]) -> Server {
    let directory = temporary_folder("redis");
    let is_ready = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
    let (child, port) = on_free_port(&directory, is_ready, |port| {
        let mut command = Command::new(program);
        command.arg("--port").arg(port.to_string()).args([
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
        ]);
        command.arg(&directory).args(arguments);
        command
    });
    Server {
        url: format!("redis://127.0.0.1:{port}/"),
        private: Some(Private {
            child,
            directory,
            signal: "TERM",
            port,
        }),
    }
}

/// Starts it on a port that is free: on another one where somebody took that in between.
fn on_free_port(
    directory: &Path,
    is_ready: impl Fn(u16) -> bool,
    command: impl Fn(u16) -> Command,
) -> (Child, u16) {
    let log = || fs::read_to_string(directory.join("log")).unwrap_or_default();
    for _ in 0..TRIES {
        let port = free_port();
        let file = fs::File::create(directory.join("log")).expect("a log");
        let mut command = command(port);
        command
            .stdout(file.try_clone().expect("a log"))
            .stderr(file);
        let mut child = command.spawn().expect("the server starts");
        if wait_for(&mut child, || is_ready(port)) {
            return (child, port);
        }
        assert!(log().contains("in use"), "the server ended: {}", log());
    }
    panic!("no port is free: {}", log());
}

/// `false`: it ended.
fn wait_for(child: &mut Child, is_ready: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        let answers = is_ready();
        // Asked last: what answered is this one only while it lives.
        if child.try_wait().expect("a process to ask after").is_some() {
            return false;
        }
        if answers {
            return true;
        }
        assert!(Instant::now() < deadline, "the server does not answer");
        sleep(Duration::from_millis(50));
    }
}

fn temporary_folder(name: &str) -> PathBuf {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = env::temp_dir().join(format!("yzt-{name}-{process}-{number}"));
    fs::create_dir_all(&path).expect("a temporary folder");
    path
}

/// A port that was free a moment ago, below those that connections are given (from 32768 on): each of this process is another.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = std::process::id().wrapping_mul(97);
    loop {
        let next = begin.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).into());
        let port =
            PORTS.start + u16::try_from(next % u32::from(PORTS.end - PORTS.start)).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn send(signal: &str, process: u32) {
    let _ = Command::new("kill")
        .args([format!("-{signal}"), process.to_string()])
        .stderr(Stdio::null())
        .status();
}

fn find_program(name: &str, more: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(more.iter().cloned())
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Debian keeps these out of PATH, a folder a version.
fn postgres_program(name: &str) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    find_program(name, &folders)
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n")
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program);
    command.current_dir("/");
    command
}

fn own(path: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("postgres:").arg(path).status();
        assert!(owned.is_ok_and(|status| status.success()), "chown failed");
    }
}

#[cfg(unix)]
fn restrict(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("permissions");
}

#[cfg(not(unix))]
fn restrict(_path: &Path) {}
