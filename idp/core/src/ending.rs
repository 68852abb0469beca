//! Shared step: ending what stands on a lock, a session, a consent or an enterprise, at once; and keeping that its
//! platforms are to be told (Back-Channel Logout 1.0), in the same transaction.
//!
//! The only place where grants are revoked, so that no ending goes untold. That a grant is worth nothing and that its platform
//! was told are two things: one that its platform gave up, or that was revoked with its suspension, is told of when the
//! session ends in which it was given. Presence and userinfo read the lock's state
//! anyway; the records are ended too, so that nothing comes back to life when the lock or the enterprise is put in force
//! again.
//!
//! The other side of it is [`hold_enterprise`](crate::store::EnterpriseStore::hold_enterprise) and its like: whoever begins a sign-in or gives a grant
//! holds what it stands on, so that an ending waits for it and then finds it.

use std::time::Duration;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::grant::EndedGrant;
use crate::id::{EnterpriseId, GrantId, LogoutDeliveryId, PlatformId};
use crate::key_lock::KeyLock;
use crate::logout_delivery::LogoutDelivery;
use crate::session::{Authentication, SessionEnding, Which};
use crate::store::{Store, StoreError};

/// Grants older than this are ended untold: no platform keeps a session for longer, and an enterprise's years of
/// sign-ins are no reason to call anybody.
const TOLD_FOR: Duration = Duration::from_hours(7 * 24);

/// One platform whose session ended, and how it hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The platform.
    pub platform_id: PlatformId,
    /// What is sent; `None`: it registered no address for that.
    pub delivery: Option<LogoutDelivery>,
}

/// Who sends what is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    /// Whoever looks next for what is due.
    Anybody,
    /// Whoever ended it, as soon as this is durable.
    Caller,
}

/// Ends sign-ins of an enterprise, and the grants that were given in them; answers how many sign-ins.
pub fn end_standing(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    ending: (Which<'_>, SessionEnding),
) -> Result<usize, StoreError> {
    let (sessions, grants) = end_both(store, cx, enterprise, ending)?;
    tell(store, cx, &grants, Sender::Anybody)?;
    Ok(sessions)
}

/// Ends one sign-in and what was given in it and in those that it continues. What is answered is taken already: whoever
/// calls this sends it.
pub fn end_session(
    store: &mut dyn Store,
    cx: &Cx,
    authentication: &Authentication,
    ending: SessionEnding,
) -> Result<Vec<Told>, StoreError> {
    let which = (Which::One(&authentication.session_id), ending);
    let (_sessions, grants) = end_both(store, cx, &authentication.enterprise_id, which)?;
    tell(store, cx, &grants, Sender::Caller)
}

/// Ends the sign-ins of a lock that stays bound and the grants that were given in them; where anything ended, that is
/// written down with this reason. A grant may outlive its sign-in: it may be all there is.
pub fn end_by_lock(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    (key_lock, reason): (&KeyLock, &str),
) -> Result<(), StoreError> {
    let ending = (Which::OfLock(&key_lock.id), SessionEnding::LockEnded);
    let (sessions, grants) = end_both(store, cx, &key_lock.enterprise_id, ending)?;
    tell(store, cx, &grants, Sender::Anybody)?;
    let grants = grants.len();
    if (sessions, grants) == (0, 0) {
        return Ok(());
    }
    store.append_audit(&AuditEvent {
        reason: Some(reason.to_owned()),
        enterprise_id: Some(key_lock.enterprise_id.clone()),
        key_lock_id: Some(key_lock.id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("{sessions} sign-ins, {grants} grants")),
        ..AuditEvent::new(cx, AuditKind::SessionsEnded)
    })
}

/// Ends every grant that an enterprise gave a platform.
pub fn end_grants_to(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    platform: &PlatformId,
) -> Result<(), StoreError> {
    let grants = store.revoke_grants_to(enterprise, platform, cx.now)?;
    tell(store, cx, &grants, Sender::Anybody).map(drop)
}

/// Ends every grant that a platform holds; answers how many. The sessions in which they were given go on: where one ends
/// later, the platform is told of that.
pub fn end_grants_held_by(
    store: &mut dyn Store,
    cx: &Cx,
    platform: &PlatformId,
) -> Result<usize, StoreError> {
    store.revoke_grants_held_by(platform, cx.now)
}

/// Ends every sign-in of everybody and every grant; answers how many of each. Platforms are told as when one ends.
pub fn end_everything(store: &mut dyn Store, cx: &Cx) -> Result<(usize, usize), StoreError> {
    // In this order, as in [`end_both`].
    let sessions = store.end_every_session((cx.now, SessionEnding::EndedByOperator))?;
    let (grants, untold) = store.revoke_every_grant(cx.now, cx.now - TOLD_FOR)?;
    tell(store, cx, &untold, Sender::Anybody)?;
    Ok((sessions, grants))
}

/// Ends one grant, since one of its tokens is in wrong hands; `false` when it had ended before.
pub fn end_grant(store: &mut dyn Store, cx: &Cx, grant: &GrantId) -> Result<bool, StoreError> {
    let ended = store.revoke_grant(grant, cx.now)?;
    tell(store, cx, ended.as_slice(), Sender::Anybody)?;
    Ok(ended.is_some())
}

/// Ends one grant that its own platform gave up: it knows of that, and is told when the session ends in which it was given.
/// `false` when it had ended before.
pub fn give_up_grant(store: &mut dyn Store, cx: &Cx, grant: &GrantId) -> Result<bool, StoreError> {
    store.give_up_grant(grant, cx.now)
}

/// Ends what a code gave; `None`: it gave nothing.
pub fn end_grant_by_code(
    store: &mut dyn Store,
    cx: &Cx,
    code_sha256: &str,
) -> Result<Option<GrantId>, StoreError> {
    let Some((id, ended)) = store.revoke_grant_by_code(code_sha256, cx.now)? else {
        return Ok(None);
    };
    tell(store, cx, ended.as_slice(), Sender::Anybody)?;
    Ok(Some(id))
}

fn end_both(
    store: &mut dyn Store,
    cx: &Cx,
    enterprise: &EnterpriseId,
    (which, ending): (Which<'_>, SessionEnding),
) -> Result<(usize, Vec<EndedGrant>), StoreError> {
    // In this order: whoever is giving a grant holds its sign-in, and is waited for here.
    let sessions = store.end_sessions(enterprise, which, (cx.now, ending))?;
    let grants = store.revoke_grants_of(enterprise, which, cx.now)?;
    Ok((sessions, grants))
}

/// Keeps that the platforms of these grants are to be told: each once a session, however often a person arrived there.
fn tell(
    store: &mut dyn Store,
    cx: &Cx,
    ended: &[EndedGrant],
    sender: Sender,
) -> Result<Vec<Told>, StoreError> {
    let mut recent: Vec<&EndedGrant> = ended
        .iter()
        .filter(|grant| grant.created_at >= cx.now - TOLD_FOR)
        .collect();
    let place = |grant: &&EndedGrant| (grant.platform_id.clone(), grant.session_id.clone());
    recent.sort_by_key(place);
    recent.dedup_by_key(|grant| place(grant));
    let mut told: Vec<Told> = Vec::with_capacity(recent.len());
    for grant in recent {
        let listens = match told.last() {
            Some(last) if last.platform_id == grant.platform_id => Some(last.delivery.is_some()),
            _ => listens(store, &grant.platform_id)?,
        };
        // Nobody is there any more.
        let Some(listens) = listens else {
            continue;
        };
        let delivery = listens.then(|| {
            let id = LogoutDeliveryId::generate(&*cx.rng, cx.now);
            let delivery = LogoutDelivery::of(grant, id, cx.now);
            match sender {
                Sender::Anybody => delivery,
                Sender::Caller => delivery.taken(cx.now),
            }
        });
        if let Some(delivery) = &delivery {
            store.insert_logout_delivery(delivery)?;
        }
        told.push(Told {
            platform_id: grant.platform_id.clone(),
            delivery,
        });
    }
    Ok(told)
}

/// Whether a platform has an address where it is told; `None`: it is gone. A suspended one has: its people are signed in there
/// all the same.
fn listens(store: &mut dyn Store, platform: &PlatformId) -> Result<Option<bool>, StoreError> {
    let platform = store.find_platform(platform)?;
    let client = platform.and_then(|platform| platform.client);
    Ok(client.map(|client| client.logout.backchannel_uri.is_some()))
}
