//! Key lock (企业锁/CA锁): the bound certificate an enterprise signs in with.

use std::time::Duration;

use protocol::claims::LockRole;

use crate::id::{CaId, EnterpriseId, KeyLockId};
use crate::timestamp::Timestamp;

/// From so long before its certificate ends a lock is due: people are reminded, and a new certificate of
/// its enterprise may take its place (REQUIREMENTS §6).
pub const DUE_BEFORE_END: Duration = Duration::from_hours(60 * 24);

/// SHA-256 over the certificate's DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl Thumbprint {
    /// As somebody typed it: hexadecimal, in groups or not, or base64url.
    pub fn parse(text: &str) -> Option<Self> {
        use base64::Engine as _;
        let is_between = |c: char| c.is_whitespace() || c == ':';
        let plain: String = text.chars().filter(|c| !is_between(*c)).collect();
        let octets = match plain.len() {
            64 => hex::decode(&plain).ok()?,
            43 => base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(&plain)
                .ok()?,
            _ => return None,
        };
        octets.try_into().ok().map(Self)
    }

    /// As a person reads it: hexadecimal, in groups of four.
    pub fn to_groups(self) -> String {
        let pairs = self.0.chunks(2).map(hex::encode);
        pairs.collect::<Vec<_>>().join(" ")
    }

    /// Base64url text, as in `x5t#S256` (RFC 7515 §4.1.8) and in the database.
    pub fn to_text(self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Where a lock is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyLockState {
    /// It may sign in.
    Active,
    /// Deleted by the enterprise (解除绑定).
    Removed,
    /// Reported lost; an operator marked it.
    Lost,
    /// Its certificate was seen revoked; remembered for ever.
    Revoked,
}

impl KeyLockState {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Removed => "removed",
            Self::Lost => "lost",
            Self::Revoked => "revoked",
        }
    }

    /// The state a stored word names.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Removed, Self::Lost, Self::Revoked]
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// Why a lock in force can't sign in as it is, though its next certificate may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Its certificate has ended.
    Expired,
    /// Its certificate bears a name that the enterprise no longer has.
    NameOutdated,
}

impl Unfit {
    /// In words for operators.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "has ended",
            Self::NameOutdated => "bears a former name",
        }
    }
}

/// A bound lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLock {
    /// Our identifier.
    pub id: KeyLockId,
    /// Whose it is.
    pub enterprise_id: EnterpriseId,
    /// 主锁 or 副锁.
    pub role: LockRole,
    /// Where it is in its life.
    pub state: KeyLockState,
    /// Its signing certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Of that certificate; unique.
    pub thumbprint: Thumbprint,
    /// Which recognised CA issued it.
    pub ca_id: CaId,
    /// Name of that CA as platforms see it.
    pub ca_name: String,
    /// 证书单位名称: the holder's name in the certificate.
    pub holder_name: String,
    /// CA办理平台, as typed at binding: where the enterprise bought the lock.
    pub ca_platform: String,
    /// Serial number, upper-case hexadecimal.
    pub serial_number: String,
    /// 证书Key号.
    pub key_number: String,
    /// 硬件介质号, where the token has one.
    pub media_number: Option<String>,
    /// notBefore.
    pub not_before: Timestamp,
    /// notAfter.
    pub not_after: Timestamp,
    /// 绑定人姓名.
    pub bound_by: String,
    /// When it was bound.
    pub bound_at: Timestamp,
    /// When it was removed, lost or revoked. Absent while it is in force, and for those that ended before this was
    /// written down.
    pub ended_at: Option<Timestamp>,
}

impl KeyLock {
    /// Whether its certificate ends soon, or has ended.
    pub fn is_due(&self, now: Timestamp) -> bool {
        now + DUE_BEFORE_END >= self.not_after
    }

    /// Whole days until its certificate ends; none when it has.
    pub fn days_left(&self, now: Timestamp) -> u64 {
        self.not_after.since(now).as_secs() / 86_400
    }

    /// What keeps it from signing in for an enterprise of this name: such a lock is made nobody's primary one.
    pub fn unfit(&self, enterprise_name: &str, now: Timestamp) -> Option<Unfit> {
        if now > self.not_after {
            Some(Unfit::Expired)
        } else if self.holder_name != enterprise_name {
            Some(Unfit::NameOutdated)
        } else {
            None
        }
    }

    /// The lock as it is once it ended.
    #[must_use]
    pub fn ended(&self, state: KeyLockState, now: Timestamp) -> Self {
        Self {
            state,
            ended_at: Some(now),
            ..self.clone()
        }
    }

    /// Whether it is the primary lock in force.
    pub fn is_active_primary(&self) -> bool {
        self.state == KeyLockState::Active && self.role == LockRole::Primary
    }
}

/// A certificate that a lock had before it was renewed: kept, and never good for anything again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupersededCertificate {
    /// Whose it was.
    pub key_lock_id: KeyLockId,
    /// The certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Of that certificate; unique.
    pub thumbprint: Thumbprint,
    /// The holder's name in it.
    pub holder_name: String,
    /// Serial number, upper-case hexadecimal.
    pub serial_number: String,
    /// 证书Key号.
    pub key_number: String,
    /// notBefore.
    pub not_before: Timestamp,
    /// notAfter.
    pub not_after: Timestamp,
    /// When another took its place.
    pub replaced_at: Timestamp,
}

impl SupersededCertificate {
    /// The certificate of a lock that is renewed now.
    pub fn of(key_lock: &KeyLock, now: Timestamp) -> Self {
        Self {
            key_lock_id: key_lock.id.clone(),
            certificate_der: key_lock.certificate_der.clone(),
            thumbprint: key_lock.thumbprint,
            holder_name: key_lock.holder_name.clone(),
            serial_number: key_lock.serial_number.clone(),
            key_number: key_lock.key_number.clone(),
            not_before: key_lock.not_before,
            not_after: key_lock.not_after,
            replaced_at: now,
        }
    }
}
