//! What is delivered, as JSON: tellings of platforms, and what enterprises hear of. No address of anybody is in it.

use idp_core::logout_delivery::LogoutDelivery;
use idp_core::notification::Notification;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One telling of a platform.
pub fn logout(it: &LogoutDelivery) -> Value {
    let (stage, at) = it.state.parts();
    json!({
        "id": it.id.as_str(),
        "platform": it.platform_id.as_str(),
        "enterprise": it.enterprise_id.as_str(),
        "session": it.session_id.as_str(),
        "state": stage.as_str(),
        "state_at": rfc3339(at),
        "created_at": rfc3339(it.created_at),
        "attempts": it.attempts,
        "why": it.why,
    })
}

/// What one enterprise hears of, by one way.
pub fn notification(it: &Notification) -> Value {
    let (stage, at) = it.state.parts();
    json!({
        "id": it.id.as_str(),
        "enterprise": it.enterprise_id.as_str(),
        "event": it.happening.kind().as_str(),
        "channel": it.channel.to_text(),
        "state": stage.as_str(),
        "state_at": rfc3339(at),
        "created_at": rfc3339(it.created_at),
        "attempts": it.attempts,
        "why": it.why,
    })
}
