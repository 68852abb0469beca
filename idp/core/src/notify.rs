//! Flow: notifications on their way. Taking what is due, what comes of an attempt, an operator's second try, and locks
//! whose certificate ends soon.
//!
//! Several processes do this over one store: a notification is taken by one. Does not know how it is sent.

use std::time::Duration;

use crate::announce::{announce, event, is_held_back};
use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::cx::Cx;
use crate::delivery::{DeliveryStage, DeliveryState, Heard};
use crate::enterprise::EnterpriseState;
use crate::hand::Hand;
use crate::id::NotificationId;
use crate::key_lock::{KeyLock, KeyLockState};
use crate::notification::{Channel, Happening, LockFacts, Notification, NotificationKind};
use crate::store::{Store, StoreError};

/// So many days before its certificate ends an enterprise hears of it, once each; the nearest first.
pub const EXPIRY_DAYS: [u32; 3] = [7, 30, 60];

const DAY: Duration = Duration::from_hours(24);

/// Takes up to `most` notifications that are due, by none of these ways. Whoever took one has it alone for the lease.
pub fn take_due(
    store: &mut dyn Store,
    cx: &Cx,
    except: &[Channel],
    most: u32,
) -> Result<Vec<Notification>, StoreError> {
    let mut taken = Vec::new();
    for due in store.list_due_notifications(cx.now, except, most)? {
        let mine = due.taken(cx.now);
        if store.exchange_notification(&due, &mine)? {
            taken.push(mine);
        }
    }
    Ok(taken)
}

/// Writes down what came of an attempt. Where the notification was taken by another meanwhile, its word counts.
pub fn settle(
    store: &mut dyn Store,
    cx: &Cx,
    taken: &Notification,
    heard: &Heard,
) -> Result<(), StoreError> {
    let (next, kind) = match heard {
        Heard::Done => (
            taken.in_state(DeliveryState::Confirmed(cx.now), None),
            Some(AuditKind::NotificationSent),
        ),
        Heard::Refused(why) => (
            taken.in_state(DeliveryState::Refused(cx.now), Some(why)),
            Some(AuditKind::NotificationRefused),
        ),
        Heard::Nobody(why) => (
            taken.in_state(DeliveryState::GivenUp(cx.now), Some(why)),
            Some(AuditKind::NotificationGivenUp),
        ),
        Heard::Nothing(why) => {
            let next = taken.missed(why, cx.now);
            let is_over = matches!(next.state, DeliveryState::GivenUp(_));
            (next, is_over.then_some(AuditKind::NotificationGivenUp))
        }
    };
    if store.exchange_notification(taken, &next)?
        && let Some(kind) = kind
    {
        store.append_audit(&event(cx, kind, &next))?;
    }
    Ok(())
}

/// An operator has a notification tried again that was refused or given up; `false`: there is no such one.
pub fn retry(
    store: &mut dyn Store,
    cx: &Cx,
    id: &NotificationId,
    hand: &Hand,
) -> Result<bool, StoreError> {
    let Some(found) = store.find_notification(id)? else {
        return Ok(false);
    };
    let (stage, _) = found.state.parts();
    let again = found.revived(cx.now);
    if !matches!(stage, DeliveryStage::Refused | DeliveryStage::GivenUp)
        || !store.exchange_notification(&found, &again)?
    {
        return Ok(false);
    }
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id.clone(),
        reason: hand.reason.clone(),
        detail: Some(operator_words(&format!("{id} by {}", hand.by))),
        ..event(cx, AuditKind::NotificationRetried, &again)
    })?;
    Ok(true)
}

/// Announces locks whose certificate ends within so many days and whose enterprise has not heard of that; answers how many
/// were looked at. One that hears of it with fewer days left does not hear of more.
pub fn announce_expiring(
    store: &mut dyn Store,
    cx: &Cx,
    days: u32,
    locks: &[KeyLock],
) -> Result<usize, StoreError> {
    let mut announced = 0;
    for found in locks {
        // First, as everywhere: an enterprise and its lock may have ended since it was looked.
        let Some(enterprise) = store.hold_enterprise(&found.enterprise_id)? else {
            continue;
        };
        let held = store.hold_key_lock(&found.id)?;
        let is_due = |lock: &KeyLock| {
            lock.state == KeyLockState::Active
                && lock.not_after == found.not_after
                && lock.not_after > cx.now
        };
        let Some(key_lock) = held.filter(is_due) else {
            continue;
        };
        let kind = NotificationKind::LockExpiring;
        if enterprise.state != EnterpriseState::Active
            || is_held_back(store, cx, &enterprise.id, kind)?
            || !store.insert_expiry_notice(&key_lock.id, key_lock.not_after, days)?
        {
            continue;
        }
        let lock = LockFacts::of(&key_lock);
        announce(
            store,
            cx,
            &enterprise,
            &Happening::LockExpiring { lock, days },
        )?;
        announced += 1;
    }
    Ok(announced)
}

/// Until when a certificate ends within so many days.
pub fn expiry_horizon(cx: &Cx, days: u32) -> crate::timestamp::Timestamp {
    cx.now + DAY * days
}
