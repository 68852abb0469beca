//! Doing it: one transaction, in which whoever signed is still on duty, may do it, and what was signed is kept.

use std::time::Duration;

use idp_core::authorities;
use idp_core::cx::{Caller, Cx};
use idp_core::directory;
use idp_core::duty::{Mandate, OperatorAuthentication, find_on_duty};
use idp_core::four_eyes;
use idp_core::id::{PlatformId, ProposalId, RegistrationTokenId};
use idp_core::operate::{self, Correction, Order, SignIns};
use idp_core::operators;
use idp_core::proposal::{Approved, Change};
use idp_core::signed_statement::SignedStatement;
use idp_core::store::Store;
use pki::holder::credit_code::CreditCode;

use super::{Act, ActError, EnterpriseAct, PlatformAct, Prepared, registration};

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
    // Before whoever signed is looked up and anything is written that points to them: who waits here for another decision sees
    // what came of it, and holds nothing that the other one waits for.
    if let Act::Approve { .. } | Act::Refuse { .. } = &prepared.act {
        store.hold_operators()?;
    }
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
            let by = (&mandate, &signed.authentication, reason.as_str());
            of_enterprise(store, cx, by, (&code, what))?;
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
        Change::EndEverySignIn {} => {
            operate::end_every_sign_in(store, cx, approved)?;
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

fn of_enterprise(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, authentication, reason): (&Mandate, &OperatorAuthentication, &str),
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
        EnterpriseAct::Rename { new_name, evidence } => {
            let evidence = operate::take_handed_in(store, cx, authentication, evidence)?;
            operate::rename(store, cx, code, new_name, (&evidence, order))?;
        }
        EnterpriseAct::Correct {
            legal_representative,
            region_code,
        } => {
            let correction = Correction {
                legal_representative: legal_representative.clone(),
                region_code: region_code.clone(),
            };
            operate::correct(store, cx, code, (&correction, order))?;
        }
        EnterpriseAct::EndSignIn { .. }
        | EnterpriseAct::EndSignInsOfLock { .. }
        | EnterpriseAct::EndAllSignIns => {
            operate::end_sign_ins(store, cx, code, (&sign_ins(what), order))?;
        }
        EnterpriseAct::TakeConsentBack { platform } => {
            operate::take_consent_back(store, cx, code, (platform, order))?;
        }
        EnterpriseAct::Erase { with_evidence } => {
            operate::erase(store, cx, code, (*with_evidence, order))?;
        }
    }
    Ok(())
}

/// Which sign-ins an act ends.
fn sign_ins(what: &EnterpriseAct) -> SignIns {
    match what {
        EnterpriseAct::EndSignIn { session } => SignIns::One(session.clone()),
        EnterpriseAct::EndSignInsOfLock { lock } => SignIns::OfLock(lock.clone()),
        _ => SignIns::All,
    }
}
