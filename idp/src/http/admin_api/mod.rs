//! The admin API: what operators' programs read and do. One file a noun; each says which right it asks for.
//!
//! Owns the addresses below [`ADMIN_API`]. JSON is [`crate::shapes`]', acts are [`crate::operating`]'s; tokens come from the
//! token endpoint.

mod acts;
mod authorities;
mod caller;
mod enterprises;
mod me;
mod notices;
mod operators;
mod platforms;
mod query;

use actix_web::web::{self, ServiceConfig};
use idp_core::operator_token::ADMIN_API;

/// Mounts it.
pub fn mount(app: &mut ServiceConfig) {
    let at = |path: &str| web::resource(format!("{ADMIN_API}{path}"));
    app.service(at("/v1/challenge").post(me::challenge))
        .service(at("/v1/me").get(me::show))
        .service(at("/v1/acts/challenge").post(acts::challenge))
        .service(at("/v1/acts").post(acts::submit))
        .service(at("/v1/platforms").get(platforms::list))
        .service(at("/v1/platforms/{id}").get(platforms::show))
        .service(at("/v1/platforms/{id}/health").get(platforms::health))
        .service(at("/v1/platforms/{id}/configuration").get(platforms::configuration))
        .service(at("/v1/enterprises").get(enterprises::list))
        .service(at("/v1/enterprises/{code}").get(enterprises::show))
        .service(at("/v1/enterprises/{code}/timeline").get(enterprises::timeline))
        .service(at("/v1/authorities").get(authorities::list))
        .service(at("/v1/authorities/{id}").get(authorities::show))
        .service(at("/v1/authorities/{id}/history").get(authorities::history))
        .service(at("/v1/operators").get(operators::list))
        .service(at("/v1/proposals").get(operators::proposals))
        .service(at("/v1/proposals/{id}").get(operators::proposal))
        .service(at("/v1/notices").get(notices::list));
}
