//! PKCS #11 tokens of SoftHSM2, a folder of them for each test.
//!
//! `SOFTHSM2_CONF` names the folder and is read from the environment, so each test runs in a process of its own.

use std::path::PathBuf;
use std::process::Command;

use idp::config::{Config, KeepIn};

use super::scratch;

/// Where the library may be.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

/// The token's label.
pub const LABEL: &str = "idp keys";
/// Its PIN.
pub const PIN: &str = "0042-right";

/// What passes all on to SoftHSM2, and errs where it is told to.
const FAULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/harness/pkcs11_faults.c");

const SETTINGS: &str = "SOFTHSM2_CONF";
const ROLE: &str = "YZT_TEST_ROLE";

/// A folder of tokens.
pub struct Tokens {
    folder: PathBuf,
    library: &'static str,
}

impl Tokens {
    /// Runs this test (`flows::…`) again in a process of its own with a new token; that process gets it. Nothing in the first
    /// one, where there is no more to do, nor where SoftHSM2 or OpenSC is not installed: then the test is skipped aloud, or
    /// fails if `YZT_TEST_REQUIRE_ALL=1`.
    pub fn alone(test: &str) -> Option<Self> {
        let library = LIBRARIES
            .into_iter()
            .find(|path| PathBuf::from(path).is_file());
        let tools = ["softhsm2-util", "pkcs11-tool"];
        let has_tools = tools.iter().all(|tool| Command::new(tool).output().is_ok());
        let Some(library) = library.filter(|_| has_tools) else {
            let why = "softhsm2 and opensc are not installed";
            let required = std::env::var("YZT_TEST_REQUIRE_ALL");
            assert_ne!(required.as_deref(), Ok("1"), "{why}");
            println!("SKIPPED: {why}");
            return None;
        };
        if let (Ok(settings), Ok(_)) = (std::env::var(SETTINGS), std::env::var(ROLE)) {
            let folder = PathBuf::from(settings).parent().unwrap().to_owned();
            return Some(Self { folder, library });
        }
        let folder = scratch::folder("softhsm");
        std::fs::create_dir(folder.join("tokens")).unwrap();
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.join("tokens").display()
        );
        std::fs::write(folder.join("softhsm2.conf"), settings).unwrap();
        let tokens = Self { folder, library };
        tokens.add(LABEL);
        tokens.again(test, "first");
        None
    }

    /// Runs a test in another process with these tokens, in this role.
    pub fn again(&self, test: &str, role: &str) {
        let done = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(SETTINGS, self.folder.join("softhsm2.conf"))
            .env(ROLE, role)
            .env("YZT_TEST_PKCS11", self.library)
            .env("YZT_TEST_FAULTS", &self.folder)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&done.stdout);
        println!("{told}");
        assert!(
            done.status.success() && told.contains("1 passed"),
            "{told}{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    /// The role of this process.
    pub fn role(&self) -> String {
        std::env::var(ROLE).unwrap()
    }

    /// The folder that all processes of a test share.
    pub fn shared(&self) -> PathBuf {
        self.folder.join("state")
    }

    /// Another token.
    pub fn add(&self, label: &str) {
        let words = "--init-token --free --so-pin so-pin-1 --pin";
        let mut words: Vec<&str> = words.split(' ').collect();
        words.extend([PIN, "--label", label]);
        self.tool("softhsm2-util", &words);
    }

    /// Another PIN in the place of [`PIN`].
    pub fn set_pin(&self, new: &str) {
        self.set_pin_from(PIN, new);
    }

    /// Another PIN.
    pub fn set_pin_from(&self, old: &str, new: &str) {
        let words = [
            &self.logged_in(old)[..],
            &["--change-pin", "--new-pin", new],
        ]
        .concat();
        self.tool("pkcs11-tool", &words);
    }

    /// To OpenSC's tool: the token, with its user logged in.
    fn logged_in<'a>(&self, pin: &'a str) -> [&'a str; 7] {
        let library = self.library;
        [
            "--module",
            library,
            "--token-label",
            LABEL,
            "--login",
            "--pin",
            pin,
        ]
    }

    fn tool(&self, program: &str, words: &[&str]) -> String {
        let settings = self.folder.join("softhsm2.conf");
        let mut command = Command::new(program);
        let done = command
            .args(words)
            .env(SETTINGS, settings)
            .output()
            .unwrap();
        assert!(done.status.success(), "{program} {words:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// The private keys inside, as OpenSC's tool tells of them, one text each.
    pub fn private_keys(&self) -> Vec<String> {
        let words = [
            &self.logged_in(PIN)[..],
            &["--list-objects", "--type", "privkey"],
        ]
        .concat();
        let told = self.tool("pkcs11-tool", &words);
        let objects = told.split("Private Key Object").skip(1);
        objects.map(str::to_owned).collect()
    }

    /// What of a private key's secret numbers OpenSC's tool can read.
    pub fn read_private_key(&self, id: &str) -> std::process::Output {
        Command::new("pkcs11-tool")
            .args(self.logged_in(PIN))
            .args(["--read-object", "--type", "privkey", "--id", id])
            .env(SETTINGS, self.folder.join("softhsm2.conf"))
            .output()
            .unwrap()
    }

    /// The token is unplugged.
    pub fn take_away(&self) {
        let (tokens, away) = (self.folder.join("tokens"), self.folder.join("away"));
        std::fs::rename(&tokens, away).unwrap();
        std::fs::create_dir(tokens).unwrap();
    }

    /// And plugged in again.
    pub fn put_back(&self) {
        let (tokens, away) = (self.folder.join("tokens"), self.folder.join("away"));
        std::fs::remove_dir_all(&tokens).unwrap();
        std::fs::rename(away, tokens).unwrap();
    }

    /// New keys are made inside this token.
    pub fn keep_inside(&self, config: &mut Config) {
        config.signing_keys.keep_in = KeepIn::Pkcs11;
        self.configure(config);
    }

    /// The token is there.
    pub fn configure(&self, config: &mut Config) {
        let token = &mut config.signing_keys.pkcs11;
        token.module = PathBuf::from(self.library);
        LABEL.clone_into(&mut token.token);
        PIN.clone_into(&mut token.pin);
    }

    /// As [`Self::keep_inside`], by a library that errs where [`Self::err`] says so.
    pub fn keep_inside_a_faulty_one(&self, config: &mut Config) {
        self.keep_inside(config);
        let module = self.folder.join("faults.so");
        let words = ["-shared", "-fPIC", "-o"];
        let mut compiler = Command::new("cc");
        let compiler = compiler.args(words).arg(&module).args([FAULTS, "-ldl"]);
        assert!(compiler.status().unwrap().success());
        config.signing_keys.pkcs11.module = module;
    }

    /// What a function answers from now on: a number, `hang` or `flip`, or `… once`.
    pub fn err(&self, function: &str, fault: &str) {
        let file = self.folder.join(function);
        std::fs::write(file.with_extension("new"), fault).unwrap();
        std::fs::rename(file.with_extension("new"), file).unwrap();
    }

    /// It works again.
    pub fn mend(&self, function: &str) {
        std::fs::remove_file(self.folder.join(function)).unwrap();
    }

    /// How often a function of the faulty library was called.
    pub fn calls(&self, function: &str) -> usize {
        let counted = self.folder.join(format!("{function}.calls"));
        std::fs::read(counted).map_or(0, |calls| calls.len())
    }
}
