//! How a CA stands: the same answers as the paths of its locks get.

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::path::{Obstacle, PathError, standing, verify_path};
use pki::revocation::{ListFault, Revocation, RevocationGap};

use crate::lab::{AT, END, Kind, Lab, Order, START, anchors, lists};

/// A root, a CA below it and a lock of that CA.
struct Hierarchy {
    lab: Lab,
    anchors: TrustAnchors,
    between: Vec<Certificate>,
    lock: Certificate,
}

fn hierarchy(kind: Kind) -> Hierarchy {
    let lab = Lab::new();
    let root = lab.root("root", kind);
    let issuing = lab.issue(
        "root",
        &Order::ca("issuing", kind, "/C=CN/O=Test/CN=issuing"),
    );
    let lock = lab.issue("issuing", &Order::lock("lock", kind));
    Hierarchy {
        lab,
        anchors: anchors(&[&root]),
        between: vec![issuing],
        lock,
    }
}

impl Hierarchy {
    /// What stands in the way with these lists; fails where a lock's path says another thing.
    fn obstacles(&self, crls: &[Vec<u8>]) -> Vec<Obstacle> {
        let lists = lists(crls, &self.certificates());
        let revocation = Revocation::Asked(&lists);
        let found = standing(&self.anchors, &self.between, &revocation, AT);
        let judged = verify_path(&self.lock, &self.anchors, &self.between, &revocation, AT);
        assert_eq!(found.can_judge, judged.is_ok(), "{judged:?}: {found:?}");
        found.obstacles
    }

    fn certificates(&self) -> Vec<&Certificate> {
        self.anchors
            .certificates()
            .iter()
            .chain(&self.between)
            .collect()
    }

    fn list(&self, issuer: &str) -> Vec<u8> {
        self.lab.crl(issuer, START, END)
    }
}

fn uncovered(issuer: &Certificate, gap: RevocationGap) -> Obstacle {
    Obstacle::Uncovered(Box::new(issuer.clone()), gap)
}

#[test]
fn a_ca_stands_as_its_locks_are_judged_with_every_kind_of_key() {
    for kind in [Kind::P256, Kind::P384, Kind::Rsa(2048), Kind::Sm2] {
        let ca = hierarchy(kind);
        let (root, issuing) = (ca.list("root"), ca.list("issuing"));
        assert_eq!(ca.obstacles(&[root.clone(), issuing.clone()]), []);
        let of_root = ca.anchors.certificates()[0].clone();
        assert_eq!(
            ca.obstacles(&[issuing]),
            [uncovered(&of_root, RevocationGap::NoList)]
        );
        assert_eq!(
            ca.obstacles(&[root]),
            [uncovered(&ca.between[0], RevocationGap::NoList)]
        );
    }
}

#[test]
fn an_intermediate_that_its_issuer_revoked_is_said() {
    let ca = hierarchy(Kind::P256);
    ca.lab.revoke("root", "issuing");
    let lists = [ca.list("root"), ca.list("issuing")];
    assert_eq!(
        ca.obstacles(&lists),
        [Obstacle::Intermediate(0, PathError::IssuerRevoked)]
    );
}

#[test]
fn a_list_that_an_impostor_signed_covers_nobody_and_takes_no_place() {
    let ca = hierarchy(Kind::P256);
    let other = Lab::new();
    other.root("impostor", Kind::P256);
    other.issue(
        "impostor",
        &Order::ca("issuing", Kind::P256, "/C=CN/O=Test/CN=issuing"),
    );
    let forged = other.crl("issuing", "20260601000000Z", END);
    let (root, issuing) = (ca.list("root"), ca.list("issuing"));
    assert_eq!(
        ca.obstacles(&[root.clone(), forged.clone()]),
        [uncovered(&ca.between[0], RevocationGap::NoList)]
    );
    assert_eq!(ca.obstacles(&[root, issuing, forged]), []);
}

#[test]
fn a_stale_list_and_what_it_left_uncovered_are_said() {
    let ca = hierarchy(Kind::P256);
    let stale = ca.lab.crl("issuing", START, "20260201000000Z");
    let root = ca.list("root");
    assert_eq!(
        ca.obstacles(&[root.clone(), stale.clone()]),
        [uncovered(&ca.between[0], RevocationGap::Stale)]
    );
    let fresh = ca.list("issuing");
    assert_eq!(ca.obstacles(&[root, stale.clone(), fresh.clone()]), []);
    let both = lists(&[stale, fresh], &ca.certificates());
    let faults: Vec<_> = both.all().iter().map(|one| both.fault(one, AT)).collect();
    assert!(faults.contains(&None) && faults.contains(&Some(ListFault::Superseded)));
}

#[test]
fn where_revocation_is_not_checked_lists_are_not_asked_for() {
    let ca = hierarchy(Kind::P256);
    let found = standing(&ca.anchors, &ca.between, &Revocation::NotChecked, AT);
    assert!(found.can_judge && found.obstacles.is_empty(), "{found:?}");
    let late = standing(&ca.anchors, &ca.between, &Revocation::NotChecked, AT * 2);
    assert!(!late.can_judge);
    assert_eq!(
        late.obstacles,
        [
            Obstacle::Anchor(0, PathError::IssuerExpired),
            Obstacle::Intermediate(0, PathError::IssuerExpired),
        ]
    );
}
