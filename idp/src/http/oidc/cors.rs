//! Cross-origin reading by scripts (Fetch standard). Discovery and keys are anybody's to read; what is answered to a
//! platform, only its own scripts may: those of the origins that active platforms are registered with. Never with
//! credentials: nothing here knows a cookie.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use idp_core::platform::Platform;

use crate::clock;
use crate::http::routes;
use crate::state::AppState;

/// Where scripts of platforms have business of their own.
const FOR_SCRIPTS: [&str; 4] = [routes::TOKEN, routes::USERINFO, routes::REVOKE, routes::PAR];

/// The registered origins, as they were a moment ago.
#[derive(Default)]
pub struct Origins(Mutex<(i64, Arc<HashSet<String>>)>);

impl Origins {
    /// Whether scripts of this origin belong to an active platform. What can't be looked up does not.
    async fn include(&self, state: &AppState, origin: &str) -> bool {
        let now = clock::now().unix_seconds();
        let (at, known) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if at == now {
            return known.contains(origin);
        }
        let Ok(platforms) = state.database.read(|store| store.list_platforms()).await else {
            return false;
        };
        let clients = platforms.iter().filter_map(Platform::active_client);
        let origins = clients.flat_map(|client| client.origins.iter().cloned());
        let known = Arc::new(origins.collect::<HashSet<_>>());
        let is_known = known.contains(origin);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (now, known);
        is_known
    }
}

/// Lets scripts of any origin read the answer. Never with credentials.
pub fn open(answer: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    answer.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
}

/// Lets scripts of a registered origin read what its platform is answered.
pub async fn open_to_registered<B>(state: &AppState, response: &mut ServiceResponse<B>) {
    if !FOR_SCRIPTS.contains(&response.request().path()) {
        return;
    }
    let origin = response.request().headers().get(header::ORIGIN).cloned();
    // The answer to one origin is not that to another.
    let vary = HeaderValue::from_static("Origin");
    response.headers_mut().append(header::VARY, vary);
    let Some(origin) = origin else {
        return;
    };
    let Ok(text) = origin.to_str() else {
        return;
    };
    if !state.origins.include(state, text).await {
        return;
    }
    // Else a script can't read them (Fetch standard).
    let exposed =
        HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce, X-Request-Id, Retry-After");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

/// Answers a preflight. Whose it is, is said by [`open_to_registered`].
pub async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, dpop",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
        .finish()
}
