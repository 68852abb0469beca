//! The admin API: what operators' programs read and do. One file a noun; each says which right it asks for.
//!
//! Owns the addresses below [`ADMIN_API`]. JSON is [`crate::shapes`]', acts are [`crate::operating`]'s; tokens come from the
//! token endpoint.

mod acts;
mod audit;
mod authorities;
mod body;
mod caller;
mod deliveries;
mod enterprises;
mod evidence;
mod health;
mod key_locks;
mod me;
mod notices;
mod operators;
mod platforms;
mod query;
mod sign_ins;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};
use idp_core::operator_token::ADMIN_API;

fn at(path: &str) -> Resource {
    web::resource(format!("{ADMIN_API}{path}"))
}

/// Mounts it.
pub fn mount(app: &mut ServiceConfig) {
    app.service(at("/openapi.json").get(description))
        .service(at("/v1/challenge").post(me::challenge))
        .service(at("/v1/me").get(me::show))
        .service(at("/v1/acts/challenge").post(acts::challenge))
        .service(at("/v1/acts").post(acts::submit))
        .service(at("/v1/authorities").get(authorities::list))
        .service(at("/v1/authorities/{id}").get(authorities::show))
        .service(at("/v1/authorities/{id}/history").get(authorities::history))
        .service(at("/v1/operators").get(operators::list))
        .service(at("/v1/proposals").get(operators::proposals))
        .service(at("/v1/proposals/{id}").get(operators::proposal))
        .service(at("/v1/proposals/{id}/withdraw").post(operators::withdraw))
        .service(at("/v1/figures").get(audit::count))
        .configure(mount_platforms)
        .configure(mount_enterprises)
        .configure(mount_audit);
}

fn mount_platforms(app: &mut ServiceConfig) {
    app.service(at("/v1/platforms").get(platforms::list))
        .service(at("/v1/platforms/{id}").get(platforms::show))
        .service(at("/v1/platforms/{id}/configuration").get(platforms::configuration))
        .service(at("/v1/platforms/{id}/health").get(health::show))
        .service(at("/v1/platforms/{id}/look").post(health::look))
        .service(at("/v1/platforms/{id}/maintenance").post(health::announce))
        .service(at("/v1/maintenances/{id}/end").post(health::end))
        .service(at("/v1/health").get(health::list))
        .service(at("/v1/registration-tokens").get(deliveries::registration_tokens))
        .service(at("/v1/notices").get(notices::list).post(notices::announce))
        .service(at("/v1/notices/{id}/withdraw").post(notices::take_back));
}

fn mount_enterprises(app: &mut ServiceConfig) {
    app.service(at("/v1/enterprises").get(enterprises::list))
        .service(at("/v1/enterprises/{code}").get(enterprises::show))
        .service(at("/v1/enterprises/{code}/timeline").get(enterprises::timeline))
        .service(at("/v1/key-locks").get(key_locks::ending))
        .service(at("/v1/enterprises/{code}/personal-data").get(enterprises::personal_data))
        .service(at("/v1/enterprises/{code}/evidence").post(evidence::hand_in))
        .service(at("/v1/enterprises/{code}/evidence/{sha256}").get(evidence::download))
        .service(at("/v1/sign-ins").get(sign_ins::list))
        .service(at("/v1/consents").get(sign_ins::consents))
        .service(at("/v1/deliveries/logouts").get(deliveries::logouts))
        .service(at("/v1/deliveries/notifications").get(deliveries::notifications))
        .service(at("/v1/deliveries/{of}/retry").post(deliveries::retry));
}

fn mount_audit(app: &mut ServiceConfig) {
    app.service(at("/v1/audit").get(audit::search))
        .service(at("/v1/audit/export").get(audit::export))
        .service(at("/v1/audit/{sequence}").get(audit::show));
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

    /// What `docs/ADMIN-API.md` says of each thing that the console does.
    fn table() -> Vec<(String, String)> {
        let document = include_str!("../../../../docs/ADMIN-API.md");
        let rows = document.lines().filter_map(|line| {
            let (at_the_console, over_the_api) = line.strip_prefix("| `")?.split_once("` | ")?;
            let is_of_it = at_the_console.contains(" /console");
            is_of_it.then(|| (at_the_console.to_owned(), over_the_api.to_owned()))
        });
        rows.collect()
    }

    /// The console's routes as its source mounts them: `GET /console`.
    fn routes_of_the_console() -> BTreeSet<String> {
        let source = include_str!("../console/mod.rs");
        let elsewhere = include_str!("../routes.rs");
        let constant = |source: &'static str, word: &str| {
            let (_, rest) = source.split_once(&format!("pub const {word}: &str = \""))?;
            rest.split_once('"').map(|(path, _)| path.to_owned())
        };
        let named = |word: &str| {
            constant(source, word)
                .or_else(|| constant(elsewhere, word))
                .or_else(|| constant(elsewhere, &format!("CONSOLE_{word}")))
                .unwrap()
        };
        let mut routes = BTreeSet::new();
        for mounted in source.split("resource(").skip(1) {
            let (path, rest) = mounted.split_once(')').unwrap();
            let path = path.trim().trim_end_matches(',');
            let path = match path.strip_prefix('"') {
                Some(literal) => literal.trim_end_matches('"').to_owned(),
                None => named(path),
            };
            for (method, called) in [("GET", ".get("), ("POST", ".post(")] {
                if rest.contains(called) {
                    routes.insert(format!("{method} {path}"));
                }
            }
        }
        routes
    }

    #[test]
    fn whatever_the_console_does_has_a_call_or_a_reason_why_not() {
        let table = table();
        let told: BTreeSet<String> = table.iter().map(|(one, _)| one.clone()).collect();
        let routes = routes_of_the_console();
        assert!(routes.len() > 45, "{routes:?}");
        assert_eq!(told, routes);
        assert_eq!(told.len(), table.len(), "a row stands there twice");
        let described: serde_json::Value = serde_json::from_str(DESCRIPTION).unwrap();
        let is_there = |call: &str| {
            let (method, path) = call.split_once(' ').unwrap();
            let path = format!("{ADMIN_API}/v1{path}");
            let found = &described["paths"][&path][method.to_lowercase()];
            found.is_object() || call == "POST /oauth2/token"
        };
        for (at_the_console, over_the_api) in &table {
            let words = over_the_api.split('`').skip(1).step_by(2);
            let calls: Vec<_> = words.filter(|word| word.contains(" /")).collect();
            for call in &calls {
                assert!(is_there(call), "{at_the_console}: there is no {call}");
            }
            let has_reason = over_the_api.starts_with("– (");
            let is_act = over_the_api.contains("act `");
            assert!(
                !calls.is_empty() || is_act || has_reason,
                "{at_the_console}"
            );
        }
    }

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
