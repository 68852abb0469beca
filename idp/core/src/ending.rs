//! Shared step: ending what stands on a lock, a session or an enterprise, at once.
//!
//! Presence and userinfo read the lock's state anyway; the records are ended too, so that nothing comes
//! back to life when the lock or the enterprise is put in force again.

use crate::cx::Cx;
use crate::id::EnterpriseId;
use crate::session::{SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Ends sign-ins of an enterprise, and the grants that were given in them; answers how many sign-ins.
pub fn end_standing(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    (which, ending): (Which<'_>, SessionEnding),
) -> Result<usize, StoreError> {
    store.revoke_grants_of(enterprise, which, cx.now)?;
    store.end_sessions(enterprise, which, (cx.now, ending))
}
