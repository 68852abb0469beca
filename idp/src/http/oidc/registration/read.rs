//! What a request brings: its token, and client metadata as JSON, both bounded.

use actix_web::HttpRequest;
use actix_web::http::header;
use protocol::registration::ClientMetadata;
use serde::Deserialize;
use serde_json::Value;

use super::told::Refusal;
use crate::http::extract::access_token::{Scheme, access_token};

/// Longest token that is looked up, in octets.
const TOKEN_MAX: usize = 128;

/// The bearer token, by header alone.
pub(super) fn bearer(request: &HttpRequest) -> Result<String, Refusal> {
    let presented = access_token(request, &[]).map_err(|_malformed| Refusal::NoToken)?;
    presented
        .filter(|presented| presented.scheme == Scheme::Bearer)
        .map(|presented| presented.text)
        .filter(|text| !text.is_empty() && text.len() <= TOKEN_MAX)
        .ok_or(Refusal::NoToken)
}

/// What a platform says beside its metadata when it replaces its registration (RFC 7592 §2.2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Beside {
    /// Must be its own.
    pub client_id: Option<String>,
    /// Must be its own, where it is there.
    pub client_secret: Option<String>,
}

/// Members that only the provider says (RFC 7592 §2.2).
const OURS: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

/// Client metadata, and what is beside it. A member that is null is as good as absent (RFC 7592 §2.2).
pub(super) fn metadata(
    request: &HttpRequest,
    body: &[u8],
) -> Result<(ClientMetadata, Beside), Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::unreadable(
            "the content type must be application/json",
        ));
    }
    let mut value: Value =
        serde_json::from_slice(body).map_err(|error| Refusal::unreadable(error.to_string()))?;
    let Some(members) = value.as_object_mut() else {
        return Err(Refusal::unreadable("the body must be a JSON object"));
    };
    members.retain(|_, member| !member.is_null());
    if let Some(name) = OURS.iter().find(|name| members.contains_key(**name)) {
        return Err(Refusal::unreadable(format!(
            "{name} is not the client's to say"
        )));
    }
    let read = |error: serde_json::Error| Refusal::unreadable(error.to_string());
    let beside = Beside::deserialize(&value).map_err(read)?;
    let metadata = ClientMetadata::deserialize(&value).map_err(read)?;
    Ok((metadata, beside))
}
