//! Toward: where a person is heading while signing in, carried from page to page as a value of the
//! address or form.
//!
//! A platform's waiting request, or a platform chosen at the portal (REQUIREMENTS §3). Only identifiers
//! are ever carried, never an address: what they name is looked up at each step.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use idp_core::authorization::AuthorizationRequest;
use idp_core::ephemeral::TypedEphemeral as _;
use idp_core::id::PlatformId;
use idp_core::platform::Platform;

use super::error::Failure;
use super::extract::browser::see_other;
use super::extract::form::pairs;
use super::extract::{Form, Visit};
use super::routes;

/// Where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toward {
    /// Nowhere yet.
    Nowhere,
    /// The platform whose request waits under this identifier.
    Request(String),
    /// A platform chosen at the portal.
    Platform(String),
}

impl Toward {
    /// Reads an address.
    pub fn of_query(query: &str) -> Self {
        let pairs = pairs(query.as_bytes());
        let value = |name| {
            let found = pairs
                .iter()
                .find(|(n, value)| n == name && !value.is_empty());
            found.map(|(_, value)| value.clone())
        };
        Self::of(value("request"), value("platform"))
    }

    /// Reads a form.
    pub fn of_form(form: &Form) -> Result<Self, Failure> {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(Self::of(
            value(form.one("request")?),
            value(form.one("platform")?),
        ))
    }

    fn of(request: Option<String>, platform: Option<String>) -> Self {
        match (request, platform) {
            (Some(id), _) => Self::Request(id),
            (None, Some(id)) => Self::Platform(id),
            (None, None) => Self::Nowhere,
        }
    }

    /// A page's address on the way there.
    pub fn by(&self, path: &str) -> String {
        let (name, id) = match self {
            Self::Nowhere => return path.to_owned(),
            Self::Request(id) => ("request", id),
            Self::Platform(id) => ("platform", id),
        };
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(name, id)
            .finish();
        format!("{path}?{query}")
    }

    /// The identifier of a waiting request.
    pub fn request(&self) -> Option<&str> {
        match self {
            Self::Request(id) => Some(id),
            Self::Nowhere | Self::Platform(_) => None,
        }
    }
}

/// To login, on the way to somewhere.
pub fn to_login(toward: &Toward) -> HttpResponse {
    see_other(&toward.by(routes::LOGIN))
}

/// A platform chosen at the portal, where people can go to it from here.
pub async fn enterable(visit: &Visit, id: &str) -> Result<Option<Arc<Platform>>, Failure> {
    let id = PlatformId::from_text(id);
    let platform = visit.state.database.find_platform(&id).await?;
    Ok(platform.filter(|platform| {
        let client = platform.active_client();
        client.is_some_and(|client| client.initiate_login_uri.is_some())
    }))
}

/// The refusal of a waiting request that is unknown, answered or too old.
pub const fn expired() -> Failure {
    Failure::refused(StatusCode::BAD_REQUEST, "request-expired")
}

/// Takes a waiting request to answer it: of two who do, one does.
pub async fn take_waiting(visit: &Visit, id: &str) -> Result<AuthorizationRequest, Failure> {
    let taken = visit
        .state
        .ephemeral
        .take_record::<AuthorizationRequest>(id)
        .await?;
    taken.ok_or(expired())
}

/// Looks at a waiting request and leaves it where it is.
pub async fn waiting(visit: &Visit, id: &str) -> Result<Option<AuthorizationRequest>, Failure> {
    let found = visit
        .state
        .ephemeral
        .get_record::<AuthorizationRequest>(id)
        .await?;
    Ok(found)
}
