//! Lists of what was taken back.

use pki::certificate::Certificate;
use pki::path::{PathError, verify_path};
use pki::revocation::{Crl, CrlError, Revocation, RevocationGap};

use crate::lab::{AT, Kind, Lab, Order, anchors};

const LAST: &str = "20260601000000Z";
const NEXT: &str = "20260701000000Z";

fn unavailable(gap: RevocationGap) -> Result<(), PathError> {
    Err(PathError::RevocationUnavailable(gap))
}

fn judge(
    lock: &Certificate,
    root: &Certificate,
    intermediates: &[Certificate],
    crls: &[Crl],
) -> Result<(), PathError> {
    verify_path(
        lock,
        &anchors(&[root]),
        intermediates,
        &Revocation::Crls { crls },
        AT,
    )
    .map(|_| ())
}

fn revoked_lock_is_refused_and_its_neighbour_passes(kind: Kind) {
    let lab = Lab::new();
    let root = lab.root("root", kind);
    let good = lab.issue("root", &Order::lock("good", kind));
    let bad = lab.issue("root", &Order::lock("bad", kind));
    lab.revoke("root", "bad");
    let crl = lab.crl("root", LAST, NEXT);
    assert_eq!(crl.issuer().common_name(), Some("root"));
    assert_eq!(
        (crl.this_update(), crl.next_update()),
        (1_780_272_000, 1_782_864_000)
    );
    let crls = [crl];
    assert_eq!(judge(&good, &root, &[], &crls), Ok(()));
    assert_eq!(judge(&bad, &root, &[], &crls), Err(PathError::Revoked));
    assert!(verify_path(&bad, &anchors(&[&root]), &[], &Revocation::NotChecked, AT).is_ok());
}

#[test]
fn revoked_rsa_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::Rsa(2048));
}

#[test]
fn revoked_p256_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::P256);
}

#[test]
fn revoked_sm2_lock_is_refused() {
    revoked_lock_is_refused_and_its_neighbour_passes(Kind::Sm2);
}

#[test]
fn list_counts_only_between_its_updates() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let stale = lab.crl("root", "20260401000000Z", "20260501000000Z");
    let future = lab.crl("root", "20260701000000Z", "20260801000000Z");
    let current = lab.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[]),
        unavailable(RevocationGap::NoList)
    );
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&stale)),
        unavailable(RevocationGap::Stale)
    );
    assert_eq!(
        judge(&lock, &root, &[], std::slice::from_ref(&future)),
        unavailable(RevocationGap::NotYetInForce)
    );
    // A stale list beside the current one does no harm, whatever the order.
    assert_eq!(
        judge(&lock, &root, &[], &[stale.clone(), current.clone()]),
        Ok(())
    );
    assert_eq!(judge(&lock, &root, &[], &[current.clone(), stale]), Ok(()));
    let at_the_end = |at| {
        let crls = std::slice::from_ref(&current);
        verify_path(
            &lock,
            &anchors(&[&root]),
            &[],
            &Revocation::Crls { crls },
            at,
        )
        .map(|_| ())
    };
    assert_eq!(at_the_end(current.next_update() - 1), Ok(()));
    assert_eq!(
        at_the_end(current.next_update()),
        unavailable(RevocationGap::Stale)
    );
    assert_eq!(at_the_end(current.this_update()), Ok(()));
}

#[test]
fn later_list_outweighs_an_earlier_one() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let before = lab.crl("root", LAST, NEXT);
    lab.revoke("root", "lock");
    let after = lab.crl("root", "20260610000000Z", NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[before.clone(), after.clone()]),
        Err(PathError::Revoked)
    );
    assert_eq!(
        judge(&lock, &root, &[], &[after, before]),
        Err(PathError::Revoked)
    );
}

#[test]
fn forged_list_is_not_believed() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    // Another key under the same name.
    let impostor = Lab::new();
    impostor.root("root", Kind::P256);
    let forged = impostor.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[forged]),
        unavailable(RevocationGap::Unverifiable)
    );
}

#[test]
fn foreign_list_covers_nothing() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    lab.root("other", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let foreign = lab.crl("other", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[foreign]),
        unavailable(RevocationGap::NoList)
    );
}

#[test]
fn unknown_issuer_is_said_before_missing_lists() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    lab.root("foreign", Kind::P256);
    let lock = lab.issue("foreign", &Order::lock("lock", Kind::P256));
    assert_eq!(judge(&lock, &root, &[], &[]), Err(PathError::UnknownIssuer));
}

#[test]
fn every_certificate_below_the_anchor_needs_a_list() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::Sm2);
    let issuing = lab.issue("root", &Order::ca("issuing", Kind::Sm2, "/CN=issuing"));
    let lock = lab.issue("issuing", &Order::lock("lock", Kind::Sm2));
    let (by_root, by_issuing) = (lab.crl("root", LAST, NEXT), lab.crl("issuing", LAST, NEXT));
    let chain = [issuing.clone()];
    let both = [by_root.clone(), by_issuing.clone()];
    assert_eq!(judge(&lock, &root, &chain, &both), Ok(()));
    let only_lower = std::slice::from_ref(&by_issuing);
    assert_eq!(
        judge(&lock, &root, &chain, only_lower),
        unavailable(RevocationGap::NoList)
    );
    assert_eq!(
        judge(&lock, &root, &chain, &[by_root]),
        unavailable(RevocationGap::NoList)
    );
    // The remedy where a CA publishes nothing about its intermediates: the issuing CA as the anchor.
    assert_eq!(judge(&lock, &issuing, &[], only_lower), Ok(()));

    lab.revoke("root", "issuing");
    let revoking = [lab.crl("root", "20260610000000Z", NEXT), by_issuing];
    assert_eq!(
        judge(&lock, &root, &chain, &revoking),
        Err(PathError::Revoked)
    );
}

#[test]
fn authority_without_the_right_to_sign_lists_has_no_say() {
    let lab = Lab::new();
    let extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n";
    let root = lab.issue(
        "root",
        &Order {
            extensions,
            ..Order::ca("root", Kind::P256, "/CN=root")
        },
    );
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    let crl = lab.crl("root", LAST, NEXT);
    assert_eq!(
        judge(&lock, &root, &[], &[crl]),
        unavailable(RevocationGap::Unverifiable)
    );
}

#[test]
fn what_is_no_list_is_refused() {
    assert_eq!(Crl::from_der(b"\x30\x00").unwrap_err(), CrlError::Malformed);
    assert_eq!(Crl::from_pem("").unwrap_err(), CrlError::BadPem);
}
