//! Operators, and the changes that two of them agree on, as JSON.

use idp_core::operator::{Operator, Role};
use idp_core::proposal::{Proposal, ProposalState, Unwritable};
use idp_core::timestamp::Timestamp;
use pki::certificate::Certificate;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One operator.
pub fn row(operator: &Operator) -> Value {
    let certificate = Certificate::from_der(&operator.certificate).ok();
    json!({
        "id": operator.id.as_str(),
        "name": operator.name,
        "roles": operator.roles.iter().map(Role::as_str).collect::<Vec<_>>(),
        "state": operator.state.as_str(),
        "version": operator.version,
        "certificate": {
            "x5t#S256": operator.thumbprint.to_text(),
            "subject": certificate.as_ref().map(|one| one.subject().to_string()),
            "not_after": certificate.map(|one| rfc3339(
                Timestamp::from_unix_seconds(one.not_after()),
            )),
        },
        "created_at": rfc3339(operator.created_at),
        "changed_at": rfc3339(operator.changed_at),
    })
}

/// Where a proposal is in its life, at this moment.
pub fn state_of(proposal: &Proposal, now: Timestamp) -> &'static str {
    match proposal.state {
        ProposalState::Waiting if !proposal.is_open(now) => "expired",
        state => state.as_str(),
    }
}

/// One change, with the digest that both persons sign.
pub fn proposal(proposal: &Proposal, now: Timestamp) -> Result<Value, Unwritable> {
    let decision = proposal.decision.as_ref().map(|decision| {
        json!({
            "by": decision.by.as_str(),
            "at": rfc3339(decision.at),
        })
    });
    Ok(json!({
        "id": proposal.id.as_str(),
        "state": state_of(proposal, now),
        "what": proposal.change.code(),
        "subject": proposal.change.subject(),
        "change": proposal.change,
        "digest": proposal.change.digest()?,
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by.as_str(),
        "proposed_at": rfc3339(proposal.proposed_at),
        "expires_at": rfc3339(proposal.expires_at),
        "decision": decision,
    }))
}
