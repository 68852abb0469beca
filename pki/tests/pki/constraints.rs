//! What a CA may not do.

use pki::certificate::{Certificate, CertificateError};
use pki::path::{ConstraintViolation, PathError, verify_path};
use pki::revocation::Revocation;
use pki::sm2::SigningKey;

use crate::draft::{Draft, extension, name_of, tlv};
use crate::lab::{AT, Kind, LOCK, Lab, Order, anchors};

fn verdict(
    lock: &Certificate,
    root: &Certificate,
    intermediates: &[Certificate],
) -> Result<(), PathError> {
    verify_path(
        lock,
        &anchors(&[root]),
        intermediates,
        &Revocation::NotChecked,
        AT,
    )
    .map(|_| ())
}

fn under(extensions: &str, lock: &Order<'_>) -> Result<(), PathError> {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let issuing = lab.issue(
        "root",
        &Order {
            extensions,
            ..Order::ca("issuing", Kind::P256, "/CN=issuing")
        },
    );
    let lock = lab.issue("issuing", lock);
    verdict(&lock, &root, &[issuing])
}

const CA: &str = "basicConstraints=critical,CA:TRUE\n";
const MAY_SIGN: &str = "keyUsage=critical,keyCertSign,cRLSign\n";

#[test]
fn path_length_is_kept() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let bounded = format!("basicConstraints=critical,CA:TRUE,pathlen:0\n{MAY_SIGN}");
    let first = lab.issue(
        "root",
        &Order {
            extensions: &bounded,
            ..Order::ca("first", Kind::P256, "/CN=first")
        },
    );
    let second = lab.issue("first", &Order::ca("second", Kind::P256, "/CN=second"));
    let direct = lab.issue("first", &Order::lock("direct", Kind::P256));
    let deep = lab.issue("second", &Order::lock("deep", Kind::P256));
    let intermediates = [first, second];
    assert_eq!(verdict(&direct, &root, &intermediates), Ok(()));
    let refused = verdict(&deep, &root, &intermediates);
    assert_eq!(
        refused,
        Err(PathError::Constraint(ConstraintViolation::PathLength))
    );
}

#[test]
fn name_constraints_are_kept() {
    let constrained = format!("{CA}{MAY_SIGN}nameConstraints=critical,permitted;DNS:example.cn\n");
    let inside = format!("{LOCK}subjectAltName=DNS:a.example.cn\n");
    let outside = format!("{LOCK}subjectAltName=DNS:a.example.com\n");
    let order = Order::lock("lock", Kind::P256);
    assert_eq!(
        under(
            &constrained,
            &Order {
                extensions: &inside,
                ..order
            }
        ),
        Ok(())
    );
    let refused = under(
        &constrained,
        &Order {
            extensions: &outside,
            ..order
        },
    );
    assert_eq!(
        refused,
        Err(PathError::Constraint(ConstraintViolation::Name))
    );
}

#[test]
fn directory_name_constraints_refuse_rather_than_be_passed_over() {
    let constrained = format!(
        "{CA}{MAY_SIGN}nameConstraints=critical,permitted;dirName:dn_section\n[dn_section]\nC=US\n"
    );
    let refused = under(&constrained, &Order::lock("lock", Kind::P256));
    assert_eq!(
        refused,
        Err(PathError::Constraint(ConstraintViolation::Name))
    );
}

#[test]
fn issuer_must_be_an_authority_that_may_sign_certificates() {
    let order = Order::lock("lock", Kind::P256);
    let not_a_ca = under(&format!("basicConstraints=CA:FALSE\n{MAY_SIGN}"), &order);
    assert_eq!(
        not_a_ca,
        Err(PathError::Constraint(ConstraintViolation::IssuerNotACa))
    );
    let only_lists = under(&format!("{CA}keyUsage=critical,cRLSign\n"), &order);
    assert_eq!(
        only_lists,
        Err(PathError::Constraint(ConstraintViolation::IssuerKeyUsage))
    );
    let servers_only = under(
        &format!("{CA}{MAY_SIGN}extendedKeyUsage=serverAuth\n"),
        &order,
    );
    assert_eq!(
        servers_only,
        Err(PathError::Constraint(
            ConstraintViolation::IssuerExtendedKeyUsage
        ))
    );
    assert_eq!(
        under(
            &format!("{CA}{MAY_SIGN}extendedKeyUsage=clientAuth\n"),
            &order
        ),
        Ok(())
    );
}

#[test]
fn authority_cannot_stand_in_for_a_lock() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let extensions = format!("{CA}keyUsage=critical,digitalSignature,keyCertSign\n");
    let lock = lab.issue(
        "root",
        &Order {
            extensions: &extensions,
            ..Order::lock("lock", Kind::P256)
        },
    );
    assert_eq!(
        verdict(&lock, &root, &[]),
        Err(PathError::Constraint(ConstraintViolation::CaAsEndEntity))
    );
}

#[test]
fn lock_cannot_issue_another_lock() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let thief = lab.issue("root", &Order::lock("thief", Kind::P256));
    let fake = lab.issue("thief", &Order::lock("fake", Kind::P256));
    let refused = verdict(&fake, &root, &[thief]);
    assert_eq!(
        refused,
        Err(PathError::Constraint(ConstraintViolation::IssuerKeyUsage))
    );
}

#[test]
fn unknown_critical_extension_is_refused_and_an_uncritical_one_passed_over() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let judge = |name: &str, line: &str| {
        let extensions = format!("{LOCK}{line}\n");
        let lock = lab.issue(
            "root",
            &Order {
                extensions: &extensions,
                ..Order::lock(name, Kind::P256)
            },
        );
        verdict(&lock, &root, &[])
    };
    assert_eq!(
        judge("critical", "1.2.3.4=critical,ASN1:NULL"),
        Err(PathError::UnknownCriticalExtension)
    );
    assert_eq!(judge("uncritical", "1.2.3.4=ASN1:NULL"), Ok(()));
}

#[test]
fn strange_serial_numbers_are_refused() {
    let key = SigningKey::generate().unwrap();
    let root = Draft::ca("root").certificate(&key, &key);
    let with = |serial: &[u8]| {
        let mut draft = Draft::lock("root", "lock");
        draft.serial = serial.to_vec();
        Certificate::from_der(&draft.der(&key, &key))
    };
    let zero = with(&[0]).unwrap();
    assert_eq!(
        verdict(&zero, &root, &[]),
        Err(PathError::Constraint(ConstraintViolation::SerialNumber))
    );
    assert_eq!(
        with(&[0x80]).unwrap_err(),
        CertificateError::BadSerialNumber
    );
    assert_eq!(
        with(&[1; 21]).unwrap_err(),
        CertificateError::BadSerialNumber
    );
    assert_eq!(with(&[0, 0xAB]).unwrap().serial_number(), "AB");
    assert_eq!(with(&[0x0A, 0x00]).unwrap().serial_number(), "0A00");
}

#[test]
fn repeated_and_malformed_extensions_are_refused() {
    let key = SigningKey::generate().unwrap();
    let read = |extensions: Vec<Vec<u8>>| {
        let mut draft = Draft::lock("root", "lock");
        draft.extensions = extensions;
        Certificate::from_der(&draft.der(&key, &key)).map(|_| ())
    };
    let usage = extension("551d0f", true, &tlv(3, b"\x06\xc0"));
    let own = extension("2a0304", false, &tlv(5, b""));
    assert_eq!(read(vec![usage.clone(), own.clone()]), Ok(()));
    assert_eq!(
        read(vec![usage, own.clone(), own]),
        Err(CertificateError::DuplicateExtension)
    );
    let trailing = extension("551d0f", true, &[tlv(3, b"\x06\xc0"), vec![5, 0]].concat());
    assert!(read(vec![trailing]).is_err());
    assert!(read(vec![extension("551d0f", true, &tlv(4, b"\x06\xc0"))]).is_err());
    assert!(read(vec![extension("551d25", false, &tlv(0x31, b""))]).is_err());
}

#[test]
fn a_ca_that_constrains_policies_is_refused_with_or_without_the_critical_mark() {
    for mark in ["", "critical,"] {
        let constrained =
            format!("{CA}{MAY_SIGN}policyConstraints={mark}requireExplicitPolicy:0\n");
        let refused = under(&constrained, &Order::lock("lock", Kind::P256));
        assert_eq!(refused, Err(PathError::UnknownCriticalExtension), "{mark}");
    }
}

#[test]
fn name_constraints_that_constrain_nothing_are_malformed() {
    let key = SigningKey::generate().unwrap();
    let read = |value: &[u8]| {
        let mut draft = Draft::ca("root");
        draft.extensions.push(extension("551d1e", true, value));
        Certificate::from_der(&draft.der(&key, &key)).map(|_| ())
    };
    let subtree = tlv(0x30, &tlv(0x82, b"example.cn"));
    let list = |tag: u8| tlv(tag, &subtree);
    for good in [list(0xA0), list(0xA1), [list(0xA0), list(0xA1)].concat()] {
        assert_eq!(read(&tlv(0x30, &good)), Ok(()), "{good:02x?}");
    }
    for bad in [
        Vec::new(),
        tlv(0xA0, b""),
        [tlv(5, b""), tlv(5, b"")].concat(),
        [list(0xA1), list(0xA0)].concat(),
        [list(0xA0), list(0xA0)].concat(),
        list(0xA2),
    ] {
        let refused = read(&tlv(0x30, &bad));
        assert!(refused.is_err(), "{bad:02x?}");
    }
}

#[test]
fn whoever_has_no_subject_has_a_critical_alternative_name() {
    let (ca_key, key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let root = Draft::ca("root").certificate(&ca_key, &ca_key);
    let judge = |critical: Option<bool>| {
        let mut draft = Draft::lock("root", "lock");
        draft.subject = name_of(&[]);
        let alternative = tlv(0x30, &tlv(0x82, b"lock.example.cn"));
        draft
            .extensions
            .extend(critical.map(|critical| extension("551d11", critical, &alternative)));
        verdict(&draft.certificate(&key, &ca_key), &root, &[])
    };
    assert_eq!(judge(None), Err(PathError::Malformed));
    assert_eq!(judge(Some(false)), Err(PathError::Malformed));
    assert_eq!(judge(Some(true)), Ok(()));
}
