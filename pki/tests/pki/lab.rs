//! A certificate authority of the OpenSSL command line in a temporary folder.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::Command;

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::revocation::{Lists, UnverifiedCrl};
use tempfile::TempDir;

/// 2026-06-15T00:00:00Z, within the default validity.
pub const AT: i64 = 1_781_481_600;
pub const START: &str = "20260101000000Z";
pub const END: &str = "20280101000000Z";

pub const ROOT: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
pub const LOCK: &str =
    "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Rsa(u32),
    P256,
    P384,
    Sm2,
}

impl Kind {
    fn generation(self) -> Vec<String> {
        let options: &[&str] = match self {
            Self::Rsa(_) => &["-algorithm", "RSA"],
            Self::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Self::P384 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            Self::Sm2 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2"],
        };
        let mut options: Vec<String> = options.iter().map(ToString::to_string).collect();
        if let Self::Rsa(bits) = self {
            options.extend(["-pkeyopt".to_owned(), format!("rsa_keygen_bits:{bits}")]);
        }
        options
    }

    fn hash(self) -> &'static str {
        match self {
            Self::Rsa(_) | Self::P256 => "sha256",
            Self::P384 => "sha384",
            Self::Sm2 => "sm3",
        }
    }
}

/// What a certificate shall say.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub subject: &'a [u8],
    pub extensions: &'a str,
    pub start: &'a str,
    pub end: &'a str,
    pub hash: Option<&'a str>,
    /// OpenSSL's `string_mask`; `utf8only` also makes the subject be read as UTF-8.
    pub strings: &'a str,
}

impl<'a> Order<'a> {
    pub fn lock(name: &'a str, kind: Kind) -> Self {
        let subject = "/C=CN/O=内蒙古测试有限公司/CN=测试企业锁".as_bytes();
        Self {
            name,
            kind,
            subject,
            extensions: LOCK,
            start: START,
            end: END,
            hash: None,
            strings: "utf8only",
        }
    }

    pub fn ca(name: &'a str, kind: Kind, subject: &'a str) -> Self {
        Self {
            subject: subject.as_bytes(),
            extensions: ROOT,
            ..Self::lock(name, kind)
        }
    }
}

pub struct Lab {
    dir: TempDir,
    kinds: RefCell<HashMap<String, Kind>>,
}

impl Lab {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            kinds: RefCell::default(),
        }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    /// A self-signed CA called `name`.
    pub fn root(&self, name: &str, kind: Kind) -> Certificate {
        let subject = format!("/C=CN/O=Test/CN={name}");
        self.issue(name, &Order::ca(name, kind, &subject))
    }

    pub fn issue(&self, issuer: &str, order: &Order<'_>) -> Certificate {
        let name = order.name;
        self.kinds.borrow_mut().insert(name.to_owned(), order.kind);
        self.prepare(issuer, order);
        if !self.path(&format!("{name}.key")).exists() {
            let generation = order.kind.generation();
            let mut key: Vec<&str> = vec!["genpkey", "-out"];
            let file = format!("{name}.key");
            key.push(&file);
            key.extend(generation.iter().map(String::as_str));
            self.openssl(&key);
        }
        self.request(order);
        let (key, cert) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        let (csr, out) = (format!("{name}.csr"), format!("{name}.pem"));
        let hash = order.hash.unwrap_or_else(|| self.kind(issuer).hash());
        let mut ca = vec![
            "ca", "-batch", "-notext", "-config", "ca.cnf", "-keyfile", &key, "-in", &csr, "-out",
            &out,
        ];
        ca.extend([
            "-startdate",
            order.start,
            "-enddate",
            order.end,
            "-extensions",
            "ext",
            "-md",
            hash,
        ]);
        ca.extend(if issuer == name {
            vec!["-selfsign"]
        } else {
            vec!["-cert", &cert]
        });
        if self.kind(issuer) == Kind::Sm2 {
            ca.extend(["-sigopt", "distid:1234567812345678"]);
        }
        if order.kind == Kind::Sm2 {
            ca.extend(["-vfyopt", "distid:1234567812345678"]);
        }
        self.openssl(&ca);
        self.certificate(name)
    }

    pub fn certificate(&self, name: &str) -> Certificate {
        let pem = std::fs::read_to_string(self.path(&format!("{name}.pem"))).unwrap();
        Certificate::from_pem(&pem).unwrap().remove(0)
    }

    pub fn revoke(&self, issuer: &str, name: &str) {
        self.prepare(issuer, &Order::lock(name, self.kind(issuer)));
        let (key, cert, victim) = (
            format!("{issuer}.key"),
            format!("{issuer}.pem"),
            format!("{name}.pem"),
        );
        self.openssl(&[
            "ca", "-config", "ca.cnf", "-keyfile", &key, "-cert", &cert, "-revoke", &victim,
        ]);
    }

    /// The DER of a list in force from `last` to `next`.
    pub fn crl(&self, issuer: &str, last: &str, next: &str) -> Vec<u8> {
        let (key, cert) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        let hash = self.kind(issuer).hash();
        let mut ca = vec![
            "ca", "-gencrl", "-config", "ca.cnf", "-keyfile", &key, "-cert", &cert, "-out",
            "crl.pem",
        ];
        self.prepare(issuer, &Order::lock("list", self.kind(issuer)));
        ca.extend([
            "-crl_lastupdate",
            last,
            "-crl_nextupdate",
            next,
            "-md",
            hash,
        ]);
        if self.kind(issuer) == Kind::Sm2 {
            ca.extend(["-sigopt", "distid:1234567812345678"]);
        }
        self.openssl(&ca);
        self.openssl(&[
            "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der",
        ]);
        std::fs::read(self.path("crl.der")).unwrap()
    }

    /// Signs `message` with OpenSSL; the signature as OpenSSL writes it.
    pub fn sign(&self, name: &str, message: &[u8], options: &[&str]) -> Vec<u8> {
        std::fs::write(self.path("message"), message).unwrap();
        let key = format!("{name}.key");
        let mut sign = vec![
            "pkeyutl",
            "-sign",
            "-rawin",
            "-in",
            "message",
            "-inkey",
            &key,
            "-out",
            "signature",
        ];
        sign.extend(options);
        self.openssl(&sign);
        std::fs::read(self.path("signature")).unwrap()
    }

    pub fn openssl(&self, arguments: &[&str]) {
        self.run(Command::new("openssl").args(arguments));
    }

    fn kind(&self, name: &str) -> Kind {
        self.kinds.borrow()[name]
    }

    fn request(&self, order: &Order<'_>) {
        let (key, csr) = (format!("{}.key", order.name), format!("{}.csr", order.name));
        let mut request = Command::new("openssl");
        request.args([
            "req", "-new", "-config", "ca.cnf", "-key", &key, "-out", &csr, "-subj",
        ]);
        request.arg(OsStr::from_bytes(order.subject));
        request.arg(format!("-{}", order.kind.hash()));
        if order.strings == "utf8only" {
            request.arg("-utf8");
        }
        if order.kind == Kind::Sm2 {
            request.args(["-sigopt", "distid:1234567812345678"]);
        }
        self.run(&mut request);
    }

    fn prepare(&self, issuer: &str, order: &Order<'_>) {
        if !self.path(&format!("{issuer}.db")).exists() {
            std::fs::write(self.path(&format!("{issuer}.db")), "").unwrap();
            std::fs::write(self.path(&format!("{issuer}.crlnumber")), "01\n").unwrap();
            std::fs::write(
                self.path(&format!("{issuer}.db.attr")),
                "unique_subject = no\n",
            )
            .unwrap();
        }
        let config = format!(
            "[req]\ndistinguished_name=dn\nstring_mask={strings}\n[dn]\n[ca]\ndefault_ca=d\n[d]\ndatabase={issuer}.db\n\
             new_certs_dir=.\nrand_serial=yes\ncrlnumber={issuer}.crlnumber\npolicy=any\npreserve=yes\nunique_subject=no\n\
             default_md=sha256\ndefault_crl_days=30\ncrl_extensions=crlext\nstring_mask={strings}\n\
             [any]\ncountryName=optional\norganizationName=optional\n\
             organizationalUnitName=optional\ncommonName=optional\n[crlext]\nauthorityKeyIdentifier=keyid\n[ext]\n{extensions}",
            strings = order.strings,
            extensions = order.extensions,
        );
        std::fs::write(self.path("ca.cnf"), config).unwrap();
    }

    fn run(&self, command: &mut Command) {
        let output = command
            .current_dir(self.dir.path())
            .output()
            .expect("the openssl command line is installed");
        assert!(
            output.status.success(),
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

pub fn anchors(certificates: &[&Certificate]) -> TrustAnchors {
    let certificates: Vec<Certificate> = certificates
        .iter()
        .map(|certificate| (*certificate).clone())
        .collect();
    TrustAnchors::from_certificates(&certificates).unwrap()
}

/// Of these lists those that one of these certificates signed.
pub fn lists(ders: &[Vec<u8>], certificates: &[&Certificate]) -> Lists {
    let verified = ders.iter().filter_map(|der| {
        let unverified = UnverifiedCrl::from_der(der).ok()?;
        unverified.verify(certificates.iter().copied()).ok()
    });
    Lists::new(verified.collect())
}
