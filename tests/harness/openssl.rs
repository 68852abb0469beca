//! The OpenSSL command line: keys, certificates and lists that our own code did not make.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::Command;

use time::OffsetDateTime;
use time::macros::format_description;

use super::lock::{KeyKind, Order, Strings};

/// OpenSSL's own default signer ID is empty; this is the one of GM/T 0009.
const DISTINGUISHED_ID: &str = "distid:1234567812345678";

/// Runs `openssl` in `folder`.
pub fn run<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the openssl command line is installed");
    assert!(
        output.status.success(),
        "openssl {:?}: {}",
        arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>(),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Makes `key.pem` (PKCS #8).
pub fn make_key(folder: &Path, kind: KeyKind) {
    let option = match kind {
        KeyKind::Rsa(bits) => format!("rsa_keygen_bits:{bits}"),
        KeyKind::P256 => "ec_paramgen_curve:P-256".to_owned(),
        KeyKind::P384 => "ec_paramgen_curve:P-384".to_owned(),
        KeyKind::Sm2 => "ec_paramgen_curve:SM2".to_owned(),
    };
    let algorithm = match kind {
        KeyKind::Rsa(_) => "RSA",
        _ => "EC",
    };
    run(
        folder,
        &[
            "genpkey",
            "-algorithm",
            algorithm,
            "-pkeyopt",
            &option,
            "-out",
            "key.pem",
        ],
    );
}

/// Issues `certificate.pem` for `key.pem`, by the CA in `issuer`, or by itself.
pub fn issue(folder: &Path, issuer: Option<(&Path, KeyKind)>, order: &Order) {
    fs::write(folder.join("index"), "").unwrap();
    fs::write(folder.join("ca.cnf"), configuration(order)).unwrap();
    request(folder, order);

    let signs_with = issuer.map_or(order.kind, |(_, kind)| kind);
    let mut ca = words(&[
        "ca",
        "-batch",
        "-notext",
        "-config",
        "ca.cnf",
        "-extensions",
        "ext",
    ]);
    ca.extend(words(&["-in", "request.pem", "-out", "certificate.pem"]));
    ca.extend(["-startdate".into(), date(order.not_before)]);
    ca.extend(["-enddate".into(), date(order.not_after)]);
    ca.extend([
        "-md".into(),
        order.digest.unwrap_or(digest(signs_with)).to_owned(),
    ]);
    match issuer {
        None => ca.extend(words(&["-keyfile", "key.pem", "-selfsign"])),
        Some((issuer, _)) => {
            ca.extend(["-keyfile".into(), text(&issuer.join("key.pem"))]);
            ca.extend(["-cert".into(), text(&issuer.join("certificate.pem"))]);
        }
    }
    if signs_with == KeyKind::Sm2 {
        ca.extend(["-sigopt".into(), DISTINGUISHED_ID.into()]);
    }
    if order.kind == KeyKind::Sm2 {
        ca.extend(["-vfyopt".into(), DISTINGUISHED_ID.into()]);
    }
    run(folder, &ca);
}

fn request(folder: &Path, order: &Order) {
    let mut request = words(&["req", "-new", "-config", "ca.cnf", "-key", "key.pem"]);
    request.extend(["-out".into(), "request.pem".into()]);
    request.push(format!("-{}", digest(order.kind)));
    if order.kind == KeyKind::Sm2 {
        request.extend(["-sigopt".into(), DISTINGUISHED_ID.into()]);
    }
    let subject = subject(order);
    let subject = match order.strings {
        Strings::Utf8 | Strings::Bmp => {
            request.push("-utf8".into());
            subject.into_bytes()
        }
        // Taken for Latin-1, and kept octet for octet.
        Strings::Gb18030 => encoding_rs::GB18030.encode(&subject).0.into_owned(),
    };
    request.push("-subj".into());
    let mut request: Vec<OsString> = request.into_iter().map(Into::into).collect();
    request.push(OsString::from_vec(subject));
    run(folder, &request);
}

/// Writes a revocation list of the CA in `issuer` to `out`, in force from and to these seconds from now, with these lines
/// for further extensions.
pub fn revocation_list(
    (issuer, kind): (&Path, KeyKind),
    serials: &[String],
    (last, next): (i64, i64),
    extensions: &str,
    out: &Path,
) {
    let folder = super::scratch::folder("crl");
    let mut index = String::new();
    for serial in serials {
        writeln!(
            index,
            "R\t491231235959Z\t260101000000Z\t{serial}\tunknown\t/CN=lock"
        )
        .unwrap();
    }
    fs::write(folder.join("index"), index).unwrap();
    fs::write(folder.join("number"), "01\n").unwrap();
    let configuration = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index\ncrlnumber=number\nunique_subject=no\ndefault_crl_days=30\n\
         crl_extensions=ext\n[ext]\nauthorityKeyIdentifier=keyid\n{extensions}"
    );
    fs::write(folder.join("ca.cnf"), configuration).unwrap();
    let mut ca = words(&["ca", "-gencrl", "-config", "ca.cnf", "-out", "crl.pem"]);
    ca.extend(["-keyfile".into(), text(&issuer.join("key.pem"))]);
    ca.extend(["-cert".into(), text(&issuer.join("certificate.pem"))]);
    ca.extend(["-crl_lastupdate".into(), date(last)]);
    ca.extend(["-crl_nextupdate".into(), date(next)]);
    ca.extend(["-md".into(), digest(kind).to_owned()]);
    if kind == KeyKind::Sm2 {
        ca.extend(["-sigopt".into(), DISTINGUISHED_ID.into()]);
    }
    run(&folder, &ca);
    // In place at once: whoever reads meanwhile sees the old list or the new one.
    let beside = out.with_extension("new");
    fs::copy(folder.join("crl.pem"), &beside).unwrap();
    fs::rename(beside, out).unwrap();
}

fn configuration(order: &Order) -> String {
    // Bits of OpenSSL: B_ASN1_BMPSTRING, B_ASN1_T61STRING.
    let strings = match order.strings {
        Strings::Utf8 => "utf8only",
        Strings::Bmp => "MASK:0x800",
        Strings::Gb18030 => "MASK:0x4",
    };
    let mut text = format!(
        "[req]\ndistinguished_name=dn\nstring_mask={strings}\n[dn]\n[ca]\ndefault_ca=d\n[d]\ndatabase=index\n\
         new_certs_dir=.\nrand_serial=yes\npolicy=any\npreserve=yes\nunique_subject=no\ndefault_md=sha256\n\
         string_mask={strings}\n[any]\ncountryName=optional\norganizationName=optional\n\
         organizationalUnitName=optional\nserialNumber=optional\ncommonName=optional\n[ext]\n",
    );
    for extension in &order.extensions {
        writeln!(text, "{extension}").unwrap();
    }
    text
}

fn subject(order: &Order) -> String {
    let mut text = String::new();
    for (name, value) in &order.subject {
        let value = value
            .replace('\\', "\\\\")
            .replace('/', "\\/")
            .replace('+', "\\+");
        write!(text, "/{name}={value}").unwrap();
    }
    text
}

const fn digest(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Rsa(_) | KeyKind::P256 => "sha256",
        KeyKind::P384 => "sha384",
        KeyKind::Sm2 => "sm3",
    }
}

fn date(seconds_from_now: i64) -> String {
    let at = OffsetDateTime::now_utc() + time::Duration::seconds(seconds_from_now);
    at.format(format_description!(
        "[year][month][day][hour][minute][second]Z"
    ))
    .unwrap()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
