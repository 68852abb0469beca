//! What happened to one enterprise, with the names of what its events name.

use std::collections::BTreeMap;

use super::InspectError;
use crate::audit::AuditEntry;
use crate::id::{EnterpriseId, KeyLockId, PlatformId};
use crate::key_lock::KeyLock;
use crate::listing::{AuditFilter, List, Page, PageAsk};
use crate::platform::Platform;
use crate::store::Store;

/// A page of an enterprise's events.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Newest first.
    pub page: Page<AuditEntry>,
    /// The platforms that these events name and that are still known.
    pub platforms: BTreeMap<PlatformId, Platform>,
    /// The enterprise's locks.
    pub locks: BTreeMap<KeyLockId, KeyLock>,
}

/// What happened to an enterprise; `filter` narrows it further.
pub fn timeline(
    store: &mut dyn Store,
    enterprise: &EnterpriseId,
    filter: &AuditFilter,
    (cursor, size): (Option<&str>, Option<u32>),
) -> Result<Timeline, InspectError> {
    let ask = PageAsk::read(List::Audit, cursor, size)?;
    let filter = AuditFilter {
        enterprise: Some(enterprise.clone()),
        ..filter.clone()
    };
    let page = store.page_audit(&filter, &ask)?;
    let mut platforms = BTreeMap::new();
    for id in page
        .items
        .iter()
        .filter_map(|entry| entry.event.platform_id.as_ref())
    {
        if !platforms.contains_key(id)
            && let Some(platform) = store.find_platform(id)?
        {
            platforms.insert(id.clone(), platform);
        }
    }
    let locks = store.list_key_locks(enterprise)?;
    Ok(Timeline {
        page,
        platforms,
        locks: locks
            .into_iter()
            .map(|lock| (lock.id.clone(), lock))
            .collect(),
    })
}
