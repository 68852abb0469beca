//! The dashboard's figures as JSON.

use idp_core::delivery::DeliveryStage;
use idp_core::figures::HourFigure;
use idp_core::id::PlatformId;
use idp_core::inspect::Dashboard;
use idp_core::signing_key::SigningKey;
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// All of them.
pub fn whole(seen: &Dashboard) -> Value {
    let hours = |figures: &[HourFigure]| {
        let rows = figures.iter().map(|figure| {
            json!({
                "hour": rfc3339(figure.hour.begins()),
                "platform": figure.platform_id.as_ref().map(PlatformId::as_str),
                "events": figure.events,
            })
        });
        rows.collect::<Vec<_>>()
    };
    let failures = seen.failures.iter().map(|failure| {
        json!({
            "kind": failure.kind.as_str(),
            "reason": failure.reason,
            "events": failure.events,
        })
    });
    let [ended, week, month, season] = seen.locks_ending;
    let key = |key: &SigningKey| {
        json!({
            "id": key.id.as_str(),
            "algorithm": key.algorithm.as_str(),
            "signs_from": rfc3339(key.signs_from),
            "retired_at": key.retired_at.map(rfc3339),
            "withdrawn_at": key.withdrawn_at.map(rfc3339),
        })
    };
    let staged = |counts: &[(DeliveryStage, i64)]| {
        let counts = counts.iter();
        let named = counts.map(|(stage, count)| (stage.as_str().to_owned(), json!(count)));
        Value::Object(named.collect())
    };
    json!({
        "since": rfc3339(seen.since.begins()),
        "counted_to": seen.counted_to,
        "sign_ins": hours(&seen.sign_ins),
        "arrivals": hours(&seen.arrivals),
        "failures": failures.collect::<Vec<_>>(),
        "locks_ending": { "ended": ended, "7d": week, "30d": month, "60d": season },
        "sign_outs": staged(&seen.deliveries),
        "notifications": staged(&seen.notifications),
        "signing_keys": seen.signing_keys.iter().map(key).collect::<Vec<_>>(),
    })
}
