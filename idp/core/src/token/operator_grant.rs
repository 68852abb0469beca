//! A token for the admin API, for an operator: by an assertion (RFC 7523 §2.1), or by an answered challenge where the key is in
//! a lock that makes no other signature (an extension grant, RFC 6749 §4.5). No client stands between: the operator's own
//! key is all there is to prove.
//!
//! Owns what is granted and what is written of it. What the token then opens is [`crate::operator_token`]'s and
//! [`crate::duty`]'s, at each request anew.

use protocol::claims::Confirmation;

use super::TokenRefusal;
use super::operator_assertion::{AssertionRefusal, Vouched};
use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx, random_text};
use crate::duty::{self, DutyRefusal, OnDuty};
use crate::id::OperatorId;
use crate::key_lock::Thumbprint;
use crate::operator_scope::OperatorScopes;
use crate::operator_token::{OperatorClaims, audience};
use crate::proof::ProofRefusal;
use crate::store::{Store, StoreError};

/// How an operator asks for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorGrant {
    /// RFC 7523 §2.1.
    Assertion,
    /// A challenge, answered by a lock.
    Proof,
}

impl OperatorGrant {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Assertion, Self::Proof];

    /// `grant_type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::Proof => "urn:yizhengtong:grant-type:operator-proof",
        }
    }

    /// The grant a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == word)
    }
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorGrantRefusal {
    /// The assertion is none.
    Assertion(AssertionRefusal),
    /// The proof is none.
    Proof(ProofRefusal),
    /// Whoever signed is not let in.
    Duty(DutyRefusal),
    /// Something of `scope` is no scope of the admin API.
    ScopeUnknown,
    /// None of the operator's roles gives all that was asked for.
    ScopeBeyondRoles,
}

impl OperatorGrantRefusal {
    /// The machine word, in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Assertion(refusal) => refusal.code(),
            Self::Proof(refusal) => refusal.code(),
            Self::Duty(refusal) => refusal.code(),
            Self::ScopeUnknown => "scope-unknown",
            Self::ScopeBeyondRoles => "scope-beyond-roles",
        }
    }
}

impl From<OperatorGrantRefusal> for TokenRefusal {
    fn from(refusal: OperatorGrantRefusal) -> Self {
        match refusal {
            OperatorGrantRefusal::Assertion(refusal) => Self::InvalidGrant(refusal.description()),
            OperatorGrantRefusal::Proof(_) => {
                Self::InvalidGrant("the proof does not answer a challenge of the admin API")
            }
            OperatorGrantRefusal::Duty(DutyRefusal::Unknown) => {
                Self::InvalidGrant("no operator has this certificate")
            }
            OperatorGrantRefusal::Duty(DutyRefusal::Suspended) => {
                Self::InvalidGrant("the operator is suspended")
            }
            OperatorGrantRefusal::Duty(DutyRefusal::Certificate(_)) => {
                Self::InvalidGrant("the certificate is not valid now, or not for signing")
            }
            OperatorGrantRefusal::ScopeUnknown => {
                Self::InvalidScope("a scope is none of the admin API")
            }
            // RFC 6749 §5.2. A program that got less would fail in the middle of its work instead.
            OperatorGrantRefusal::ScopeBeyondRoles => {
                Self::InvalidScope("a scope is beyond the roles of the operator")
            }
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who vouches for it, or why nobody does.
    pub vouched: Result<Vouched, OperatorGrantRefusal>,
    /// `scope`; absent: all that the roles give.
    pub scope: Option<String>,
    /// To whom the token is bound, where to anybody.
    pub confirmation: Option<Confirmation>,
}

/// The claims of a token that was granted. Only [`grant`] makes it.
pub struct Granted(pub(super) OperatorClaims);

/// Decides and writes.
pub fn grant(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    asked: &Asked,
) -> Result<Result<Granted, OperatorGrantRefusal>, StoreError> {
    let certificate = asked.vouched.as_ref().ok().map(Vouched::certificate);
    let thumbprint = certificate.map(|one| Thumbprint(one.thumbprint_sha256()).to_text());
    let (operator_id, decided) = decide(store, cx, asked)?;
    let event = AuditEvent {
        operator_id,
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, AuditKind::OperatorTokenIssued)
    };
    match decided {
        Ok((on_duty, scopes)) => {
            let claims = claims(cx, &on_duty, (&scopes, thumbprint.unwrap_or_default()));
            store.append_audit(&AuditEvent {
                detail: Some(format!("{scopes}, {}", claims.jti)),
                ..event
            })?;
            Ok(Ok(Granted(OperatorClaims {
                cnf: asked.confirmation.clone(),
                ..claims
            })))
        }
        Err(refusal) => {
            store.append_audit(&AuditEvent {
                kind: AuditKind::OperatorRefused,
                reason: Some(refusal.code().to_owned()),
                incident_id: Some(caller.incident_id.clone()),
                detail: thumbprint,
                ..event
            })?;
            Ok(Err(refusal))
        }
    }
}

/// Who it is, where that is known, and what it gets.
type Decided = (
    Option<OperatorId>,
    Result<(OnDuty, OperatorScopes), OperatorGrantRefusal>,
);

fn decide(store: &mut dyn Store, cx: &Cx, asked: &Asked) -> Result<Decided, StoreError> {
    let vouched = match &asked.vouched {
        Ok(vouched) => vouched,
        Err(refusal) => return Ok((None, Err(*refusal))),
    };
    let on_duty = match duty::admit(store, vouched.certificate(), cx.now)? {
        Ok(on_duty) => on_duty,
        Err(refusal) => return Ok((None, Err(OperatorGrantRefusal::Duty(refusal)))),
    };
    let id = on_duty.operator().id.clone();
    let roles = &on_duty.operator().roles;
    let scopes = match asked.scope.as_deref() {
        None => Some(OperatorScopes::of_roles(roles)),
        Some(words) => OperatorScopes::parse(words),
    };
    let decided = match scopes {
        None => Err(OperatorGrantRefusal::ScopeUnknown),
        Some(scopes) if !scopes.are_within(roles) => Err(OperatorGrantRefusal::ScopeBeyondRoles),
        Some(scopes) => Ok((on_duty, scopes)),
    };
    Ok((Some(id), decided))
}

fn claims(
    cx: &Cx,
    on_duty: &OnDuty,
    (scopes, certificate): (&OperatorScopes, String),
) -> OperatorClaims {
    let operator = on_duty.operator().id.as_str().to_owned();
    OperatorClaims {
        iss: cx.settings.issuer.clone(),
        exp: (cx.now + cx.settings.operator_token_lifetime).unix_seconds(),
        aud: audience(&cx.settings),
        sub: operator.clone(),
        client_id: operator,
        iat: cx.now.unix_seconds(),
        auth_time: cx.now.unix_seconds(),
        jti: random_text(&*cx.rng),
        scope: scopes.to_string(),
        certificate,
        cnf: None,
    }
}
