//! Grant: what a redeemed code gave to a platform. Tokens stand on it; revoking it kills them.

use protocol::claims::Confirmation;
use protocol::scope::ScopeSet;

use crate::audit::{AuditEvent, AuditKind};
use crate::authorization::{Assurance, RequestedClaims};
use crate::cx::Cx;
use crate::enterprise::{Enterprise, EnterpriseState};
use crate::id::{ConsentId, EnterpriseId, GrantId, KeyLockId, PlatformId, SessionId};
use crate::key_lock::{KeyLock, KeyLockState};
use crate::platform::{Platform, PlatformState};
use crate::timestamp::Timestamp;

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Identifier.
    pub id: GrantId,
    /// SHA-256 of the code it came from, hexadecimal; unique, so that a code gives one grant.
    pub code_sha256: String,
    /// Who.
    pub enterprise_id: EnterpriseId,
    /// With which lock.
    pub key_lock_id: KeyLockId,
    /// To whom.
    pub platform_id: PlatformId,
    /// On which consent.
    pub consent_id: ConsentId,
    /// In which session of the provider.
    pub session_id: SessionId,
    /// What.
    pub scopes: ScopeSet,
    /// What beyond those.
    pub claims: RequestedClaims,
    /// Where its access tokens may be of use (RFC 8707); none: at userinfo.
    pub resources: Vec<String>,
    /// How sure the sign-in was.
    pub assurance: Assurance,
    /// Who redeemed the code, by key or certificate; a public client's refresh tokens are for them alone.
    pub confirmation: Option<Confirmation>,
    /// When the lock signed.
    pub auth_time: Timestamp,
    /// When the code was redeemed.
    pub created_at: Timestamp,
    /// Set when it ended early.
    pub revoked_at: Option<Timestamp>,
}

impl Grant {
    /// An event of this grant.
    pub fn event(&self, cx: &Cx, kind: AuditKind) -> AuditEvent {
        AuditEvent {
            enterprise_id: Some(self.enterprise_id.clone()),
            key_lock_id: Some(self.key_lock_id.clone()),
            platform_id: Some(self.platform_id.clone()),
            session_id: Some(self.session_id.clone()),
            consent_id: Some(self.consent_id.clone()),
            grant_id: Some(self.id.clone()),
            ..AuditEvent::new(cx, kind)
        }
    }
}

/// A grant that was ended just now: who is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedGrant {
    /// Whose it was.
    pub enterprise_id: EnterpriseId,
    /// Who held it.
    pub platform_id: PlatformId,
    /// In which session of the provider it was given.
    pub session_id: SessionId,
    /// When.
    pub created_at: Timestamp,
}

/// A grant and all it stands on, read together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantStanding {
    /// The grant.
    pub grant: Grant,
    /// Whose it is.
    pub enterprise: Enterprise,
    /// The lock that signed.
    pub key_lock: KeyLock,
    /// Who holds it.
    pub platform: Platform,
}

impl GrantStanding {
    /// Whether tokens of this grant still live: any part ended ends them.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.grant.revoked_at.is_none()
            && now <= self.key_lock.not_after
            && self.enterprise.state == EnterpriseState::Active
            && self.key_lock.state == KeyLockState::Active
            && self.platform.state == PlatformState::Active
    }
}
