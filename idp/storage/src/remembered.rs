//! Platforms as they were read a moment ago: six of the eight requests of a login ask for the same one.
//!
//! Owns how long such a reading counts: [`REMEMBERED_FOR`] at most, and no longer than until this process itself
//! changes a platform. Another process's change (the command line, say) counts within that time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use idp_core::id::PlatformId;
use idp_core::platform::Platform;
use idp_core::store::StoreError;

use crate::Database;

/// How long a platform that was read counts as read now.
pub const REMEMBERED_FOR: Duration = Duration::from_secs(1);

/// Platforms that were found. There are as many as the table has rows: what was not found is not remembered.
#[derive(Default)]
pub(crate) struct RememberedPlatforms {
    /// Counts this process's own changes.
    changes: AtomicU64,
    found: RwLock<HashMap<PlatformId, Found>>,
}

struct Found {
    platform: Arc<Platform>,
    /// Changes that the reading is sure to have seen.
    changes: u64,
    /// Before it was read.
    at: Instant,
}

impl RememberedPlatforms {
    /// A change is durable: no reading from before counts. Called before the change is answered.
    pub(crate) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
    }

    fn find(&self, id: &PlatformId) -> Option<Arc<Platform>> {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        found
            .get(id)
            .filter(|found| found.changes == self.changes.load(Ordering::Acquire))
            .filter(|found| found.at.elapsed() < REMEMBERED_FOR)
            .map(|found| Arc::clone(&found.platform))
    }

    fn remember(&self, found: Found) {
        self.found
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(found.platform.id.clone(), found);
    }
}

impl Database {
    /// One platform, as it stood at most [`REMEMBERED_FOR`] ago. For what must hold to the moment there is
    /// [`idp_core::store::PlatformStore::find_platform`] in a transaction.
    pub async fn find_platform(
        &self,
        id: &PlatformId,
    ) -> Result<Option<Arc<Platform>>, StoreError> {
        let remembered = self.remembered_platforms();
        if let Some(platform) = remembered.find(id) {
            return Ok(Some(platform));
        }
        let (changes, at) = (remembered.changes.load(Ordering::Acquire), Instant::now());
        let asked = id.clone();
        let found = self.read(move |store| store.find_platform(&asked)).await?;
        let Some(platform) = found.map(Arc::new) else {
            return Ok(None);
        };
        remembered.remember(Found {
            platform: Arc::clone(&platform),
            changes,
            at,
        });
        Ok(Some(platform))
    }
}
