//! Locks made with the OpenSSL command line, so that what is read was written by somebody else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

/// The PIN of every lock. Distinctive, so that it is recognised wherever it leaks.
pub const PIN: &str = "Pin-71828182";
/// A wrong one, as distinctive.
pub const WRONG_PIN: &str = "Pin-31415926";

/// Whom the certificates name.
pub const SUBJECT: &str = "赤峰测试建设有限公司";

const CONFIGURATION: &str = "\
[req]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = utf8only
[dn]
C = CN
O = 赤峰测试建设有限公司
CN = 赤峰测试建设有限公司
[signing]
keyUsage = critical, digitalSignature, nonRepudiation
[encryption]
keyUsage = critical, keyEncipherment, dataEncipherment
";

/// Runs OpenSSL in a folder.
fn openssl(folder: &Path, arguments: &str) {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// Where programs under test keep what they keep, instead of the person's own folder.
pub fn state_folder() -> PathBuf {
    made().join("state")
}

/// All locks, made once.
fn made() -> &'static Path {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        make(folder.path());
        folder
    })
    .path()
}

fn make(folder: &Path) {
    fs::write(folder.join("c.cnf"), CONFIGURATION).unwrap();
    let keys = [
        (
            "rsa",
            "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
            "signing",
            "",
        ),
        (
            "p256",
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "signing",
            "",
        ),
        (
            "p384",
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
            "signing",
            "",
        ),
        (
            "sm2",
            "-algorithm SM2",
            "signing",
            " -sm3 -sigopt distid:1234567812345678",
        ),
        (
            "encryption",
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "encryption",
            "",
        ),
        (
            "other",
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            "signing",
            "",
        ),
    ];
    for (name, key, extensions, digest) in keys {
        openssl(folder, &format!("genpkey {key} -out {name}.key"));
        openssl(
            folder,
            &format!(
                "req -x509 -new -key {name}.key -config c.cnf -extensions {extensions} -days 30{digest} -out {name}.crt"
            ),
        );
        openssl(
            folder,
            &format!(
                "pkcs8 -topk8 -v2 aes-256-cbc -in {name}.key -passout pass:{PIN} -out {name}.k8"
            ),
        );
        openssl(
            folder,
            &format!(
                "pkcs12 -export -inkey {name}.key -in {name}.crt -passout pass:{PIN} -out {name}.p12"
            ),
        );
        join(
            folder,
            &[&format!("{name}.crt"), &format!("{name}.k8")],
            &format!("{name}.pem"),
        );
    }
    openssl(
        folder,
        &format!(
            "pkcs12 -export -certpbe NONE -inkey sm2.key -in sm2.crt -passout pass:{PIN} -out open.p12"
        ),
    );
    // Both certificates and keys of a pair in one lock; a certificate whose key is not there; no key at all.
    join(
        folder,
        &["encryption.crt", "encryption.k8", "sm2.crt", "sm2.k8"],
        "pair.pem",
    );
    join(folder, &["other.crt", "p256.k8"], "mismatch.pem");
    join(folder, &["rsa.crt"], "authority.pem");
}

fn join(folder: &Path, parts: &[&str], whole: &str) {
    let text: String = parts
        .iter()
        .map(|part| fs::read_to_string(folder.join(part)).unwrap())
        .collect();
    fs::write(folder.join(whole), text).unwrap();
}

/// A certificate in DER, and its unencrypted PKCS #8 key in PEM: what a device's maker puts in.
pub fn parts(name: &str) -> (Vec<u8>, String) {
    let certificate = fs::read_to_string(made().join(format!("{name}.crt"))).unwrap();
    let key = fs::read_to_string(made().join(format!("{name}.key"))).unwrap();
    (der_of_pem(&certificate), key)
}

/// What a PEM section holds.
pub fn der_of_pem(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(lines).unwrap()
}

/// A folder of one test with copies of some locks.
pub struct Folder(TempDir);

impl Folder {
    pub fn with(names: &[&str]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for name in names {
            folder.insert(name);
        }
        folder
    }

    /// Puts a lock in.
    pub fn insert(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::copy(made().join(name), &path).unwrap();
        path
    }

    /// Puts a lock in whose certificate names somebody else.
    pub fn hostile(&self, name: &str, subject: &str) {
        let config = CONFIGURATION.replace(SUBJECT, subject);
        self.write("hostile.cnf", &config);
        let key = made().join("p256.key");
        let request =
            "req -x509 -new -config hostile.cnf -extensions signing -days 30 -out hostile.crt -key";
        openssl(self.folder(), &format!("{request} {}", key.display()));
        let certificate = fs::read_to_string(self.path("hostile.crt")).unwrap();
        let key = fs::read_to_string(made().join("p256.k8")).unwrap();
        self.write(name, &(certificate + &key));
    }

    /// Pulls a lock out.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }
}
