//! A line of the log: an event as canonical JSON, so that its octets, and with them its leaf hash, can be made again from
//! the stored row by anybody.
//!
//! Canonical: members in this order, absent ones left out, no blanks, UTF-8, the escapes of `serde_json` (`\"`, `\\`, `\b`,
//! `\t`, `\n`, `\f`, `\r`, else `\u00xx`). The version stands first: another way of writing would be another version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::hash::{Hash, leaf_hash};
use crate::audit::AuditEvent;
use crate::id::{
    ConsentId, EnterpriseId, GrantId, IncidentId, KeyLockId, OperatorId, PlatformId, SessionId,
};

/// The version of this way of writing.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    at: i64,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enterprise_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_lock_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
}

impl Line<'_> {
    fn text(&self) -> String {
        // Numbers and texts alone: nothing of it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The line of an event.
pub fn event_line(event: &AuditEvent) -> String {
    let line = Line {
        v: VERSION,
        at: event.at.unix_millis(),
        kind: event.kind.as_str(),
        reason: event.reason.as_deref(),
        operator_id: event.operator_id.as_ref().map(OperatorId::as_str),
        enterprise_id: event.enterprise_id.as_ref().map(EnterpriseId::as_str),
        key_lock_id: event.key_lock_id.as_ref().map(KeyLockId::as_str),
        platform_id: event.platform_id.as_ref().map(PlatformId::as_str),
        session_id: event.session_id.as_ref().map(SessionId::as_str),
        consent_id: event.consent_id.as_ref().map(ConsentId::as_str),
        grant_id: event.grant_id.as_ref().map(GrantId::as_str),
        incident_id: event.incident_id.as_ref().map(IncidentId::as_str),
        remote_address: event.remote_address.as_deref(),
        detail: event.detail.as_deref(),
        salt: event.salt.map(|salt| salted(&salt.0)),
    };
    line.text()
}

/// The leaf hash of an event: what the store writes beside it.
pub fn event_leaf(event: &AuditEvent) -> Hash {
    leaf_hash(event_line(event).as_bytes())
}

fn salted(salt: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(salt)
}

/// A stored row word for word, whatever stands in it: what was tampered with must be readable too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the event")]
pub struct AuditRecord {
    pub sequence: i64,
    pub at: i64,
    pub kind: String,
    pub reason: Option<String>,
    pub operator_id: Option<String>,
    pub enterprise_id: Option<String>,
    pub key_lock_id: Option<String>,
    pub platform_id: Option<String>,
    pub session_id: Option<String>,
    pub consent_id: Option<String>,
    pub grant_id: Option<String>,
    pub incident_id: Option<String>,
    pub remote_address: Option<String>,
    pub detail: Option<String>,
    pub salt: Option<Vec<u8>>,
    /// As it was written with the row; absent from rows of before the log.
    pub leaf_hash: Option<Vec<u8>>,
}

impl AuditRecord {
    /// The line, made again from the row.
    pub fn line(&self) -> String {
        let line = Line {
            v: VERSION,
            at: self.at,
            kind: &self.kind,
            reason: self.reason.as_deref(),
            operator_id: self.operator_id.as_deref(),
            enterprise_id: self.enterprise_id.as_deref(),
            key_lock_id: self.key_lock_id.as_deref(),
            platform_id: self.platform_id.as_deref(),
            session_id: self.session_id.as_deref(),
            consent_id: self.consent_id.as_deref(),
            grant_id: self.grant_id.as_deref(),
            incident_id: self.incident_id.as_deref(),
            remote_address: self.remote_address.as_deref(),
            detail: self.detail.as_deref(),
            salt: self.salt.as_deref().map(salted),
        };
        line.text()
    }

    /// The leaf hash of the line.
    pub fn leaf(&self) -> Hash {
        leaf_hash(self.line().as_bytes())
    }

    /// The leaf hash that was written with the row.
    pub fn written(&self) -> Option<Hash> {
        self.leaf_hash.as_deref().and_then(Hash::of_octets)
    }

    /// Whether the row still says what was written; `true` for one of before the log, of which nothing is known.
    pub fn is_as_written(&self) -> bool {
        self.leaf_hash.is_none() || self.written() == Some(self.leaf())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_same_octets_for_ever() {
        let record = AuditRecord {
            at: 1_795_000_000_123,
            kind: "login.refused".into(),
            reason: Some("expired".into()),
            platform_id: Some("赤峰\u{1}\"\\\n".into()),
            salt: Some(vec![255; 16]),
            ..AuditRecord::default()
        };
        assert_eq!(
            record.line(),
            "{\"v\":1,\"at\":1795000000123,\"kind\":\"login.refused\",\"reason\":\"expired\",\
             \"platform_id\":\"赤峰\\u0001\\\"\\\\\\n\",\"salt\":\"_____________________w\"}"
        );
        // As `printf '\0LINE' | sha256sum` gives it.
        let short = AuditRecord {
            at: 5,
            kind: "logout".into(),
            ..AuditRecord::default()
        };
        assert_eq!(short.line(), "{\"v\":1,\"at\":5,\"kind\":\"logout\"}");
        assert_eq!(
            hex::encode(short.leaf().0),
            "4904d430de56fe0222010241bee71e55d8641b21f89e4e82a117aff7b5bac430"
        );
    }
}
