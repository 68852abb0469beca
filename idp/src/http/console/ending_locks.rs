//! `GET /console/key-locks`: locks whose certificate ends soon, so that somebody tells the enterprise before it stands outside.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use idp_core::inspect::{ENDING_DAYS_MAX, EndingLocksSeen, ending_locks};
use idp_core::key_lock::KeyLock;
use idp_core::listing::List;
use idp_core::operator::Right;

use super::ENDING_LOCKS;
use super::asked::invalid;
use super::bench::{bench, frame};
use super::paging::{asked, cursor, pager};
use super::shown::show as show_page;
use crate::http::extract::{Desk, Visit};
use crate::http::page::moment;
use crate::view::console::{EndingLockRow, EndingLocksPage};

/// Days where the address says none.
const DAYS: u16 = 30;

/// `GET /console/key-locks`
pub async fn list(visit: Visit, request: HttpRequest) -> HttpResponse {
    show_page(&visit, &request, &[Right::SeeEnterprises], async |desk| {
        let days = match asked(&request, "days") {
            None => DAYS,
            Some(said) => (said.parse().ok())
                .filter(|days| (1..=ENDING_DAYS_MAX).contains(days))
                .ok_or(invalid())?,
        };
        let (now, cursor) = (visit.cx.now, cursor(&request));
        let seen = visit
            .state
            .database
            .read(move |store| ending_locks(store, (now, days), (cursor.as_deref(), None)))
            .await?;
        Ok(page(&visit, desk, days, &seen))
    })
    .await
}

fn page(visit: &Visit, desk: &Desk, days: u16, seen: &EndingLocksSeen) -> HttpResponse {
    let days = days.to_string();
    let page = EndingLocksPage {
        frame: frame(visit, desk),
        bench: bench(desk),
        locks: (seen.page.items.iter())
            .map(|one| row(visit, one, seen))
            .collect(),
        pager: pager(
            (&seen.page, List::EndingKeyLocks),
            (ENDING_LOCKS, &[("days", &days)]),
            "",
        ),
        days,
    };
    visit.html(StatusCode::OK, page.render())
}

fn row<'a>(visit: &Visit, lock: &'a KeyLock, seen: &'a EndingLocksSeen) -> EndingLockRow<'a> {
    let enterprise = seen.enterprises.get(&lock.enterprise_id);
    EndingLockRow {
        id: lock.id.as_str(),
        code: enterprise.map_or("", |one| one.credit_code.as_str()),
        name: enterprise.map_or(lock.enterprise_id.as_str(), |one| &one.name),
        key_number: &lock.key_number,
        issuer: &lock.ca_name,
        ends: visit.locale.date(moment(lock.not_after)),
        days_left: lock.days_left(visit.cx.now).to_string(),
    }
}
