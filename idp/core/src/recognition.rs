//! Shared step: is this certificate a key lock that we recognise, and whose?
//!
//! Owns the CA registry as the rules see it, the order of the verdict and its one good end,
//! [`Recognised`], which only this module can make. Does not fetch anything: what a CA took back is known
//! behind the port [`RevocationKnowledge`].

mod refusal;
mod registry;

use std::sync::Arc;

use pki::certificate::Certificate;
use pki::holder::credit_code::CreditCode;
use pki::holder::profile::LockKind;
use pki::holder::read_holder;
use pki::path::{VerifiedPath, verify_path};
use pki::revocation::{Revocation, RevocationStatus};

use crate::certificate_authority::CaState;
use crate::id::CaId;
use crate::key_lock::Thumbprint;
use crate::timestamp::Timestamp;

pub use crate::certificate_authority::RevocationPolicy;
pub use refusal::{CertificateRefusal, Consequence};
pub use registry::{CaRegistry, EntryError, RecognisedCa};

/// Port: what is known now of what CAs took back.
pub trait RevocationKnowledge: Send + Sync {
    /// Whom to ask about certificates of this CA. Of a CA without any source it says that nothing is known,
    /// which refuses every certificate where the policy is [`RevocationPolicy::Required`].
    fn of(&self, ca: &CaId) -> Arc<dyn RevocationStatus>;
}

/// A certificate that is a key lock of a recognised CA, unrevoked at the moment of the verdict.
#[derive(Clone, Debug)]
pub struct Recognised {
    certificate: Certificate,
    ca_id: CaId,
    ca_name: String,
    holder_name: String,
    credit_code: Option<CreditCode>,
    key_number: String,
    good_until: Timestamp,
}

impl Recognised {
    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its thumbprint.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(self.certificate.thumbprint_sha256())
    }

    /// Who issued it.
    pub fn ca_id(&self) -> &CaId {
        &self.ca_id
    }

    /// Name of who issued it.
    pub fn ca_name(&self) -> &str {
        &self.ca_name
    }

    /// 主体名称.
    pub fn holder_name(&self) -> &str {
        &self.holder_name
    }

    /// 统一社会信用代码, where the certificate has it.
    pub fn credit_code(&self) -> Option<&CreditCode> {
        self.credit_code.as_ref()
    }

    /// 证书Key号.
    pub fn key_number(&self) -> &str {
        &self.key_number
    }

    /// The verdict holds no longer than to here, by the validity of the path and of its lists.
    pub fn good_until(&self) -> Timestamp {
        self.good_until
    }
}

/// The verdict on one certificate at one moment.
///
/// Several CAs may have the same subject name, and one key may stand under several (cross-certificates): each is asked,
/// and a refusal by one hides no success by another, unless it is final ([`CertificateRefusal::is_final`]). Of several
/// refusals the one that tells the person most is answered.
pub fn recognise(
    registry: &CaRegistry,
    knowledge: &dyn RevocationKnowledge,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Recognised, CertificateRefusal> {
    let mut recognised: Option<Recognised> = None;
    let mut refused = CertificateRefusal::ForeignCa;
    for ca in &registry.authorities {
        match judge(ca, knowledge, certificate, now) {
            Ok(another) => match &recognised {
                None => recognised = Some(another),
                Some(first) if first.credit_code != another.credit_code => {
                    return Err(CertificateRefusal::ConflictingCreditCodes);
                }
                Some(_) => (),
            },
            Err(refusal) => refused = refused.or_more_telling(refusal),
        }
    }
    match recognised {
        Some(recognised) if !refused.is_final() => Ok(recognised),
        // It may be of a CA that can't be read: not said to be foreign.
        None if refused == CertificateRefusal::ForeignCa && registry.may_lack_its_ca() => {
            Err(CertificateRefusal::CaUnreadable)
        }
        _ => Err(refused),
    }
}

/// The verdict by what one CA has written.
fn judge(
    ca: &RecognisedCa,
    knowledge: &dyn RevocationKnowledge,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Recognised, CertificateRefusal> {
    // 1. Of this CA? The path decides, never the text of the issuer's name.
    let good_until = match ca.state {
        CaState::Proposed => return Err(CertificateRefusal::ForeignCa),
        CaState::Active => judge_path(ca, knowledge, certificate, now)?,
        CaState::Suspended => {
            // Its lists may be kept up no more; what they say matters no more.
            path_to(ca, &Revocation::NotChecked, certificate, now)?;
            return Err(CertificateRefusal::CaSuspended);
        }
    };
    // 2. Of the region? (FAQ 4: decided by the registry.)
    if !ca.jurisdiction.is_inner_mongolia() {
        return Err(CertificateRefusal::ForeignCa);
    }
    // 3. Whose, and what kind of lock? (FAQ 2)
    let holder = read_holder(certificate, &ca.profile)?;
    match holder.lock_kind {
        LockKind::KeyLock => {}
        LockKind::LegalPersonLock => return Err(CertificateRefusal::LegalPersonLock),
        LockKind::Undecidable => return Err(CertificateRefusal::LockKindUndecidable),
    }
    Ok(Recognised {
        certificate: certificate.clone(),
        ca_id: ca.id.clone(),
        ca_name: ca.name.clone(),
        holder_name: holder.name,
        credit_code: holder.credit_code,
        key_number: holder.key_number,
        good_until,
    })
}

fn judge_path(
    ca: &RecognisedCa,
    knowledge: &dyn RevocationKnowledge,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Timestamp, CertificateRefusal> {
    let status = knowledge.of(&ca.id);
    let revocation = match ca.revocation {
        RevocationPolicy::Required => Revocation::Asked(&*status),
        RevocationPolicy::NotChecked => Revocation::NotChecked,
    };
    let path = path_to(ca, &revocation, certificate, now)?;
    let good_until = path
        .certificates()
        .iter()
        .chain([path.anchor()])
        .map(Certificate::not_after)
        .chain(path.unrevoked_until())
        .min()
        .unwrap_or(now.unix_seconds());
    Ok(Timestamp::from_unix_seconds(good_until))
}

/// The path, made of kinds of keys that the CA's entry allows. Its own certificates were asked when it was read.
fn path_to(
    ca: &RecognisedCa,
    revocation: &Revocation<'_>,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<VerifiedPath, CertificateRefusal> {
    let (anchors, between) = (&ca.anchors, &ca.intermediates);
    let path = verify_path(
        certificate,
        anchors,
        between,
        revocation,
        now.unix_seconds(),
    )?;
    let other = |one: &Certificate| !ca.allows(one);
    if path.certificates().iter().any(other) || other(path.anchor()) {
        return Err(CertificateRefusal::AlgorithmNotAllowed);
    }
    Ok(path)
}
