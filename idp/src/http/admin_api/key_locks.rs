//! `/api/admin/v1/key-locks`: locks whose certificate ends soon.

use actix_web::{HttpRequest, HttpResponse};
use idp_core::inspect::{ENDING_DAYS_MAX, ending_locks};
use idp_core::listing::List;
use idp_core::operator::Right;

use super::caller::read;
use super::query::{Query, failed, misunderstood};
use crate::http::extract::Visit;
use crate::shapes::{self, key_lock};

/// `GET /api/admin/v1/key-locks?ending_within_days=`: the one that ends first first.
pub async fn ending(visit: Visit, request: HttpRequest) -> HttpResponse {
    read(&visit, &request, &[Right::SeeEnterprises], async |_| {
        let query = Query::of_list(&request, &["ending_within_days"])?;
        let days = |word: &str| {
            let days = word.parse().ok();
            days.filter(|days| (1..=ENDING_DAYS_MAX).contains(days))
        };
        let days = query.named("ending_within_days", days)?;
        let (now, days) = (visit.cx.now, days.ok_or(misunderstood())?);
        let (cursor, size) = query.page()?;
        let database = &visit.state.database;
        let seen = database
            .read(move |store| ending_locks(store, (now, days), (cursor.as_deref(), size)))
            .await
            .map_err(failed)?;
        let row = |lock: &_| key_lock::ending(lock, &seen.enterprises, now);
        Ok(shapes::page((&seen.page, List::EndingKeyLocks), row))
    })
    .await
}
