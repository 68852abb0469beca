//! Sign-ins, askings for consent and locks of everybody, with the names of what they name.

use std::collections::BTreeMap;
use std::time::Duration;

use super::InspectError;
use super::names::look_up;
use crate::consent::ConsentRecord;
use crate::enterprise::Enterprise;
use crate::id::{EnterpriseId, KeyLockId, PlatformId};
use crate::key_lock::KeyLock;
use crate::listing::{ConsentFilter, List, Page, PageAsk, SessionFilter};
use crate::platform::Platform;
use crate::session::SessionRecord;
use crate::store::Store;
use crate::timestamp::Timestamp;

/// How far ahead one looks for locks that end, in days.
pub const ENDING_DAYS_MAX: u16 = 3_660;

/// A page of sign-ins.
#[derive(Clone, Debug)]
pub struct SignInsSeen {
    /// Newest first.
    pub page: Page<SessionRecord>,
    /// Whose they are.
    pub enterprises: BTreeMap<EnterpriseId, Enterprise>,
    /// With which locks.
    pub locks: BTreeMap<KeyLockId, KeyLock>,
}

/// Sign-ins.
pub fn sign_ins(
    store: &mut dyn Store,
    filter: &SessionFilter,
    (cursor, size): (Option<&str>, Option<u32>),
) -> Result<SignInsSeen, InspectError> {
    let ask = PageAsk::read(List::Sessions, cursor, size)?;
    let page = store.page_sessions(filter, &ask)?;
    let (mut enterprises, mut locks) = (BTreeMap::new(), BTreeMap::new());
    for one in &page.items {
        let (enterprise, lock) = (&one.enterprise_id, &one.key_lock_id);
        look_up(&mut enterprises, enterprise, || {
            store.find_enterprise(enterprise)
        })?;
        look_up(&mut locks, lock, || store.find_key_lock(lock))?;
    }
    Ok(SignInsSeen {
        page,
        enterprises,
        locks,
    })
}

/// A page of askings.
#[derive(Clone, Debug)]
pub struct ConsentsSeen {
    /// Newest first.
    pub page: Page<ConsentRecord>,
    /// Who was asked.
    pub enterprises: BTreeMap<EnterpriseId, Enterprise>,
    /// For whom.
    pub platforms: BTreeMap<PlatformId, Platform>,
}

/// Askings for consent, and how they ended.
pub fn consents(
    store: &mut dyn Store,
    filter: &ConsentFilter,
    (cursor, size): (Option<&str>, Option<u32>),
) -> Result<ConsentsSeen, InspectError> {
    let ask = PageAsk::read(List::Consents, cursor, size)?;
    let page = store.page_consents(filter, &ask)?;
    let (mut enterprises, mut platforms) = (BTreeMap::new(), BTreeMap::new());
    for one in &page.items {
        let (enterprise, platform) = (&one.enterprise_id, &one.platform_id);
        look_up(&mut enterprises, enterprise, || {
            store.find_enterprise(enterprise)
        })?;
        look_up(&mut platforms, platform, || store.find_platform(platform))?;
    }
    Ok(ConsentsSeen {
        page,
        enterprises,
        platforms,
    })
}

/// A page of locks that end.
#[derive(Clone, Debug)]
pub struct EndingLocksSeen {
    /// In force, the one whose certificate ends first first.
    pub page: Page<KeyLock>,
    /// Whose they are.
    pub enterprises: BTreeMap<EnterpriseId, Enterprise>,
}

/// Locks in force whose certificate ends within so many days from now; those that have ended already are not among them, as in the
/// dashboard's figures.
pub fn ending_locks(
    store: &mut dyn Store,
    (now, days): (Timestamp, u16),
    (cursor, size): (Option<&str>, Option<u32>),
) -> Result<EndingLocksSeen, InspectError> {
    let ask = PageAsk::read(List::EndingKeyLocks, cursor, size)?;
    let before = now + Duration::from_hours(24) * u32::from(days.min(ENDING_DAYS_MAX));
    let page = store.page_ending_key_locks((Some(now), before), &ask)?;
    let mut enterprises = BTreeMap::new();
    for one in &page.items {
        let enterprise = &one.enterprise_id;
        look_up(&mut enterprises, enterprise, || {
            store.find_enterprise(enterprise)
        })?;
    }
    Ok(EndingLocksSeen { page, enterprises })
}
