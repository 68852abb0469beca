//! One attempt to notify one enterprise by one way, and its place in the record.

use actix_web::web;
use idp_core::delivery::Heard;
use idp_core::notification::{Channel, Notification};
use idp_core::notify::settle;

use crate::state::AppState;

/// Sends, and writes down what came of it. Where that can't be written, the notification is taken again when its lease is
/// over: somebody may hear of it twice, never not at all.
pub(super) async fn attempt(state: &web::Data<AppState>, taken: &Notification) {
    let channel = &taken.channel;
    let heard = send(state, taken).await;
    let pacing = &state.notifier.pacing;
    pacing.end(channel);
    let way = channel.to_text();
    match &heard {
        Heard::Nothing(why) => {
            pacing.rest(channel);
            tracing::warn!(
                way,
                attempt = taken.attempts,
                why,
                "a notification could not be sent"
            );
        }
        Heard::Refused(why) => tracing::warn!(way, why, "a notification was refused"),
        Heard::Done | Heard::Nobody(_) => (),
    }
    let (cx, taken) = (state.cx(), taken.clone());
    let settled = state
        .database
        .write(move |store| settle(store, &cx, &taken, &heard))
        .await;
    if let Err(error) = settled {
        tracing::error!(%error, "it can't be written what came of a notification; it is sent again");
    }
}

async fn send(state: &AppState, taken: &Notification) -> Heard {
    let id = taken.enterprise_id.clone();
    let found = state
        .database
        .read(move |store| store.find_enterprise(&id))
        .await;
    let enterprise = match found {
        Ok(Some(enterprise)) => enterprise,
        Ok(None) => return Heard::Nobody("the enterprise is gone"),
        Err(error) => return Heard::Nothing(error.to_string()),
    };
    let (config, notifier) = (&state.config, &state.notifier);
    match &taken.channel {
        Channel::Webhook(name) => {
            let now = state.cx().now;
            notifier.by_webhook((name, now), taken, &enterprise).await
        }
        Channel::Email => match &notifier.mail {
            Some(mail) => mail.send(config, taken, &enterprise).await,
            None => Heard::Nobody("mail is configured no more"),
        },
        Channel::Sms => notifier.by_text_message(config, taken, &enterprise).await,
    }
}
