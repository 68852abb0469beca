//! [`FigureStore`] over one connection.

use std::collections::BTreeMap;

use idp_core::audit::AuditKind;
use idp_core::figures::{EventToCount, FailureFigure, Hour, HourFigure, Under};
use idp_core::logout_delivery::DeliveryStage;
use idp_core::store::{FigureStore, StoreError};
use idp_core::timestamp::Timestamp;

use super::Transaction;
use crate::figures;
use crate::listing::{locks_and_sessions, others};

impl FigureStore for Transaction<'_> {
    fn find_last_counted(&mut self) -> Result<i64, StoreError> {
        self.run(figures::find_last_counted)
    }

    fn list_events_to_count(
        &mut self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<EventToCount>, StoreError> {
        self.run(|c| figures::list_events(c, after, limit))
    }

    fn exchange_last_counted(
        &mut self,
        change: (i64, i64),
        counts: &BTreeMap<Under, i64>,
    ) -> Result<bool, StoreError> {
        self.run(|c| figures::exchange_last_counted(c, change, counts))
    }

    fn sum_by_hour(&mut self, kind: AuditKind, since: Hour) -> Result<Vec<HourFigure>, StoreError> {
        self.run(|c| figures::sum_by_hour(c, kind, since))
    }

    fn sum_failures(&mut self, since: Hour, limit: u32) -> Result<Vec<FailureFigure>, StoreError> {
        self.run(|c| figures::sum_failures(c, since, limit))
    }

    fn forget_counts(&mut self, before: Hour) -> Result<usize, StoreError> {
        self.run(|c| figures::forget(c, before))
    }

    fn count_ending_key_locks(&mut self, before: Timestamp, most: u32) -> Result<i64, StoreError> {
        self.run(|c| locks_and_sessions::ending((None, before)).count(c, most))
    }

    fn count_deliveries_in(&mut self, stage: DeliveryStage, most: u32) -> Result<i64, StoreError> {
        self.run(|c| others::in_stage(others::LOGOUT_DELIVERIES, stage).count(c, most))
    }

    fn count_notifications_in(
        &mut self,
        stage: DeliveryStage,
        most: u32,
    ) -> Result<i64, StoreError> {
        self.run(|c| others::in_stage(others::NOTIFICATIONS, stage).count(c, most))
    }
}
