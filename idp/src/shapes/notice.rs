//! Announcements as JSON.

use idp_core::notice::Notice;
use idp_core::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// One announcement.
pub fn row(notice: &Notice, now: Timestamp) -> Value {
    json!({
        "id": notice.id.as_str(),
        "title_zh": notice.title_zh,
        "title_en": notice.title_en,
        "text_zh": notice.text_zh,
        "text_en": notice.text_en,
        "from": rfc3339(notice.from),
        "until": notice.until.map(rfc3339),
        "published_by": notice.published_by.as_str(),
        "withdrawn_at": notice.withdrawn_at.map(rfc3339),
        "is_shown": notice.is_shown(now),
    })
}
