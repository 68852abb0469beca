//! What cleared a certificate, to be shown to others later: the list or the answer that the verdict rests on.
//!
//! Owns nothing new: it names what [`super::answers`] judges by.

use idp_core::consent_statement::{EvidenceKind, RevocationEvidence};
use idp_core::id::CaId;
use pki::revocation::Link;
use pki::revocation::ocsp::OcspStatus;
use sha2::{Digest as _, Sha256};

use super::answers::key;
use super::sources::RevocationSources;

impl RevocationSources {
    /// What says of one certificate of a path that it is not taken back: a list, an answer, or both.
    pub fn evidence(&self, ca: &CaId, link: &Link<'_>) -> Vec<RevocationEvidence> {
        let Some(known) = self.known(ca) else {
            return Vec::new();
        };
        let about = hex::encode(link.certificate.thumbprint_sha256());
        let mut found = Vec::new();
        if let Ok(list) = known.lists.clearing(link) {
            found.push(RevocationEvidence {
                certificate: about.clone(),
                kind: EvidenceKind::Crl,
                sha256: hex::encode(list.sha256()),
                issuer: Some(list.issuer().to_string()),
                number: list.number(),
                this_update: list.this_update(),
                next_update: list.next_update(),
                octets: list.octets().map(<[u8]>::to_vec),
            });
        }
        let key = key(link.certificate, link.issuer);
        let answer = known.answers.find(&key, known.asked.as_ref(), link.at);
        if let Some(answer) = answer.filter(|it| it.said.status() == OcspStatus::Good) {
            found.push(RevocationEvidence {
                certificate: about,
                kind: EvidenceKind::Ocsp,
                sha256: hex::encode(Sha256::digest(&answer.octets)),
                issuer: None,
                number: None,
                this_update: answer.said.this_update(),
                next_update: answer.said.until(),
                octets: Some(answer.octets.to_vec()),
            });
        }
        found
    }
}
