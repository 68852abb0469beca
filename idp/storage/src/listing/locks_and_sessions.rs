//! Locks and sign-ins.

use idp_core::key_lock::{KeyLock, KeyLockState};
use idp_core::listing::{KeyLockFilter, Page, PageAsk, SessionFilter};
use idp_core::session::SessionRecord;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use super::conditions::{Conditions, Keys};
use super::walk::{LOOK, Walk};
use crate::database::Connection;
use crate::key_lock::KeyLockRow;
use crate::session::SessionRow;

pub(crate) fn page_key_locks(
    connection: &mut Connection,
    filter: &KeyLockFilter,
    ask: &PageAsk,
) -> Result<Page<KeyLock>, StoreError> {
    let walk = Walk {
        columns: "*",
        from: "key_locks",
        keys: Keys::NumberText("bound_at", "id"),
        is_descending: true,
        along: Conditions::default().text(
            "enterprise_id = ?",
            filter
                .enterprise
                .as_ref()
                .map(idp_core::id::EnterpriseId::as_str),
        ),
        branches: Vec::new(),
        besides: Conditions::default()
            .text("state = ?", filter.state.map(KeyLockState::as_str))
            .text(
                "ca_id = ?",
                filter.ca.as_ref().map(idp_core::id::CaId::as_str),
            ),
        look: LOOK,
    };
    walk.page(connection, ask, KeyLockRow::place_by_age)?
        .try_map(KeyLock::try_from)
}

pub(crate) fn page_ending_key_locks(
    connection: &mut Connection,
    within: (Option<Timestamp>, Timestamp),
    ask: &PageAsk,
) -> Result<Page<KeyLock>, StoreError> {
    ending(within)
        .page(connection, ask, KeyLockRow::place_by_end)?
        .try_map(KeyLock::try_from)
}

/// Locks in force whose certificate ends in this time, the one that ends first first.
pub(crate) fn ending((from, before): (Option<Timestamp>, Timestamp)) -> Walk {
    Walk {
        columns: "*",
        from: "key_locks",
        keys: Keys::NumberText("not_after", "id"),
        is_descending: false,
        along: Conditions::default()
            .that("state = 'active'")
            .number("not_after >= ?", from.map(Timestamp::unix_millis))
            .number("not_after < ?", Some(before.unix_millis())),
        branches: Vec::new(),
        besides: Conditions::default(),
        look: LOOK,
    }
}

pub(crate) fn page_sessions(
    connection: &mut Connection,
    filter: &SessionFilter,
    ask: &PageAsk,
) -> Result<Page<SessionRecord>, StoreError> {
    let live = filter.live;
    let begun = live.map(|since| since.begun.unix_millis());
    let mut besides = Conditions::default()
        .text(
            "key_lock_id = ?",
            filter
                .key_lock
                .as_ref()
                .map(idp_core::id::KeyLockId::as_str),
        )
        .text("remote_address = ?", filter.remote_address.as_deref())
        .number("seen_at > ?", live.map(|since| since.seen.unix_millis()))
        .numbers(
            "(ended_at IS NOT NULL OR seen_at <= ? OR begun_at <= ?)",
            (filter.past).map(|since| [since.seen, since.begun].map(Timestamp::unix_millis)),
        );
    if live.is_some() {
        besides = besides.that("ended_at IS NULL");
    }
    let walk = Walk {
        columns: "*",
        from: "sessions",
        keys: Keys::NumberText("begun_at", "id"),
        is_descending: true,
        along: Conditions::default()
            .text(
                "enterprise_id = ?",
                filter
                    .enterprise
                    .as_ref()
                    .map(idp_core::id::EnterpriseId::as_str),
            )
            .number("begun_at > ?", begun)
            .number("begun_at >= ?", filter.from.map(Timestamp::unix_millis))
            .number("begun_at < ?", filter.until.map(Timestamp::unix_millis)),
        branches: Vec::new(),
        besides,
        look: LOOK,
    };
    walk.page(connection, ask, SessionRow::place)?
        .try_map(SessionRecord::try_from)
}
