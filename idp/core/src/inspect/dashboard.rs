//! The dashboard's figures, as far as the store knows them.

use std::time::Duration;

use super::InspectError;
use crate::audit::AuditKind;
use crate::figures::{FailureFigure, Hour, HourFigure};
use crate::logout_delivery::DeliveryStage;
use crate::signing_key::SigningKey;
use crate::store::Store;
use crate::timestamp::Timestamp;

/// Counts that say no more than that something is to be done are counted so far.
pub const MANY: u32 = 10_000;

/// Kinds of failures that are told at most.
const FAILURES: u32 = 50;

/// Stages in which somebody has not heard yet.
const UNSETTLED: [DeliveryStage; 3] = [
    DeliveryStage::Waiting,
    DeliveryStage::Refused,
    DeliveryStage::GivenUp,
];

/// Figures of the hours since a moment.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// The first hour.
    pub since: Hour,
    /// Sign-ins by hour.
    pub sign_ins: Vec<HourFigure>,
    /// Arrivals at platforms (codes redeemed), by hour and platform.
    pub arrivals: Vec<HourFigure>,
    /// What failed, and why; the most first.
    pub failures: Vec<FailureFigure>,
    /// The last event that these figures know.
    pub counted_to: i64,
    /// Locks in force whose certificate has ended, ends within 7 days, 30 days, 60 days: each with those before it, counted to
    /// [`MANY`].
    pub locks_ending: [i64; 4],
    /// Tellings of platforms that wait, were refused, were given up; counted to [`MANY`].
    pub deliveries: [(DeliveryStage, i64); 3],
    /// Notifications of enterprises, in the same way.
    pub notifications: [(DeliveryStage, i64); 3],
    /// Signing keys, with when they sign from, retire and were withdrawn.
    pub signing_keys: Vec<SigningKey>,
}

/// Reads them: sums of counted hours and walks along an index, never the audit trail.
pub fn dashboard(
    store: &mut dyn Store,
    now: Timestamp,
    back: Duration,
) -> Result<Dashboard, InspectError> {
    let since = Hour::of(now - back);
    let day = Duration::from_hours(24);
    let mut locks_ending = [0; 4];
    for (count, days) in locks_ending.iter_mut().zip([0, 7, 30, 60]) {
        *count = store.count_ending_key_locks(now + day * days, MANY)?;
    }
    let mut deliveries = UNSETTLED.map(|stage| (stage, 0));
    let mut notifications = deliveries;
    for (stage, count) in &mut deliveries {
        *count = store.count_deliveries_in(*stage, MANY)?;
    }
    for (stage, count) in &mut notifications {
        *count = store.count_notifications_in(*stage, MANY)?;
    }
    Ok(Dashboard {
        since,
        sign_ins: store.sum_by_hour(AuditKind::LoginSucceeded, since)?,
        arrivals: store.sum_by_hour(AuditKind::CodeRedeemed, since)?,
        failures: store.sum_failures(since, FAILURES)?,
        counted_to: store.find_last_counted()?,
        locks_ending,
        deliveries,
        notifications,
        signing_keys: store.list_signing_keys()?,
    })
}
