//! A trading platform (盟市交易平台) for the demonstration: a web site of its own that signs
//! enterprises in through `client-adapter`.
//!
//! Owns its pages, sessions and filings (主体信息备案). Does not know the provider beyond its issuer: what
//! it does, any platform can do.

mod arrival;
mod facts;
mod filings;
mod frame;
mod handlers;
mod locale;
mod messages;
mod pages;
mod serve;
mod sessions;
mod site;
mod typed;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use client_adapter::Secret;
use url::Url;

pub use filings::FilingsFault;
pub use serve::{Running, StartFault, start, start_on};

/// What a platform of the demonstration is.
#[derive(Clone, Debug)]
pub struct PlatformSettings {
    /// Short name: letters, digits, hyphens. Names its cookie and its file.
    pub id: String,
    /// Its name in Chinese.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Where to listen, for instance `127.0.0.1:8081`.
    pub listen: std::net::SocketAddr,
    /// What browsers call it, for instance `http://127.0.0.1:8081`.
    pub public_origin: Url,
    /// The provider.
    pub issuer: String,
    /// As registered there.
    pub client_id: String,
    /// As registered there, for `client_secret_basic`.
    pub client_secret: Secret,
    /// The folder for `platform-<id>.json`.
    pub state_dir: PathBuf,
}

impl PlatformSettings {
    /// The `redirect_uri` to register.
    pub fn redirect_uri(&self) -> Result<Url, url::ParseError> {
        self.public_origin.join("/auth/callback")
    }

    /// The `initiate_login_uri` to register.
    pub fn initiate_login_uri(&self) -> Result<Url, url::ParseError> {
        self.public_origin
            .join(client_adapter::actix::INITIATE_PATH)
    }
}
