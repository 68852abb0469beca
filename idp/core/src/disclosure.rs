//! Shared step: what a platform is told of an enterprise and its lock: at userinfo, in the ID token, and on the consent
//! page before.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::claims::{
    AddressClaim, CertificateClaims, ContactClaims, EnterpriseClaims, UserInfo,
};
use protocol::scope::{ClaimSet, Scope, ScopeSet};
use serde_json::{Map, Value};

use crate::enterprise::Enterprise;
use crate::key_lock::KeyLock;

/// What `scopes` open of one enterprise and one lock, under this `sub`.
pub fn disclose(
    sub: String,
    scopes: &ScopeSet,
    enterprise: &Enterprise,
    key_lock: &KeyLock,
) -> UserInfo {
    let open = |scope| scopes.contains(scope);
    UserInfo {
        sub,
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

/// What `scopes` open and what `claims` name, and nothing else; always with `sub`.
pub fn disclose_chosen(
    sub: String,
    (scopes, claims): (&ScopeSet, &ClaimSet),
    enterprise: &Enterprise,
    key_lock: &KeyLock,
) -> Map<String, Value> {
    let whole = serde_json::to_value(disclose(sub, &ScopeSet::all(), enterprise, key_lock));
    let Ok(Value::Object(mut told)) = whole else {
        return Map::new();
    };
    told.retain(|name, _| {
        name == "sub" || claims.contains(name) || scopes.claims().any(|open| open == name)
    });
    told
}
