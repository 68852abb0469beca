//! Figures: counts of what happened, hour by hour, and counts that are cheap.

use std::collections::BTreeMap;

use super::StoreError;
use crate::audit::AuditKind;
use crate::figures::{EventToCount, FailureFigure, Hour, HourFigure, Under};
use crate::logout_delivery::DeliveryStage;
use crate::timestamp::Timestamp;

/// Counts of what happened.
pub trait FigureStore {
    /// The last event that is counted.
    fn find_last_counted(&mut self) -> Result<i64, StoreError>;
    /// Events after `after`, oldest first, at most `limit`; none before which another may still come.
    fn list_events_to_count(
        &mut self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<EventToCount>, StoreError>;
    /// Adds counts of the events after the first of `change` up to the second; `false` when another counted meanwhile: nothing was added.
    fn exchange_last_counted(
        &mut self,
        change: (i64, i64),
        counts: &BTreeMap<Under, i64>,
    ) -> Result<bool, StoreError>;
    /// Events of a kind since an hour, by hour and platform, oldest first.
    fn sum_by_hour(&mut self, kind: AuditKind, since: Hour) -> Result<Vec<HourFigure>, StoreError>;
    /// Failures since an hour, by kind and reason, the most first, at most `limit`.
    fn sum_failures(&mut self, since: Hour, limit: u32) -> Result<Vec<FailureFigure>, StoreError>;
    /// Deletes counts of hours before; answers how many rows.
    fn forget_counts(&mut self, before: Hour) -> Result<usize, StoreError>;
    /// How many locks in force have a certificate that ends before this moment, or has ended; counted to `most`.
    fn count_ending_key_locks(&mut self, before: Timestamp, most: u32) -> Result<i64, StoreError>;
    /// How many tellings of platforms are in this stage; counted to `most`.
    fn count_deliveries_in(&mut self, stage: DeliveryStage, most: u32) -> Result<i64, StoreError>;
    /// How many notifications of enterprises are in this stage; counted to `most`.
    fn count_notifications_in(
        &mut self,
        stage: DeliveryStage,
        most: u32,
    ) -> Result<i64, StoreError>;
}
