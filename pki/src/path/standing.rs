//! How a CA stands before anybody comes: would a path through its certificates be judged?
//!
//! Owns the same questions that a path is asked (`question`, `rules`), put to every certificate that was configured. Knows no lock: what only a lock's own certificate says (its distribution points) is not foreseen, nor
//! are path lengths and name constraints.

use super::error::{ConstraintViolation, PathError};
use super::rules::{self, Intermediates};
use super::signed::is_signed_by;
use crate::anchors::TrustAnchors;
use crate::certificate::Certificate;
use crate::revocation::{Link, Revocation, RevocationGap, RevocationStatus, Unconfirmed};

/// id-kp-clientAuth.
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

/// How a CA stands at one moment.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whether there is a certificate under which locks are judged. Without one every lock of the CA is refused.
    pub can_judge: bool,
    /// What is wrong, whether or not it stops every lock.
    pub obstacles: Vec<Obstacle>,
}

/// One thing that is wrong with what a CA was configured with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// An anchor, by its place among the anchors.
    Anchor(usize, PathError),
    /// An intermediate, by its place among the intermediates. [`PathError::UnknownIssuer`]: it leads to no anchor.
    Intermediate(usize, PathError),
    /// This certificate issues, and nobody says now what it took back.
    Uncovered(Box<Certificate>, RevocationGap),
}

/// Looks at what a CA was configured with, at the time `at` (seconds since the Unix epoch).
pub fn standing(
    anchors: &TrustAnchors,
    intermediates: &[Certificate],
    revocation: &Revocation<'_>,
    at: i64,
) -> Standing {
    let status = match revocation {
        Revocation::NotChecked => None,
        Revocation::Asked(status) => Some(*status),
    };
    let mut obstacles = Vec::new();
    let mut issuers = sound_anchors(anchors, at, &mut obstacles);
    add_intermediates(&mut issuers, intermediates, at, &mut obstacles);
    link(&mut issuers);
    let can_judge = follow(&mut issuers, status, at, &mut obstacles);
    Standing {
        can_judge,
        obstacles,
    }
}

/// A certificate from which paths go on down.
struct Issuer<'a> {
    certificate: &'a Certificate,
    /// Its place among the intermediates; none of an anchor.
    place: Option<usize>,
    /// Places of those that issued it.
    parents: Vec<usize>,
    has_children: bool,
    /// A path from an anchor to here is in order.
    followed: bool,
}

impl<'a> Issuer<'a> {
    const fn new(certificate: &'a Certificate, place: Option<usize>) -> Self {
        Self {
            certificate,
            place,
            parents: Vec::new(),
            has_children: false,
            followed: place.is_none(),
        }
    }

    /// An anchor with CAs below it is taken to issue no locks itself.
    const fn issues_locks(&self) -> bool {
        self.place.is_some() || !self.has_children
    }

    fn issued(&self, child: &Certificate) -> bool {
        self.certificate.subject_der() == child.issuer_der()
            && is_signed_by(child.der(), self.certificate)
    }
}

fn sound_anchors<'a>(
    anchors: &'a TrustAnchors,
    at: i64,
    obstacles: &mut Vec<Obstacle>,
) -> Vec<Issuer<'a>> {
    let mut sound = Vec::new();
    let known = anchors.anchors().iter().zip(anchors.certificates());
    for (place, (anchor, certificate)) in known.enumerate() {
        let claims_itself = certificate.subject_der() == certificate.issuer_der();
        if claims_itself && !is_signed_by(certificate.der(), certificate) {
            obstacles.push(Obstacle::Anchor(place, PathError::BadSignature));
        }
        match rules::check_anchor(anchors.certificates_of(anchor), at) {
            Ok(_) => sound.push(Issuer::new(certificate, None)),
            Err(why) => obstacles.push(Obstacle::Anchor(place, why)),
        }
    }
    sound
}

/// Adds every intermediate that leads to one of the anchors.
fn add_intermediates<'a>(
    issuers: &mut Vec<Issuer<'a>>,
    given: &'a [Certificate],
    at: i64,
    obstacles: &mut Vec<Obstacle>,
) {
    let mut waiting = Vec::new();
    for (place, certificate) in given.iter().enumerate() {
        match check_issuer(certificate, at) {
            Ok(()) => waiting.push((place, certificate)),
            Err(why) => obstacles.push(Obstacle::Intermediate(place, why)),
        }
    }
    let mut before = usize::MAX;
    while waiting.len() < before {
        before = waiting.len();
        waiting.retain(|&(place, certificate)| {
            let leads = issuers.iter().any(|issuer| issuer.issued(certificate));
            if leads {
                issuers.push(Issuer::new(certificate, Some(place)));
            }
            !leads
        });
    }
    let astray = |(place, _)| Obstacle::Intermediate(place, PathError::UnknownIssuer);
    obstacles.extend(waiting.into_iter().map(astray));
}

/// What a path asks of a CA below the anchor.
fn check_issuer(certificate: &Certificate, at: i64) -> Result<(), PathError> {
    if let [(_, why)] = Intermediates::usable(std::slice::from_ref(certificate)).refused() {
        return Err(*why);
    }
    if !certificate.is_ca() {
        return Err(PathError::Constraint(ConstraintViolation::IssuerNotACa));
    }
    if certificate
        .extended_key_usage()
        .is_some_and(|uses| !uses.iter().any(|one| one == CLIENT_AUTH))
    {
        return Err(PathError::Constraint(
            ConstraintViolation::IssuerExtendedKeyUsage,
        ));
    }
    if certificate
        .critical_extensions()
        .any(|oid| !rules::KNOWN_CRITICAL_EXTENSIONS.contains(&oid))
    {
        return Err(PathError::UnknownCriticalExtension);
    }
    rules::check_validity(certificate, at).map_err(|why| match why {
        PathError::NotYetValid => PathError::IssuerNotYetValid,
        _ => PathError::IssuerExpired,
    })
}

/// Finds out who issued whom.
fn link(issuers: &mut [Issuer<'_>]) {
    let parents: Vec<Vec<usize>> = issuers
        .iter()
        .map(|child| {
            let above = issuers.iter().enumerate().filter(|(_, parent)| {
                child.place.is_some()
                    && parent.certificate != child.certificate
                    && parent.issued(child.certificate)
            });
            above.map(|(at, _)| at).collect()
        })
        .collect();
    for parent in parents.iter().flatten() {
        if let Some(issuer) = issuers.get_mut(*parent) {
            issuer.has_children = true;
        }
    }
    for (issuer, parents) in issuers.iter_mut().zip(parents) {
        issuer.parents = parents;
    }
}

/// Follows the paths down from the anchors; answers whether one ends where locks are issued and judged.
fn follow(
    issuers: &mut [Issuer<'_>],
    status: Option<&dyn RevocationStatus>,
    at: i64,
    obstacles: &mut Vec<Obstacle>,
) -> bool {
    let mut links = Vec::new();
    for (below, child) in issuers.iter().enumerate() {
        for (above, parent) in child
            .parents
            .iter()
            .filter_map(|p| Some((*p, issuers.get(*p)?)))
        {
            let link = Link {
                certificate: child.certificate,
                issuer: parent.certificate,
                is_ca: true,
                at,
            };
            match status.map_or(Ok(()), |status| status.status(&link).map(drop)) {
                Ok(()) => links.push((above, below)),
                Err(Unconfirmed::Unavailable(gap)) => note(obstacles, uncovered(parent, gap)),
                Err(Unconfirmed::Revoked) => {
                    let place = child.place;
                    let revoked = |place| Obstacle::Intermediate(place, PathError::IssuerRevoked);
                    obstacles.extend(place.map(revoked));
                }
            }
        }
    }
    // At most as many rounds as there are issuers: a path is no longer.
    for _ in 0..issuers.len() {
        for (above, below) in &links {
            if issuers.get(*above).is_some_and(|parent| parent.followed)
                && let Some(child) = issuers.get_mut(*below)
            {
                child.followed = true;
            }
        }
    }
    let mut judges = false;
    for issuer in issuers.iter().filter(|issuer| issuer.issues_locks()) {
        let covered = status.map_or(Ok(()), |status| {
            status.covers_holders_of(issuer.certificate, at)
        });
        match covered {
            Ok(()) => judges |= issuer.followed,
            Err(gap) => note(obstacles, uncovered(issuer, gap)),
        }
    }
    judges
}

fn uncovered(issuer: &Issuer<'_>, gap: RevocationGap) -> Obstacle {
    Obstacle::Uncovered(Box::new(issuer.certificate.clone()), gap)
}

fn note(obstacles: &mut Vec<Obstacle>, obstacle: Obstacle) {
    if !obstacles.contains(&obstacle) {
        obstacles.push(obstacle);
    }
}
