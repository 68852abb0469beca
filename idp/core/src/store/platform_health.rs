//! How the addresses of platforms do, and maintenance of theirs.

use super::StoreError;
use crate::id::{MaintenanceId, PlatformId};
use crate::platform_health::{EndpointHealth, HealthChange, Maintenance};
use crate::timestamp::Timestamp;

/// How the addresses of platforms do, and maintenance of theirs.
pub trait PlatformHealthStore {
    /// When each platform that was ever looked at is due again.
    fn list_health_checks(&mut self) -> Result<Vec<(PlatformId, Timestamp)>, StoreError>;
    /// Makes a platform due at another time; `false` when it is not due at `from` any more.
    fn exchange_health_check(
        &mut self,
        platform: &PlatformId,
        from: Option<Timestamp>,
        to: Timestamp,
    ) -> Result<bool, StoreError>;
    /// How the addresses of one platform do, or of all.
    fn list_endpoint_health(
        &mut self,
        platform: Option<&PlatformId>,
    ) -> Result<Vec<EndpointHealth>, StoreError>;
    /// Writes how an address does.
    fn upsert_endpoint_health(&mut self, health: &EndpointHealth) -> Result<(), StoreError>;
    /// Forgets an address that the platform has no more.
    fn delete_endpoint_health(&mut self, health: &EndpointHealth) -> Result<(), StoreError>;
    /// Keeps that an address began to do otherwise.
    fn insert_health_change(&mut self, change: &HealthChange) -> Result<(), StoreError>;
    /// How the addresses of a platform did, newest first, at most `limit`.
    fn list_health_changes(
        &mut self,
        platform: &PlatformId,
        limit: u32,
    ) -> Result<Vec<HealthChange>, StoreError>;
    /// Deletes what was before a moment, `limit` at most; answers how many.
    fn forget_health_changes(&mut self, before: Timestamp, limit: u32)
    -> Result<usize, StoreError>;
    /// Keeps announced maintenance.
    fn insert_maintenance(&mut self, maintenance: &Maintenance) -> Result<(), StoreError>;
    /// One of them.
    fn find_maintenance(&mut self, id: &MaintenanceId) -> Result<Option<Maintenance>, StoreError>;
    /// Ends one; `false` when it was ended before, or there is none.
    fn end_maintenance(&mut self, id: &MaintenanceId, at: Timestamp) -> Result<bool, StoreError>;
    /// Those that go on at a moment or begin later, of one platform or of all; the one that begins first, first.
    fn list_maintenances(
        &mut self,
        platform: Option<&PlatformId>,
        now: Timestamp,
    ) -> Result<Vec<Maintenance>, StoreError>;
}
