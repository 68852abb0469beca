//! Sign-ins and askings for consent of everybody, with the names of what they name.

use std::collections::BTreeMap;

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
