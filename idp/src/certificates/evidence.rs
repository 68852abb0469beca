//! What a verdict rested on, as it can be shown to somebody else later: the path, and what cleared each certificate of it.

use idp_core::consent_statement::PathEvidence;
use idp_core::recognition::{
    CertificateRefusal, Recognised, RevocationKnowledge as _, RevocationPolicy,
};
use idp_core::timestamp::Timestamp;
use pki::certificate::Certificate;
use pki::path::{VerifiedPath, verify_path};
use pki::revocation::{Link, Revocation};

use super::Verdicts;

impl Verdicts {
    /// The path of a certificate that was just recognised, followed once more so that what it rests on can be kept. Not
    /// remembered: it is asked for where evidence is wanted, and that is rare.
    pub fn evidence(
        &self,
        recognised: &Recognised,
        now: Timestamp,
    ) -> Result<PathEvidence, CertificateRefusal> {
        let registry = self.registry();
        let mut all = registry.authorities.iter();
        let ca = all.find(|ca| ca.id == *recognised.ca_id());
        let ca = ca.ok_or(CertificateRefusal::ForeignCa)?;
        let lists = &self.lists;
        let status = lists.of(&ca.id);
        let is_checked = ca.revocation == RevocationPolicy::Required;
        let revocation = if is_checked {
            Revocation::Asked(&*status)
        } else {
            Revocation::NotChecked
        };
        let at = now.unix_seconds();
        let (anchors, between) = (&ca.anchors, &ca.intermediates);
        let path = verify_path(recognised.certificate(), anchors, between, &revocation, at)?;
        let mut evidence = Vec::new();
        for link in links(&path, at).into_iter().filter(|_| is_checked) {
            let found = lists.evidence(&ca.id, &link);
            if found.is_empty() {
                // A list came or went in this very moment.
                return Err(CertificateRefusal::RevocationUnavailable);
            }
            evidence.extend(found);
        }
        let chain = path.certificates().iter().chain([path.anchor()]);
        Ok(PathEvidence {
            chain: chain.map(|one| one.der().to_vec()).collect(),
            revocation_checked: is_checked,
            revocation: evidence,
        })
    }
}

fn links(path: &VerifiedPath, at: i64) -> Vec<Link<'_>> {
    let all: Vec<&Certificate> = path.certificates().iter().chain([path.anchor()]).collect();
    let pairs = all.iter().zip(all.iter().skip(1)).enumerate();
    pairs
        .map(|(place, (certificate, issuer))| Link {
            certificate,
            issuer,
            is_ca: place > 0,
            at,
        })
        .collect()
}
