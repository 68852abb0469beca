//! Lists and answers that a receipt shows, judged as of the moment of the signature by the same rules as then.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::Certificate;
use pki::revocation::ocsp::{OcspRequest, OcspStatus};
use pki::revocation::{
    Link, Lists, RevocationGap, RevocationStatus, Unconfirmed, Unrevoked, UnverifiedCrl,
};
use sha2::{Digest as _, Sha256};

use super::Trust;
use crate::receipts::format::Signature;

/// More lists and answers than any path needs.
const MOST: usize = 16;

/// What is shown, and whom the reader trusts.
pub(super) struct Shown {
    lists: Lists,
    answers: Vec<Vec<u8>>,
    responders: Vec<Certificate>,
    missing: bool,
}

impl Shown {
    /// Reads what the receipt shows, and what the reader brought for what it only names.
    pub(super) fn read(
        signature: &Signature,
        chain: &[Certificate],
        trust: &Trust,
    ) -> Result<Self, &'static str> {
        if signature.revocation.len() > MOST {
            return Err("evidence-malformed");
        }
        let (mut lists, mut answers, mut missing) = (Vec::new(), Vec::new(), false);
        for one in &signature.revocation {
            let shown = one.der.as_ref().map(|text| STANDARD.decode(text));
            let shown = shown.transpose().or(Err("evidence-malformed"))?;
            let Some(octets) = shown.or_else(|| brought(trust, &one.sha256)) else {
                missing = true;
                continue;
            };
            if hex::encode(Sha256::digest(&octets)) != one.sha256 {
                return Err("evidence-digest-differs");
            }
            match one.kind.as_str() {
                "crl" => lists.push(list(&octets, chain, trust)?),
                "ocsp" => answers.push(octets),
                _ => return Err("evidence-malformed"),
            }
        }
        Ok(Self {
            lists: Lists::new(lists),
            answers,
            responders: trust.authorities.clone(),
            missing,
        })
    }

    /// Whether the receipt names a list that is not at hand.
    pub(super) fn is_missing_one(&self) -> bool {
        self.missing
    }

    fn answered(&self, link: &Link<'_>) -> Option<Result<Unrevoked, Unconfirmed>> {
        let request = OcspRequest::new(link.certificate, link.issuer, None).ok()?;
        let by = |responder: Option<&Certificate>| {
            let answers = self.answers.iter();
            let mut said = answers.filter_map(|one| request.verify(one, responder, link.at).ok());
            said.next()
        };
        let said = by(None).or_else(|| self.responders.iter().find_map(|one| by(Some(one))))?;
        Some(match said.status() {
            OcspStatus::Good => Ok(Unrevoked {
                until: said.until(),
            }),
            OcspStatus::Revoked => Err(Unconfirmed::Revoked),
            OcspStatus::Unknown => Err(Unconfirmed::Unavailable(RevocationGap::Unknown)),
        })
    }
}

fn brought(trust: &Trust, sha256: &str) -> Option<Vec<u8>> {
    let mut lists = trust.lists.iter();
    let found = lists.find(|octets| hex::encode(Sha256::digest(octets)) == sha256);
    found.cloned()
}

/// A list that one of the path signed, or one whom the reader trusts.
fn list(
    octets: &[u8],
    chain: &[Certificate],
    trust: &Trust,
) -> Result<pki::revocation::Crl, &'static str> {
    let unverified = UnverifiedCrl::from_der(octets).or(Err("list-malformed"))?;
    let all = || chain.iter().chain(&trust.authorities);
    if let Ok(list) = unverified.verify(all()) {
        return Ok(list);
    }
    let mut indirect = trust.authorities.iter();
    let found = indirect.find_map(|signer| unverified.verify_indirect(signer).ok());
    found.ok_or("list-not-signed-by-the-ca")
}

impl RevocationStatus for Shown {
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        let by_list = self.lists.status(link);
        match (by_list, self.answered(link)) {
            (Err(Unconfirmed::Revoked), _) | (_, Some(Err(Unconfirmed::Revoked))) => {
                Err(Unconfirmed::Revoked)
            }
            (_, Some(said @ Err(_))) => said,
            (Ok(cleared), _) | (Err(_), Some(Ok(cleared))) => Ok(cleared),
            (by_list, None) => by_list,
        }
    }

    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap> {
        self.lists.covers_holders_of(issuer, at)
    }
}
