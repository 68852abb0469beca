//! Why an act was not done, by the rules of whichever noun it is about.

use idp_core::authorities::RegistryRefusal;
use idp_core::directory::DirectoryError;
use idp_core::four_eyes::{FourEyesError, FourEyesRefusal};
use idp_core::operate::{OperateError, OperateRefusal};
use idp_core::operators::{self, OperatorsError};
use idp_core::proposal::Unwritable;
use idp_core::store::StoreError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever signed is not on duty any more, or may not.
    #[error("not on duty, or not allowed")]
    NotAllowed,
    /// It is no enterprise's code.
    #[error("not a credit code")]
    CreditCode,
    /// By the rules of four eyes.
    #[error(transparent)]
    FourEyes(FourEyesRefusal),
    /// By those of operators.
    #[error(transparent)]
    Operators(operators::OperatorsRefusal),
    /// By those of the registry.
    #[error(transparent)]
    Registry(RegistryRefusal),
    /// By those of platforms.
    #[error(transparent)]
    Directory(DirectoryError),
    /// By those of enterprises.
    #[error(transparent)]
    Operate(OperateRefusal),
    /// Another request changed the same in the same moment.
    #[error("it was changed in the same moment: look and try again")]
    Raced,
    /// It can't be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl ActError {
    /// The machine word, in the audit trail and on pages; `None` where the store is out of reach.
    pub const fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Store(_) => return None,
            Self::NotAllowed => "operator-not-allowed",
            Self::CreditCode => "bad-credit-code",
            Self::FourEyes(refusal) => refusal.code(),
            Self::Operators(refusal) => refusal.code(),
            Self::Registry(refusal) => return refusal.code(),
            Self::Directory(error) => of_directory(error),
            Self::Operate(refusal) => of_enterprise(refusal),
            Self::Raced => "change-overtaken",
            Self::Unwritable(_) => "request-invalid",
        })
    }
}

const fn of_directory(error: &DirectoryError) -> &'static str {
    use idp_core::directory::RegistrationRefusal as Refusal;
    match error {
        DirectoryError::Refused(Refusal::NotAsShown(_) | Refusal::NothingShown(_)) => {
            "change-overtaken"
        }
        DirectoryError::Refused(Refusal::Nothing(_)) => "change-nothing",
        DirectoryError::Refused(Refusal::Unknown(_)) => "platform-unknown",
        DirectoryError::Refused(Refusal::NotConnected(_)) => "platform-not-connected",
        DirectoryError::Refused(Refusal::NoSecret) => "platform-no-secret",
        DirectoryError::Refused(Refusal::Overlap) => "platform-overlap",
        DirectoryError::Refused(Refusal::TokenBounds) => "registration-token-bounds",
        DirectoryError::Refused(Refusal::NoOpenid) => "registration-token-no-openid",
        DirectoryError::Refused(Refusal::MaintenanceText) => "maintenance-text",
        DirectoryError::Refused(Refusal::MaintenanceTime) => "maintenance-time",
        DirectoryError::Refused(Refusal::NoMaintenance(_)) => "maintenance-unknown",
        _ => "platform-registration-refused",
    }
}

const fn of_enterprise(refusal: &OperateRefusal) -> &'static str {
    match refusal {
        OperateRefusal::Words { .. } => "reason-missing",
        OperateRefusal::UnknownEnterprise(_) => "enterprise-unknown",
        OperateRefusal::UnknownLock(_) => "enterprise-lock-unknown",
        OperateRefusal::LockState { .. } => "enterprise-lock-state",
        OperateRefusal::Unfit(..) => "enterprise-lock-unfit",
        OperateRefusal::HasPrimary(_) => "enterprise-has-primary",
        OperateRefusal::UnknownSignIn(_) => "enterprise-sign-in-unknown",
        OperateRefusal::NoConsent(_) => "enterprise-consent-unknown",
        OperateRefusal::InUse(_) => "enterprise-in-use",
        OperateRefusal::Nothing(_) => "change-nothing",
        OperateRefusal::RebindingTime => "rebinding-time",
        OperateRefusal::Evidence => "evidence-size",
        OperateRefusal::EvidenceGone => "evidence-gone",
    }
}

impl From<FourEyesRefusal> for ActError {
    fn from(refusal: FourEyesRefusal) -> Self {
        Self::FourEyes(refusal)
    }
}

impl From<FourEyesError> for ActError {
    fn from(error: FourEyesError) -> Self {
        match error {
            FourEyesError::Store(error) => Self::Store(error),
            FourEyesError::Refused(refusal) => Self::FourEyes(refusal),
        }
    }
}

impl From<OperatorsError> for ActError {
    fn from(error: OperatorsError) -> Self {
        match error {
            OperatorsError::Store(error) => Self::Store(error),
            OperatorsError::Refused(refusal) => Self::Operators(refusal),
        }
    }
}

impl From<RegistryRefusal> for ActError {
    fn from(error: RegistryRefusal) -> Self {
        match error {
            RegistryRefusal::Store(error) => Self::Store(error),
            refusal => Self::Registry(refusal),
        }
    }
}

impl From<DirectoryError> for ActError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Store(error) => Self::Store(error),
            refusal => Self::Directory(refusal),
        }
    }
}

impl From<OperateError> for ActError {
    fn from(error: OperateError) -> Self {
        match error {
            OperateError::Store(error) => Self::Store(error),
            OperateError::Refused(refusal) => Self::Operate(refusal),
            OperateError::Raced => Self::Raced,
        }
    }
}
