//! Rows of an enterprise's page: locks, sign-ins, consents, names. Owns no text.

use std::collections::BTreeMap;

use idp_core::consent::StandingConsent;
use idp_core::enterprise::EnterpriseRename;
use idp_core::id::{KeyLockId, PlatformId};
use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::platform::Platform;
use idp_core::session::{SessionRecord, SessionStage};

use super::enterprise_facts::role;
use crate::http::extract::Visit;
use crate::http::page::{moment, platform_name};
use crate::view::console::{ConsoleConsentRow, ConsoleLockRow, ConsoleSignInRow, RenameRow};

/// One of its locks, with what may be done to it.
pub fn lock_row<'a>(
    visit: &Visit,
    lock: &'a KeyLock,
    acts: Vec<&'static str>,
) -> ConsoleLockRow<'a> {
    let day = |at| visit.locale.date(moment(at));
    let is_active = lock.state == KeyLockState::Active;
    let is_over = visit.cx.now > lock.not_after;
    ConsoleLockRow {
        id: lock.id.as_str(),
        role: role(lock.role),
        key_number: &lock.key_number,
        media_number: lock.media_number.as_deref(),
        holder: &lock.holder_name,
        issuer: &lock.ca_name,
        serial: &lock.serial_number,
        sha256: lock.thumbprint.to_groups(),
        validity: format!("{} – {}", day(lock.not_before), day(lock.not_after)),
        days_left: (is_active && !is_over).then(|| lock.days_left(visit.cx.now).to_string()),
        state: if is_active && is_over {
            "expired"
        } else {
            lock.state.as_str()
        },
        ended: lock.ended_at.map(|at| visit.locale.date_time(moment(at))),
        acts,
    }
}

/// One of its sign-ins.
pub fn sign_in_row<'a>(
    visit: &Visit,
    session: &'a SessionRecord,
    locks: &BTreeMap<&KeyLockId, &KeyLock>,
) -> ConsoleSignInRow<'a> {
    let written = |at| visit.locale.date_time(moment(at));
    let (state, ended) = match session.stage(&visit.cx.settings, visit.cx.now) {
        SessionStage::Live => ("live", None),
        SessionStage::Over => ("over", None),
        SessionStage::Ended(at, ending) => (ending.as_str(), Some(written(at))),
    };
    let lock = locks.get(&session.key_lock_id);
    ConsoleSignInRow {
        id: session.id.as_str(),
        begun: written(session.begun_at),
        seen: written(session.seen_at),
        lock: lock.map_or_else(
            || session.key_lock_id.to_string(),
            |lock| lock.key_number.clone(),
        ),
        address: session.remote_address.as_deref().unwrap_or("–"),
        agent: session.user_agent.as_deref().unwrap_or("–"),
        state,
        ended,
    }
}

/// One of its consents.
pub fn consent_row<'a>(
    visit: &Visit,
    consent: &'a StandingConsent,
    platforms: &'a BTreeMap<PlatformId, Platform>,
) -> ConsoleConsentRow<'a> {
    let written = |at| visit.locale.date_time(moment(at));
    let platform = platforms.get(&consent.platform_id);
    ConsoleConsentRow {
        platform_id: consent.platform_id.as_str(),
        platform: platform.map_or(consent.platform_id.as_str(), |one| {
            platform_name(one, visit.locale)
        }),
        scopes: consent.scopes.to_string(),
        since: written(consent.granted_at),
        revoked: consent.revoked_at.map(written),
    }
}

/// One of its changes of name.
pub fn rename_row<'a>(visit: &Visit, rename: &'a EnterpriseRename) -> RenameRow<'a> {
    RenameRow {
        old: &rename.old_name,
        new: &rename.new_name,
        at: visit.locale.date_time(moment(rename.at)),
        by: &rename.by,
        reason: &rename.reason,
        evidence: &rename.evidence_name,
        sha256: &rename.evidence_sha256,
    }
}
