//! The login cookie: binds a started login to the browser it was started in.
//!
//! Owns its name and attributes. Does not know what is kept under it.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::adapter::Adapter;
use crate::pending::{BrowserKey, PENDING_LOGIN_SECONDS};

/// `__Host-` where the platform is https; the client id keeps platforms on one host apart, since
/// cookies do not see ports.
fn name(adapter: &Adapter) -> String {
    let platform: String = adapter
        .client_id()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let prefix = if is_https(adapter) { "__Host-" } else { "" };
    format!("{prefix}yizhengtong-login-{platform}")
}

fn is_https(adapter: &Adapter) -> bool {
    adapter.redirect_uri().scheme() == "https"
}

/// The browser of `request`, if it has started a login here before.
pub(super) fn read(adapter: &Adapter, request: &HttpRequest) -> Option<BrowserKey> {
    let cookie = request.cookie(&name(adapter))?;
    BrowserKey::of_cookie(cookie.value())
}

/// The cookie that names `browser`. `Lax`: the provider's redirect is a top-level navigation.
pub(super) fn make(adapter: &Adapter, browser: &BrowserKey) -> Cookie<'static> {
    Cookie::build(name(adapter), browser.reveal().to_owned())
        .path("/")
        .http_only(true)
        .secure(is_https(adapter))
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(PENDING_LOGIN_SECONDS))
        .finish()
}
