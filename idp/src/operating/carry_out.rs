//! Doing it: one transaction, in which whoever signed is still on duty, may do it, and what was signed is kept.

use std::time::Duration;

use idp_core::authorities::{self, RegistryRefusal};
use idp_core::cx::{Caller, Cx};
use idp_core::directory::{self, DirectoryError};
use idp_core::duty::{Mandate, OperatorAuthentication, find_on_duty};
use idp_core::four_eyes::{self, FourEyesError, FourEyesRefusal};
use idp_core::id::{PlatformId, ProposalId, RegistrationTokenId};
use idp_core::operate::{self, OperateError, OperateRefusal, Order};
use idp_core::operators::{self, OperatorsError};
use idp_core::proposal::{Approved, Change, Unwritable};
use idp_core::signed_statement::SignedStatement;
use idp_core::store::{Store, StoreError};
use pki::holder::credit_code::CreditCode;

use super::{Act, EnterpriseAct, PlatformAct, Prepared, registration};

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It waits for a second person.
    Proposed(ProposalId),
    /// A second person approved it, and it is made.
    Approved(ProposalId),
    /// A second person refused it.
    Refused(ProposalId),
    /// It is made.
    Made,
    /// It is made, and a platform has a new secret, to be shown once.
    Secret(PlatformId, String),
    /// It is made, and platforms can register by a new token, to be shown once.
    RegistrationToken(RegistrationTokenId, String),
}

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

/// Who signed, from where, and what.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The sign-in of whoever signed.
    pub authentication: OperatorAuthentication,
    /// From where.
    pub caller: Caller,
    /// What was signed.
    pub statement: SignedStatement,
}

/// Does it.
pub fn carry_out(
    store: &mut dyn Store,
    cx: &Cx,
    signed: &Signed,
    prepared: &Prepared,
) -> Result<Done, ActError> {
    let on_duty = find_on_duty(store, &signed.authentication, cx.now)?;
    let mandate = on_duty.and_then(|on_duty| on_duty.mandate(prepared.right));
    let mandate = mandate.ok_or(ActError::NotAllowed)?;
    let by = (&mandate, &signed.caller);
    let statement = &signed.statement;
    match &prepared.act {
        Act::Propose { change, reason } => {
            let wanted = (Change::clone(change), reason.as_str());
            let proposal = four_eyes::propose(store, cx, by, wanted, statement)?;
            Ok(Done::Proposed(proposal.id))
        }
        Act::Approve { proposal } => {
            let approved = four_eyes::approve(store, cx, by, proposal, statement)?;
            make(store, cx, &approved)?;
            Ok(Done::Approved(proposal.clone()))
        }
        Act::Refuse { proposal } => {
            four_eyes::refuse(store, cx, by, proposal, statement)?;
            Ok(Done::Refused(proposal.clone()))
        }
        Act::Platform {
            platform,
            what,
            reason,
        } => {
            store.insert_signed_statement(statement)?;
            let act = directory::Act::of(&mandate, reason);
            let secret = of_platform(store, cx, platform, (what, act))?;
            Ok(secret.map_or(Done::Made, |secret| Done::Secret(platform.clone(), secret)))
        }
        Act::Registration { what, reason } => {
            store.insert_signed_statement(statement)?;
            let act = directory::Act::of(&mandate, reason);
            let token = registration::carry_out(store, cx, (what, act))?;
            Ok(token.map_or(Done::Made, |(id, text)| Done::RegistrationToken(id, text)))
        }
        Act::Enterprise {
            credit_code,
            what,
            reason,
        } => {
            store.insert_signed_statement(statement)?;
            let code = credit_code.parse().or(Err(ActError::CreditCode))?;
            of_one(store, cx, (&mandate, reason), (&code, what))?;
            Ok(Done::Made)
        }
    }
}

/// The change itself, by the flow whose noun it is.
fn make(store: &mut dyn Store, cx: &Cx, approved: &Approved) -> Result<(), ActError> {
    match approved.change() {
        Change::AddCa { .. }
        | Change::ChangeCa { .. }
        | Change::ActivateCa { .. }
        | Change::SuspendCa { .. } => {
            authorities::carry_out(store, cx, approved)?;
        }
        Change::AddOperator { .. } | Change::ChangeOperator { .. } => {
            operators::carry_out(store, cx, approved)?;
        }
        Change::EndGrants { .. } => {
            directory::end_grants(store, cx, approved)?;
        }
    }
    Ok(())
}

/// Answers a new secret, where one was made.
fn of_platform(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (what, act): (&PlatformAct, directory::Act<'_>),
) -> Result<Option<String>, ActError> {
    match what {
        PlatformAct::Put { as_shown, wanted } => {
            let put = directory::put(store, cx, id, (wanted, as_shown.as_deref(), act))?;
            Ok(put.secret)
        }
        PlatformAct::Suspend => {
            directory::suspend(store, cx, id, act)?;
            Ok(None)
        }
        PlatformAct::Activate { as_shown } => {
            directory::activate(store, cx, id, (act, Some(as_shown)))?;
            Ok(None)
        }
        PlatformAct::RotateSecret { overlap_hours } => {
            let overlap = Duration::from_hours(u64::from(*overlap_hours));
            let secret = directory::rotate_secret(store, cx, id, (overlap, act))?;
            Ok(Some(secret))
        }
    }
}

fn of_one(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, reason): (&Mandate, &str),
    (code, what): (&CreditCode, &EnterpriseAct),
) -> Result<(), ActError> {
    let order = Order::of(mandate, reason).map_err(ActError::Operate)?;
    let order = &order.ok_or(ActError::NotAllowed)?;
    match what {
        EnterpriseAct::Freeze => operate::freeze(store, cx, code, order)?,
        EnterpriseAct::Unfreeze => operate::unfreeze(store, cx, code, order)?,
        EnterpriseAct::LockLost { lock } => operate::lock_lost(store, cx, code, (lock, order))?,
        EnterpriseAct::RemoveLock { lock } => operate::remove_lock(store, cx, code, (lock, order))?,
        EnterpriseAct::PromoteLock { lock } => {
            operate::promote_lock(store, cx, code, (lock, order))?;
        }
        EnterpriseAct::OpenRebinding { days } => {
            let until = cx.now + Duration::from_hours(u64::from(*days) * 24);
            operate::open_rebinding(store, cx, code, (until, order))?;
        }
        EnterpriseAct::CloseRebinding => operate::close_rebinding(store, cx, code, order)?,
    }
    Ok(())
}
