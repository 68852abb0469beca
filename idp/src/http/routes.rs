//! The map of addresses, and who answers there. Tokens and pages are mounted here and nowhere else.

use actix_web::guard::fn_guard;
use actix_web::web::{self, ServiceConfig};
use idp_core::id::{IncidentId, KeyLockId, PlatformId};
use idp_core::operator_token::ADMIN_API;

use crate::receipts::LONGEST;

use super::account::{consents, information, lock_change, locks, receipt as own_receipt, sessions};
use super::{
    admin_api, assets, binding, certificate, challenge, consent, console, health, home, login,
    logout, oidc, platforms, receipt,
};

/// Home.
pub const HOME: &str = "/";
/// Measures for operators, where the configuration has them.
pub const METRICS: &str = "/metrics";
/// The audit log's newest signed head (C2SP tlog-tiles).
pub const AUDIT_CHECKPOINT: &str = "/audit/checkpoint";
/// By what it is verified.
pub const AUDIT_KEY: &str = "/audit/key";
/// Hashes of the log's tree.
pub const AUDIT_TILE: &str = "/audit/tile/{level}/{tile:.+}";
/// That a line is in the log.
pub const AUDIT_INCLUSION: &str = "/audit/proof/inclusion";
/// That the log grew from what it was.
pub const AUDIT_CONSISTENCY: &str = "/audit/proof/consistency";
/// Where the console begins.
pub const CONSOLE: &str = "/console";
/// An operator signs in.
pub const CONSOLE_SIGN_IN: &str = "/console/sign-in";
/// What an operator signed.
pub const CONSOLE_ACT: &str = "/console/act";
/// 企业登录.
pub const LOGIN: &str = "/login";
/// 企业绑定.
pub const BIND: &str = "/bind";
/// The binding page in another language, with what was typed.
pub const BIND_LANGUAGE: &str = "/bind/language";
/// 读取证书 on the binding page.
pub const BIND_CERTIFICATE: &str = "/bind/certificate";
/// A fresh nonce for a page that has been open for long.
pub const CHALLENGE: &str = "/challenge";
/// 证书信息.
pub const CERTIFICATE: &str = "/certificate";
/// 交易平台.
pub const PLATFORMS: &str = "/platforms";
/// 确认授权.
pub const CONSENT: &str = "/consent";
/// 个人信息维护.
pub const ACCOUNT: &str = "/account";
/// The information form in another language, with what was typed.
pub const ACCOUNT_LANGUAGE: &str = "/account/language";
/// 证书绑定: the enterprise's locks.
pub const ACCOUNT_LOCKS: &str = "/account/locks";
/// The locks in another language, with the certificate that was read.
pub const ACCOUNT_LOCKS_LANGUAGE: &str = "/account/locks/language";
/// 删除 a secondary lock.
pub const ACCOUNT_REMOVE: &str = "/account/locks/remove";
/// Make a secondary lock the primary one.
pub const ACCOUNT_PROMOTE: &str = "/account/locks/promote";
/// What each platform may have.
pub const ACCOUNT_CONSENTS: &str = "/account/consents";
/// The receipt of one of them.
pub const ACCOUNT_RECEIPT: &str = "/account/receipt";
/// Taking a consent back.
pub const ACCOUNT_REVOKE: &str = "/account/consents/revoke";
/// Sign-ins that were.
pub const ACCOUNT_HISTORY: &str = "/account/history";
/// Sign-ins that are live.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// Ending one of them.
pub const ACCOUNT_END: &str = "/account/sessions/end";
/// Ending all others.
pub const ACCOUNT_END_OTHERS: &str = "/account/sessions/end-others";
/// Ending all, this one too.
pub const ACCOUNT_END_ALL: &str = "/account/sessions/end-all";
/// Sign out, and the question whether to.
pub const LOGOUT: &str = "/logout";
/// What was done when a person signed out.
pub const SIGNED_OUT: &str = "/signed-out";
/// 互通驱动下载.
pub const DRIVER: &str = "/driver";
/// 常见问题.
pub const HELP: &str = "/help";
/// `OpenID` Connect Discovery 1.0 §4.
pub const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
/// RFC 8414 §3.
pub const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// RFC 7517 §5.
pub const JWKS: &str = "/oauth2/jwks";
/// These endpoints for programs, as `OpenAPI` 3.1.
pub const OPENAPI: &str = "/oauth2/openapi.json";
/// RFC 6749 §3.1.
pub const AUTHORIZE: &str = "/oauth2/authorize";
/// RFC 9126 §2.
pub const PAR: &str = "/oauth2/par";
/// RFC 6749 §3.2.
pub const TOKEN: &str = "/oauth2/token";
/// RFC 7662 §2.
pub const INTROSPECT: &str = "/oauth2/introspect";
/// RP-Initiated Logout §2.
pub const END_SESSION: &str = "/oauth2/logout";
/// RFC 7009 §2.
pub const REVOKE: &str = "/oauth2/revoke";
/// RFC 7591 §3, where the configuration has it.
pub const REGISTER: &str = "/oauth2/register";
/// RFC 7592 §2: one registration.
pub const REGISTRATION: &str = "/oauth2/register/{client_id}";
/// Whether a receipt holds.
pub const RECEIPT: &str = "/receipt";
/// By what receipts are verified.
pub const RECEIPT_KEYS: &str = "/receipts/keys";
/// The receipt of a consent, for its platform.
pub const RECEIPT_OF: &str = "/oauth2/receipt";
/// The consents of which a platform has receipts.
pub const RECEIPTS: &str = "/oauth2/receipts";
/// `OpenID` Connect Core §5.3.
pub const USERINFO: &str = "/oauth2/userinfo";

/// Endpoints where a GET may issue a code, ask a person or leave an event: a HEAD would be one too. What
/// they allow instead.
pub fn not_for_head(path: &str) -> Option<&'static str> {
    match path {
        AUTHORIZE | CONSENT | END_SESSION | LOGOUT => Some("GET, POST"),
        USERINFO => Some("GET, POST, OPTIONS"),
        _ => None,
    }
}

/// Endpoints that speak JSON, refusals included.
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with(REGISTER)
        || path.starts_with("/audit/")
        || path == RECEIPT_KEYS
        || is_admin_api(path)
        || takes_certificates(path)
}

/// What operators' programs use.
pub fn is_admin_api(path: &str) -> bool {
    let below = path.strip_prefix(ADMIN_API);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether an address is one of the console's.
pub fn is_console(path: &str) -> bool {
    path == CONSOLE || path.starts_with("/console/")
}

/// Endpoints that are served where certificates are asked for too (`mtls_endpoint_aliases`, RFC 8705 §5), and alone there.
pub fn takes_certificates(path: &str) -> bool {
    matches!(
        path,
        PAR | TOKEN | INTROSPECT | REVOKE | USERINFO | RECEIPT_OF | RECEIPTS
    )
}

/// Pages: what people open.
pub fn is_page(path: &str) -> bool {
    const PAGES: [&str; 13] = [
        HOME,
        LOGIN,
        BIND,
        CERTIFICATE,
        PLATFORMS,
        CONSENT,
        ACCOUNT,
        LOGOUT,
        DRIVER,
        HELP,
        RECEIPT,
        AUTHORIZE,
        END_SESSION,
    ];
    path.starts_with("/account/")
        || path.starts_with("/bind/")
        || is_console(path)
        || PAGES.contains(&path)
}

/// Endpoints that other sites may post to; everything else takes posts from our own pages alone.
pub const OPEN_TO_OTHERS: [&str; 10] = [
    REGISTER,
    AUTHORIZE,
    PAR,
    TOKEN,
    INTROSPECT,
    REVOKE,
    USERINFO,
    END_SESSION,
    RECEIPT_OF,
    RECEIPTS,
];

/// Mounts everything.
pub fn mount(app: &mut ServiceConfig) {
    app.service(web::resource(HOME).get(home::home))
        .service(web::resource(HELP).get(home::help))
        .service(web::resource(DRIVER).get(home::driver))
        .service(web::resource(LOGIN).get(login::show).post(login::submit))
        .service(web::resource(BIND).get(binding::show).post(binding::submit))
        .service(
            web::resource(BIND_LANGUAGE)
                .get(binding::afresh)
                .post(binding::in_language),
        )
        .service(web::resource(BIND_CERTIFICATE).post(binding::read_certificate))
        .service(web::resource(CHALLENGE).post(challenge::refresh))
        .service(web::resource(CERTIFICATE).get(certificate::show))
        .service(web::resource(PLATFORMS).get(platforms::show))
        .service(
            web::resource(CONSENT)
                .get(consent::show)
                .post(consent::answer),
        )
        .service(web::resource(RECEIPT_KEYS).get(receipt::keys))
        .service(
            web::resource(RECEIPT)
                // A receipt with its lists is longer than any other form.
                .app_data(web::PayloadConfig::new(2 * LONGEST))
                .get(receipt::show)
                .route(
                    web::post()
                        .guard(fn_guard(receipt::has_file))
                        .to(receipt::check_file),
                )
                .post(receipt::check),
        )
        .service(web::resource(LOGOUT).get(logout::show).post(logout::submit))
        .service(web::resource(SIGNED_OUT).get(logout::done))
        .configure(mount_account)
        .configure(console::mount)
        .configure(admin_api::mount)
        .configure(oidc::mount)
        .configure(assets::mount)
        .configure(health::mount)
        .default_service(web::to(home::not_found));
}

fn mount_account(app: &mut ServiceConfig) {
    let resource = web::resource;
    app.service(
        resource(ACCOUNT)
            .get(information::show)
            .post(information::submit),
    )
    .service(
        resource(ACCOUNT_LANGUAGE)
            .get(information::afresh)
            .post(information::in_language),
    )
    .service(resource(ACCOUNT_LOCKS).get(locks::show).post(locks::submit))
    .service(
        resource(ACCOUNT_LOCKS_LANGUAGE)
            .get(locks::afresh)
            .post(locks::in_language),
    )
    .service(
        resource(ACCOUNT_REMOVE)
            .get(lock_change::ask_removal)
            .post(lock_change::removal),
    )
    .service(
        resource(ACCOUNT_PROMOTE)
            .get(lock_change::ask_promotion)
            .post(lock_change::promotion),
    )
    .service(web::resource(ACCOUNT_CONSENTS).get(consents::show))
    .service(web::resource(ACCOUNT_RECEIPT).get(own_receipt::download))
    .service(
        resource(ACCOUNT_REVOKE)
            .get(consents::ask)
            .post(consents::submit),
    )
    .service(web::resource(ACCOUNT_HISTORY).get(sessions::history))
    .service(web::resource(ACCOUNT_SESSIONS).get(sessions::show))
    .service(web::resource(ACCOUNT_END).post(sessions::end_one))
    .service(web::resource(ACCOUNT_END_OTHERS).post(sessions::end_others))
    .service(web::resource(ACCOUNT_END_ALL).post(sessions::end_all));
}

/// The question whether to sign out, as the request asks that waits under this name.
pub fn logout_asked(id: &str) -> String {
    format!("{LOGOUT}?request={}", encoded(id))
}

/// What was done, as it stands under this name.
pub fn signed_out(id: &str) -> String {
    format!("{SIGNED_OUT}?of={}", encoded(id))
}

/// Where a platform manages its registration.
pub fn registration_of(platform: &PlatformId) -> String {
    REGISTRATION.replace("{client_id}", platform.as_str())
}

/// The information, after it was saved in this version.
pub fn account_after_saving(version: u32) -> String {
    format!("{ACCOUNT}?saved={version}")
}

/// The locks, after one was activated, removed or promoted.
pub fn locks_after(what: &str, id: &KeyLockId) -> String {
    format!("{ACCOUNT_LOCKS}?done={what}&lock={id}")
}

/// The consents, after this platform's was taken back.
pub fn consents_after_revoking(platform: &PlatformId) -> String {
    format!("{ACCOUNT_CONSENTS}?revoked={platform}")
}

/// The live sessions, after one was ended, or all others.
pub fn sessions_after_ending(which: &str) -> String {
    format!("{ACCOUNT_SESSIONS}?ended={}", encoded(which))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Names the refusal that the sign-in page shows again.
pub const REFUSED: &str = "refused";

/// The sign-in page with a refusal that was just shown.
pub fn login_refused(address: &str, incident: &IncidentId) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{REFUSED}={incident}")
}

/// The certificate, told to say that it took another one's place.
pub fn after_renewal(address: &str) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}renewed=1")
}

/// The platforms, after this one was refused at the portal.
pub fn platforms_after_refusal(platform: &PlatformId) -> String {
    format!("{PLATFORMS}?refused={platform}")
}
