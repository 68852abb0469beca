//! The seeds of the fuzz targets, replayed without libFuzzer, and the making of them.

use std::path::{Path, PathBuf};

use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name_of, tlv};
use crate::lab::{Kind, LOCK, Lab, Order};
use crate::seal_draft::SealDraft;

#[path = "../../../fuzz/entries/pki.rs"]
mod entries;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/seeds")
        .join(target)
}

/// Every seed of a target, whole, cut short at each length up to a kilobyte, and with each of its first octets changed.
fn replay(target: &str, entry: impl Fn(&[u8])) {
    let mut replayed = 0_u32;
    for file in std::fs::read_dir(folder(target)).unwrap() {
        let seed = std::fs::read(file.unwrap().path()).unwrap();
        entry(&seed);
        for end in 0..seed.len().min(1024) {
            entry(&seed[..end]);
            let mut changed = seed.clone();
            changed[end] ^= 0x81;
            entry(&changed);
        }
        replayed += 1;
    }
    assert!(replayed >= 3, "{target} has {replayed} seeds");
}

#[test]
fn seeds_of_certificates_are_read_without_a_crash() {
    replay("certificate", entries::certificate);
}

#[test]
fn seeds_of_lists_are_read_without_a_crash() {
    replay("crl", entries::crl);
}

#[test]
fn seeds_of_seals_are_read_without_a_crash() {
    replay("eseal", entries::eseal);
}

/// With `YZT_WRITE` set the seed is written; without, it must be there.
fn write(target: &str, name: &str, octets: &[u8]) {
    let path = folder(target).join(name);
    if std::env::var_os("YZT_WRITE").is_some() {
        std::fs::create_dir_all(folder(target)).unwrap();
        std::fs::write(path, octets).unwrap();
    } else {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn every_form_of_certificate_list_and_seal_has_its_seed() {
    let lab = Lab::new();
    for (name, kind) in [
        ("sm2", Kind::Sm2),
        ("p256", Kind::P256),
        ("rsa", Kind::Rsa(2048)),
    ] {
        let root = lab.root(name, kind);
        write("certificate", &format!("root-{name}"), root.der());
        let lock = format!("lock-{name}");
        let extensions = format!(
            "{LOCK}extendedKeyUsage=clientAuth\ncertificatePolicies=1.2.156.112562.2.2.1\n\
             subjectAltName=email:a@example.cn\n1.2.156.10260.4.1.4=ASN1:PRINTABLESTRING:91350100M000100Y43\n\
             1.2.156.112562.2.1.1.1=ASN1:UTF8:JJ91350100M000100Y43\n1.2.156.112570.11.205=ASN1:SET:wrapper\n[wrapper]\n\
             value=EXPLICIT:0,PRINTABLESTRING:1A100000000000A547FC\n"
        );
        let order = Order {
            extensions: &extensions,
            ..Order::lock(&lock, kind)
        };
        let certificate = lab.issue(name, &order);
        write("certificate", &lock, certificate.der());
        lab.revoke(name, &lock);
        lab.crl(name, "20260601000000Z", "20260701000000Z");
        lab.openssl(&[
            "crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der",
        ]);
        write("crl", name, &std::fs::read(lab.path("crl.der")).unwrap());
    }
    let constrained = "basicConstraints=critical,CA:TRUE,pathlen:1\nkeyUsage=critical,keyCertSign,cRLSign\n\
        nameConstraints=critical,permitted;DNS:example.cn,excluded;email:example.com\n";
    let order = Order {
        extensions: constrained,
        ..Order::ca("ca", Kind::P256, "/CN=ca")
    };
    write(
        "certificate",
        "ca-constrained",
        lab.issue("p256", &order).der(),
    );

    let key = SigningKey::generate().unwrap();
    let mut old = Draft::lock("root", "lock");
    old.subject = name_of(&[
        (b"\x55\x04\x06", 19, b"CN"),
        (b"\x55\x04\x0a", 20, b"\xc4\xda\xc3\xc9\xb9\xc5"),
        (b"\x55\x04\x0b", 30, b"\x6c\xd5\x4e\xba"),
        (b"\x55\x04\x03", 28, b"\0\0\x51\x85"),
        (b"\x55\x04\x61", 12, b"NTRCN-91350100M000100Y43"),
    ]);
    let wrapped = tlv(0x31, &tlv(0xA0, &tlv(19, b"91350100M000100Y43")));
    old.extensions
        .push(extension("2a560b0703", false, &wrapped));
    write("certificate", "old-names", &old.der(&key, &key));

    let maker = Draft::lock("root", "maker").certificate(&key, &key);
    let sign = |message: &[u8]| key.sign(message).unwrap();
    let (v1, v4) = (
        SealDraft::v1(&maker, &[&maker]),
        SealDraft::v4(&maker, &[&maker]),
    );
    write("eseal", "v1", &v1.der(sign));
    write("eseal", "v4", &v4.der(sign));
    let mut digests = SealDraft::v4(&maker, &[]);
    digests.list_kind = Some(2);
    digests.list = vec![tlv(0x30, &[tlv(19, b"SM3"), tlv(4, &[7; 32])].concat())];
    let one = [tlv(6, b"\x2a\x03\x04"), tlv(1, b"\xff"), tlv(4, b"x")].concat();
    digests.extensions = Some(tlv(0xA0, &tlv(0x30, &tlv(0x30, &one))));
    write("eseal", "v4-digests", &digests.der(sign));
}
