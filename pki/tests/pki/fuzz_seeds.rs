//! The seeds of the fuzz targets, replayed without libFuzzer, and the making of them.

use std::path::{Path, PathBuf};

use pki::certificate::Certificate;
use pki::revocation::UnverifiedCrl;
use pki::revocation::ocsp::{OcspRequest, OcspStatus};
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name, name_of, tlv};
use crate::lab::{AT, Kind, LOCK, Lab, Order};
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

/// What OpenSSL answers about a certificate, signed by its issuer.
fn answer_of_openssl(lab: &Lab, issuer: &str, certificate: &Certificate) -> Vec<u8> {
    let root = lab.certificate(issuer);
    let request = OcspRequest::new(certificate, &root, Some([7; 32])).unwrap();
    std::fs::write(lab.path("request"), request.der()).unwrap();
    let (index, key, ca) = (
        format!("{issuer}.db"),
        format!("{issuer}.key"),
        format!("{issuer}.pem"),
    );
    lab.openssl(&[
        "ocsp", "-index", &index, "-CA", &ca, "-reqin", "request", "-respout", "answer",
        "-rsigner", &ca, "-rkey", &key, "-nmin", "10",
    ]);
    std::fs::read(lab.path("answer")).unwrap()
}

/// The data of an answer about `signer.der`, by its name, with the nonce that the entry asks with.
fn data_of_answer() -> Vec<u8> {
    let certificate = signer();
    let asked = OcspRequest::new(&certificate, &certificate, None).unwrap();
    // request { tbsRequest { requestList { request { certId } } } }: four heads of two octets, all short.
    let id = &asked.der()[8..];
    let time = |text: &[u8]| tlv(0x18, text);
    let single = [
        id.to_vec(),
        tlv(0x80, b""),
        time(b"20260614000000Z"),
        tlv(0xA0, &time(b"20260616000000Z")),
    ];
    let nonce = [
        tlv(6, b"\x2b\x06\x01\x05\x05\x07\x30\x01\x02"),
        tlv(4, &tlv(4, &[7; 32])),
    ];
    let data = [
        tlv(0xA1, &name("root")),
        time(b"20260614000000Z"),
        tlv(0x30, &tlv(0x30, &single.concat())),
        tlv(0xA1, &tlv(0x30, &tlv(0x30, &nonce.concat()))),
    ];
    tlv(0x30, &data.concat())
}

/// The CA behind the lists and answers that the entries sign.
fn signer() -> Certificate {
    let entries = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/entries");
    Certificate::from_der(&std::fs::read(entries.join("signer.der")).unwrap()).unwrap()
}

#[test]
fn seeds_of_answers_are_read_without_a_crash() {
    replay("ocsp", entries::ocsp);
}

#[test]
fn an_answer_that_an_entry_signs_is_understood() {
    let own = signer();
    let request = OcspRequest::new(&own, &own, Some([7; 32])).unwrap();
    let answer = request.verify(&entries::signed_answer(&data_of_answer()), None, AT);
    assert_eq!(answer.unwrap().status(), OcspStatus::Good);
}

#[test]
fn a_list_that_an_entry_signs_is_understood() {
    let seed = std::fs::read(folder("crl").join("entries")).unwrap();
    let direct = tlv(0x30, &[tlv(2, &[7]), tlv(0x17, b"260601000000Z")].concat());
    let own = signer();
    for (entries, indirect, count) in [(direct, false, 1), (seed, true, 3)] {
        let der = entries::signed_list(&entries, indirect);
        let list = UnverifiedCrl::from_der(&der).unwrap();
        let list = if indirect {
            list.verify_indirect(&own)
        } else {
            list.verify([&own])
        };
        assert_eq!(list.unwrap().entries(), count);
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
        let list = lab.crl(name, "20260601000000Z", "20260701000000Z");
        write("crl", name, &list);
        write("ocsp", name, &answer_of_openssl(&lab, name, &certificate));
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

    let ca = lab.issue("signer", &Order::ca("signer", Kind::P256, "/CN=root"));
    write("../entries", "signer.der", ca.der());
    lab.openssl(&[
        "pkcs8",
        "-topk8",
        "-nocrypt",
        "-in",
        "signer.key",
        "-outform",
        "DER",
        "-out",
        "signer.p8",
    ]);
    write(
        "../entries",
        "signer.p8",
        &std::fs::read(lab.path("signer.p8")).unwrap(),
    );
    write("ocsp", "data", &data_of_answer());
    let entry = |serial: &[u8], extensions: &[u8]| {
        let date = tlv(0x17, b"260601000000Z");
        tlv(0x30, &[tlv(2, serial), date, extensions.to_vec()].concat())
    };
    let reason = tlv(
        0x30,
        &[tlv(6, b"\x55\x1d\x15"), tlv(4, b"\x0a\x01\x01")].concat(),
    );
    let names = tlv(0x30, &tlv(0xA4, &name("another")));
    let issuer = [tlv(6, b"\x55\x1d\x1d"), tlv(1, b"\xff"), tlv(4, &names)].concat();
    let entries = [
        entry(&[0x1A, 0x10], b""),
        entry(&[0, 0xAB], &tlv(0x30, &reason)),
        entry(&[7], &tlv(0x30, &tlv(0x30, &issuer))),
    ];
    write("crl", "entries", &entries.concat());

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
