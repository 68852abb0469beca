//! Flow: the CA registry as operators keep it. Owns who may follow what state and that every change leaves its history
//! and its audit event. Whether an entry can be used at all is asked before, by [`crate::recognition::RecognisedCa::read`].

use crate::audit::{AuditEvent, AuditKind, operator_words};
use crate::certificate_authority::{CaAct, CaChange, CaEntry, CaState, CertificateAuthority};
use crate::cx::Cx;
use crate::hand::Hand;
use crate::id::CaId;
use crate::proposal::{Approved, Change};
use crate::store::{Store, StoreError};

/// Who the configuration is in the history.
pub const CONFIGURATION: &str = "configuration";

/// Why the registry stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum RegistryRefusal {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The identifier has another form.
    #[error("`{0}` is no id: 1 to 64 lower-case letters, digits and hyphens")]
    BadId(CaId),
    /// It is entered already.
    #[error("{0} is in the registry already; `change` replaces its entry")]
    Taken(CaId),
    /// Nobody entered it.
    #[error("there is no certificate authority {0}; `list` shows them")]
    Unknown(CaId),
    /// It stands as it is wanted.
    #[error("{0} is {state} already", state = .1.as_str())]
    Already(CaId, CaState),
    /// The entry is the one that stands there.
    #[error("{0} has this very entry already")]
    Unchanged(CaId),
    /// Somebody else changed it in the same moment.
    #[error("{0} was changed by another in the same moment; look again")]
    Overtaken(CaId),
    /// The approved change is another flow's.
    #[error("this change is not of certificate authorities")]
    NotOfAuthorities,
}

impl RegistryRefusal {
    /// The machine word, on pages; `None` where the store is out of reach.
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Store(_) => None,
            Self::BadId(_) => Some("ca-bad-id"),
            Self::Taken(_) => Some("ca-taken"),
            Self::Unknown(_) => Some("ca-unknown"),
            Self::Already(..) | Self::Unchanged(_) => Some("change-nothing"),
            Self::Overtaken(_) => Some("change-overtaken"),
            Self::NotOfAuthorities => Some("request-invalid"),
        }
    }
}

/// What bringing an entry of the configuration did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// It was new.
    Added,
    /// It differs from what the configuration brought before.
    Changed,
    /// The configuration brought it before. What was changed since stands.
    Known,
}

/// Enters a CA; it is proposed until it is activated.
pub fn add(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    id: &CaId,
    entry: CaEntry,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let added = first(cx, id, entry, CaState::Proposed)?;
    enter(store, cx, hand, added)
}

/// Replaces what is written of a CA. Its state stays.
pub fn change(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    id: &CaId,
    entry: CaEntry,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let found = find(store, id)?;
    if found.entry == entry {
        return Err(RegistryRefusal::Unchanged(id.clone()));
    }
    let next = CertificateAuthority { entry, ..found };
    replace(store, cx, hand, (next, CaAct::Changed))
}

/// Makes a CA recognised.
pub fn activate(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    id: &CaId,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let state = CaState::Active;
    exchange_state(store, cx, hand, (id, state, CaAct::Activated))
}

/// Ends the recognition of a CA. Running servers refuse its locks from their next look on.
pub fn suspend(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    id: &CaId,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let state = CaState::Suspended;
    exchange_state(store, cx, hand, (id, state, CaAct::Suspended))
}

/// Brings an entry of the configuration. A new one is recognised at once, since the operator's own file says so; a known
/// one overrides nothing that was changed since it was brought.
pub fn load(
    store: &mut dyn Store,
    cx: &Cx,
    id: &CaId,
    entry: CaEntry,
) -> Result<Loaded, RegistryRefusal> {
    let hand = Hand::on_the_machine(CONFIGURATION, None);
    let Some(found) = store.find_certificate_authority(id)? else {
        let mut added = first(cx, id, entry.clone(), CaState::Active)?;
        added.loaded = Some(entry);
        return enter(store, cx, &hand, added).map(|_| Loaded::Added);
    };
    if found.loaded.as_ref() == Some(&entry) {
        return Ok(Loaded::Known);
    }
    let next = CertificateAuthority {
        loaded: Some(entry.clone()),
        entry,
        ..found
    };
    replace(store, cx, &hand, (next, CaAct::Changed)).map(|_| Loaded::Changed)
}

/// Makes a change that two persons agreed on, over the revision that they looked at.
pub fn carry_out(
    store: &mut dyn Store,
    cx: &Cx,
    approved: &Approved,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let hand = &Hand::of(approved);
    match approved.change() {
        Change::AddCa { id, entry } => add(store, cx, hand, id, entry.clone()),
        Change::ChangeCa {
            id,
            revision,
            entry,
        } => {
            stands_at(store, id, *revision)?;
            change(store, cx, hand, id, entry.clone())
        }
        Change::ActivateCa { id, revision } => {
            stands_at(store, id, *revision)?;
            activate(store, cx, hand, id)
        }
        Change::SuspendCa { id, revision } => {
            stands_at(store, id, *revision)?;
            suspend(store, cx, hand, id)
        }
        _ => Err(RegistryRefusal::NotOfAuthorities),
    }
}

/// What comes after exchanges the revision that it reads: one that is written in between is not lost.
fn stands_at(store: &mut dyn Store, id: &CaId, revision: u32) -> Result<(), RegistryRefusal> {
    let found = find(store, id)?;
    if found.revision == revision {
        Ok(())
    } else {
        Err(RegistryRefusal::Overtaken(id.clone()))
    }
}

fn first(
    cx: &Cx,
    id: &CaId,
    entry: CaEntry,
    state: CaState,
) -> Result<CertificateAuthority, RegistryRefusal> {
    let letters = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let text = id.as_str();
    if text.is_empty() || text.len() > 64 || !text.bytes().all(letters) {
        return Err(RegistryRefusal::BadId(id.clone()));
    }
    Ok(CertificateAuthority {
        id: id.clone(),
        entry,
        state,
        revision: 1,
        loaded: None,
        created_at: cx.now,
        changed_at: cx.now,
    })
}

fn enter(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    added: CertificateAuthority,
) -> Result<CertificateAuthority, RegistryRefusal> {
    if !store.insert_certificate_authority(&added)? {
        return Err(RegistryRefusal::Taken(added.id));
    }
    note(store, cx, hand, (&added, CaAct::Added))?;
    Ok(added)
}

fn find(store: &mut dyn Store, id: &CaId) -> Result<CertificateAuthority, RegistryRefusal> {
    let found = store.find_certificate_authority(id)?;
    found.ok_or_else(|| RegistryRefusal::Unknown(id.clone()))
}

fn exchange_state(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (id, state, act): (&CaId, CaState, CaAct),
) -> Result<CertificateAuthority, RegistryRefusal> {
    let found = find(store, id)?;
    if found.state == state {
        return Err(RegistryRefusal::Already(id.clone(), state));
    }
    let next = CertificateAuthority { state, ..found };
    replace(store, cx, hand, (next, act))
}

/// Writes what follows on the revision that `next` was made from.
fn replace(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (mut next, act): (CertificateAuthority, CaAct),
) -> Result<CertificateAuthority, RegistryRefusal> {
    let from = next.revision;
    next.revision = from.saturating_add(1);
    next.changed_at = cx.now;
    if !store.exchange_certificate_authority(&next, from)? {
        return Err(RegistryRefusal::Overtaken(next.id));
    }
    note(store, cx, hand, (&next, act))?;
    Ok(next)
}

fn note(
    store: &mut dyn Store,
    cx: &Cx,
    hand: &Hand,
    (ca, act): (&CertificateAuthority, CaAct),
) -> Result<(), StoreError> {
    let by = operator_words(&hand.by);
    let reason = hand.reason.as_deref().map(operator_words);
    store.append_ca_change(&CaChange {
        ca_id: ca.id.clone(),
        revision: ca.revision,
        at: cx.now,
        by: by.clone(),
        act,
        reason: reason.clone(),
        state: ca.state,
        entry: ca.entry.clone(),
    })?;
    let kind = match act {
        CaAct::Added => AuditKind::CaAdded,
        CaAct::Changed => AuditKind::CaChanged,
        CaAct::Activated => AuditKind::CaActivated,
        CaAct::Suspended => AuditKind::CaSuspended,
    };
    store.append_audit(&AuditEvent {
        operator_id: hand.operator_id.clone(),
        reason,
        detail: Some(format!("{} revision {} by {by}", ca.id, ca.revision)),
        ..AuditEvent::new(cx, kind)
    })
}
