//! Flow: the userinfo endpoint (`OpenID` Connect Core §5.3).
//!
//! Owns which claims a grant opens. The token's signature is the signer's; whether the grant still
//! lives is read from the store each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::claims::{
    AccessTokenClaims, AddressClaim, CertificateClaims, ContactClaims, EnterpriseClaims, UserInfo,
};
use protocol::scope::{Scope, ScopeSet};

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::enterprise::Enterprise;
use crate::grant::GrantStanding;
use crate::id::GrantId;
use crate::key_lock::KeyLock;
use crate::signer::{ACCESS_TOKEN_TYP, Signer};
use crate::store::{Store, StoreError};

/// Why a token opens nothing (RFC 6750 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserinfoRefusal {
    /// The token came in more than one way, or in the query.
    InvalidRequest,
    /// Not one of our access tokens, or not for here.
    InvalidToken,
    /// It was, and its time is over.
    Expired,
    /// The grant, consent, lock, platform or enterprise behind it ended.
    Revoked,
}

impl UserinfoRefusal {
    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken | Self::Expired | Self::Revoked => "invalid_token",
        }
    }

    /// For the platform's developer.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "the access token must come once, by header or by form",
            Self::InvalidToken => "the access token is malformed or not ours",
            Self::Expired => "the access token has expired",
            Self::Revoked => "the grant behind the access token has ended",
        }
    }
}

/// Reads an access token of ours. Signature, `typ`, issuer, audience and time.
pub fn read_access_token(
    cx: &Cx,
    signer: &dyn Signer,
    token: &str,
) -> Result<AccessTokenClaims, UserinfoRefusal> {
    let claims = signer
        .verify(ACCESS_TOKEN_TYP, token)
        .ok_or(UserinfoRefusal::InvalidToken)?;
    let claims: AccessTokenClaims =
        serde_json::from_slice(&claims).or(Err(UserinfoRefusal::InvalidToken))?;
    if claims.iss != cx.settings.issuer || claims.aud != cx.settings.issuer {
        return Err(UserinfoRefusal::InvalidToken);
    }
    if cx.now.unix_seconds() >= claims.exp {
        return Err(UserinfoRefusal::Expired);
    }
    Ok(claims)
}

/// The token's grant with all it stands on, if it lives.
pub fn answer(
    store: &mut dyn Store,
    cx: &Cx,
    claims: &AccessTokenClaims,
) -> Result<Result<GrantStanding, UserinfoRefusal>, StoreError> {
    let standing = store.find_grant_standing(&GrantId::from_text(&claims.grant_id))?;
    Ok(match standing {
        Some(standing) if standing.is_alive(cx.now) => Ok(standing),
        _ => Err(UserinfoRefusal::Revoked),
    })
}

/// Writes down that a platform received the data, or came with a token that opens nothing.
pub fn note(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    claims: Option<&AccessTokenClaims>,
    refusal: Option<UserinfoRefusal>,
) -> Result<(), StoreError> {
    use crate::id::{EnterpriseId, PlatformId};
    let kind = match refusal {
        None => AuditKind::UserinfoRead,
        Some(_) => AuditKind::UserinfoRefused,
    };
    store.append_audit(&AuditEvent {
        reason: refusal.map(|r| r.description().to_owned()),
        enterprise_id: claims.map(|c| EnterpriseId::from_text(&c.sub)),
        platform_id: claims.map(|c| PlatformId::from_text(&c.client_id)),
        grant_id: claims.map(|c| GrantId::from_text(&c.grant_id)),
        incident_id: refusal.map(|_| caller.incident_id.clone()),
        remote_address: caller.remote_address.clone(),
        ..AuditEvent::new(cx, kind)
    })
}

/// The answer of a grant that lives.
pub fn user_info(standing: &GrantStanding) -> UserInfo {
    let scopes = &standing.grant.scopes;
    disclose(scopes, &standing.enterprise, &standing.key_lock)
}

/// What `scopes` open of one enterprise and one lock: at userinfo, and on the consent page before.
pub fn disclose(scopes: &ScopeSet, enterprise: &Enterprise, key_lock: &KeyLock) -> UserInfo {
    let open = |scope| scopes.contains(scope);
    UserInfo {
        sub: enterprise.id.as_str().to_owned(),
        enterprise: open(Scope::Enterprise).then(|| EnterpriseClaims {
            name: enterprise.name.clone(),
            credit_code: enterprise.credit_code.as_str().to_owned(),
            legal_representative: enterprise.legal_representative.clone(),
            region_code: enterprise.region_code.as_str().to_owned(),
            subject_types: enterprise.subject_types.clone(),
        }),
        certificate: open(Scope::Certificate).then(|| CertificateClaims {
            certificate_issuer: key_lock.ca_name.clone(),
            certificate_serial_number: key_lock.serial_number.clone(),
            key_number: key_lock.key_number.clone(),
            media_number: key_lock.media_number.clone(),
            certificate_not_before: key_lock.not_before.unix_seconds(),
            certificate_not_after: key_lock.not_after.unix_seconds(),
            x5t_s256: URL_SAFE_NO_PAD.encode(key_lock.thumbprint.0),
            lock_role: key_lock.role,
        }),
        contact: open(Scope::Contact).then(|| ContactClaims {
            phone_number: enterprise.phone.clone(),
            address: enterprise
                .address
                .clone()
                .map(|formatted| AddressClaim { formatted }),
        }),
    }
}
