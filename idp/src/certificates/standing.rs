//! How each recognised CA stands: what is wrong, where it is written, and what a person meets.
//!
//! Owns the words for operators. The judgement is `pki`'s ([`pki::path::standing`]).

use idp_core::certificate_authority::CaState;
use idp_core::recognition::{
    CertificateRefusal, RecognisedCa, RevocationKnowledge as _, RevocationPolicy,
};
use idp_core::timestamp::Timestamp;
use pki::certificate::Certificate;
use pki::path::{Obstacle, PathError, standing};
use pki::revocation::{Crl, CrlError, ListFault, Revocation, RevocationGap};

use super::registry::Registered;
use super::revocation::{ListFile, RevocationSources};
use crate::view::{Locale, Messages};

/// How one CA stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityStanding {
    /// Its identifier.
    pub id: String,
    /// Whether locks of it can be judged at all.
    pub can_judge: bool,
    /// What refuses people, a line each.
    pub errors: Vec<String>,
    /// What is wrong and harms nobody now.
    pub warnings: Vec<String>,
}

/// One recognised CA with the places of its certificates.
#[derive(Clone)]
pub(super) struct Entered {
    ca: RecognisedCa,
    place: String,
    anchors: Vec<String>,
    intermediates: Vec<String>,
}

impl Entered {
    /// Every CA of a registry that is recognised; `source` is what messages call the registry.
    pub(super) fn all(source: &str, registered: &Registered) -> Vec<Self> {
        let all = registered.placed();
        all.filter(|(ca, _)| ca.state == CaState::Active)
            .map(|(ca, place)| Self {
                ca: ca.clone(),
                place: format!("{source}: {}", place.entry),
                anchors: place.anchors.clone(),
                intermediates: place.intermediates.clone(),
            })
            .collect()
    }

    /// How it stands with what is known of its revocations.
    pub(super) fn look(&self, sources: &RevocationSources, now: Timestamp) -> AuthorityStanding {
        let status = sources.of(&self.ca.id);
        let (revocation, files) = match self.ca.revocation {
            RevocationPolicy::Required => {
                (Revocation::Asked(&*status), sources.files_of(&self.ca.id))
            }
            RevocationPolicy::NotChecked => (Revocation::NotChecked, Vec::new()),
        };
        let (anchors, between) = (&self.ca.anchors, &self.ca.intermediates);
        let found = standing(anchors, between, &revocation, now.unix_seconds());
        let mut standing = AuthorityStanding {
            id: self.ca.id.to_string(),
            can_judge: found.can_judge,
            errors: Vec::new(),
            warnings: Vec::new(),
        };
        for file in &files {
            self.look_at(file, sources, now, &mut standing);
        }
        let lines = found.obstacles.iter().map(|obstacle| self.line(obstacle));
        standing.errors.extend(lines);
        standing
    }

    fn look_at(
        &self,
        file: &ListFile,
        sources: &RevocationSources,
        now: Timestamp,
        standing: &mut AuthorityStanding,
    ) {
        let (place, path) = (&self.place, file.address());
        let unavailable = || meets(CertificateRefusal::RevocationUnavailable);
        if let Some(problem) = &file.problem {
            let meets = if file.lists.is_empty() {
                unavailable()
            } else {
                "the last good list stays in force until its nextUpdate".to_owned()
            };
            let line = format!("{place}: crls: {path}: {problem}; {meets}");
            standing.errors.push(line);
        }
        for (issuer, why) in &file.refused {
            let (why, meets) = (list_refusal(*why), unavailable());
            let line = format!("{place}: crls: {path}: list of {issuer}: {why}; {meets}");
            standing.errors.push(line);
        }
        for list in file.lists.iter().filter(|list| list.is_partial()) {
            standing
                .warnings
                .push(format!("{place}: crls: {path}: {}", partial(list)));
        }
        let all = sources.lists_of(&self.ca.id);
        let faulty = |list: &Crl| {
            Some((
                list.issuer().to_string(),
                all.fault(list, now.unix_seconds())?,
            ))
        };
        for (issuer, fault) in file.lists.iter().filter_map(faulty) {
            let why = list_fault(fault);
            let line = format!("{place}: crls: {path}: list of {issuer}: {why}; ");
            match fault {
                ListFault::Superseded => {
                    let remedy = "it can be taken out of the configuration";
                    standing.warnings.push(line + remedy);
                }
                ListFault::Stale | ListFault::NotYetInForce => {
                    standing.errors.push(line + &unavailable());
                }
            }
        }
    }

    fn line(&self, obstacle: &Obstacle) -> String {
        let place = &self.place;
        let unavailable = || meets(CertificateRefusal::RevocationUnavailable);
        match obstacle {
            Obstacle::Anchor(at, why) => {
                let what =
                    certificate_at(self.anchors.get(*at), self.ca.anchors.certificates(), *at);
                let meets = match why {
                    PathError::BadSignature => {
                        "nobody is refused for it, but it was altered".into()
                    }
                    why => meets(CertificateRefusal::from(*why)),
                };
                format!("{place}: anchors: {what}: {}; {meets}", anchor_fault(*why))
            }
            Obstacle::Intermediate(at, why) => {
                let what = certificate_at(self.intermediates.get(*at), &self.ca.intermediates, *at);
                let meets = meets(CertificateRefusal::from(*why));
                let why = intermediate_fault(*why);
                format!("{place}: intermediates: {what}: {why}; locks under it: {meets}")
            }
            Obstacle::Uncovered(issuer, gap) => {
                let subject = issuer.subject();
                let why = match gap {
                    RevocationGap::Unverifiable => "its key may not sign lists",
                    RevocationGap::Stale => "its list is out of date",
                    RevocationGap::NotYetInForce => "its list is not yet in force",
                    RevocationGap::NoList => {
                        "none of the sources holds a list of it for what it issues"
                    }
                    RevocationGap::Unanswered => "no responder gave an answer that counts",
                    RevocationGap::Unknown => "the responder does not know what it issued",
                };
                let meets = unavailable();
                format!(
                    "{place}: crls: no list in force for the CA certificate {subject}: {why}; {meets}"
                )
            }
        }
    }
}

/// What the person at the portal reads.
pub(super) fn meets(refusal: CertificateRefusal) -> String {
    format!("at the portal: {} ({})", told(refusal), refusal.code())
}

/// The text of a refusal.
pub fn told(refusal: CertificateRefusal) -> String {
    let messages = Messages::of(Locale::ZhCn);
    let message = messages.t(&format!("problem-{}", refusal.code()));
    message.into_owned()
}

fn certificate_at(file: Option<&String>, certificates: &[Certificate], at: usize) -> String {
    let file = file.cloned().unwrap_or_default();
    match certificates.get(at) {
        Some(certificate) => format!("{file}: {}", certificate.subject()),
        None => file,
    }
}

fn anchor_fault(why: PathError) -> String {
    match why {
        PathError::IssuerExpired => "it has expired".to_owned(),
        PathError::IssuerNotYetValid => "it is not yet valid".to_owned(),
        PathError::BadSignature => "it says that it signed itself, and it did not".to_owned(),
        why => why.to_string(),
    }
}

fn intermediate_fault(why: PathError) -> String {
    match why {
        PathError::UnknownIssuer => {
            "no anchor of this CA, and no CA below one, signed it".to_owned()
        }
        PathError::IssuerExpired => "it has expired".to_owned(),
        PathError::IssuerNotYetValid => "it is not yet valid".to_owned(),
        PathError::IssuerRevoked => "its issuer's list says that it was revoked".to_owned(),
        why => why.to_string(),
    }
}

fn list_refusal(why: CrlError) -> String {
    match why {
        CrlError::Foreign => {
            "no certificate of this CA has the name of the list's issuer".to_owned()
        }
        CrlError::Unverifiable => {
            "no certificate of this CA signed it, though the name fits".to_owned()
        }
        why => why.to_string(),
    }
}

/// A list with a distribution point is whole with some CAs, and a part with others.
fn partial(list: &Crl) -> String {
    let (issuer, points) = (list.issuer(), list.points().join(", "));
    format!(
        "list of {issuer}: it is about the certificates alone that name its distribution point ({points}); others are \
         refused, unless the CA states that this list is the whole and its source says so (whole_point)"
    )
}

const fn list_fault(fault: ListFault) -> &'static str {
    match fault {
        ListFault::Stale => "it is out of date: its nextUpdate has passed",
        ListFault::NotYetInForce => "it is not yet in force: its thisUpdate has not come",
        ListFault::Superseded => "it is out of force, and another list of its issuer is in force",
    }
}
