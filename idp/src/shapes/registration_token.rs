//! Registration tokens as JSON, without their texts.

use idp_core::registration::RegistrationToken;
use idp_core::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One token.
pub fn row(token: &RegistrationToken, now: Timestamp) -> Value {
    json!({
        "id": token.id.as_str(),
        "state": token.standing(now),
        "uses": token.uses,
        "used": token.used,
        "issued_by": token.issued_by,
        "issued_at": rfc3339(token.issued_at),
        "expires_at": rfc3339(token.expires_at),
        "revoked_at": token.revoked_at.map(rfc3339),
        "terms": token.terms,
    })
}
