//! One enterprise with what stands on it: names, locks, sign-ins, consents, and what happened to it.

use std::collections::BTreeMap;

use pki::holder::credit_code::CreditCode;

use super::{InspectError, Timeline, timeline};
use crate::consent::StandingConsent;
use crate::enterprise::{Enterprise, EnterpriseRename};
use crate::id::PlatformId;
use crate::key_lock::KeyLock;
use crate::listing::AuditFilter;
use crate::platform::Platform;
use crate::session::{LiveSince, SessionRecord};
use crate::store::{Store, StoreError};

/// Sign-ins that are shown of each sort: all of them have a list of their own.
const SIGN_INS: u32 = 20;

/// How it is looked at.
#[derive(Clone, Debug)]
pub struct SightAsk {
    /// Since when sign-ins count.
    pub live: LiveSince,
    /// Which events.
    pub events: AuditFilter,
    /// From where on.
    pub cursor: Option<String>,
    /// Events at most.
    pub size: u32,
}

/// An enterprise as an operator sees it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// What is registered.
    pub enterprise: Enterprise,
    /// Its changes of name, oldest first.
    pub renames: Vec<EnterpriseRename>,
    /// Every lock it has or had.
    pub locks: Vec<KeyLock>,
    /// Sign-ins that go on, and after them the latest of the others; newest first each.
    pub sign_ins: Vec<SessionRecord>,
    /// Consents, those taken back included.
    pub consents: Vec<StandingConsent>,
    /// The platforms of those.
    pub platforms: BTreeMap<PlatformId, Platform>,
    /// What happened.
    pub timeline: Timeline,
}

/// Looks at one; `None`: it is not bound.
pub fn look_at(
    store: &mut dyn Store,
    code: &CreditCode,
    ask: &SightAsk,
) -> Result<Option<Sight>, InspectError> {
    let Some(enterprise) = store.find_enterprise_by_credit_code(code)? else {
        return Ok(None);
    };
    let id = &enterprise.id;
    let page = (ask.cursor.as_deref(), Some(ask.size));
    let timeline = timeline(store, id, &ask.events, page)?;
    let consents = store.list_standing_consents(id)?;
    let mut platforms = BTreeMap::new();
    for consent in &consents {
        if let Some(platform) = store.find_platform(&consent.platform_id)? {
            platforms.insert(platform.id.clone(), platform);
        }
    }
    Ok(Some(Sight {
        renames: store.list_enterprise_renames(id)?,
        locks: store.list_key_locks(id)?,
        sign_ins: sign_ins(store, &enterprise, ask.live)?,
        consents,
        platforms,
        timeline,
        enterprise,
    }))
}

fn sign_ins(
    store: &mut dyn Store,
    enterprise: &Enterprise,
    live: LiveSince,
) -> Result<Vec<SessionRecord>, StoreError> {
    let mut found = store.list_standing_sessions(&enterprise.id, live, SIGN_INS)?;
    let latest = store.list_sessions(&enterprise.id, SIGN_INS)?;
    for one in latest {
        if !found.iter().any(|known| known.id == one.id) {
            found.push(one);
        }
    }
    Ok(found)
}
