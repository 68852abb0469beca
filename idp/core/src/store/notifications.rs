//! What enterprises are to hear of.

use super::StoreError;
use crate::delivery::{DeliveryCounts, DeliveryStage};
use crate::id::{EnterpriseId, KeyLockId, NotificationId};
use crate::key_lock::KeyLock;
use crate::notification::{Channel, Notification, NotificationKind};
use crate::timestamp::Timestamp;

/// What enterprises are to hear of.
pub trait NotificationStore {
    /// Keeps that an enterprise is to hear of something.
    fn insert_notification(&mut self, notification: &Notification) -> Result<(), StoreError>;
    /// One notification.
    fn find_notification(
        &mut self,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError>;
    /// Notifications that wait and are due, the longest due first, at most `limit`; by none of these ways.
    fn list_due_notifications(
        &mut self,
        now: Timestamp,
        except: &[Channel],
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError>;
    /// Notifications in one stage, the newest first, at most `limit`.
    fn list_notifications(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError>;
    /// `to` in place of `from`, the same notification; `false` when it has moved since it was read.
    fn exchange_notification(
        &mut self,
        from: &Notification,
        to: &Notification,
    ) -> Result<bool, StoreError>;
    /// How many of one kind an enterprise was to hear of by one way since a moment, those not counted that were held
    /// back.
    fn count_notifications_since(
        &mut self,
        enterprise: &EnterpriseId,
        what: (NotificationKind, &Channel),
        since: Timestamp,
    ) -> Result<i64, StoreError>;
    /// How many notifications there are in each stage, by way.
    fn count_notifications(&mut self) -> Result<Vec<(Channel, DeliveryCounts)>, StoreError>;
    /// Deletes notifications that were settled before a moment, `limit` at most; answers how many.
    fn forget_notifications(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError>;
    /// Locks in force whose certificate ends at the one moment or after it, and no later than the other, and of which no notice of
    /// so many days, or fewer, was given, of enterprises in force; those that end first, after one of them, at most
    /// `limit`.
    fn list_expiring_key_locks(
        &mut self,
        ending: (Timestamp, Timestamp),
        days: u32,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError>;
    /// Notes that notice was given of a certificate's end, so many days before. `false`: it was before.
    fn insert_expiry_notice(
        &mut self,
        key_lock: &KeyLockId,
        not_after: Timestamp,
        days: u32,
    ) -> Result<bool, StoreError>;
}
