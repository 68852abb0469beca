//! What falls due, whoever ended it: taken from the database a few at a time. Several processes do this over one database,
//! and each delivery is taken by one of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use idp_core::id::PlatformId;
use idp_core::logout_delivery::LogoutDelivery;
use idp_core::store::StoreError;
use idp_core::tell_platforms::take_due;

use super::{AT_ONE_PLATFORM, attempt};
use crate::state::AppState;

/// How often it is looked for what is due.
pub const TELL_EVERY: Duration = Duration::from_secs(1);

/// Tells for as long as the server runs.
pub async fn keep_telling(state: &web::Data<AppState>) {
    let mut tick = tokio::time::interval(TELL_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tick.tick().await;
        match tell_due(state).await {
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "it can't be read which platforms are to be told that sessions ended");
            }
            Ok(()) if failing => {
                failing = false;
                tracing::info!("platforms are told again that sessions ended");
            }
            _ => (),
        }
    }
}

/// Begins to tell everything that is due, as far as there is place. While nothing can be signed nothing is taken: that is no
/// platform's failure.
async fn tell_due(state: &web::Data<AppState>) -> Result<(), StoreError> {
    loop {
        if state.keys.is_out_of_reach() {
            return Ok(());
        }
        let taken = take(state).await?;
        if taken.is_empty() {
            return Ok(());
        }
        for delivery in taken {
            let place = Arc::clone(&state.teller.due).acquire_owned().await;
            // What was begun is counted before more is taken.
            state.teller.begin(&delivery.platform_id);
            let state = state.clone();
            tokio::spawn(async move {
                attempt::attempt(&state, &delivery).await;
                drop(place);
            });
        }
    }
}

/// Takes as many as there is place for, a few for each platform. Looks before it writes: mostly nothing is due.
async fn take(state: &web::Data<AppState>) -> Result<Vec<LogoutDelivery>, StoreError> {
    let places = state.teller.due.available_permits();
    let Some(most) = u32::try_from(places).ok().filter(|places| *places > 0) else {
        return Ok(Vec::new());
    };
    let (cx, except) = (state.cx(), state.teller.left_alone());
    let looked = (cx.now, except.clone());
    let due = state
        .database
        .read(move |store| store.list_due_logout_deliveries(looked.0, &looked.1, most))
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    // Whom somebody waits for may have begun there since those to be left alone were read: that holds up no other.
    let most = fairly(&due, state.teller.under_way()).max(1);
    state
        .database
        .write(move |store| take_due(store, &cx, &except, most))
        .await
}

/// How many of these, oldest first, can be taken before one platform has more than its share, with what is under way there.
fn fairly(due: &[LogoutDelivery], mut under_way: HashMap<PlatformId, usize>) -> u32 {
    let fair = due.iter().take_while(|delivery| {
        let n = under_way.entry(delivery.platform_id.clone()).or_default();
        *n += 1;
        *n <= AT_ONE_PLATFORM
    });
    u32::try_from(fair.count()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use idp_core::grant::EndedGrant;
    use idp_core::id::{EnterpriseId, LogoutDeliveryId, SessionId};
    use idp_core::timestamp::Timestamp;

    use super::*;

    fn due(platform: &str) -> LogoutDelivery {
        let now = Timestamp::from_unix_seconds(1_795_000_000);
        let ended = EndedGrant {
            enterprise_id: EnterpriseId::from_text("e"),
            platform_id: PlatformId::from_text(platform),
            session_id: SessionId::from_text("s"),
            created_at: now,
        };
        LogoutDelivery::of(&ended, LogoutDeliveryId::from_text("d"), now)
    }

    #[test]
    fn one_platform_takes_no_more_than_its_share() {
        let mut many: Vec<_> = (0..9).map(|_| due("slow")).collect();
        let none = HashMap::new;
        assert_eq!(fairly(&many, none()), 4);
        let busy = HashMap::from([(PlatformId::from_text("slow"), 3)]);
        assert_eq!(fairly(&many, busy), 1);
        many.truncate(4);
        many.push(due("other"));
        assert_eq!(fairly(&many, none()), 5);
        let busy = HashMap::from([(PlatformId::from_text("other"), 3)]);
        assert_eq!(fairly(&many, busy), 5);
        assert_eq!(fairly(&[], none()), 0);
    }
}
