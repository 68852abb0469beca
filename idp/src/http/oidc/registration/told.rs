//! Answers: what a platform is told of its registration, and why it is refused (RFC 7591 §3.2).

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::directory::metadata::{MetadataProblem, of_platform};
use idp_core::directory::{DirectoryError, Registered, RegistrationRefusal};
use idp_core::id::PlatformId;
use idp_core::platform::ClientAuthentication;
use serde_json::{Value, json};

use crate::http::error::Failure;
use crate::http::extract::Visit;
use crate::http::oidc::answer;
use crate::http::{routes, trail};

/// Why a request is not answered.
pub(super) enum Refusal {
    /// None came that could be one.
    NoToken,
    /// It is unknown, spent, over, taken back, or another platform's.
    BadToken,
    /// The metadata is not taken.
    Metadata(MetadataProblem),
    /// It is none.
    Unreadable(String),
    /// Its sector is not shown to be its own, for this reason, which tells of what is behind an address: it is written down,
    /// and not told.
    Sector(String),
    /// An operator stopped the platform.
    Suspended,
    /// Something of ours failed.
    Failed(Failure),
}

impl Refusal {
    pub(super) fn unreadable(why: impl Into<String>) -> Self {
        Self::Unreadable(why.into())
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::Metadata(_) | Self::Unreadable(_) | Self::Sector(_) => StatusCode::BAD_REQUEST,
            Self::Suspended => StatusCode::FORBIDDEN,
            Self::Failed(failure) => failure.status,
        }
    }

    fn told(&self) -> (&'static str, String) {
        match self {
            Self::NoToken => (
                "invalid_token",
                "a bearer token that an operator issued is needed".to_owned(),
            ),
            Self::BadToken => (
                "invalid_token",
                "the token is unknown, spent, over or taken back".to_owned(),
            ),
            Self::Metadata(problem) => (problem.code(), problem.to_string()),
            Self::Unreadable(why) => ("invalid_client_metadata", why.clone()),
            Self::Sector(_) => (
                "invalid_client_metadata",
                "sector_identifier_uri gives no JSON array with each of the redirect URIs"
                    .to_owned(),
            ),
            Self::Suspended => (
                "access_denied",
                "an operator suspended the platform".to_owned(),
            ),
            Self::Failed(_) => ("server_error", String::new()),
        }
    }
}

impl<E: Into<Failure>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What the core refuses.
pub(super) fn refused(error: DirectoryError) -> Refusal {
    match error {
        DirectoryError::Store(error) => error.into(),
        DirectoryError::Metadata(problem) => Refusal::Metadata(problem),
        DirectoryError::Refused(RegistrationRefusal::Suspended) => Refusal::Suspended,
        DirectoryError::Refused(refusal) => Refusal::Unreadable(refusal.to_string()),
    }
}

/// The registration (RFC 7591 §3.2.1, RFC 7592 §3): the metadata as it is kept, and what only the provider says. `access`: the
/// token by which the platform manages it; it stays the same for as long as the registration stands.
pub(super) fn information(
    visit: &Visit,
    status: StatusCode,
    (registered, access): (&Registered, &str),
) -> HttpResponse {
    let platform = &registered.platform;
    let metadata = of_platform(platform).and_then(|metadata| serde_json::to_value(metadata).ok());
    let mut members = metadata.unwrap_or_else(|| json!({}));
    let mut say = |name: &str, value: Value| {
        if let Some(members) = members.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    say("client_id", json!(platform.id.as_str()));
    let registered_at = registered.registration.registered_at.unix_seconds();
    say("client_id_issued_at", json!(registered_at));
    say("registration_access_token", json!(access));
    let here = routes::registration_of(&platform.id);
    say(
        "registration_client_uri",
        json!(format!("{}{here}", visit.state.settings.issuer)),
    );
    let authentication = platform
        .client
        .as_ref()
        .map(|client| &client.authentication);
    if matches!(
        authentication,
        Some(ClientAuthentication::ClientSecret { .. })
    ) {
        // It does not expire by itself (RFC 7591 §3.2.1).
        say("client_secret_expires_at", json!(0));
    }
    if let Some(secret) = &registered.secret {
        say("client_secret", json!(secret));
    }
    answer::begin(visit, status).json(members)
}

/// A refusal, written down before it is told.
pub(super) async fn refuse(
    visit: &Visit,
    refusal: Refusal,
    platform: Option<PlatformId>,
) -> HttpResponse {
    if let Refusal::Failed(failure) = &refusal {
        return answer::fail(visit, failure);
    }
    let (error, description) = refusal.told();
    let reason = match &refusal {
        Refusal::Sector(why) => format!("{error}: {why}"),
        _ => format!("{error}: {description}"),
    };
    let event = AuditEvent {
        platform_id: platform,
        ..trail::event(visit, AuditKind::RegistrationRefused, &reason)
    };
    if let Err(failure) = trail::write(visit, event).await {
        return answer::fail(visit, &failure);
    }
    tracing::info!(incident = %visit.incident_id, endpoint = "registration", error, "request refused");
    let mut begun = answer::begin(visit, refusal.status());
    match refusal {
        // RFC 6750 §3.1: where nothing was tried, no error is told in the header.
        Refusal::NoToken => {
            begun.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        Refusal::BadToken => {
            let challenge = r#"Bearer error="invalid_token""#;
            begun.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        _ => (),
    }
    begun.json(json!({ "error": error, "error_description": ascii(&description) }))
}

/// RFC 7591 §3.2.2: ASCII; what a stranger wrote is in it.
fn ascii(text: &str) -> String {
    let shown = |c: char| if matches!(c, ' '..='~') { c } else { '?' };
    text.chars().take(500).map(shown).collect()
}
