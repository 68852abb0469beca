//! Shared step: which operator is here, and what for.
//!
//! Owns [`OnDuty`] and [`Mandate`], proof values that only this module can make: what operators do asks for them. A
//! sign-in counts only while its operator is in force and has the certificate that signed.

use pki::certificate::{Certificate, CertificatePurpose};
use serde::{Deserialize, Serialize};

use crate::id::OperatorId;
use crate::key_lock::Thumbprint;
use crate::operator::{Operator, OperatorState, Right};
use crate::proof::Proven;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// Which operator signed in, with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorAuthentication {
    /// Who.
    pub operator_id: OperatorId,
    /// Of the certificate that signed.
    pub thumbprint: String,
    /// When it signed.
    pub auth_time: Timestamp,
}

/// An operator whose sign-in counts now.
#[derive(Clone, Debug)]
pub struct OnDuty {
    operator: Operator,
}

impl OnDuty {
    /// Who it is.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// What lets it do something; `None` where none of its roles does.
    pub fn mandate(&self, right: Right) -> Option<Mandate> {
        self.operator.roles.give(right).then(|| Mandate {
            operator_id: self.operator.id.clone(),
            name: self.operator.name.clone(),
            right,
        })
    }

    /// Whether a proof is this operator's own, by the certificate it is known by.
    pub fn is_proven_by(&self, proven: &Proven, now: Timestamp) -> Result<(), CertificateUnfit> {
        let shown = proven.certificate();
        if shown.thumbprint_sha256() != self.operator.thumbprint.0 {
            return Err(CertificateUnfit::Another);
        }
        fit(shown, now)
    }
}

/// An operator and one right that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    operator_id: OperatorId,
    name: String,
    right: Right,
}

impl Mandate {
    /// Who.
    pub fn operator_id(&self) -> &OperatorId {
        &self.operator_id
    }

    /// As others read it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What for.
    pub const fn right(&self) -> Right {
        self.right
    }
}

/// Why a certificate does not serve its operator now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateUnfit {
    /// It is not the one the operator is known by.
    Another,
    /// Its time has not come.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// Its key is for encryption alone.
    NotForSigning,
}

impl CertificateUnfit {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Another => "operator-certificate-differs",
            Self::NotYetValid => "operator-certificate-not-yet-valid",
            Self::Expired => "operator-certificate-expired",
            Self::NotForSigning => "operator-certificate-not-for-signing",
        }
    }
}

/// Whether an operator can sign with a certificate at this moment.
pub fn fit(certificate: &Certificate, now: Timestamp) -> Result<(), CertificateUnfit> {
    let now = now.unix_seconds();
    if now < certificate.not_before() {
        return Err(CertificateUnfit::NotYetValid);
    }
    if now > certificate.not_after() {
        return Err(CertificateUnfit::Expired);
    }
    if certificate.purpose() != CertificatePurpose::Signing {
        return Err(CertificateUnfit::NotForSigning);
    }
    Ok(())
}

/// Why whoever proved a certificate is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DutyRefusal {
    /// Nobody works here with this certificate.
    Unknown,
    /// The operator was suspended.
    Suspended,
    /// The certificate does not serve now.
    Certificate(CertificateUnfit),
}

impl DutyRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "operator-unknown",
            Self::Suspended => "operator-suspended",
            Self::Certificate(unfit) => unfit.code(),
        }
    }
}

/// The operator who is known by a certificate whose key was just proven.
pub(crate) fn admit(
    store: &mut dyn Store,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<Result<OnDuty, DutyRefusal>, StoreError> {
    let thumbprint = Thumbprint(certificate.thumbprint_sha256());
    let Some(operator) = store.find_operator_by_thumbprint(thumbprint)? else {
        return Ok(Err(DutyRefusal::Unknown));
    };
    if operator.state == OperatorState::Suspended {
        return Ok(Err(DutyRefusal::Suspended));
    }
    if let Err(unfit) = fit(certificate, now) {
        return Ok(Err(DutyRefusal::Certificate(unfit)));
    }
    let on_duty = begin(operator, &thumbprint.to_text(), now);
    Ok(on_duty.ok_or(DutyRefusal::Unknown))
}

/// The operator behind a sign-in, where it still counts.
pub fn find_on_duty(
    store: &mut dyn Store,
    authentication: &OperatorAuthentication,
    now: Timestamp,
) -> Result<Option<OnDuty>, StoreError> {
    let found = store.find_operator(&authentication.operator_id)?;
    Ok(found.and_then(|operator| begin(operator, &authentication.thumbprint, now)))
}

fn begin(operator: Operator, thumbprint: &str, now: Timestamp) -> Option<OnDuty> {
    let certificate = Certificate::from_der(&operator.certificate).ok()?;
    let counts = operator.state == OperatorState::Active
        && operator.thumbprint == Thumbprint(certificate.thumbprint_sha256())
        && operator.thumbprint.to_text() == thumbprint
        && fit(&certificate, now).is_ok();
    counts.then_some(OnDuty { operator })
}
