//! Maintenance of a platform: announced by an operator, said to people before they go there, taken back.

use std::time::Duration;

use super::change::{Act, DirectoryError, find_connected, note};
use super::check::RegistrationRefusal;
use crate::audit::AuditKind;
use crate::cx::Cx;
use crate::fields;
use crate::id::{MaintenanceId, PlatformId};
use crate::platform_health::Maintenance;
use crate::store::Store;
use crate::timestamp::Timestamp;

/// Longest text, in characters.
pub const MAINTENANCE_TEXT_MAX: usize = 200;

/// It lasts at most so long; what is away for longer is suspended.
pub const MAINTENANCE_MAX: Duration = Duration::from_hours(30 * 24);

/// It begins at most so far ahead.
const AHEAD_MAX: Duration = Duration::from_hours(90 * 24);

/// What is announced.
#[derive(Clone, Debug)]
pub struct Planned {
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What is said, in Chinese.
    pub text_zh: String,
    /// What is said, in English.
    pub text_en: String,
}

/// Announces it. The platform stays one that can be chosen: people are warned, not kept out.
pub fn announce_maintenance(
    store: &mut dyn Store,
    cx: &Cx,
    id: &PlatformId,
    (planned, act): (&Planned, Act<'_>),
) -> Result<Maintenance, DirectoryError> {
    find_connected(store, id)?;
    let text = |text: &str| {
        let read = fields::required(text, MAINTENANCE_TEXT_MAX);
        read.map_err(|_problem| RegistrationRefusal::MaintenanceText)
    };
    let (text_zh, text_en) = (text(&planned.text_zh)?, text(&planned.text_en)?);
    let (from, until) = (planned.from, planned.until);
    let is_possible = cx.now < until
        && from < until
        && until.since(from) <= MAINTENANCE_MAX
        && from <= cx.now + AHEAD_MAX;
    if !is_possible {
        return Err(RegistrationRefusal::MaintenanceTime.into());
    }
    let maintenance = Maintenance {
        id: MaintenanceId::generate(&*cx.rng, cx.now),
        platform_id: id.clone(),
        from,
        until,
        text_zh,
        text_en,
        announced_by: act.by.to_owned(),
        announced_at: cx.now,
        ended_at: None,
    };
    store.insert_maintenance(&maintenance)?;
    let what = format!("maintenance {}", maintenance.id);
    let kind = AuditKind::MaintenanceAnnounced;
    note(store, cx, Some(id), (kind, act, &what))?;
    Ok(maintenance)
}

/// Takes it back, or ends it before its time.
pub fn end_maintenance(
    store: &mut dyn Store,
    cx: &Cx,
    id: &MaintenanceId,
    act: Act<'_>,
) -> Result<Maintenance, DirectoryError> {
    let found = store.find_maintenance(id)?;
    let maintenance = found.ok_or_else(|| RegistrationRefusal::NoMaintenance(id.clone()))?;
    if !maintenance.is_ahead(cx.now) || !store.end_maintenance(id, cx.now)? {
        return Err(RegistrationRefusal::Nothing("the maintenance is over").into());
    }
    let what = format!("maintenance {id}");
    let of = Some(&maintenance.platform_id);
    note(store, cx, of, (AuditKind::MaintenanceEnded, act, &what))?;
    Ok(Maintenance {
        ended_at: Some(cx.now),
        ..maintenance
    })
}
