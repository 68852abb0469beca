//! One attempt to tell one platform, and its place in the record.

use std::time::Duration;

use actix_web::web;
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::tell_platforms::{Heard, message, settle};

use crate::outbound::Bounds;
use crate::signing::signing;
use crate::state::AppState;

/// What a platform may say, in octets: nothing of it is needed.
const ANSWER_MAX: usize = 16 * 1024;

/// Whatever is configured: shorter than whoever took the delivery has it for.
const LONGEST: Duration = Duration::from_secs(20);

/// Tells, and writes down what came of it. Where that can't be written, the delivery is taken again when its lease is
/// over: a platform may be told twice, never not at all.
pub(super) async fn attempt(state: &web::Data<AppState>, taken: &LogoutDelivery) {
    let platform = &taken.platform_id;
    let heard = tell(state, taken).await;
    state.teller.pacing.end(platform);
    match &heard {
        Heard::Nothing(why) => {
            state.teller.pacing.rest(platform);
            tracing::warn!(%platform, attempt = taken.attempts, why, "a platform could not be told that a session ended");
        }
        Heard::Refused(why) => {
            tracing::warn!(%platform, why, "a platform says that it could not end a session");
        }
        Heard::Done | Heard::Nobody(_) => (),
    }
    let (cx, taken) = (state.cx(), taken.clone());
    let settled = state
        .database
        .write(move |store| settle(store, &cx, &taken, &heard))
        .await;
    if let Err(error) = settled {
        tracing::error!(%error, "it can't be written what came of telling a platform; it is told again");
    }
}

async fn tell(state: &AppState, delivery: &LogoutDelivery) -> Heard {
    let platform = match state.database.find_platform(&delivery.platform_id).await {
        Ok(Some(platform)) => platform,
        Ok(None) => return Heard::Nobody("the platform is gone"),
        Err(error) => return Heard::Nothing(error.to_string()),
    };
    let (cx, taken) = (state.cx(), delivery.clone());
    let told = signing(&state.keys, move |signer| {
        message(&cx, signer, &platform, &taken)
    });
    let (uri, logout_token) = match told.await {
        Ok(Ok(Some(message))) => message,
        Ok(Ok(None)) => return Heard::Nobody("no address is registered any more"),
        Ok(Err(error)) | Err(error) => return Heard::Nothing(error.to_string()),
    };
    let bounds = Bounds {
        octets: ANSWER_MAX,
        time: state.config.outbound.time().min(LONGEST),
    };
    let form = [("logout_token", logout_token.as_str())];
    match state.platforms.tell(&uri, &form, bounds).await {
        Ok(answer) => match answer.status {
            // Back-Channel Logout §2.8
            200 | 204 => Heard::Done,
            400 => Heard::Refused(said(&answer.body)),
            status => Heard::Nothing(format!("the answer has the status {status}")),
        },
        Err(error) => Heard::Nothing(error.to_string()),
    }
}

/// `error` and `error_description`, where the platform says so (§2.8).
fn said(body: &[u8]) -> String {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let word = |name: &str| {
        let json = json.as_ref()?;
        json.get(name)?.as_str().map(str::to_owned)
    };
    let words = [word("error"), word("error_description")];
    let words: Vec<_> = words.into_iter().flatten().collect();
    if words.is_empty() {
        "400".to_owned()
    } else {
        words.join(": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_platform_says_is_read_where_it_can_be() {
        let json = br#"{"error":"invalid_request","error_description":"no sid"}"#;
        assert_eq!(said(json), "invalid_request: no sid");
        assert_eq!(said(br#"{"error":"invalid_request"}"#), "invalid_request");
        assert_eq!(said(b"<html>"), "400");
        assert_eq!(said(br#"{"error":7}"#), "400");
    }
}
