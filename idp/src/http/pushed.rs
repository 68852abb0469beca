//! Pushed: authorization requests that platforms left here beforehand (RFC 9126). Owns their names and that each is
//! answered once; shared by the endpoint that takes them, the one they are sent to, and the page where they wait.

use actix_web::http::StatusCode;
use idp_core::authorization::{AuthorizationRequest, PushedRequest};
use idp_core::cx::random_text;
use idp_core::ephemeral::{Ephemeral as _, PUSHED_ANSWERED, TypedEphemeral as _};
use idp_core::id::PlatformId;

use super::error::Failure;
use super::extract::Visit;

/// What the name of every pushed request begins with (RFC 9126 §2.2).
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Keeps a request; answers the `request_uri` under which it waits.
pub async fn keep(visit: &Visit, request: AuthorizationRequest) -> Result<String, Failure> {
    let id = random_text(&*visit.cx.rng);
    let lifetime = visit.state.settings.pushed_lifetime;
    let pushed = PushedRequest(request);
    visit
        .state
        .ephemeral
        .put_record(&id, &pushed, lifetime)
        .await?;
    Ok(format!("{PREFIX}{id}"))
}

/// Whether this is the name of a pushed request: it needs no other look.
pub fn is_name(request_uri: &str) -> bool {
    request_uri.starts_with(PREFIX)
}

/// The request that waits under this name, as if it came now. `None`: there is none of this platform.
///
/// It stays until it is answered: a person may reload the page or come back to it (RFC 9126 §7.3).
pub async fn find(
    visit: &Visit,
    platform: &PlatformId,
    request_uri: &str,
) -> Result<Option<AuthorizationRequest>, Failure> {
    let Some(id) = request_uri.strip_prefix(PREFIX) else {
        return Ok(None);
    };
    let found = visit
        .state
        .ephemeral
        .get_record::<PushedRequest>(id)
        .await?;
    Ok(found
        .map(|PushedRequest(request)| request)
        .filter(|request| request.platform_id == *platform)
        .map(|request| AuthorizationRequest {
            received_at: visit.cx.now,
            pushed_as: Some(id.to_owned()),
            ..request
        }))
}

/// Notes that a request is being answered. A pushed one is answered once: whoever is second meets a page.
pub async fn answered(visit: &Visit, request: &AuthorizationRequest) -> Result<(), Failure> {
    let Some(id) = &request.pushed_as else {
        return Ok(());
    };
    let (ephemeral, settings) = (&visit.state.ephemeral, &visit.state.settings);
    ephemeral.take_record::<PushedRequest>(id).await?;
    // A request may wait on the consent page for longer than it may wait to be fetched.
    let lifetime = settings.pushed_lifetime + settings.request_lifetime;
    let is_first = ephemeral
        .put_if_absent(PUSHED_ANSWERED, id, vec![1], lifetime)
        .await?;
    is_first
        .then_some(())
        .ok_or(Failure::refused(StatusCode::BAD_REQUEST, "request-expired"))
}
