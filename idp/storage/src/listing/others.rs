//! What stands on enterprises and platforms: consents, grants, tellings; platforms themselves and registration tokens.
//!
//! Identifiers of most of them sort by the moment they were made, so that the order of identifiers is that of time.

use idp_core::consent::{ConsentOutcome, ConsentRecord};
use idp_core::grant::Grant;
use idp_core::listing::{
    ConsentFilter, DeliveryFilter, GrantFilter, NotificationFilter, Page, PageAsk, Place,
};
use idp_core::logout_delivery::{DeliveryStage, LogoutDelivery};
use idp_core::notification::Notification;
use idp_core::platform::Platform;
use idp_core::registration::RegistrationToken;
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;

use super::conditions::{Conditions, Keys};
use super::walk::{LOOK, Walk};
use crate::consent::ConsentRecordRow;
use crate::database::Connection;
use crate::grant::GrantRow;
use crate::logout_delivery::DeliveryRow;
use crate::notification::NotificationRow;
use crate::platform::PlatformRow;
use crate::registration::TokenRow;

/// Where tellings of platforms are kept.
pub(crate) const LOGOUT_DELIVERIES: &str = "logout_deliveries";
/// Where notifications of enterprises are.
pub(crate) const NOTIFICATIONS: &str = "notifications";

/// All of a table in order of identifiers.
fn by_identifier(from: &'static str, is_descending: bool) -> Walk {
    Walk {
        columns: "*",
        from,
        keys: Keys::Text("id"),
        is_descending,
        along: Conditions::default(),
        branches: Vec::new(),
        besides: Conditions::default(),
        look: LOOK,
    }
}

pub(crate) fn place_of_id(id: &str) -> Place {
    Place {
        number: 0,
        text: id.to_owned(),
    }
}

pub(crate) fn page_consents(
    connection: &mut Connection,
    filter: &ConsentFilter,
    ask: &PageAsk,
) -> Result<Page<ConsentRecord>, StoreError> {
    let platform = filter
        .platform
        .as_ref()
        .map(idp_core::id::PlatformId::as_str);
    let outcome = filter.outcome.map(ConsentOutcome::as_str);
    let ended_so = Conditions::default()
        .text("outcome = ?", outcome)
        .number("at >= ?", filter.from.map(Timestamp::unix_millis))
        .number("at < ?", filter.until.map(Timestamp::unix_millis));
    let mut walk = by_identifier("consent_records", true);
    let found = match &filter.enterprise {
        None => {
            walk.along = walk.along.text("platform_id = ?", platform);
            walk.besides = ended_so;
            walk.page(connection, ask, |row: &ConsentRecordRow| {
                place_of_id(row.id())
            })
        }
        Some(enterprise) => {
            walk.keys = Keys::NumberText("at", "id");
            walk.along = walk
                .along
                .text("enterprise_id = ?", Some(enterprise.as_str()));
            walk.besides = ended_so.text("platform_id = ?", platform);
            walk.page(connection, ask, ConsentRecordRow::place)
        }
    };
    found?.try_map(ConsentRecord::try_from)
}

pub(crate) fn page_grants(
    connection: &mut Connection,
    filter: &GrantFilter,
    ask: &PageAsk,
) -> Result<Page<Grant>, StoreError> {
    let enterprise = filter
        .enterprise
        .as_ref()
        .map(idp_core::id::EnterpriseId::as_str);
    let platform = filter
        .platform
        .as_ref()
        .map(idp_core::id::PlatformId::as_str);
    let mut walk = by_identifier("grants", true);
    walk.along = walk.along.text("enterprise_id = ?", enterprise);
    walk.besides = walk.besides.text("platform_id = ?", platform);
    if filter.standing {
        walk.besides = walk.besides.that("revoked_at IS NULL");
    }
    let place = |row: &GrantRow| place_of_id(row.id());
    walk.page(connection, ask, place)?.try_map(Grant::try_from)
}

pub(crate) fn page_deliveries(
    connection: &mut Connection,
    filter: &DeliveryFilter,
    ask: &PageAsk,
) -> Result<Page<LogoutDelivery>, StoreError> {
    let platform = filter
        .platform
        .as_ref()
        .map(idp_core::id::PlatformId::as_str);
    let besides = Conditions::default().text("platform_id = ?", platform);
    let found = match filter.stage {
        None => {
            let mut walk = by_identifier(LOGOUT_DELIVERIES, true);
            walk.besides = besides;
            walk.page(connection, ask, |row: &DeliveryRow| place_of_id(row.id()))
        }
        Some(stage) => {
            let mut walk = in_stage(LOGOUT_DELIVERIES, stage);
            walk.besides = besides;
            walk.page(connection, ask, DeliveryRow::place_in_state)
        }
    };
    found?.try_map(LogoutDelivery::try_from)
}

pub(crate) fn page_notifications(
    connection: &mut Connection,
    filter: &NotificationFilter,
    ask: &PageAsk,
) -> Result<Page<Notification>, StoreError> {
    let enterprise = filter
        .enterprise
        .as_ref()
        .map(idp_core::id::EnterpriseId::as_str);
    let besides = Conditions::default().text("enterprise_id = ?", enterprise);
    let found = match filter.stage {
        None => {
            let mut walk = by_identifier(NOTIFICATIONS, true);
            walk.besides = besides;
            let place = |row: &NotificationRow| place_of_id(row.id());
            walk.page(connection, ask, place)
        }
        Some(stage) => {
            let mut walk = in_stage(NOTIFICATIONS, stage);
            walk.besides = besides;
            walk.page(connection, ask, NotificationRow::place_in_state)
        }
    };
    found?.try_map(Notification::try_from)
}

/// What is delivered and is in one stage, the one that came there last first.
pub(crate) fn in_stage(from: &'static str, stage: DeliveryStage) -> Walk {
    let mut walk = by_identifier(from, true);
    walk.keys = Keys::NumberText("state_at", "id");
    walk.along = walk.along.text("state = ?", Some(stage.as_str()));
    walk
}

pub(crate) fn page_platforms(
    connection: &mut Connection,
    ask: &PageAsk,
) -> Result<Page<Platform>, StoreError> {
    let place = |row: &PlatformRow| place_of_id(row.id());
    by_identifier("platforms", false)
        .page(connection, ask, place)?
        .try_map(Platform::try_from)
}

pub(crate) fn page_registration_tokens(
    connection: &mut Connection,
    ask: &PageAsk,
) -> Result<Page<RegistrationToken>, StoreError> {
    let place = |row: &TokenRow| place_of_id(row.id());
    by_identifier("registration_tokens", true)
        .page(connection, ask, place)?
        .try_map(RegistrationToken::try_from)
}
