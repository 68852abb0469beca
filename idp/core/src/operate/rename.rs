//! A change of name, applied against evidence (FAQ 6).
//!
//! From then on only certificates with the new name sign in; each continues the lock it renews. What was
//! live ends, since platforms were told the old name.

use pki::holder::credit_code::CreditCode;
use sha2::{Digest as _, Sha256};

use super::{OperateError, OperateRefusal, Order, change, find, words};
use crate::announce::announce;
use crate::audit::AuditKind;
use crate::cx::Cx;
use crate::duty::OperatorAuthentication;
use crate::ending::end_standing;
use crate::enterprise::{Enterprise, EnterpriseRename};
use crate::evidence::{EVIDENCE_MAX, Evidence, EvidenceFacts, Holder, WAITS, WaitingEvidence};
use crate::notification::Happening;
use crate::session::{SessionEnding, Which};
use crate::store::Store;

/// Longest name, in characters.
const NAME_MAX: usize = 200;

/// A new name, readable.
pub fn new_name(text: &str) -> Result<String, OperateRefusal> {
    words("the new name", text, NAME_MAX)
}

/// Keeps evidence for the sign-in that handed it in, until its signature comes or its time is over. Another one takes its place:
/// so no sign-in fills the store.
pub fn hand_in(
    store: &mut dyn Store,
    cx: &Cx,
    authentication: &OperatorAuthentication,
    evidence: Evidence,
) -> Result<(), OperateError> {
    if !(1..=EVIDENCE_MAX).contains(&evidence.content.len()) {
        return Err(OperateRefusal::Evidence.into());
    }
    store.forget_waiting_evidence(cx.now - WAITS)?;
    store.put_waiting_evidence(&WaitingEvidence {
        holder: Holder::of(authentication),
        evidence,
        handed_in_at: cx.now,
    })?;
    Ok(())
}

/// Takes evidence that waits for a sign-in, where it is the very file that was signed for.
pub fn take_handed_in(
    store: &mut dyn Store,
    cx: &Cx,
    authentication: &OperatorAuthentication,
    signed: &EvidenceFacts,
) -> Result<Evidence, OperateError> {
    let holder = Holder::of(authentication);
    let waiting = store.find_waiting_evidence(&holder)?;
    let waiting = waiting.filter(|one| one.waits(cx.now) && one.evidence.facts() == *signed);
    let waiting = waiting.ok_or(OperateRefusal::EvidenceGone)?;
    store.delete_waiting_evidence(&holder)?;
    Ok(waiting.evidence)
}

/// Applies the change and keeps its evidence; answers what is on record of it.
pub fn rename(
    store: &mut dyn Store,
    cx: &Cx,
    code: &CreditCode,
    new_name: &str,
    (evidence, order): (&Evidence, &Order),
) -> Result<EnterpriseRename, OperateError> {
    let new_name = self::new_name(new_name)?;
    let evidence_name = words("the file name of the evidence", &evidence.name, NAME_MAX)?;
    if !(1..=EVIDENCE_MAX).contains(&evidence.content.len()) {
        return Err(OperateRefusal::Evidence.into());
    }
    let enterprise = find(store, code)?;
    if enterprise.name == new_name {
        return Err(OperateRefusal::Nothing("that is its name").into());
    }
    let renamed = Enterprise {
        name: new_name.clone(),
        ..enterprise.clone()
    };
    let sha256 = hex::encode(Sha256::digest(&evidence.content));
    let what = format!("evidence {sha256}");
    change(
        store,
        cx,
        &renamed,
        (order, AuditKind::EnterpriseRenamed, &what),
    )?;
    let rename = EnterpriseRename {
        enterprise_id: enterprise.id,
        old_name: enterprise.name,
        new_name,
        at: cx.now,
        by: order.by.clone(),
        reason: order.reason.clone(),
        evidence_name,
        evidence_sha256: sha256,
    };
    store.insert_enterprise_rename(&rename, &evidence.content)?;
    let ending = (Which::All, SessionEnding::EndedByOperator);
    end_standing(store, cx, &rename.enterprise_id, ending)?;
    let happening = Happening::Renamed {
        old_name: rename.old_name.clone(),
        new_name: rename.new_name.clone(),
    };
    announce(store, cx, &renamed, &happening)?;
    Ok(rename)
}
