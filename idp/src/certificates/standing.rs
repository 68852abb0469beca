//! How each recognised CA stands: what is wrong, where it is written, and what a person meets.
//!
//! Owns the words for operators. The judgement is `pki`'s ([`pki::path::standing`]).

use std::path::{Path, PathBuf};

use idp_core::certificate_authority::CaState;
use idp_core::recognition::{CertificateRefusal, RecognisedCa, RevocationPolicy};
use idp_core::timestamp::Timestamp;
use pki::certificate::Certificate;
use pki::path::{ListFault, Obstacle, PathError, standing};
use pki::revocation::{Crl, Revocation, RevocationGap};

use super::crl_files::{CrlFile, CrlFiles};
use super::registry::Registered;
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

    /// How it stands with the lists at hand.
    pub(super) fn look(&self, lists: &CrlFiles, now: Timestamp) -> AuthorityStanding {
        let files = match self.ca.revocation {
            RevocationPolicy::Required => lists.files_of(&self.ca.id),
            RevocationPolicy::NotChecked => Vec::new(),
        };
        let crls: Vec<Crl> = files.iter().flat_map(|file| file.crls.clone()).collect();
        let revocation = match self.ca.revocation {
            RevocationPolicy::Required => Revocation::Crls { crls: &crls },
            RevocationPolicy::NotChecked => Revocation::NotChecked,
        };
        let (anchors, between) = (&self.ca.anchors, &self.ca.intermediates);
        let found = standing(anchors, between, &revocation, now.unix_seconds());
        let mut standing = AuthorityStanding {
            id: self.ca.id.to_string(),
            can_judge: found.can_judge,
            errors: files.iter().filter_map(|f| self.unread(f)).collect(),
            warnings: Vec::new(),
        };
        for obstacle in &found.obstacles {
            let line = self.line(obstacle, &files);
            match obstacle {
                Obstacle::List(_, ListFault::Superseded) => standing.warnings.push(line),
                _ => standing.errors.push(line),
            }
        }
        standing
    }

    fn unread(&self, file: &CrlFile) -> Option<String> {
        let problem = file.problem.as_ref()?;
        let meets = if file.crls.is_empty() {
            meets(CertificateRefusal::RevocationUnavailable)
        } else {
            "the last good list stays in force until its nextUpdate".to_owned()
        };
        let (place, path) = (&self.place, file.path.display());
        Some(format!("{place}: crls: {path}: {problem}; {meets}"))
    }

    fn line(&self, obstacle: &Obstacle, files: &[CrlFile]) -> String {
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
            Obstacle::List(at, fault) => {
                let what = list_at(files, *at);
                let meets = match fault {
                    ListFault::Superseded => "it can be taken out of the configuration".to_owned(),
                    _ => unavailable(),
                };
                format!("{place}: crls: {what}: {}; {meets}", list_fault(*fault))
            }
            Obstacle::Uncovered(issuer, gap) => {
                let subject = issuer.subject();
                let why = match gap {
                    RevocationGap::Unverifiable => {
                        "its list can't be verified, or its key may not sign lists"
                    }
                    RevocationGap::Stale => "its list is out of date",
                    RevocationGap::NotYetInForce => "its list is not yet in force",
                    RevocationGap::NoList => {
                        "none of the files holds a list of it for what it issues"
                    }
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
fn meets(refusal: CertificateRefusal) -> String {
    let code = refusal.code();
    let message = Messages::of(Locale::ZhCn).t(&format!("problem-{code}"));
    format!("at the portal: {message} ({code})")
}

fn certificate_at(file: Option<&String>, certificates: &[Certificate], at: usize) -> String {
    let file = file.cloned().unwrap_or_default();
    match certificates.get(at) {
        Some(certificate) => format!("{file}: {}", certificate.subject()),
        None => file,
    }
}

fn list_at(files: &[CrlFile], at: usize) -> String {
    let all = files
        .iter()
        .flat_map(|f| f.crls.iter().map(|c| (&f.path, c)));
    let named = |(path, crl): (&PathBuf, &Crl)| {
        let path: &Path = path;
        format!("{}: list of {}", path.display(), crl.issuer())
    };
    all.into_iter().nth(at).map(named).unwrap_or_default()
}

fn anchor_fault(why: PathError) -> String {
    match why {
        PathError::IssuerExpired => "it has expired".to_owned(),
        PathError::IssuerNotYetValid => "it is not yet valid".to_owned(),
        PathError::BadSignature => "it says that it signed itself, and it did not".to_owned(),
        PathError::RevocationUnavailable(_) => "its key may not sign revocation lists".to_owned(),
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
        PathError::Revoked => "its issuer's list says that it was revoked".to_owned(),
        why => why.to_string(),
    }
}

const fn list_fault(fault: ListFault) -> &'static str {
    match fault {
        ListFault::Foreign => "no certificate of this CA has the name of the list's issuer",
        ListFault::Unverifiable => "no certificate of this CA signed it, though the name fits",
        ListFault::Stale => "it is out of date: its nextUpdate has passed",
        ListFault::NotYetInForce => "it is not yet in force: its thisUpdate has not come",
        ListFault::Superseded => "it is out of force, and another list of its issuer is in force",
    }
}
