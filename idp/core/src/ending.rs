//! Shared step: ending what stands on a lock, a session or an enterprise, at once.
//!
//! Presence and userinfo read the lock's state anyway; the records are ended too, so that nothing comes
//! back to life when the lock or the enterprise is put in force again.
//!
//! The other side of it is [`Store::hold_enterprise`] and its like: whoever begins a sign-in or gives a grant
//! holds what it stands on, so that an ending waits for it and then finds it.

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
    // In this order: whoever is giving a grant holds its sign-in, and is waited for here.
    let ended = store.end_sessions(enterprise, which, (cx.now, ending))?;
    store.revoke_grants_of(enterprise, which, cx.now)?;
    Ok(ended)
}
