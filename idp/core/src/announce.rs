//! Shared step: keeping that an enterprise is to hear of what happens, in the same transaction.
//!
//! Owns by which ways, that nobody's telephone is flooded, and when a sign-in comes from a new place. What is held back
//! is on record too. Nothing here can make what happens fail but the store itself.

use std::time::Duration;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::Cx;
use crate::delivery::DeliveryState;
use crate::enterprise::Enterprise;
use crate::fields::mobile;
use crate::id::{EnterpriseId, NotificationId};
use crate::key_lock::KeyLock;
use crate::notification::{Channel, Happening, LockFacts, Notification, NotificationKind};
use crate::session::SessionRecord;
use crate::store::{Store, StoreError};

/// In which so many of one kind are sent at most.
const HOUR: Duration = Duration::from_hours(1);

/// Why one is not sent.
const WITHHELD: &str = "withheld: too many of this kind within an hour";

/// Among so many of the newest sign-ins a place is looked for: mostly it is that of the last ones.
const SEEN_AMONG: [u32; 2] = [10, 500];

/// Keeps that the enterprise, and whoever else wants to know, is to hear of this.
pub fn announce(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &Enterprise,
    happening: &Happening,
) -> Result<(), StoreError> {
    let kind = happening.kind();
    for channel in cx.settings.announcing.channels(kind) {
        if !has_address(enterprise, &channel) {
            continue;
        }
        let is_full = is_full(store, cx, &enterprise.id, (kind, &channel))?;
        let id = NotificationId::generate(&*cx.rng, cx.now);
        let mut notification = Notification::of((id, cx.now), &enterprise.id, channel, happening);
        if is_full {
            let given_up = DeliveryState::GivenUp(cx.now);
            notification = notification.in_state(given_up, Some(WITHHELD));
        }
        store.insert_notification(&notification)?;
        if is_full {
            let withheld = AuditKind::NotificationWithheld;
            store.append_audit(&event(cx, withheld, &notification))?;
        }
    }
    Ok(())
}

/// Whether one more of this kind by some way would be held back now.
pub fn is_held_back(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    kind: NotificationKind,
) -> Result<bool, StoreError> {
    for channel in cx.settings.announcing.channels(kind) {
        if is_full(store, cx, enterprise, (kind, &channel))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Announces a sign-in that comes from where none came from for long. The first one ever is no news, and what is asked
/// once more in the same browser comes from where it did. Called before the sign-in is on record.
pub fn announce_place(
    store: &mut dyn Store,
    cx: &Cx,
    session: &SessionRecord,
    key_lock: &KeyLock,
) -> Result<(), StoreError> {
    let announcing = &cx.settings.announcing;
    if !announcing.hears(NotificationKind::NewPlace) {
        return Ok(());
    }
    let place = session.place();
    let since = cx.now - announcing.place_forgotten_after;
    for limit in SEEN_AMONG {
        let known = store.list_sessions(&session.enterprise_id, limit)?;
        let is_known = |one: &SessionRecord| one.begun_at > since && one.place() == place;
        if known.is_empty() || known.iter().any(is_known) {
            return Ok(());
        }
        if known.iter().any(|one| one.begun_at <= since) {
            break;
        }
    }
    let Some(enterprise) = store.find_enterprise(&session.enterprise_id)? else {
        return Ok(());
    };
    let lock = LockFacts::of(key_lock);
    announce(store, cx, &enterprise, &Happening::NewPlace { lock, place })
}

/// The event of a notification: what it was about and by which way, never what it said.
pub fn event(cx: &Cx, kind: AuditKind, notification: &Notification) -> AuditEvent {
    let about = notification.happening.kind().as_str();
    let channel = notification.channel.to_text();
    let lock = notification.happening.lock();
    AuditEvent {
        reason: notification.why.clone(),
        enterprise_id: Some(notification.enterprise_id.clone()),
        key_lock_id: lock.map(|lock| lock.id.clone()),
        detail: Some(format!(
            "{} {about} by {channel}, attempt {}",
            notification.id, notification.attempts
        )),
        ..AuditEvent::new(cx, kind)
    }
}

/// Whether the enterprise can be reached by this way. A system of the operator's is there for all of them.
fn has_address(enterprise: &Enterprise, channel: &Channel) -> bool {
    match channel {
        Channel::Webhook(_) => true,
        Channel::Email => enterprise.contact_email.is_some(),
        Channel::Sms => enterprise
            .phone
            .as_deref()
            .is_some_and(|p| mobile(p).is_some()),
    }
}

/// Of one kind so many an hour reach an enterprise: whoever can make things happen can't make a telephone ring on and on,
/// which need not even be theirs. What goes to the operator's own systems is not bounded.
fn is_full(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    (kind, channel): (NotificationKind, &Channel),
) -> Result<bool, StoreError> {
    if matches!(channel, Channel::Webhook(_)) {
        return Ok(false);
    }
    let sent = store.count_notifications_since(enterprise, (kind, channel), cx.now - HOUR)?;
    Ok(sent >= i64::from(cx.settings.announcing.per_hour))
}
