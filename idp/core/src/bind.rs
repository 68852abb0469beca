//! Flow: 企业绑定. From a proven, recognised certificate and a typed form to a bound enterprise.
//!
//! Owns what must be typed and how it must look, and which bindings are refused. What the certificate
//! says is never typed.

use pki::holder::credit_code::CreditCode;
use protocol::claims::{LockRole, SubjectType};

use crate::announce::announce;
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::fields::{self, ADDRESS_MAX, FieldProblem, PERSON_MAX};
use crate::id::{EnterpriseId, KeyLockId};
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint};
use crate::notification::{Happening, LockFacts};
use crate::proof::ProofRefusal;
use crate::recognition::{CertificateRefusal, Recognised};
use crate::region::RegionCode;
use crate::revocation;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// The form as it came.
#[derive(Clone, Debug, Default)]
pub struct BindingForm {
    /// 统一社会信用代码
    pub credit_code: String,
    /// 企业所在地市
    pub region_code: String,
    /// CA办理平台
    pub ca_platform: String,
    /// 法人代表
    pub legal_representative: String,
    /// 联系电话
    pub phone: String,
    /// 联系邮箱
    pub contact_email: String,
    /// 单位地址
    pub address: String,
    /// 主体类型
    pub subject_types: Vec<String>,
    /// 绑定人姓名
    pub binder_name: String,
}

/// The form, read.
#[derive(Clone, Debug)]
pub struct BindingDetails {
    credit_code: CreditCode,
    region_code: RegionCode,
    ca_platform: String,
    legal_representative: String,
    phone: Option<String>,
    contact_email: Option<String>,
    address: Option<String>,
    subject_types: Vec<SubjectType>,
    binder_name: String,
}

impl BindingDetails {
    /// Reads the form; every problem at once, each with its field's name.
    pub fn parse(form: &BindingForm) -> Result<Self, Vec<(&'static str, FieldProblem)>> {
        let mut problems = Vec::new();
        let mut note = |field, problem| problems.push((field, problem));
        let credit_code = match form.credit_code.trim() {
            "" => Err(FieldProblem::Required),
            text => text
                .parse::<CreditCode>()
                .or(Err(FieldProblem::BadCreditCode)),
        }
        .map_err(|problem| note("credit_code", problem));
        let region_code = match form.region_code.trim() {
            "" => Err(FieldProblem::Required),
            text => RegionCode::parse(text).or(Err(FieldProblem::UnknownRegion)),
        }
        .map_err(|problem| note("region_code", problem));
        let mut text =
            |field, value: &str, max| fields::required(value, max).map_err(|p| note(field, p));
        let ca_platform = text("ca_platform", &form.ca_platform, PERSON_MAX);
        let legal_representative = text(
            "legal_representative",
            &form.legal_representative,
            PERSON_MAX,
        );
        let binder_name = text("binder_name", &form.binder_name, PERSON_MAX);
        let phone = fields::telephone(&form.phone).map_err(|p| note("phone", p));
        let contact_email =
            fields::email(&form.contact_email).map_err(|p| note("contact_email", p));
        let address = fields::optional(&form.address, ADDRESS_MAX).map_err(|p| note("address", p));
        let subject_types =
            fields::subject_types(&form.subject_types).map_err(|p| note("subject_types", p));
        match (
            (credit_code, region_code, ca_platform, legal_representative),
            (phone, contact_email, address),
            (subject_types, binder_name),
        ) {
            (
                (Ok(credit_code), Ok(region_code), Ok(ca_platform), Ok(legal_representative)),
                (Ok(phone), Ok(contact_email), Ok(address)),
                (Ok(subject_types), Ok(binder_name)),
            ) => Ok(Self {
                credit_code,
                region_code,
                ca_platform,
                legal_representative,
                phone,
                contact_email,
                address,
                subject_types,
                binder_name,
            }),
            _ => Err(problems),
        }
    }
}

/// Why a binding is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindRefusal {
    /// The proof is none.
    Proof(ProofRefusal),
    /// The certificate does not count.
    Certificate(CertificateRefusal),
    /// The typed credit code is not the certificate's.
    CreditCodeMismatch,
    /// The credit code is bound with another lock (FAQ 3).
    CreditCodeBound,
    /// The credit code is bound under another name (FAQ 6).
    EnterpriseRenamed,
    /// This lock was bound once and ended, or another certificate of its key was.
    LockNotActive,
    /// Another certificate of this key is bound, to another enterprise.
    BoundElsewhere,
    /// A newer certificate has taken this one's place.
    CertificateSuperseded,
    /// An operator froze the enterprise.
    EnterpriseSuspended,
    /// For a new primary lock the certificate itself must name the enterprise.
    NoCreditCode,
}

impl BindRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proof(refusal) => refusal.code(),
            Self::Certificate(refusal) => refusal.code(),
            Self::CreditCodeMismatch => "credit-code-mismatch",
            Self::CreditCodeBound => "credit-code-bound",
            Self::EnterpriseRenamed => "enterprise-renamed",
            Self::LockNotActive => "bound-lock-not-active",
            Self::BoundElsewhere => "lock-bound-elsewhere",
            Self::CertificateSuperseded => "certificate-superseded",
            Self::EnterpriseSuspended => "enterprise-suspended",
            Self::NoCreditCode => "no-credit-code",
        }
    }
}

/// What the checks before the store found.
#[derive(Clone, Debug)]
pub struct BindAttempt {
    /// The verdict so far.
    pub verdict: Result<Recognised, BindRefusal>,
    /// Of the certificate, where one was proven.
    pub thumbprint: Option<Thumbprint>,
    /// 硬件介质号 from the proof.
    pub media_number: Option<String>,
    /// The form.
    pub details: BindingDetails,
}

/// How a binding ended. Every end is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindOutcome {
    /// 绑定成功: the enterprise and its lock.
    Bound(EnterpriseId, KeyLockId),
    /// A new primary lock of an enterprise that was bound before (FAQ 10).
    Rebound(EnterpriseId, KeyLockId),
    /// 已绑定: go to login.
    AlreadyBound,
    /// Refused.
    Refused(BindRefusal),
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another request bound the same certificate in the same moment: ask again.
    #[error("the same certificate was bound in the same moment")]
    Raced,
}

/// Decides and writes.
pub fn bind(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    attempt: &BindAttempt,
) -> Result<BindOutcome, BindError> {
    let outcome = decide(store, cx, attempt)?;
    let revoked = BindOutcome::Refused(BindRefusal::Certificate(CertificateRefusal::Revoked));
    if let (true, Some(thumbprint)) = (outcome == revoked, attempt.thumbprint) {
        revocation::remember(store, cx, caller, thumbprint)?;
    }
    let event = match &outcome {
        BindOutcome::Bound(enterprise_id, key_lock_id) => AuditEvent {
            enterprise_id: Some(enterprise_id.clone()),
            key_lock_id: Some(key_lock_id.clone()),
            ..AuditEvent::new(cx, AuditKind::BindingSucceeded)
        },
        BindOutcome::Rebound(enterprise_id, key_lock_id) => AuditEvent {
            enterprise_id: Some(enterprise_id.clone()),
            key_lock_id: Some(key_lock_id.clone()),
            ..AuditEvent::new(cx, AuditKind::Rebound)
        },
        BindOutcome::AlreadyBound => AuditEvent {
            reason: Some("already-bound".to_owned()),
            ..AuditEvent::new(cx, AuditKind::BindingRefused)
        },
        BindOutcome::Refused(refusal) => AuditEvent {
            reason: Some(refusal.code().to_owned()),
            incident_id: Some(caller.incident_id.clone()),
            ..AuditEvent::new(cx, AuditKind::BindingRefused)
        },
    };
    store.append_audit(&AuditEvent {
        remote_address: caller.remote_address.clone(),
        detail: attempt.thumbprint.map(Thumbprint::to_text),
        ..event
    })?;
    Ok(outcome)
}

fn decide(store: &mut dyn Store, cx: &Cx, attempt: &BindAttempt) -> Result<BindOutcome, BindError> {
    let recognised = match &attempt.verdict {
        Ok(recognised) => recognised,
        Err(refusal) => return Ok(BindOutcome::Refused(*refusal)),
    };
    if let Some(key_lock) = store.find_key_lock_by_thumbprint(recognised.thumbprint())? {
        return Ok(match key_lock.state {
            KeyLockState::Active => BindOutcome::AlreadyBound,
            _ => BindOutcome::Refused(BindRefusal::LockNotActive),
        });
    }
    if (store.find_superseded_certificate(recognised.thumbprint())?).is_some() {
        return Ok(BindOutcome::Refused(BindRefusal::CertificateSuperseded));
    }
    let details = &attempt.details;
    if recognised
        .credit_code()
        .is_some_and(|code| *code != details.credit_code)
    {
        return Ok(BindOutcome::Refused(BindRefusal::CreditCodeMismatch));
    }
    let standing = store.find_enterprise_by_credit_code(&details.credit_code)?;
    if let Some(refusal) = refusal_of_key(store, recognised, standing.as_ref())? {
        return Ok(BindOutcome::Refused(refusal));
    }
    if let Some(standing) = standing {
        return bind_anew(store, cx, (recognised, attempt), standing);
    }
    let enterprise = enterprise(cx, recognised, details);
    let key_lock = key_lock(cx, recognised, attempt, &enterprise.id);
    if !store.insert_enterprise(&enterprise)? || !store.insert_key_lock(&key_lock)? {
        return Err(BindError::Raced);
    }
    announce_bound(store, cx, &enterprise, &key_lock)?;
    Ok(BindOutcome::Bound(enterprise.id, key_lock.id))
}

/// What other enterprises have of the same key (证书Key号 at its CA). Whoever signs in with it elsewhere, or lost
/// it there, does not become somebody else by its next certificate, whatever code is typed. A key that was
/// removed there is free.
fn refusal_of_key(
    store: &mut dyn Store,
    recognised: &Recognised,
    enterprise: Option<&Enterprise>,
) -> Result<Option<BindRefusal>, StoreError> {
    let of_key = store.list_key_locks_by_key_number(recognised.ca_id(), recognised.key_number())?;
    let mut others = of_key
        .iter()
        .filter(|lock| enterprise.is_none_or(|own| own.id != lock.enterprise_id));
    Ok(others.find_map(|lock| match lock.state {
        KeyLockState::Active => Some(BindRefusal::BoundElsewhere),
        KeyLockState::Lost | KeyLockState::Revoked => Some(BindRefusal::LockNotActive),
        KeyLockState::Removed => None,
    }))
}

/// The credit code is taken: by the same enterprise with another lock (FAQ 3), or under another name
/// (FAQ 6). Where an operator let it, the enterprise has a new primary lock (FAQ 10): what it was, what it
/// consented to and what it typed stay as they are.
fn bind_anew(
    store: &mut dyn Store,
    cx: &Cx,
    (recognised, attempt): (&Recognised, &BindAttempt),
    enterprise: Enterprise,
) -> Result<BindOutcome, BindError> {
    let refused = |refusal| Ok(BindOutcome::Refused(refusal));
    if enterprise.name != recognised.holder_name() {
        return refused(BindRefusal::EnterpriseRenamed);
    }
    let locks = store.list_key_locks(&enterprise.id)?;
    let has_primary = locks.iter().any(KeyLock::is_active_primary);
    if has_primary || !enterprise.is_rebinding_open(cx.now) {
        return refused(BindRefusal::CreditCodeBound);
    }
    if enterprise.state != EnterpriseState::Active {
        return refused(BindRefusal::EnterpriseSuspended);
    }
    let of_same_ca = |lock: &&KeyLock| lock.ca_id == *recognised.ca_id();
    // A name alone is no proof of who it is, unless the CA is the one that knew the enterprise before.
    if recognised.credit_code().is_none() && !locks.iter().any(|lock| of_same_ca(&lock)) {
        return refused(BindRefusal::NoCreditCode);
    }
    let of_same_key = |lock: &&KeyLock| lock.key_number == recognised.key_number();
    for lock in locks.iter().filter(of_same_ca).filter(of_same_key) {
        match lock.state {
            // In force as a secondary lock: it signs in, and goes on with its new certificate.
            KeyLockState::Active => return Ok(BindOutcome::AlreadyBound),
            KeyLockState::Lost | KeyLockState::Revoked => {
                return refused(BindRefusal::LockNotActive);
            }
            KeyLockState::Removed => (),
        }
    }
    let key_lock = key_lock(cx, recognised, attempt, &enterprise.id);
    let closed = Enterprise {
        rebinding_until: None,
        ..enterprise
    };
    if !store.exchange_enterprise(&closed)? || !store.insert_key_lock(&key_lock)? {
        return Err(BindError::Raced);
    }
    announce_bound(store, cx, &closed, &key_lock)?;
    Ok(BindOutcome::Rebound(closed.id, key_lock.id))
}

fn announce_bound(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &Enterprise,
    key_lock: &KeyLock,
) -> Result<(), StoreError> {
    let lock = LockFacts::of(key_lock);
    announce(store, cx, enterprise, &Happening::LockBound { lock })
}

fn enterprise(cx: &Cx, recognised: &Recognised, details: &BindingDetails) -> Enterprise {
    Enterprise {
        id: EnterpriseId::generate(&*cx.rng),
        credit_code: details.credit_code.clone(),
        name: recognised.holder_name().to_owned(),
        region_code: details.region_code.clone(),
        legal_representative: details.legal_representative.clone(),
        phone: details.phone.clone(),
        contact_email: details.contact_email.clone(),
        address: details.address.clone(),
        subject_types: details.subject_types.clone(),
        state: EnterpriseState::Active,
        created_at: cx.now,
        rebinding_until: None,
        version: 0,
    }
}

fn key_lock(
    cx: &Cx,
    recognised: &Recognised,
    attempt: &BindAttempt,
    enterprise_id: &EnterpriseId,
) -> KeyLock {
    let certificate = recognised.certificate();
    KeyLock {
        id: KeyLockId::generate(&*cx.rng, cx.now),
        enterprise_id: enterprise_id.clone(),
        role: LockRole::Primary,
        state: KeyLockState::Active,
        certificate_der: certificate.der().to_vec(),
        thumbprint: recognised.thumbprint(),
        ca_id: recognised.ca_id().clone(),
        ca_name: recognised.ca_name().to_owned(),
        holder_name: recognised.holder_name().to_owned(),
        ca_platform: attempt.details.ca_platform.clone(),
        serial_number: certificate.serial_number().to_owned(),
        key_number: recognised.key_number().to_owned(),
        media_number: attempt.media_number.clone(),
        not_before: Timestamp::from_unix_seconds(certificate.not_before()),
        not_after: Timestamp::from_unix_seconds(certificate.not_after()),
        bound_by: attempt.details.binder_name.clone(),
        bound_at: cx.now,
        ended_at: None,
    }
}
