//! How the addresses of platforms do, as it is kept, with the maintenance that is announced.

use crate::id::PlatformId;
use crate::platform_health::{EndpointHealth, HealthChange, Maintenance};
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// Changes that are shown of one platform.
const CHANGES: u32 = 50;

/// Of one platform, or of all.
#[derive(Clone, Debug)]
pub struct HealthSeen {
    /// How each address does.
    pub endpoints: Vec<EndpointHealth>,
    /// Newest first; of one platform alone.
    pub changes: Vec<HealthChange>,
    /// Under way or ahead.
    pub maintenances: Vec<Maintenance>,
}

/// Looks it up; none named: of all.
pub fn health(
    store: &mut dyn Store,
    platform: Option<&PlatformId>,
    now: Timestamp,
) -> Result<HealthSeen, StoreError> {
    Ok(HealthSeen {
        endpoints: store.list_endpoint_health(platform)?,
        changes: match platform {
            Some(platform) => store.list_health_changes(platform, CHANGES)?,
            None => Vec::new(),
        },
        maintenances: store.list_maintenances(platform, now)?,
    })
}
