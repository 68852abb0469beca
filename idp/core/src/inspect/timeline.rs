//! What happened to one enterprise, with the names of what its events name.

use super::{EventNames, InspectError};
use crate::audit::AuditEntry;
use crate::id::EnterpriseId;
use crate::listing::{AuditFilter, List, Page, PageAsk};
use crate::store::Store;

/// A page of an enterprise's events.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Newest first.
    pub page: Page<AuditEntry>,
    /// What these events name.
    pub names: EventNames,
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
    let names = EventNames::of(store, &page.items)?;
    Ok(Timeline { page, names })
}
