//! Shared step: which bound lock does a new certificate continue? (REQUIREMENTS §6; ADR 9)
//!
//! Owns the rule and the write. Only a lock in force is ever continued, and only by a certificate of its
//! own CA that speaks for the same enterprise under the name it has now. Where an enterprise has several, a
//! certificate of a new key takes no lock's place that stands in other hardware.

use pki::certificate::Certificate;
use protocol::claims::LockRole;

use crate::audit::{AuditEvent, AuditKind};
use crate::cx::{Caller, Cx};
use crate::ending::end_by_lock;
use crate::enterprise::Enterprise;
use crate::key_lock::{KeyLock, KeyLockState, SupersededCertificate, Thumbprint};
use crate::recognition::Recognised;
use crate::store::{Store, StoreError};
use crate::timestamp::Timestamp;

/// What an unbound certificate is to the locks that are bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// The next certificate of this lock.
    Renews(Box<KeyLock>),
    /// Of this enterprise, under another name (FAQ 6).
    Renamed,
    /// Of a bound enterprise, and a lock of its own (FAQ 3).
    OtherLock,
    /// Its key is a lock of another enterprise, in this state and not removed there.
    Elsewhere(KeyLockState),
    /// Of no enterprise that is bound.
    Unbound,
}

/// Looks for the lock that a certificate continues. With it comes 硬件介质号 as the agent read it.
pub fn find_continued(
    store: &mut dyn Store,
    (recognised, media_number): (&Recognised, Option<&str>),
    now: Timestamp,
) -> Result<Continuation, StoreError> {
    // 1. The same key: its number at the same CA, unless the certificate speaks for another enterprise.
    let (ca, key_number) = (recognised.ca_id(), recognised.key_number());
    let mut same_key = store.list_key_locks_by_key_number(ca, key_number)?;
    // A key that was removed and activated again with its next certificate is there twice.
    same_key.sort_by_key(|lock| lock.state != KeyLockState::Active);
    for key_lock in same_key {
        let Some(enterprise) = store.find_enterprise(&key_lock.enterprise_id)? else {
            continue;
        };
        let code = recognised.credit_code();
        if code.is_some_and(|code| *code != enterprise.credit_code) {
            // As at a first binding: a key that was removed there is free.
            if key_lock.state == KeyLockState::Removed {
                continue;
            }
            return Ok(Continuation::Elsewhere(key_lock.state));
        }
        let is_active = key_lock.state == KeyLockState::Active;
        if enterprise.name != recognised.holder_name() {
            // Without a credit code an ended lock says nothing of who shows the certificate.
            if is_active || recognised.credit_code().is_some() {
                return Ok(Continuation::Renamed);
            }
        } else if is_active && is_later(recognised, &key_lock) {
            return Ok(Continuation::Renews(Box::new(key_lock)));
        } else {
            // Ended, or older than what is bound: nothing of this key comes back by itself.
            return Ok(Continuation::OtherLock);
        }
    }
    // The same enterprise by credit code and name.
    let Some(credit_code) = recognised.credit_code() else {
        return Ok(Continuation::Unbound);
    };
    let Some(enterprise) = store.find_enterprise_by_credit_code(credit_code)? else {
        return Ok(Continuation::Unbound);
    };
    if enterprise.name != recognised.holder_name() {
        return Ok(Continuation::Renamed);
    }
    let mut locks = store.list_key_locks(&enterprise.id)?;
    let in_force = locks
        .iter()
        .filter(|lock| lock.state == KeyLockState::Active);
    let is_alone = in_force.count() == 1;
    locks.retain(|lock| lock.ca_id == *recognised.ca_id());
    // 2. The same key under another number: it is that lock, or nothing where that has ended.
    if let Some(key_lock) = with_public_key(&locks, recognised) {
        let goes_on = key_lock.state == KeyLockState::Active && is_later(recognised, key_lock);
        return Ok(if goes_on {
            Continuation::Renews(Box::new(key_lock.clone()))
        } else {
            Continuation::OtherLock
        });
    }
    // 3. Another key of the enterprise: the one lock that waits for its next certificate.
    locks.retain(|lock| is_continued_by_name(lock, &enterprise, recognised, now));
    Ok(match the_one_due(&locks, is_alone, media_number) {
        Some(key_lock) => Continuation::Renews(Box::new(key_lock.clone())),
        None => Continuation::OtherLock,
    })
}

/// The lock whose certificate has the same public key; one in force before one that has ended.
fn with_public_key<'a>(locks: &'a [KeyLock], recognised: &Recognised) -> Option<&'a KeyLock> {
    let same = locks.iter().filter(|lock| has_key_of(lock, recognised));
    let mut same: Vec<_> = same.collect();
    same.sort_by_key(|lock| lock.state != KeyLockState::Active);
    same.first().copied()
}

fn has_key_of(key_lock: &KeyLock, recognised: &Recognised) -> bool {
    let key = recognised.certificate().subject_public_key_info_der();
    let certificate = Certificate::from_der(&key_lock.certificate_der);
    certificate.is_ok_and(|certificate| certificate.subject_public_key_info_der() == key)
}

/// The only lock of the enterprise, or the one that stands in the same hardware (硬件介质号): beside others in force
/// another key in other hardware is a further lock, which the primary one adds (FAQ 8). Of several that are due,
/// among secondary ones alone: no signature covers that number.
fn the_one_due<'a>(
    due: &'a [KeyLock],
    is_alone: bool,
    media_number: Option<&str>,
) -> Option<&'a KeyLock> {
    if let ([only], true) = (due, is_alone) {
        return Some(only);
    }
    let media_number = media_number?;
    let is_there = |lock: &&KeyLock| lock.media_number.as_deref() == Some(media_number);
    let mut there = due.iter().filter(is_there);
    let only = there.next().filter(|_| there.next().is_none());
    only.filter(|lock| due.len() == 1 || lock.role == LockRole::Secondary)
}

/// A lock whose certificate ends soon, has ended or bears an old name. Any other is left alone: a second
/// lock of the enterprise has a later certificate too, and is no renewal.
fn is_continued_by_name(
    key_lock: &KeyLock,
    enterprise: &Enterprise,
    recognised: &Recognised,
    now: Timestamp,
) -> bool {
    key_lock.state == KeyLockState::Active
        && (key_lock.is_due(now) || key_lock.holder_name != enterprise.name)
        && is_later(recognised, key_lock)
}

/// A certificate that only changes the name may end when the old one does: then it began later.
fn is_later(recognised: &Recognised, key_lock: &KeyLock) -> bool {
    let certificate = recognised.certificate();
    let [begins, ends] =
        [certificate.not_before(), certificate.not_after()].map(Timestamp::from_unix_seconds);
    ends > key_lock.not_after
        || (key_lock.holder_name != recognised.holder_name() && begins > key_lock.not_before)
}

/// The lock with its new certificate.
fn renewed(key_lock: &KeyLock, recognised: &Recognised, media_number: Option<&str>) -> KeyLock {
    let certificate = recognised.certificate();
    KeyLock {
        certificate_der: certificate.der().to_vec(),
        thumbprint: recognised.thumbprint(),
        ca_name: recognised.ca_name().to_owned(),
        holder_name: recognised.holder_name().to_owned(),
        serial_number: certificate.serial_number().to_owned(),
        key_number: recognised.key_number().to_owned(),
        media_number: media_number
            .map(str::to_owned)
            .or_else(|| key_lock.media_number.clone()),
        not_before: Timestamp::from_unix_seconds(certificate.not_before()),
        not_after: Timestamp::from_unix_seconds(certificate.not_after()),
        ..key_lock.clone()
    }
}

/// Why what was signed in with a lock's former key ends: the word of the refusal that this key meets from now on.
const OF_FORMER_KEY: &str = "certificate-superseded";

/// Puts the new certificate in the place of the old one, which is kept. `None`: the lock has changed since
/// it was read, or another one has the certificate or its key by now.
///
/// Where the key is another too, what stands on the former one ends: nobody looks any more whether its certificate is
/// revoked, and whoever has it may not be who has the new one. Of the same key the new certificate is judged, and it goes on.
pub fn renew(
    store: &mut dyn Store,
    cx: &Cx,
    caller: &Caller,
    key_lock: &KeyLock,
    (recognised, media_number): (&Recognised, Option<&str>),
) -> Result<Option<KeyLock>, StoreError> {
    let renewed = renewed(key_lock, recognised, media_number);
    if !store.exchange_key_lock(key_lock, &renewed)? {
        return Ok(None);
    }
    // After the lock: a sign-in of the former key that began meanwhile was waited for.
    if !has_key_of(key_lock, recognised) {
        end_by_lock(store, cx, caller, (key_lock, OF_FORMER_KEY))?;
    }
    store.insert_superseded_certificate(&SupersededCertificate::of(key_lock, cx.now))?;
    let [old, new] = [key_lock.thumbprint, renewed.thumbprint].map(Thumbprint::to_text);
    store.append_audit(&AuditEvent {
        enterprise_id: Some(renewed.enterprise_id.clone()),
        key_lock_id: Some(renewed.id.clone()),
        remote_address: caller.remote_address.clone(),
        detail: Some(format!("{old} -> {new}")),
        ..AuditEvent::new(cx, AuditKind::LockRenewed)
    })?;
    Ok(Some(renewed))
}
