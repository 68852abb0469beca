//! Flow: 企业绑定. From a proven, recognised certificate and a typed form to a bound enterprise.
//!
//! Owns what must be typed and how it must look, and which bindings are refused. What the certificate
//! says is never typed.

use pki::holder::credit_code::CreditCode;
use protocol::claims::{LockRole, SubjectType};

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::id::{EnterpriseId, KeyLockId};
use crate::key_lock::{KeyLock, KeyLockState, Thumbprint};
use crate::proof::ProofRefusal;
use crate::recognition::{CertificateRefusal, Recognised};
use crate::region::RegionCode;
use crate::revocation;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// Longest name of a person, in characters.
pub const PERSON_MAX: usize = 64;
/// Longest address, in characters.
pub const ADDRESS_MAX: usize = 200;
/// Longest telephone number, in characters.
pub const PHONE_MAX: usize = 32;

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
    /// 单位地址
    pub address: String,
    /// 主体类型
    pub subject_types: Vec<String>,
    /// 绑定人姓名
    pub binder_name: String,
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// Empty.
    Required,
    /// Longer than this many characters.
    TooLong(usize),
    /// Characters that can't be seen.
    Unseen,
    /// Not 18 characters of the alphabet, or its check digit is wrong.
    BadCreditCode,
    /// Not in the list.
    UnknownRegion,
    /// Not a telephone number.
    BadPhone,
    /// None chosen, or not in the list.
    SubjectTypeRequired,
}

impl FieldProblem {
    /// The machine word on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "field-required",
            Self::TooLong(_) => "field-too-long",
            Self::Unseen => "field-unseen",
            Self::BadCreditCode => "bad-credit-code",
            Self::UnknownRegion => "region-unknown",
            Self::BadPhone => "phone-malformed",
            Self::SubjectTypeRequired => "subject-type-required",
        }
    }

    /// The greatest length, where that is the problem.
    pub const fn max(self) -> Option<usize> {
        match self {
            Self::TooLong(max) => Some(max),
            _ => None,
        }
    }
}

/// The form, read.
#[derive(Clone, Debug)]
pub struct BindingDetails {
    credit_code: CreditCode,
    region_code: RegionCode,
    ca_platform: String,
    legal_representative: String,
    phone: Option<String>,
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
        let mut text = |field, value: &str, max| required(value, max).map_err(|p| note(field, p));
        let ca_platform = text("ca_platform", &form.ca_platform, PERSON_MAX);
        let legal_representative = text(
            "legal_representative",
            &form.legal_representative,
            PERSON_MAX,
        );
        let binder_name = text("binder_name", &form.binder_name, PERSON_MAX);
        let phone = telephone(&form.phone).map_err(|p| note("phone", p));
        let address = optional(&form.address, ADDRESS_MAX).map_err(|p| note("address", p));
        let subject_types =
            subject_types(&form.subject_types).map_err(|p| note("subject_types", p));
        match (
            (credit_code, region_code, ca_platform, legal_representative),
            (phone, address, subject_types, binder_name),
        ) {
            (
                (Ok(credit_code), Ok(region_code), Ok(ca_platform), Ok(legal_representative)),
                (Ok(phone), Ok(address), Ok(subject_types), Ok(binder_name)),
            ) => Ok(Self {
                credit_code,
                region_code,
                ca_platform,
                legal_representative,
                phone,
                address,
                subject_types,
                binder_name,
            }),
            _ => Err(problems),
        }
    }
}

fn required(value: &str, max: usize) -> Result<String, FieldProblem> {
    optional(value, max)?.ok_or(FieldProblem::Required)
}

fn optional(value: &str, max: usize) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.chars().count() > max {
        return Err(FieldProblem::TooLong(max));
    }
    if value.chars().any(is_unseen) {
        return Err(FieldProblem::Unseen);
    }
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// Characters that a reader can't see and that change what is read: controls, zero-width and
/// bidirectional ones.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn telephone(value: &str) -> Result<Option<String>, FieldProblem> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let well_formed = (5..=20).contains(&digits)
        && value.len() <= PHONE_MAX
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b' ' | b'(' | b')'));
    well_formed
        .then(|| Some(value.to_owned()))
        .ok_or(FieldProblem::BadPhone)
}

fn subject_types(words: &[String]) -> Result<Vec<SubjectType>, FieldProblem> {
    let mut types = words
        .iter()
        .map(|word| SubjectType::of_word(word).ok_or(FieldProblem::SubjectTypeRequired))
        .collect::<Result<Vec<_>, _>>()?;
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Err(FieldProblem::SubjectTypeRequired);
    }
    Ok(types)
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
    /// This lock was bound once and ended.
    LockNotActive,
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
            Self::LockNotActive => "lock-not-active",
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
    let details = &attempt.details;
    if recognised
        .credit_code()
        .is_some_and(|code| *code != details.credit_code)
    {
        return Ok(BindOutcome::Refused(BindRefusal::CreditCodeMismatch));
    }
    let enterprise = enterprise(cx, recognised, details);
    if !store.insert_enterprise(&enterprise)? {
        return Ok(BindOutcome::Refused(refusal_of_bound(store, &enterprise)?));
    }
    let key_lock = key_lock(cx, recognised, attempt, &enterprise.id);
    if !store.insert_key_lock(&key_lock)? {
        return Err(BindError::Raced);
    }
    Ok(BindOutcome::Bound(enterprise.id, key_lock.id))
}

/// The credit code is taken: by the same enterprise with another lock (FAQ 3), or under another name
/// (FAQ 6).
fn refusal_of_bound(store: &mut dyn Store, tried: &Enterprise) -> Result<BindRefusal, StoreError> {
    let standing = store.find_enterprise_by_credit_code(&tried.credit_code)?;
    Ok(match standing {
        Some(enterprise) if enterprise.name != tried.name => BindRefusal::EnterpriseRenamed,
        _ => BindRefusal::CreditCodeBound,
    })
}

fn enterprise(cx: &Cx, recognised: &Recognised, details: &BindingDetails) -> Enterprise {
    Enterprise {
        id: EnterpriseId::generate(&*cx.rng),
        credit_code: details.credit_code.clone(),
        name: recognised.holder_name().to_owned(),
        region_code: details.region_code.clone(),
        legal_representative: details.legal_representative.clone(),
        phone: details.phone.clone(),
        address: details.address.clone(),
        subject_types: details.subject_types.clone(),
        state: EnterpriseState::Active,
        created_at: cx.now,
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
        ca_platform: attempt.details.ca_platform.clone(),
        serial_number: certificate.serial_number().to_owned(),
        key_number: recognised.key_number().to_owned(),
        media_number: attempt.media_number.clone(),
        not_before: Timestamp::from_unix_seconds(certificate.not_before()),
        not_after: Timestamp::from_unix_seconds(certificate.not_after()),
        bound_by: attempt.details.binder_name.clone(),
        bound_at: cx.now,
    }
}
