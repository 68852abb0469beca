//! Whom the operators' places are served to: console and admin API. To all others they are not there.

use actix_web::HttpRequest;

use super::client_address::client_address;
use crate::state::AppState;

/// Whether the console is there for whoever asks.
pub fn has_console(state: &AppState, request: &HttpRequest) -> bool {
    state.config.console.enabled && is_allowed(state, request)
}

/// Whether the admin API is, its tokens included.
pub fn has_api(state: &AppState, request: &HttpRequest) -> bool {
    state.config.api.enabled && is_allowed(state, request)
}

fn is_allowed(state: &AppState, request: &HttpRequest) -> bool {
    let allowed = &state.config.console.allowed_addresses;
    let address = || client_address(request, state);
    allowed.is_empty()
        || address().is_some_and(|address| allowed.iter().any(|range| range.contains(address)))
}
