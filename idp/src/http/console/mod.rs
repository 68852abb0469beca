//! The console: where operators (技术人员) work. One file a place; each shows, and asks for a signature before it changes.
//!
//! Owns the addresses below `/console`. What is done is [`crate::operating`]'s.

mod act;
mod acted;
mod asked;
mod audit;
mod audit_asked;
mod authorities;
mod authority_facts;
mod bench;
mod dashboard;
mod dashboard_figures;
mod dashboard_plots;
mod deliveries;
mod ending_locks;
mod enterprise;
mod enterprise_acts;
mod enterprise_facts;
mod enterprise_form;
mod enterprise_rows;
mod enterprises;
mod events;
mod evidence;
mod facts;
mod members;
mod notices;
mod operators;
mod paging;
mod personal_data;
mod platform_facts;
mod platform_form;
mod platform_health;
mod platform_words;
mod platforms;
mod proposals;
mod registration_tokens;
mod shown;
mod sign_in;
mod sign_ins;

use actix_web::web::{self, ServiceConfig};

// Those that the guard and the limits know too.
use super::routes::{CONSOLE, CONSOLE_ACT as ACT, CONSOLE_SIGN_IN as SIGN_IN, is_console};

/// An operator signs out.
pub const SIGN_OUT: &str = "/console/sign-out";
/// A fresh nonce for a sign-in page that was open for long.
pub const CHALLENGE: &str = "/console/challenge";
/// Changes of two persons.
pub const PROPOSALS: &str = "/console/proposals";
/// Who works here.
pub const OPERATORS: &str = "/console/operators";
/// The CA registry.
pub const AUTHORITIES: &str = "/console/authorities";
/// Enterprises.
pub const ENTERPRISES: &str = "/console/enterprises";
/// What happened, as auditors read it.
pub const AUDIT: &str = "/console/audit";
/// What was found there, as a file.
pub const AUDIT_EXPORT: &str = "/console/audit/export";
/// Sign-ins of everybody.
pub const SIGN_INS: &str = "/console/sign-ins";
/// What everybody was asked.
pub const CONSENTS: &str = "/console/consents";
/// Locks whose certificate ends soon.
pub const ENDING_LOCKS: &str = "/console/key-locks";
/// What is done to an enterprise.
pub const ENTERPRISE_ACT: &str = "/console/enterprises/act";

/// A change of name, with its evidence.
pub const ENTERPRISE_RENAME: &str = "/console/enterprises/rename";
/// Personal data of the people behind an enterprise, told.
pub const PERSONAL_DATA: &str = "/console/enterprises/personal-data";
/// What is announced.
pub const NOTICES: &str = "/console/notices";
/// 交易平台.
pub const PLATFORMS: &str = "/console/platforms";

/// How platforms do.
pub const HEALTH: &str = "/console/health";
/// Who was to be told of something, and has not been.
pub const DELIVERIES: &str = "/console/deliveries";
/// What lets platforms register themselves.
pub const REGISTRATION_TOKENS: &str = "/console/registration-tokens";

/// Mounts it.
pub fn mount(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(resource(CONSOLE).get(dashboard::show))
        .service(resource(SIGN_IN).get(sign_in::show).post(sign_in::submit))
        .service(resource(SIGN_OUT).post(sign_in::out))
        .service(resource(CHALLENGE).post(sign_in::refresh))
        .service(resource(ACT).post(act::submit))
        .service(resource(PROPOSALS).get(proposals::list))
        .service(
            resource("/console/proposals/{id}")
                .get(proposals::show)
                .post(proposals::decide),
        )
        .service(resource(OPERATORS).get(operators::list))
        .service(
            resource("/console/operators/new")
                .get(operators::ask)
                .post(operators::add),
        )
        .service(
            resource("/console/operators/{id}")
                .get(operators::show)
                .post(operators::change),
        )
        .service(resource(AUTHORITIES).get(authorities::list))
        .service(
            resource("/console/authorities/new")
                .get(authorities::ask)
                .post(authorities::add),
        )
        .service(
            resource("/console/authorities/{id}")
                .get(authorities::show)
                .post(authorities::state),
        )
        .service(
            resource("/console/authorities/{id}/change")
                .get(authorities::ask_change)
                .post(authorities::change),
        )
        .service(resource(NOTICES).get(notices::list).post(notices::announce))
        .service(resource("/console/notices/withdraw").post(notices::take_back))
        .configure(mount_platforms)
        .configure(mount_watching)
        .configure(mount_enterprises)
        .configure(mount_audit);
}

fn mount_watching(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(resource(HEALTH).get(platform_health::list))
        .service(
            resource("/console/platforms/{id}/health")
                .get(platform_health::show)
                .post(platform_health::look),
        )
        .service(resource("/console/platforms/{id}/maintenance").post(platform_health::announce))
        .service(resource("/console/platforms/{id}/maintenance/end").post(platform_health::end))
        .service(
            resource(DELIVERIES)
                .get(deliveries::list)
                .post(deliveries::retry),
        )
        .service(
            resource(REGISTRATION_TOKENS)
                .get(registration_tokens::list)
                .post(registration_tokens::issue),
        )
        .service(resource("/console/registration-tokens/revoke").post(registration_tokens::revoke));
}

fn mount_platforms(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(resource(PLATFORMS).get(platforms::list))
        .service(
            resource("/console/platforms/new")
                .get(platform_form::ask)
                .post(platform_form::add),
        )
        .service(
            resource("/console/platforms/{id}")
                .get(platforms::show)
                .post(platforms::act),
        )
        .service(resource("/console/platforms/{id}/configuration").get(platforms::configuration))
        .service(
            resource("/console/platforms/{id}/change")
                .get(platform_form::ask_change)
                .post(platform_form::change),
        );
}

fn mount_enterprises(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(
        resource(SIGN_INS)
            .get(sign_ins::list)
            .post(sign_ins::end_every),
    )
    .service(resource(CONSENTS).get(sign_ins::list_consents))
    .service(resource(ENTERPRISES).get(enterprises::list))
    .service(resource(ENDING_LOCKS).get(ending_locks::list))
    .service(resource(ENTERPRISE_ACT).post(enterprise_acts::submit))
    .service(resource(ENTERPRISE_RENAME).post(evidence::rename))
    .service(resource(PERSONAL_DATA).post(personal_data::tell))
    .service(
        resource("/console/enterprises/{credit_code}/evidence/{sha256}").get(evidence::download),
    )
    .service(resource("/console/enterprises/{credit_code}").get(enterprise::show))
    .service(resource("/console/enterprises/{credit_code}/do/{act}").get(enterprise_form::ask));
}

fn mount_audit(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(resource(AUDIT).get(audit::list))
        .service(resource(AUDIT_EXPORT).post(audit::export))
        .service(resource("/console/audit/{sequence}").get(audit::show));
}
