//! Flow: who works here. Entered by two persons at the console, or on the machine itself: the first operator can't be
//! entered otherwise.
//!
//! Owns what an operator must be and that somebody is left who can enter others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::Certificate;
use pki::signature::PublicKey;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::duty::{self, CertificateUnfit};
use crate::fields;
use crate::hand::Hand;
use crate::id::OperatorId;
use crate::key_lock::Thumbprint;
use crate::operator::{Operator, OperatorState, Right, Roles};
use crate::proposal::{Approved, Change};
use crate::store::{Store, StoreError};

/// Longest name, in characters.
const NAME_MAX: usize = 64;

/// Why operators stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperatorsRefusal {
    /// Empty, too long, or with characters that can't be seen.
    #[error("the name must be given, in readable words of at most {NAME_MAX} characters")]
    Name,
    /// Not a certificate.
    #[error("the certificate can't be read")]
    CertificateUnreadable,
    /// It can't sign now.
    #[error("the certificate can't sign in: {}", .0.code())]
    CertificateUnfit(CertificateUnfit),
    /// A key that no proof is taken of.
    #[error(
        "the certificate's key is too weak or of an unknown kind: RSA of 2048 bits, P-256, P-384 or SM2"
    )]
    KeyUnfit,
    /// Another operator has it.
    #[error("another operator signs in with this certificate")]
    CertificateTaken,
    /// Another operator has its key.
    #[error("another operator signs in with the key of this certificate")]
    KeyTaken,
    /// There is none.
    #[error("there is no such operator")]
    Unknown,
    /// It was changed since it was looked at.
    #[error("the operator was changed by another in between: look again")]
    Overtaken,
    /// Nothing would change.
    #[error("it is so already")]
    Unchanged,
    /// Nobody would be left who can enter operators.
    #[error(
        "two active operators with the role trust, whose certificates have not ended, must be left: changes need two"
    )]
    TooFewLeft,
    /// The approved change is another flow's.
    #[error("this change is not of operators")]
    NotOfOperators,
}

impl OperatorsRefusal {
    /// The machine word, on pages.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name => "operator-name",
            Self::CertificateUnreadable => "operator-certificate-unreadable",
            Self::CertificateUnfit(unfit) => unfit.code(),
            Self::KeyUnfit => "operator-key-unfit",
            Self::CertificateTaken => "operator-certificate-taken",
            Self::KeyTaken => "operator-key-taken",
            Self::Unknown => "operator-gone",
            Self::Overtaken => "change-overtaken",
            Self::Unchanged => "change-nothing",
            Self::TooFewLeft => "operators-too-few",
            Self::NotOfOperators => "request-invalid",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OperatorsError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not allowed.
    #[error(transparent)]
    Refused(#[from] OperatorsRefusal),
}

/// What an operator becomes; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorChange {
    /// What it may do.
    pub roles: Option<Roles>,
    /// Whether it may sign in.
    pub state: Option<OperatorState>,
    /// DER.
    pub certificate: Option<Vec<u8>>,
}

/// A certificate as changes carry it.
pub fn certificate_of_text(text: &str) -> Result<Vec<u8>, OperatorsRefusal> {
    STANDARD
        .decode(text)
        .or(Err(OperatorsRefusal::CertificateUnreadable))
}

/// A certificate that an operator can be known by.
pub fn check_certificate(cx: &Cx, der: &[u8]) -> Result<Certificate, OperatorsRefusal> {
    let read = Certificate::from_der(der).or(Err(OperatorsRefusal::CertificateUnreadable))?;
    duty::fit(&read, cx.now).map_err(OperatorsRefusal::CertificateUnfit)?;
    match read.public_key() {
        PublicKey::Unsupported => Err(OperatorsRefusal::KeyUnfit),
        key if key.is_weak() => Err(OperatorsRefusal::KeyUnfit),
        _ => Ok(read),
    }
}

/// One lock is one person: with two certificates of one key, somebody would be two, and approve what he proposed.
fn check_key(
    operators: &[Operator],
    of: &OperatorId,
    certificate: &Certificate,
) -> Result<(), OperatorsRefusal> {
    let mut others = operators.iter().filter(|one| one.id != *of);
    let has_key = |one: &Operator| {
        Certificate::from_der(&one.certificate).is_ok_and(|own| own.is_of_key_of(certificate))
    };
    if others.any(has_key) {
        return Err(OperatorsRefusal::KeyTaken);
    }
    Ok(())
}

/// Lets an operator in.
pub fn add(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (name, roles, certificate): (&str, Roles, &[u8]),
) -> Result<Operator, OperatorsError> {
    let standing = store.hold_operators()?;
    let read = check_certificate(cx, certificate)?;
    let operator = Operator {
        id: OperatorId::generate(&*cx.rng, cx.now),
        name: fields::required(name, NAME_MAX).or(Err(OperatorsRefusal::Name))?,
        roles,
        state: OperatorState::Active,
        certificate: certificate.to_vec(),
        thumbprint: Thumbprint(read.thumbprint_sha256()),
        version: 1,
        created_at: cx.now,
        changed_at: cx.now,
    };
    if !store.insert_operator(&operator)? {
        return Err(OperatorsRefusal::CertificateTaken.into());
    }
    check_key(&standing, &operator.id, &read)?;
    note(store, cx, hand, (AuditKind::OperatorAdded, &operator))?;
    Ok(operator)
}

/// Changes an operator, as long as it is the version that was looked at.
pub fn change(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (id, version, to): (&OperatorId, u32, OperatorChange),
) -> Result<Operator, OperatorsError> {
    let standing = store.hold_operators()?;
    let from = standing.iter().find(|one| one.id == *id);
    let from = from.ok_or(OperatorsRefusal::Unknown)?;
    if from.version != version {
        return Err(OperatorsRefusal::Overtaken.into());
    }
    let mut next = from.clone();
    next.roles = to.roles.unwrap_or(next.roles);
    next.state = to.state.unwrap_or(next.state);
    if let Some(certificate) = to.certificate {
        let read = check_certificate(cx, &certificate)?;
        next.thumbprint = Thumbprint(read.thumbprint_sha256());
        next.certificate = certificate;
        let held = store.find_operator_by_thumbprint(next.thumbprint)?;
        if held.is_some_and(|other| other.id != next.id) {
            return Err(OperatorsRefusal::CertificateTaken.into());
        }
        check_key(&standing, &next.id, &read)?;
    }
    if next == *from {
        return Err(OperatorsRefusal::Unchanged.into());
    }
    next.version = from.version.saturating_add(1);
    next.changed_at = cx.now;
    if !store.exchange_operator(&next, version)? {
        return Err(OperatorsRefusal::Overtaken.into());
    }
    if is_trusted(from) && !is_trusted(&next) {
        let others = standing.iter().filter(|one| one.id != next.id);
        let left = others.filter(|one| is_trusted(one) && signs(cx, one));
        if left.count() < 2 {
            return Err(OperatorsRefusal::TooFewLeft.into());
        }
    }
    note(store, cx, hand, (AuditKind::OperatorChanged, &next))?;
    Ok(next)
}

/// Makes a change that two persons agreed on.
pub fn carry_out(
    store: &mut dyn Store,
    cx: &Cx,
    approved: &Approved,
) -> Result<Operator, OperatorsError> {
    let hand = Hand::of(approved);
    match approved.change() {
        Change::AddOperator {
            name,
            roles,
            certificate,
        } => {
            let certificate = certificate_of_text(certificate)?;
            add(store, cx, &hand, (name, roles.clone(), &certificate))
        }
        Change::ChangeOperator {
            id,
            version,
            roles,
            state,
            certificate,
        } => {
            let certificate = certificate.as_deref().map(certificate_of_text);
            let to = OperatorChange {
                roles: roles.clone(),
                state: *state,
                certificate: certificate.transpose()?,
            };
            change(store, cx, &hand, (id, *version, to))
        }
        _ => Err(OperatorsRefusal::NotOfOperators.into()),
    }
}

/// Whether it is one of those without whom nobody enters operators.
fn is_trusted(operator: &Operator) -> bool {
    operator.may(Right::ChangeOperators)
}

/// Whether its certificate still signs in: one that has ended approves nothing.
fn signs(cx: &Cx, operator: &Operator) -> bool {
    Certificate::from_der(&operator.certificate).is_ok_and(|it| duty::fit(&it, cx.now).is_ok())
}

fn note(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (kind, operator): (AuditKind, &Operator),
) -> Result<(), StoreError> {
    let (id, name, version) = (&operator.id, &operator.name, operator.version);
    let (roles, state) = (&operator.roles, operator.state.as_str());
    let thumbprint = operator.thumbprint.to_text();
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id.clone(),
        reason: hand.reason.clone(),
        detail: Some(format!(
            "by {}: {id} {name}, version {version}, {state}, roles {roles}, x5t#S256 {thumbprint}",
            hand.by
        )),
        ..AuditEvent::new(cx, kind)
    })
}
