//! [`LogoutDeliveryStore`] over one connection.

use idp_core::id::{LogoutDeliveryId, PlatformId};
use idp_core::logout_delivery::{DeliveryCounts, DeliveryStage, LogoutDelivery};
use idp_core::store::{LogoutDeliveryStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::logout_delivery;

impl LogoutDeliveryStore for Transaction<'_> {
    fn insert_logout_delivery(&mut self, delivery: &LogoutDelivery) -> Result<(), StoreError> {
        self.run(|c| logout_delivery::insert(c, delivery))
    }

    fn find_logout_delivery(
        &mut self,
        id: &LogoutDeliveryId,
    ) -> Result<Option<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::find(c, id))
    }

    fn list_due_logout_deliveries(
        &mut self,
        now: Timestamp,
        except: &[PlatformId],
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::list_due(c, now, except, limit))
    }

    fn list_logout_deliveries(
        &mut self,
        stage: DeliveryStage,
        limit: u32,
    ) -> Result<Vec<LogoutDelivery>, StoreError> {
        self.run(|c| logout_delivery::list(c, stage, limit))
    }

    fn exchange_logout_delivery(
        &mut self,
        from: &LogoutDelivery,
        to: &LogoutDelivery,
    ) -> Result<bool, StoreError> {
        self.run(|c| logout_delivery::exchange(c, from, to))
    }

    fn count_logout_deliveries(&mut self) -> Result<DeliveryCounts, StoreError> {
        self.run(logout_delivery::count)
    }

    fn forget_logout_deliveries(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.run(|c| logout_delivery::forget(c, before, limit))
    }
}
