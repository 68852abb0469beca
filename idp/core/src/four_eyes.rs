//! Flow: one operator proposes a change, another one decides it.
//!
//! Owns that two persons with two certificates stand behind a change, that each signed it, and that it is made once. Does
//! not make the change ([`Approved`] says that it may be made) and does not check signatures ([`crate::proof`]).

use std::time::Duration;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::duty::Mandate;
use crate::fields;
use crate::id::{ProposalId, SignedStatementId};
use crate::proposal::{Approved, Change, Decision, Proposal, ProposalState, Unwritable};
use crate::signed_statement::SignedStatement;
use crate::store::{Store, StoreError};

/// For how long a proposal waits.
const WAITS: Duration = Duration::from_hours(7 * 24);
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// Why nothing is proposed or decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FourEyesRefusal {
    /// The operator lacks the right for this change.
    #[error("none of your roles allows this change")]
    NotAllowed,
    /// There is no such proposal.
    #[error("there is no such proposal")]
    Unknown,
    /// It was decided before, or its time is over.
    #[error("the proposal is not open any more")]
    NotOpen,
    /// Nobody decides what he proposed.
    #[error("whoever proposes a change can't approve it: a second person must")]
    OwnProposal,
    /// Whoever proposed it may not any more.
    #[error("whoever proposed the change is suspended or may not propose it any more")]
    ProposerOff,
    /// Nobody takes back what another proposed.
    #[error("only whoever proposed a change takes it back")]
    NotOwn,
    /// It is not what its proposer signed.
    #[error("the change is not the one that was signed when it was proposed")]
    Altered,
    /// No reason, or none that can be read.
    #[error("a change needs a reason in readable words, at most 200 characters")]
    Reason,
    /// It can't be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl FourEyesRefusal {
    /// The machine word, in the audit trail and on pages.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "operator-not-allowed",
            Self::Unknown => "proposal-unknown",
            Self::NotOpen => "proposal-not-open",
            Self::OwnProposal => "proposal-own",
            Self::ProposerOff => "proposal-proposer-off",
            Self::NotOwn => "proposal-not-own",
            Self::Altered => "proposal-altered",
            Self::Reason => "reason-missing",
            Self::Unwritable(_) => "request-invalid",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum FourEyesError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not allowed.
    #[error(transparent)]
    Refused(#[from] FourEyesRefusal),
}

/// Keeps what an operator wants, with what it signed.
pub fn propose(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, caller): (&Mandate, &Caller),
    (change, reason): (Change, &str),
    signed: &SignedStatement,
) -> Result<Proposal, FourEyesError> {
    if mandate.right() != change.right() || signed.operator_id != *mandate.operator_id() {
        return Err(FourEyesRefusal::NotAllowed.into());
    }
    let proposal = Proposal {
        id: ProposalId::generate(&*cx.rng, cx.now),
        reason: fields::required(reason, REASON_MAX).or(Err(FourEyesRefusal::Reason))?,
        proposed_by: mandate.operator_id().clone(),
        proposed_at: cx.now,
        expires_at: cx.now + WAITS,
        signed: signed.id.clone(),
        state: ProposalState::Waiting,
        decision: None,
        change,
    };
    store.insert_signed_statement(signed)?;
    store.insert_proposal(&proposal)?;
    let event = event(cx, (mandate, caller), &proposal)?;
    store.append_audit(&AuditEvent {
        kind: AuditKind::ChangeProposed,
        ..event
    })?;
    Ok(proposal)
}

/// Approves a proposal. Whoever gets an [`Approved`] makes the change in the same transaction.
pub fn approve(
    store: &mut dyn Store,
    cx: &Cx,
    by: (&Mandate, &Caller),
    id: &ProposalId,
    signed: &SignedStatement,
) -> Result<Approved, FourEyesError> {
    let proposal = decide(store, cx, by, (id, ProposalState::Approved), signed)?;
    // Two persons who may: what somebody proposed who was put out since is proposed again by another, or is not.
    let proposer = store.find_operator(&proposal.proposed_by)?;
    let proposer = proposer.filter(|one| one.may(proposal.change.right()));
    let proposer = proposer.ok_or(FourEyesRefusal::ProposerOff)?;
    let names = (proposer.name, by.0.name().to_owned());
    Ok(Approved::new(proposal, names))
}

/// Refuses a proposal.
pub fn refuse(
    store: &mut dyn Store,
    cx: &Cx,
    by: (&Mandate, &Caller),
    id: &ProposalId,
    signed: &SignedStatement,
) -> Result<Proposal, FourEyesError> {
    decide(store, cx, by, (id, ProposalState::Refused), signed)
}

fn decide(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, caller): (&Mandate, &Caller),
    (id, to): (&ProposalId, ProposalState),
    signed: &SignedStatement,
) -> Result<Proposal, FourEyesError> {
    let proposal = open(store, cx, id)?;
    if mandate.right() != proposal.change.right() || signed.operator_id != *mandate.operator_id() {
        return Err(FourEyesRefusal::NotAllowed.into());
    }
    if proposal.proposed_by == *mandate.operator_id() {
        return Err(FourEyesRefusal::OwnProposal.into());
    }
    check_signed(store, &proposal, signed)?;
    store.insert_signed_statement(signed)?;
    let decided = end(store, cx, (mandate, proposal), (to, Some(&signed.id)))?;
    let kind = match to {
        ProposalState::Approved => AuditKind::ChangeApproved,
        _ => AuditKind::ChangeRefused,
    };
    let event = event(cx, (mandate, caller), &decided)?;
    store.append_audit(&AuditEvent { kind, ..event })?;
    Ok(decided)
}

/// Both persons signed this very change: one that was altered in the database has another digest, or another reason, than the
/// proposer signed.
fn check_signed(
    store: &mut dyn Store,
    proposal: &Proposal,
    decision: &SignedStatement,
) -> Result<(), FourEyesError> {
    let digest = proposal.change.digest().map_err(FourEyesRefusal::from)?;
    let proposed = store.find_signed_statement(&proposal.signed)?;
    let is_theirs = proposed.is_some_and(|signed| {
        signed.operator_id == proposal.proposed_by
            && signed.statement.contains(&digest)
            && signed.statement.contains(&proposal.reason)
    });
    if is_theirs && decision.statement.contains(&digest) {
        Ok(())
    } else {
        Err(FourEyesRefusal::Altered.into())
    }
}

/// Takes back what one proposed oneself.
pub fn withdraw(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, caller): (&Mandate, &Caller),
    id: &ProposalId,
) -> Result<Proposal, FourEyesError> {
    let proposal = open(store, cx, id)?;
    if proposal.proposed_by != *mandate.operator_id() {
        return Err(FourEyesRefusal::NotOwn.into());
    }
    let withdrawn = end(
        store,
        cx,
        (mandate, proposal),
        (ProposalState::Withdrawn, None),
    )?;
    let event = event(cx, (mandate, caller), &withdrawn)?;
    store.append_audit(&AuditEvent {
        kind: AuditKind::ChangeWithdrawn,
        ..event
    })?;
    Ok(withdrawn)
}

fn open(store: &mut dyn Store, cx: &Cx, id: &ProposalId) -> Result<Proposal, FourEyesError> {
    let found = store.find_proposal(id)?.ok_or(FourEyesRefusal::Unknown)?;
    if found.is_open(cx.now) {
        Ok(found)
    } else {
        Err(FourEyesRefusal::NotOpen.into())
    }
}

/// Of two who decide in the same moment one does.
fn end(
    store: &mut dyn Store,
    cx: &Cx,
    (mandate, proposal): (&Mandate, Proposal),
    (state, signed): (ProposalState, Option<&SignedStatementId>),
) -> Result<Proposal, FourEyesError> {
    let ended = Proposal {
        state,
        decision: Some(Decision {
            by: mandate.operator_id().clone(),
            at: cx.now,
            signed: signed.cloned(),
        }),
        ..proposal
    };
    if store.exchange_waiting_proposal(&ended)? {
        Ok(ended)
    } else {
        Err(FourEyesRefusal::NotOpen.into())
    }
}

fn event(
    cx: &Cx,
    (mandate, caller): (&Mandate, &Caller),
    proposal: &Proposal,
) -> Result<AuditEvent, FourEyesRefusal> {
    let (change, digest) = (&proposal.change, proposal.change.digest()?);
    let (id, code, subject) = (&proposal.id, change.code(), change.subject());
    Ok(AuditEvent {
        operator_id: Some(mandate.operator_id().clone()),
        reason: Some(proposal.reason.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("{id} {code} {subject} sha256 {digest}")),
        ..AuditEvent::new(cx, AuditKind::ChangeProposed)
    })
}
