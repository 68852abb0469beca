//! The platform an answer is for, and what its request asks: whether people can go there now.

use std::sync::Arc;

use actix_web::http::StatusCode;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::authorization::AuthorizationRequest;
use idp_core::consent::ConsentOffer;
use idp_core::id::PlatformId;
use idp_core::platform::{Client, Platform, PlatformState};

use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::{pushed, toward, trail};

/// What the offer's answer goes to, if that is there and may still be answered.
pub(super) async fn still_wanted(
    visit: &Visit,
    offer: &ConsentOffer,
) -> Result<(Client, Option<AuthorizationRequest>), Failure> {
    let (_, client) = connected(visit, &offer.platform_id).await?;
    let Some(id) = &offer.request else {
        initiate_uri(visit, &client)?;
        return Ok((client, None));
    };
    let asked = toward::take_waiting(visit, id).await?;
    check_registered(&asked, &client)?;
    pushed::answered(visit, &asked).await?;
    Ok((client, Some(asked)))
}

/// A redirect URI or scope that was taken from the platform while a request waited is not served.
pub(super) fn check_registered(
    asked: &AuthorizationRequest,
    client: &Client,
) -> Result<(), Failure> {
    let mismatch = Failure::refused(StatusCode::BAD_REQUEST, "redirect-uri-mismatch");
    asked
        .is_still_registered(client)
        .then_some(())
        .ok_or(mismatch)
}

/// An answer that can't be carried out because of the platform is an event of its own.
pub(super) async fn written_down(visit: &Visit, offer: &ConsentOffer, failure: Failure) -> Failure {
    if !failure.status.is_client_error() {
        return failure;
    }
    let event = AuditEvent {
        enterprise_id: Some(offer.enterprise_id.clone()),
        key_lock_id: Some(offer.key_lock_id.clone()),
        platform_id: Some(offer.platform_id.clone()),
        ..trail::event(visit, AuditKind::AuthorizationRefused, failure.code)
    };
    trail::refused(visit, event, failure).await
}

/// A platform that people can go to now.
pub(super) async fn connected(
    visit: &Visit,
    id: &PlatformId,
) -> Result<(Arc<Platform>, Client), Failure> {
    let platform = visit
        .state
        .database
        .find_platform(id)
        .await?
        .ok_or(Failure::refused(StatusCode::NOT_FOUND, "platform-unknown"))?;
    match (platform.active_client().cloned(), platform.state) {
        (Some(client), _) => Ok((platform, client)),
        (None, PlatformState::Suspended) => Err(Failure::refused(
            StatusCode::FORBIDDEN,
            "platform-suspended",
        )),
        (None, _) => Err(Failure::refused(
            StatusCode::NOT_FOUND,
            "platform-not-connected",
        )),
    }
}

/// Third-party-initiated login (`OpenID` Connect Core §4): the platform begins, nothing is sent unasked.
pub(super) fn initiate_uri(visit: &Visit, client: &Client) -> Result<String, Failure> {
    let initiation = client.initiation(&visit.state.settings.issuer);
    initiation.ok_or(Failure::refused(
        StatusCode::NOT_FOUND,
        "platform-not-connected",
    ))
}
