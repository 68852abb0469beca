//! What platforms are to be told of endings.

use super::StoreError;
use crate::id::{LogoutDeliveryId, PlatformId};
use crate::logout_delivery::{DeliveryCounts, DeliveryStage, LogoutDelivery};
use crate::timestamp::Timestamp;

/// What platforms are to be told of endings.
pub trait LogoutDeliveryStore {
    /// Keeps that a platform is to be told.
    fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery) -> Result<(), StoreError>;
    /// One delivery.
    fn find_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
    ) -> Result<Option<LogoutDelivery>, StoreError>;
    /// Deliveries that wait and are due, the longest due first, at most `limit`; none of these platforms.
    fn list_due_logout_deliveries(
        &mut self,
        now: Timestamp,
        except: &[PlatformId],
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError>;
    /// Deliveries in one stage, the newest first, at most `limit`.
    fn list_logout_deliveries(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError>;
    /// `to` in place of `from`, the same delivery; `false` when it has moved since it was read.
    fn exchange_logout_delivery(
        &mut self,
        from: &LogoutDelivery,
        to: &LogoutDelivery,
    ) -> Result<bool, StoreError>;
    /// How many deliveries there are in each stage.
    fn count_logout_deliveries(&mut self) -> Result<DeliveryCounts, StoreError>;
    /// Deletes deliveries that were settled before a moment, `limit` at most; answers how many.
    fn forget_logout_deliveries(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError>;
}
