//! The route that the provider calls when somebody has signed out elsewhere (Back-Channel Logout §2.5).
//!
//! Owns the answer. Does not know the checks, nor which sessions end.

use std::sync::Arc;

use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, http::header, web};
use serde_json::json;

use crate::sessions::{LogoutFault, Sessions};

/// Register this as `backchannel_logout_uri`.
pub const BACKCHANNEL_LOGOUT_PATH: &str = "/auth/backchannel-logout";

/// No honest logout token is longer.
const LONGEST_NOTICE: usize = 16 * 1024;

/// Mounts the route of `sessions`.
pub fn configure_sessions(config: &mut web::ServiceConfig, sessions: Arc<Sessions>) {
    config.service(
        web::resource(BACKCHANNEL_LOGOUT_PATH)
            .app_data(web::Data::from(sessions))
            .app_data(web::PayloadConfig::new(LONGEST_NOTICE))
            // §2.8: also where a body is refused before anybody reads it.
            .wrap(DefaultHeaders::new().add((header::CACHE_CONTROL, "no-store")))
            .route(web::post().to(receive)),
    );
}

async fn receive(sessions: web::Data<Sessions>, form: String) -> HttpResponse {
    // §2.8: 200, or 400 whatever went wrong.
    match sessions.receive_logout(&form).await {
        Ok(_ended) => HttpResponse::Ok().finish(),
        Err(fault) => HttpResponse::BadRequest().json(json!({
            "error": word(&fault),
            "error_description": fault.to_string(),
        })),
    }
}

const fn word(fault: &LogoutFault) -> &'static str {
    match fault {
        LogoutFault::Token(_) => "invalid_request",
        LogoutFault::Provider(_) | LogoutFault::Store(_) => "temporarily_unavailable",
    }
}
