//! [`PlatformHealthStore`] over one connection.

use idp_core::id::{MaintenanceId, PlatformId};
use idp_core::platform_health::{EndpointHealth, HealthChange, Maintenance};
use idp_core::store::{PlatformHealthStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::{maintenance, platform_health};

impl PlatformHealthStore for Transaction<'_> {
    fn list_health_checks(&mut self) -> Result<Vec<(PlatformId, Timestamp)>, StoreError> {
        self.run(platform_health::list_checks)
    }

    fn exchange_health_check(
        &mut self,
        platform: &PlatformId,
        from: Option<Timestamp>,
        to: Timestamp,
    ) -> Result<bool, StoreError> {
        self.run(|c| platform_health::exchange_check(c, platform, from, to))
    }

    fn list_endpoint_health(
        &mut self,
        platform: Option<&PlatformId>,
    ) -> Result<Vec<EndpointHealth>, StoreError> {
        self.run(|c| platform_health::list(c, platform))
    }

    fn upsert_endpoint_health(&mut self, health: &EndpointHealth) -> Result<(), StoreError> {
        self.run(|c| platform_health::upsert(c, health))
    }

    fn delete_endpoint_health(&mut self, health: &EndpointHealth) -> Result<(), StoreError> {
        self.run(|c| platform_health::delete(c, health))
    }

    fn insert_health_change(&mut self, change: &HealthChange) -> Result<(), StoreError> {
        self.run(|c| platform_health::insert_change(c, change))
    }

    fn list_health_changes(
        &mut self,
        platform: &PlatformId,
        limit: u32,
    ) -> Result<Vec<HealthChange>, StoreError> {
        self.run(|c| platform_health::list_changes(c, platform, limit))
    }

    fn forget_health_changes(
        &mut self,
        before: Timestamp,
        limit: u32,
    ) -> Result<usize, StoreError> {
        self.run(|c| platform_health::forget_changes(c, before, limit))
    }

    fn insert_maintenance(&mut self, maintenance: &Maintenance) -> Result<(), StoreError> {
        self.run(|c| maintenance::insert(c, maintenance))
    }

    fn find_maintenance(&mut self, id: &MaintenanceId) -> Result<Option<Maintenance>, StoreError> {
        self.run(|c| maintenance::find(c, id))
    }

    fn end_maintenance(&mut self, id: &MaintenanceId, at: Timestamp) -> Result<bool, StoreError> {
        self.run(|c| maintenance::end(c, id, at))
    }

    fn list_maintenances(
        &mut self,
        platform: Option<&PlatformId>,
        now: Timestamp,
    ) -> Result<Vec<Maintenance>, StoreError> {
        self.run(|c| maintenance::list(c, platform, now))
    }
}
