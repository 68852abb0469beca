//! 软件升级: a manifest that is signed is believed, and nothing else is.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use key_agent::assistant::update::{
    Release, ReleaseFile, ReleaseKey, SigningKey, UpdateSource, make_manifest,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Agent;
use crate::locks::Folder;

const PACKAGE: &[u8] = b"the new version, or what stands for it";
const NAME: &str = "key-agent_9.0.0_amd64.deb";

/// What a server has, by name.
type Files = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// The person who releases, with a server.
struct Releaser {
    folder: TempDir,
    served: Files,
    address: String,
}

impl Releaser {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for (name, key) in [
            ("release", "-algorithm ED25519"),
            ("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"),
            ("thief", "-algorithm ED25519"),
        ] {
            openssl(folder.path(), &format!("genpkey {key} -out {name}.pem"));
            openssl(
                folder.path(),
                &format!("pkey -in {name}.pem -pubout -out {name}.pub"),
            );
        }
        fs::write(folder.path().join(NAME), PACKAGE).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let served: Files = Arc::default();
        serve(listener, served.clone());
        let releaser = Self {
            folder,
            served,
            address,
        };
        releaser.offer(NAME, PACKAGE);
        releaser
    }

    /// Puts a file on the server.
    fn offer(&self, name: &str, octets: &[u8]) {
        let mut served = self.served.lock().unwrap();
        served.retain(|(known, _)| known != name);
        served.push((name.to_owned(), octets.to_vec()));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn manifest(&self, key: &str, version: &str, published: SystemTime) -> String {
        let key = SigningKey::from_pem(&fs::read_to_string(self.path(key)).unwrap()).unwrap();
        let release = Release {
            version: version.parse().unwrap(),
            lasts: Duration::from_hours(24),
            files: vec![ReleaseFile {
                system: std::env::consts::OS.to_owned(),
                arch: std::env::consts::ARCH.to_owned(),
                path: self.path(NAME),
            }],
        };
        make_manifest(&release, &key, published).unwrap()
    }

    /// A manifest whose JSON was changed before it was signed with the release key.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> String {
        let made = self.manifest("release.pem", "9.0.0", SystemTime::now());
        let payload = made.split('.').nth(1).unwrap();
        let mut payload: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        change(&mut payload);
        self.signed(
            &json!({ "alg": "EdDSA", "typ": "key-agent-release+jws" }),
            &payload,
        )
    }

    fn signed(&self, header: &Value, payload: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(payload));
        fs::write(self.path("message"), &message).unwrap();
        openssl(
            self.folder.path(),
            "pkeyutl -sign -inkey release.pem -rawin -in message -out signature",
        );
        let signature = fs::read(self.path("signature")).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn source(&self, key: &str) -> UpdateSource {
        UpdateSource {
            manifest: format!("{}/manifest.jws", self.address).parse().unwrap(),
            key: ReleaseKey::from_pem(&fs::read_to_string(self.path(key)).unwrap()).unwrap(),
        }
    }

    fn config(&self, key: &str, manifest: &str) -> PathBuf {
        let key = fs::read_to_string(self.path(key)).unwrap();
        let text =
            format!("[update]\nmanifest = \"{manifest}\"\npublic_key = \"\"\"\n{key}\"\"\"\n");
        fs::write(self.path("agent.toml"), text).unwrap();
        self.path("agent.toml")
    }

    /// `key-agent update` with this manifest on the server and a state folder of its own.
    fn update(&self, manifest: &str, more: &[&str]) -> Output {
        self.offer("manifest.jws", manifest.as_bytes());
        let config = self.config("release.pub", &format!("{}/manifest.jws", self.address));
        run(&config, &self.path("state"), more)
    }
}

fn run(config: &Path, state: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_key-agent"))
        .args(["update", "--config"])
        .arg(config)
        .arg("--state")
        .arg(state)
        .args(more)
        .output()
        .unwrap()
}

fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "openssl {arguments}: {done:?}");
}

/// A server that says for each file the length it has, and for `short` twice that.
fn serve(listener: TcpListener, served: Files) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut asked = [0; 2048];
            let length = stream.read(&mut asked).unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..length]).into_owned();
            let name = asked
                .split(' ')
                .nth(1)
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned();
            let served = served.lock().unwrap();
            let Some((_, octets)) = served.iter().find(|(known, _)| *known == name) else {
                _ = stream.write_all(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
                continue;
            };
            let told = if octets.starts_with(b"short") {
                octets.len() * 2
            } else {
                octets.len()
            };
            _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {told}\r\nConnection: close\r\n\r\n"
            );
            _ = stream.write_all(octets);
        }
    });
}

fn fetched(releaser: &Releaser) -> Vec<String> {
    let folder = releaser.path("state/updates");
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(9), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_signed_manifest_brings_the_file_it_names() {
    let releaser = Releaser::new();
    let manifest = releaser.manifest("release.pem", "9.0.0", SystemTime::now());
    let output = releaser.update(&manifest, &["--check"]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("newer: 9.0.0"));
    assert_eq!(fetched(&releaser), Vec::<String>::new());
    let output = releaser.update(&manifest, &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fetched(&releaser), [NAME]);
    assert_eq!(
        fs::read(releaser.path("state/updates").join(NAME)).unwrap(),
        PACKAGE
    );
    // The same version is no news.
    let own = releaser.manifest("release.pem", env!("CARGO_PKG_VERSION"), SystemTime::now());
    fs::remove_dir_all(releaser.path("state")).unwrap();
    let output = releaser.update(&own, &[]);
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("up to date"),
        "{output:?}"
    );
}

#[test]
fn the_command_for_releases_makes_what_the_agent_believes() {
    let releaser = Releaser::new();
    for key in ["release", "p256"] {
        let file = format!(
            "{}:{}:{}",
            std::env::consts::OS,
            std::env::consts::ARCH,
            releaser.path(NAME).display()
        );
        let made = Command::new(env!("CARGO_BIN_EXE_key-agent"))
            .args([
                "release-manifest",
                "--version",
                "9.0.0",
                "--file",
                &file,
                "--key",
            ])
            .arg(releaser.path(&format!("{key}.pem")))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        fs::write(releaser.path("manifest.jws"), made.stdout).unwrap();
        // From a file as well as from a server.
        let place = format!("file://{}", releaser.path("manifest.jws").display());
        let config = releaser.config(&format!("{key}.pub"), &place);
        let state = releaser.path(&format!("state-{key}"));
        let output = run(&config, &state, &[]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::read(state.join("updates").join(NAME)).unwrap(), PACKAGE);
    }
}

#[test]
fn a_forged_manifest_is_refused() {
    let releaser = Releaser::new();
    let good = releaser.manifest("release.pem", "9.0.0", SystemTime::now());
    let parts: Vec<&str> = good.trim().split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!()
    };
    let none = URL_SAFE_NO_PAD.encode("{\"alg\":\"none\",\"typ\":\"key-agent-release+jws\"}");
    let hmac = URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\",\"typ\":\"key-agent-release+jws\"}");
    let other = releaser.manifest("release.pem", "8.0.0", SystemTime::now());
    let other_payload = other.split('.').nth(1).unwrap();
    for forged in [
        releaser.manifest("thief.pem", "9.0.0", SystemTime::now()),
        releaser.manifest("p256.pem", "9.0.0", SystemTime::now()),
        format!("{none}.{payload}."),
        format!("{hmac}.{payload}.{signature}"),
        format!("{header}.{other_payload}.{signature}"),
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        // Signed with the release key, but for something else, or with words that must be understood.
        releaser.signed(&json!({ "alg": "EdDSA", "typ": "JWT" }), &json!({})),
        releaser.signed(&json!({ "alg": "EdDSA", "typ": "key-agent-release+jws", "crit": ["b64"], "b64": false }), &json!({})),
    ] {
        assert!(refusal(&releaser.update(&forged, &[])).contains("not signed by the release key"), "{forged}");
    }
    for malformed in [
        "",
        "a.b",
        "....",
        "\u{0}",
        "{\"version\":\"9.0.0\"}",
        &format!("{good}.x"),
        &"a".repeat(100_000),
    ] {
        let told = refusal(&releaser.update(malformed, &[]));
        assert!(
            told.contains("malformed") || told.contains("too long"),
            "{told}"
        );
    }
    assert_eq!(fetched(&releaser), Vec::<String>::new());
}

#[test]
fn an_old_manifest_and_one_from_the_future_are_refused() {
    let releaser = Releaser::new();
    let days = |count: u32| Duration::from_hours(24) * count;
    let old = releaser.manifest("release.pem", "9.0.0", SystemTime::now() - days(2));
    assert!(refusal(&releaser.update(&old, &[])).contains("expired"));
    let future = releaser.manifest("release.pem", "9.0.0", SystemTime::now() + days(2));
    assert!(refusal(&releaser.update(&future, &[])).contains("clock"));
}

#[test]
fn no_manifest_leads_back_to_an_older_version() {
    let releaser = Releaser::new();
    let now = SystemTime::now();
    let older = releaser.manifest("release.pem", "0.0.9", now);
    assert!(refusal(&releaser.update(&older, &[])).contains("older than"));
    // Nor to one older than what was on offer before, although newer than this program.
    let newest = releaser.manifest("release.pem", "9.0.0", now);
    assert!(releaser.update(&newest, &["--check"]).status.success());
    let between = releaser.manifest("release.pem", "8.0.0", now);
    assert!(refusal(&releaser.update(&between, &[])).contains("8.0.0, older than 9.0.0"));
    assert_eq!(fetched(&releaser), Vec::<String>::new());
}

#[test]
fn a_file_that_is_not_the_one_named_does_not_stay() {
    let releaser = Releaser::new();
    let manifest = releaser.manifest("release.pem", "9.0.0", SystemTime::now());
    let mut other = PACKAGE.to_vec();
    other[0] ^= 1;
    for (octets, told) in [
        (other, "not the file"),
        (PACKAGE[..10].to_vec(), "ended early"),
        ([b"short", &PACKAGE[..5]].concat(), "ended early"),
        ([PACKAGE, b"more"].concat(), "larger than"),
    ] {
        releaser.offer(NAME, &octets);
        assert!(
            refusal(&releaser.update(&manifest, &[])).contains(told),
            "{told}"
        );
        assert_eq!(fetched(&releaser), Vec::<String>::new(), "{told}");
    }
    releaser
        .served
        .lock()
        .unwrap()
        .retain(|(name, _)| name != NAME);
    assert!(refusal(&releaser.update(&manifest, &[])).contains("status 404"));
}

#[test]
fn a_manifest_sends_nobody_elsewhere_and_writes_nowhere_else() {
    let releaser = Releaser::new();
    for href in [
        "https://evil.example/x.deb",
        "http://localhost:1/x",
        "file:///etc/passwd",
        "//evil.example/x",
    ] {
        let manifest = releaser.changed(|payload| payload["files"][0]["href"] = json!(href));
        assert!(
            refusal(&releaser.update(&manifest, &[])).contains("another server"),
            "{href}"
        );
    }
    for (href, name) in [
        ("../../../x/%2e%2e%2f%2e%2e%2fevil", "key-agent-9.0.0"),
        ("x/.bashrc", "key-agent-9.0.0"),
        ("a%20b", "key-agent-9.0.0"),
    ] {
        let url = url::Url::parse(&releaser.address)
            .unwrap()
            .join(href)
            .unwrap();
        releaser.offer(url.path().trim_start_matches('/'), PACKAGE);
        let manifest = releaser.changed(|payload| payload["files"][0]["href"] = json!(href));
        assert!(releaser.update(&manifest, &[]).status.success(), "{href}");
        assert_eq!(fetched(&releaser), [name], "{href}");
        fs::remove_dir_all(releaser.path("state")).unwrap();
    }
    for (member, value) in [
        ("size", json!(0)),
        ("size", json!(1_u64 << 40)),
        ("sha256", json!("abc")),
    ] {
        let manifest = releaser.changed(|payload| payload["files"][0][member] = value);
        assert!(refusal(&releaser.update(&manifest, &[])).contains("malformed"));
    }
    let other = releaser.changed(|payload| payload["product"] = json!("idp"));
    assert!(refusal(&releaser.update(&other, &[])).contains("another product"));
    let elsewhere = releaser.changed(|payload| payload["files"][0]["arch"] = json!("z80"));
    assert!(
        String::from_utf8_lossy(&releaser.update(&elsewhere, &[]).stdout)
            .contains("not for this kind of computer")
    );
}

#[test]
fn settings_without_a_source_or_with_an_unprotected_one_are_refused() {
    let releaser = Releaser::new();
    fs::write(releaser.path("empty.toml"), "").unwrap();
    assert_eq!(
        run(&releaser.path("empty.toml"), &releaser.path("state"), &[])
            .status
            .code(),
        Some(2)
    );
    for place in [
        "http://releases.example/manifest.jws",
        "ftp://releases.example/m",
    ] {
        let config = releaser.config("release.pub", place);
        assert_eq!(
            run(&config, &releaser.path("state"), &[]).status.code(),
            Some(2),
            "{place}"
        );
    }
    let config = releaser.config("release.pem", "https://releases.example/manifest.jws");
    assert_eq!(
        run(&config, &releaser.path("state"), &[]).status.code(),
        Some(2)
    );
}

#[test]
fn the_page_looks_fetches_and_says_where_it_lies() {
    let releaser = Releaser::new();
    let locks = Folder::with(&[]);
    let agent = Agent::start_with(&locks, |settings| {
        settings.state = Some(releaser.path("state"));
        settings.update = Some(releaser.source("release.pub"));
    });
    releaser.offer(
        "manifest.jws",
        releaser
            .manifest("thief.pem", "9.0.0", SystemTime::now())
            .as_bytes(),
    );
    assert_eq!(agent.press("/update", "/update", "do=look").status, 303);
    agent.wait_for("/update", "data-state=\"forged\"");
    // Nothing was offered, so nothing is fetched.
    agent.press("/update", "/update", "do=fetch");
    agent.wait_for("/update", "data-state=\"forged\"");

    releaser.offer(
        "manifest.jws",
        releaser
            .manifest("release.pem", "9.0.0", SystemTime::now())
            .as_bytes(),
    );
    agent.press("/update", "/update", "do=look");
    agent.wait_for("/update", "data-state=\"newer\"");
    agent.press("/update", "/update", "do=fetch");
    let page = agent.wait_for("/update", "data-state=\"fetched\"");
    assert!(page.contains(NAME), "{page}");
    assert_eq!(fetched(&releaser), [NAME]);
    assert!(agent.get("/tidy").body.contains(NAME));
    agent.stop();
}
