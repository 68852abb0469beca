//! What the identifiers of events stand for, as far as it is still known.

use std::collections::BTreeMap;

use crate::audit::{AuditEntry, AuditEvent};
use crate::enterprise::Enterprise;
use crate::id::{EnterpriseId, KeyLockId, OperatorId, PlatformId};
use crate::key_lock::KeyLock;
use crate::operator::Operator;
use crate::platform::Platform;
use crate::store::{Store, StoreError};

/// What a page of events names.
#[derive(Clone, Debug, Default)]
pub struct EventNames {
    /// Enterprises.
    pub enterprises: BTreeMap<EnterpriseId, Enterprise>,
    /// Their locks.
    pub locks: BTreeMap<KeyLockId, KeyLock>,
    /// Platforms.
    pub platforms: BTreeMap<PlatformId, Platform>,
    /// Operators.
    pub operators: BTreeMap<OperatorId, Operator>,
}

impl EventNames {
    /// Looks each one up once: a page of events has few of them.
    pub fn of(store: &mut dyn Store, entries: &[AuditEntry]) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for entry in entries {
            names.add(store, &entry.event)?;
        }
        Ok(names)
    }

    fn add(&mut self, store: &mut dyn Store, event: &AuditEvent) -> Result<(), StoreError> {
        if let Some(id) = &event.enterprise_id {
            look_up(&mut self.enterprises, id, || store.find_enterprise(id))?;
        }
        if let Some(id) = &event.key_lock_id {
            look_up(&mut self.locks, id, || store.find_key_lock(id))?;
        }
        if let Some(id) = &event.platform_id {
            look_up(&mut self.platforms, id, || store.find_platform(id))?;
        }
        if let Some(id) = &event.operator_id {
            look_up(&mut self.operators, id, || store.find_operator(id))?;
        }
        Ok(())
    }
}

/// Looks one up where it is not known yet.
pub(super) fn look_up<K: Clone + Ord, V>(
    known: &mut BTreeMap<K, V>,
    id: &K,
    find: impl FnOnce() -> Result<Option<V>, StoreError>,
) -> Result<(), StoreError> {
    if !known.contains_key(id)
        && let Some(found) = find()?
    {
        known.insert(id.clone(), found);
    }
    Ok(())
}
