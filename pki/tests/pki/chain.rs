//! From a lock to an anchor.

use pki::anchors::{AnchorProblem, TrustAnchors};
use pki::certificate::{Certificate, CertificatePurpose};
use pki::path::{PathError, verify_chain, verify_path};
use pki::revocation::Revocation;
use pki::signature::PublicKey;
use pki::sm2::SigningKey;

use crate::draft::Draft;
use crate::lab::{AT, Kind, LOCK, Lab, Order, anchors};

fn refusal(lock: &Certificate, root: &Certificate, at: i64) -> PathError {
    verify_path(lock, &anchors(&[root]), &[], &Revocation::NotChecked, at).unwrap_err()
}

fn passes_with_intermediate(kind: Kind) {
    let lab = Lab::new();
    let root = lab.root("root", kind);
    let issuing = lab.issue(
        "root",
        &Order::ca("issuing", kind, "/C=CN/O=Test/CN=issuing"),
    );
    let lock = lab.issue("issuing", &Order::lock("lock", kind));

    let path = verify_path(
        &lock,
        &anchors(&[&root]),
        std::slice::from_ref(&issuing),
        &Revocation::NotChecked,
        AT,
    )
    .unwrap();
    assert_eq!(path.certificates(), [lock.clone(), issuing.clone()]);
    assert_eq!(path.anchor_thumbprint_sha256(), root.thumbprint_sha256());
    assert_eq!(path.anchor_subject().common_name(), Some("root"));

    let without = verify_path(&lock, &anchors(&[&root]), &[], &Revocation::NotChecked, AT);
    assert_eq!(without.unwrap_err(), PathError::UnknownIssuer);
    let from_issuing = verify_path(
        &lock,
        &anchors(&[&issuing]),
        &[],
        &Revocation::NotChecked,
        AT,
    )
    .unwrap();
    assert_eq!(from_issuing.anchor(), &issuing);
}

#[test]
fn rsa_lock_under_an_intermediate_passes() {
    passes_with_intermediate(Kind::Rsa(2048));
}

#[test]
fn p256_lock_under_an_intermediate_passes() {
    passes_with_intermediate(Kind::P256);
}

#[test]
fn p384_lock_under_an_intermediate_passes() {
    passes_with_intermediate(Kind::P384);
}

#[test]
fn sm2_lock_under_an_intermediate_passes() {
    passes_with_intermediate(Kind::Sm2);
}

#[test]
fn every_spelling_of_an_sm2_certificate_passes() {
    let (ca_key, lock_key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    for sm2_twice in [false, true] {
        for null_parameters in [false, true] {
            let mut ca = Draft::ca("root");
            ca.key_algorithm_is_sm2_twice = sm2_twice;
            let ca = ca.certificate(&ca_key, &ca_key);
            let mut lock = Draft::lock("root", "lock");
            lock.key_algorithm_is_sm2_twice = sm2_twice;
            lock.null_parameters = null_parameters;
            let lock = lock.certificate(&lock_key, &ca_key);
            assert_eq!(*lock.public_key(), PublicKey::Sm2);
            verify_path(&lock, &anchors(&[&ca]), &[], &Revocation::NotChecked, AT).unwrap();
        }
    }
}

#[test]
fn sm2_lock_of_an_impostor_with_the_same_name_is_refused() {
    let (ca_key, other_key) = (
        SigningKey::generate().unwrap(),
        SigningKey::generate().unwrap(),
    );
    let ca = Draft::ca("root").certificate(&ca_key, &ca_key);
    let lock = Draft::lock("root", "lock").certificate(&other_key, &other_key);
    assert_eq!(refusal(&lock, &ca, AT), PathError::BadSignature);
}

#[test]
fn lock_of_an_unknown_authority_is_refused() {
    let lab = Lab::new();
    lab.root("foreign", Kind::P256);
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("foreign", &Order::lock("lock", Kind::P256));
    assert_eq!(refusal(&lock, &root, AT), PathError::UnknownIssuer);
    let nobody = TrustAnchors::default();
    let verdict = verify_path(&lock, &nobody, &[], &Revocation::NotChecked, AT);
    assert_eq!(verdict.unwrap_err(), PathError::UnknownIssuer);
}

#[test]
fn validity_counts_to_the_second() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let order = Order {
        start: "20260301000000Z",
        end: "20260401000000Z",
        ..Order::lock("lock", Kind::P256)
    };
    let lock = lab.issue("root", &order);
    let judge =
        |at| verify_path(&lock, &anchors(&[&root]), &[], &Revocation::NotChecked, at).map(|_| ());
    assert_eq!(judge(lock.not_before() - 1), Err(PathError::NotYetValid));
    assert_eq!(judge(lock.not_before()), Ok(()));
    assert_eq!(judge(lock.not_after()), Ok(()));
    assert_eq!(judge(lock.not_after() + 1), Err(PathError::Expired));
    assert_eq!(judge(-1), Err(PathError::NotYetValid));
}

#[test]
fn expired_authorities_vouch_for_nobody() {
    let lab = Lab::new();
    let (start, end) = ("20260101000000Z", "20260201000000Z");
    let root = lab.issue(
        "root",
        &Order {
            start,
            end,
            ..Order::ca("root", Kind::P256, "/CN=root")
        },
    );
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    assert_eq!(refusal(&lock, &root, AT), PathError::IssuerExpired);

    let good = lab.root("good", Kind::P256);
    let issuing = lab.issue(
        "good",
        &Order {
            start,
            end,
            ..Order::ca("issuing", Kind::P256, "/CN=issuing")
        },
    );
    let lock = lab.issue("issuing", &Order::lock("lock2", Kind::P256));
    let verdict = verify_path(
        &lock,
        &anchors(&[&good]),
        &[issuing],
        &Revocation::NotChecked,
        AT,
    );
    assert_eq!(verdict.unwrap_err(), PathError::IssuerExpired);
}

#[test]
fn renewed_root_with_the_same_key_is_found_beside_its_expired_self() {
    let lab = Lab::new();
    let old = Order {
        end: "20260201000000Z",
        ..Order::ca("root", Kind::P256, "/CN=root")
    };
    let old = lab.issue("root", &old);
    let renewed = lab.issue("root", &Order::ca("root", Kind::P256, "/CN=root"));
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let path = verify_path(
        &lock,
        &anchors(&[&old, &renewed]),
        &[],
        &Revocation::NotChecked,
        AT,
    )
    .unwrap();
    assert_eq!(path.anchor(), &renewed);
}

#[test]
fn sha1_signatures_are_refused_wherever_they_stand() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::Rsa(2048));
    let lock = lab.issue(
        "root",
        &Order {
            hash: Some("sha1"),
            ..Order::lock("lock", Kind::P256)
        },
    );
    assert_eq!(refusal(&lock, &root, AT), PathError::WeakSignature);

    let issuing = Order {
        hash: Some("sha1"),
        ..Order::ca("issuing", Kind::Rsa(2048), "/CN=issuing")
    };
    let issuing = lab.issue("root", &issuing);
    let lock = lab.issue("issuing", &Order::lock("lock2", Kind::P256));
    let verdict = verify_path(
        &lock,
        &anchors(&[&root]),
        &[issuing],
        &Revocation::NotChecked,
        AT,
    );
    assert_eq!(verdict.unwrap_err(), PathError::WeakSignature);
}

#[test]
fn short_rsa_keys_are_refused_wherever_they_stand() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::Rsa(2048));
    let lock = lab.issue("root", &Order::lock("lock", Kind::Rsa(1024)));
    assert_eq!(*lock.public_key(), PublicKey::Rsa { modulus_bits: 1024 });
    assert_eq!(refusal(&lock, &root, AT), PathError::WeakKey);

    let issuing = lab.issue(
        "root",
        &Order::ca("issuing", Kind::Rsa(1024), "/CN=issuing"),
    );
    let lock = lab.issue("issuing", &Order::lock("lock2", Kind::P256));
    let verdict = verify_path(
        &lock,
        &anchors(&[&root]),
        &[issuing],
        &Revocation::NotChecked,
        AT,
    );
    assert_eq!(verdict.unwrap_err(), PathError::WeakKey);

    let weak = lab.root("weak", Kind::Rsa(1024));
    let refused = TrustAnchors::from_certificates(&[weak]).unwrap_err();
    assert_eq!(refused.reason, AnchorProblem::WeakKey);
}

#[test]
fn encryption_certificate_has_its_own_refusal() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::Sm2);
    let extensions = "keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement\n";
    let lock = lab.issue(
        "root",
        &Order {
            extensions,
            ..Order::lock("lock", Kind::Sm2)
        },
    );
    assert_eq!(lock.purpose(), CertificatePurpose::EncryptionOnly);
    assert_eq!(refusal(&lock, &root, AT), PathError::EncryptionOnly);
    verify_chain(&lock, &anchors(&[&root]), &[], &Revocation::NotChecked, AT).unwrap();
}

#[test]
fn use_must_be_signing_and_client_authentication() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let judge = |name: &str, extensions: &str| {
        let lock = lab.issue(
            "root",
            &Order {
                extensions,
                ..Order::lock(name, Kind::P256)
            },
        );
        verify_path(&lock, &anchors(&[&root]), &[], &Revocation::NotChecked, AT).map(|_| ())
    };
    assert_eq!(
        judge("a", "basicConstraints=CA:FALSE\n"),
        Err(PathError::NotForSigning)
    );
    assert_eq!(
        judge("b", &format!("{LOCK}extendedKeyUsage=serverAuth\n")),
        Err(PathError::NotForSigning)
    );
    assert_eq!(
        judge(
            "c",
            &format!("{LOCK}extendedKeyUsage=anyExtendedKeyUsage\n")
        ),
        Err(PathError::NotForSigning)
    );
    assert_eq!(
        judge(
            "d",
            &format!("{LOCK}extendedKeyUsage=emailProtection,clientAuth\n")
        ),
        Ok(())
    );
    assert_eq!(
        judge("e", "keyUsage=nonRepudiation\n"),
        Err(PathError::NotForSigning)
    );
}
