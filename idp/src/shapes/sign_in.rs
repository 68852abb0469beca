//! Sign-ins on record as JSON.

use std::collections::BTreeMap;

use idp_core::cx::Cx;
use idp_core::enterprise::Enterprise;
use idp_core::id::EnterpriseId;
use idp_core::session::{SessionRecord, SessionStage};
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// Where a sign-in is in its life.
pub fn stage(session: &SessionRecord, cx: &Cx) -> &'static str {
    match session.stage(&cx.settings, cx.now) {
        SessionStage::Live => "live",
        SessionStage::Over => "over",
        SessionStage::Ended(_, ending) => ending.as_str(),
    }
}

/// One sign-in, with whose it is.
pub fn row(
    session: &SessionRecord,
    enterprises: &BTreeMap<EnterpriseId, Enterprise>,
    cx: &Cx,
) -> Value {
    let enterprise = enterprises.get(&session.enterprise_id);
    json!({
        "id": session.id.as_str(),
        "enterprise": session.enterprise_id.as_str(),
        "credit_code": enterprise.map(|one| one.credit_code.as_str()),
        "lock": session.key_lock_id.as_str(),
        "state": stage(session, cx),
        "begun_at": rfc3339(session.begun_at),
        "seen_at": rfc3339(session.seen_at),
        "ended_at": session.ended.map(|(at, _)| rfc3339(at)),
        "remote_address": session.remote_address,
        "user_agent": session.user_agent,
    })
}
