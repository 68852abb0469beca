//! [`NotificationStore`] over one connection.

use idp_core::delivery::{DeliveryCounts, DeliveryStage};
use idp_core::id::{EnterpriseId, KeyLockId, NotificationId};
use idp_core::key_lock::KeyLock;
use idp_core::notification::{Channel, Notification, NotificationKind};
use idp_core::store::{NotificationStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{expiry, notification};

impl NotificationStore for Transaction<'_> {
    fn insert_notification(&mut self, notification: &Notification) -> Result<(), StoreError> {
        self.run(|c| notification::insert(c, notification))
    }

    fn find_notification(
        &mut self,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError> {
        self.run(|c| notification::find(c, id))
    }

    fn list_due_notifications(
        &mut self,
        now: Timestamp,
        except: &[Channel],
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError> {
        self.run(|c| notification::list_due(c, now, except, limit))
    }

    fn list_notifications(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<Notification>, StoreError> {
        self.run(|c| notification::list(c, stage, limit))
    }

    fn exchange_notification(
        &mut self,
        from: &Notification,
        to: &Notification,
    ) -> Result<bool, StoreError> {
        self.run(|c| notification::exchange(c, from, to))
    }

    fn count_notifications_since(
        &mut self,
        enterprise: &EnterpriseId,
        what: (NotificationKind, &Channel),
        since: Timestamp,
    ) -> Result<i64, StoreError> {
        self.run(|c| notification::count_since(c, enterprise, what, since))
    }

    fn count_notifications(&mut self) -> Result<Vec<(Channel, DeliveryCounts)>, StoreError> {
        self.run(notification::count)
    }

    fn forget_notifications(&mut self, before: Timestamp, limit: u32) -> Result<usize, StoreError> {
        self.run(|c| notification::forget(c, before, limit))
    }

    fn list_expiring_key_locks(
        &mut self,
        ending: (Timestamp, Timestamp),
        days: u32,
        after: Option<&KeyLockId>,
        limit: u32,
    ) -> Result<Vec<KeyLock>, StoreError> {
        self.run(|c| expiry::list_expiring(c, ending, days, (after, limit)))
    }

    fn insert_expiry_notice(
        &mut self,
        key_lock: &KeyLockId,
        not_after: Timestamp,
        days: u32,
    ) -> Result<bool, StoreError> {
        self.run(|c| expiry::insert(c, key_lock, not_after, days))
    }
}
