//! The admin API: what operators' programs read and do. One file a noun; each says which right it asks for.
//!
//! Owns the addresses below [`ADMIN_API`]. JSON is [`crate::shapes`]', acts are [`crate::operating`]'s; tokens come from the
//! token endpoint.

mod acts;
mod audit;
mod authorities;
mod caller;
mod deliveries;
mod enterprises;
mod me;
mod notices;
mod operators;
mod platforms;
mod query;
mod sign_ins;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use idp_core::operator_token::ADMIN_API;

/// Mounts it.
pub fn mount(app: &mut ServiceConfig) {
    let at = |path: &str| web::resource(format!("{ADMIN_API}{path}"));
    app.service(at("/openapi.json").get(description))
        .service(at("/v1/challenge").post(me::challenge))
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
        .service(at("/v1/notices").get(notices::list))
        .service(at("/v1/sign-ins").get(sign_ins::list))
        .service(at("/v1/consents").get(sign_ins::consents))
        .service(at("/v1/deliveries/logouts").get(deliveries::logouts))
        .service(at("/v1/deliveries/notifications").get(deliveries::notifications))
        .service(at("/v1/registration-tokens").get(deliveries::registration_tokens))
        .service(at("/v1/audit").get(audit::search))
        .service(at("/v1/figures").get(audit::count));
}

/// What stands here, as `OpenAPI` 3.1.
const DESCRIPTION: &str = include_str!("openapi.json");

/// `GET /api/admin/openapi.json`: to whoever the API is served to.
async fn description() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(DESCRIPTION)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_address_that_is_mounted_is_described_and_no_other() {
        let source = include_str!("mod.rs");
        let mounted = source.split("at(\"/v1").skip(1);
        let mounted: BTreeSet<String> = mounted
            .filter_map(|rest| rest.split_once('"'))
            .map(|(path, _)| format!("{ADMIN_API}/v1{path}"))
            .collect();
        let described: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        let described = described["paths"].as_object().unwrap().keys();
        let described: BTreeSet<String> = described.cloned().collect();
        assert!(mounted.len() > 20, "{mounted:?}");
        assert_eq!(mounted, described);
    }
}
