//! The CA registry as the rules see it: entries read, so that certificates can be judged by them.

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::holder::profile::AttributeProfile;

use super::CertificateRefusal;
use crate::certificate_authority::{
    CaEntry, CaState, KeyAlgorithm, PemFile, RevocationPolicy, RevocationSource, UnreadableCa,
};
use crate::id::CaId;
use crate::region::RegionCode;

/// One CA办理机构.
#[derive(Clone, Debug)]
pub struct RecognisedCa {
    /// Identifier.
    pub id: CaId,
    /// Name as people and platforms see it.
    pub name: String,
    /// Whether it is recognised at all.
    pub state: CaState,
    /// Where it is. Only CAs of the region are recognised (FAQ 4).
    pub jurisdiction: RegionCode,
    /// Its roots.
    pub anchors: TrustAnchors,
    /// CAs between root and lock.
    pub intermediates: Vec<Certificate>,
    /// Where its certificates say what.
    pub profile: AttributeProfile,
    /// Kinds of keys that count.
    pub algorithms: Vec<KeyAlgorithm>,
    /// How revocation is judged.
    pub revocation: RevocationPolicy,
    /// What is asked, in this order.
    pub sources: Vec<RevocationSource>,
}

/// Every CA an operator entered.
#[derive(Clone, Debug, Default)]
pub struct CaRegistry {
    /// By identifier, or in the order of the configuration.
    pub authorities: Vec<RecognisedCa>,
    /// Those that stand in it and can't be read: nobody is judged by them.
    pub unreadable: Vec<UnreadableCa>,
    /// Grows with each change of the stored registry; 0 where none is stored.
    pub version: i64,
}

impl CaRegistry {
    /// Whether a CA that can't be read may be recognised.
    pub fn may_lack_its_ca(&self) -> bool {
        self.unreadable.iter().any(UnreadableCa::may_be_active)
    }

    /// Why a lock that this CA issued can't be judged, where what is written of the CA can't be read.
    pub fn refusal_of_unreadable(&self, ca: &CaId) -> Option<CertificateRefusal> {
        let found = self.unreadable.iter().find(|one| one.id == *ca)?;
        Some(match found.state {
            Some(CaState::Suspended) => CertificateRefusal::CaSuspended,
            Some(CaState::Proposed | CaState::Active) | None => CertificateRefusal::CaUnreadable,
        })
    }
}

/// Why nobody can be judged by an entry: the key in it, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct EntryError {
    /// The key.
    pub key: &'static str,
    /// Which file, and why.
    pub problem: String,
}

impl RecognisedCa {
    /// Reads what is written of a CA.
    pub fn read(id: &CaId, state: CaState, entry: &CaEntry) -> Result<Self, EntryError> {
        let wrong = |key: &'static str| move |problem: String| EntryError { key, problem };
        if entry.algorithms.is_empty() {
            return Err(wrong("algorithms")("is empty".to_owned()));
        }
        let anchors = certificates(&entry.anchors).map_err(wrong("anchors"))?;
        if anchors.is_empty() {
            return Err(wrong("anchors")("is empty".to_owned()));
        }
        let intermediates = certificates(&entry.intermediates).map_err(wrong("intermediates"))?;
        allowed(entry, &anchors).map_err(wrong("anchors"))?;
        allowed(entry, &intermediates).map_err(wrong("intermediates"))?;
        let bare = |all: Vec<(&str, Certificate)>| all.into_iter().map(|(_, one)| one).collect();
        Ok(Self {
            id: id.clone(),
            name: entry.name.clone(),
            state,
            jurisdiction: entry.jurisdiction.clone(),
            anchors: take_anchors(&anchors).map_err(wrong("anchors"))?,
            intermediates: bare(intermediates),
            profile: entry.profile.clone(),
            algorithms: entry.algorithms.clone(),
            revocation: entry.revocation.policy,
            sources: entry.revocation.sources.clone(),
        })
    }

    /// Whether a certificate's key is of a kind that counts with this CA.
    pub fn allows(&self, certificate: &Certificate) -> bool {
        KeyAlgorithm::of(certificate.public_key())
            .is_some_and(|kind| self.algorithms.contains(&kind))
    }

    /// Whether a certificate in this entry carries this key.
    pub fn holds_key_of(&self, certificate: &Certificate) -> bool {
        let spki = certificate.subject_public_key_info_der();
        let mut all = self
            .anchors
            .certificates()
            .iter()
            .chain(&self.intermediates);
        all.any(|one| one.subject_public_key_info_der() == spki)
    }
}

impl PartialEq for RecognisedCa {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// Every certificate of these files, each with the name of its file.
pub(crate) fn certificates(files: &[PemFile]) -> Result<Vec<(&str, Certificate)>, String> {
    let mut all = Vec::new();
    for file in files {
        let read = Certificate::from_pem(&file.pem).map_err(|e| format!("{}: {e}", file.file))?;
        all.extend(read.into_iter().map(|one| (file.file.as_str(), one)));
    }
    Ok(all)
}

fn take_anchors(read: &[(&str, Certificate)]) -> Result<TrustAnchors, String> {
    // One by one first, so that the file is named.
    for (file, certificate) in read {
        TrustAnchors::from_certificates(std::slice::from_ref(certificate))
            .map_err(|e| format!("{file}: {e}"))?;
    }
    let certificates: Vec<Certificate> = read.iter().map(|(_, one)| one.clone()).collect();
    TrustAnchors::from_certificates(&certificates).map_err(|e| e.to_string())
}

/// A CA's own certificate of a kind that its entry leaves out could never be on a path.
fn allowed(entry: &CaEntry, read: &[(&str, Certificate)]) -> Result<(), String> {
    for (file, certificate) in read {
        // A key of no sound kind is refused as an anchor, and told by the standing as an intermediate.
        if let Some(kind) = KeyAlgorithm::of(certificate.public_key())
            && !entry.algorithms.contains(&kind)
        {
            let (subject, kind) = (certificate.subject(), kind.as_str());
            return Err(format!(
                "{file}: the key of {subject} is {kind}, which algorithms leaves out"
            ));
        }
    }
    Ok(())
}
