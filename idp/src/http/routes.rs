//! The map of addresses, and who answers there. Tokens and pages are mounted here and nowhere else.

use actix_web::web::{self, ServiceConfig};
use idp_core::id::PlatformId;

use super::{
    assets, binding, certificate, challenge, consent, health, home, login, logout, oidc, platforms,
};

/// Home.
pub const HOME: &str = "/";
/// Measures for operators, where the configuration has them.
pub const METRICS: &str = "/metrics";
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
/// Sign out.
pub const LOGOUT: &str = "/logout";
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
/// RFC 6749 §3.1.
pub const AUTHORIZE: &str = "/oauth2/authorize";
/// RFC 6749 §3.2.
pub const TOKEN: &str = "/oauth2/token";
/// `OpenID` Connect Core §5.3.
pub const USERINFO: &str = "/oauth2/userinfo";

/// Endpoints where a GET may issue a code, ask a person or leave an event: a HEAD would be one too. What
/// they allow instead.
pub fn not_for_head(path: &str) -> Option<&'static str> {
    match path {
        AUTHORIZE | CONSENT => Some("GET, POST"),
        USERINFO => Some("GET, POST, OPTIONS"),
        _ => None,
    }
}

/// Endpoints that speak JSON, refusals included.
pub fn is_for_programs(path: &str) -> bool {
    matches!(path, TOKEN | USERINFO)
}

/// Endpoints that other sites may post to; everything else takes posts from our own pages alone.
pub const OPEN_TO_OTHERS: [&str; 3] = [AUTHORIZE, TOKEN, USERINFO];

/// Mounts everything.
pub fn mount(app: &mut ServiceConfig) {
    app.route(HOME, web::get().to(home::home))
        .route(HELP, web::get().to(home::help))
        .route(DRIVER, web::get().to(home::driver))
        .service(web::resource(LOGIN).get(login::show).post(login::submit))
        .service(web::resource(BIND).get(binding::show).post(binding::submit))
        .service(
            web::resource(BIND_LANGUAGE)
                .get(binding::afresh)
                .post(binding::in_language),
        )
        .route(BIND_CERTIFICATE, web::post().to(binding::read_certificate))
        .route(CHALLENGE, web::post().to(challenge::refresh))
        .route(CERTIFICATE, web::get().to(certificate::show))
        .route(PLATFORMS, web::get().to(platforms::show))
        .service(
            web::resource(CONSENT)
                .get(consent::show)
                .post(consent::answer),
        )
        .route(LOGOUT, web::post().to(logout::submit))
        .configure(oidc::mount)
        .configure(assets::mount)
        .configure(health::mount)
        .default_service(web::to(home::not_found));
}

/// The platforms, after this one was refused at the portal.
pub fn platforms_after_refusal(platform: &PlatformId) -> String {
    format!("{PLATFORMS}?refused={platform}")
}
