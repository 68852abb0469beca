//! The route that the provider calls when somebody has signed out elsewhere (Back-Channel Logout §2.5).
//!
//! Owns the answer. Does not know the checks, nor which sessions end.

use std::sync::Arc;

use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, http::header, web};
use serde_json::json;

use crate::logout_token::LogoutTokenFault;
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
    let Err(fault) = sessions.receive_logout(&form).await else {
        return HttpResponse::Ok().finish();
    };
    let (mut answer, word) = if may_pass(&fault) {
        (
            HttpResponse::ServiceUnavailable(),
            "temporarily_unavailable",
        )
    } else {
        (HttpResponse::BadRequest(), "invalid_request")
    };
    answer.json(json!({ "error": word, "error_description": fault.to_string() }))
}

/// Whether the same token may be right in a while. §2.8 knows 400 alone, which a provider takes for the last word; a server
/// that can't answer now is 503 (RFC 9110 §15.6.4), and is told again.
const fn may_pass(fault: &LogoutFault) -> bool {
    match fault {
        // Keys are not fetched at every unknown name: a new one is known a little later.
        LogoutFault::Token(fault) => matches!(fault, LogoutTokenFault::UnknownKey),
        LogoutFault::Provider(_) | LogoutFault::Store(_) => true,
    }
}
