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

use client_adapter::{PrivateKeyJwt, Secret};
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
    /// How it is connected there.
    pub connection: Connection,
    /// The folder for `platform-<id>.json`.
    pub state_dir: PathBuf,
}

/// How a platform is connected to the provider.
#[derive(Clone, Debug)]
pub enum Connection {
    /// The plain way: a secret (`client_secret_basic`), and tokens for their bearer.
    Secret(Secret),
    /// The strict way: a key (`private_key_jwt`), pushed requests, and tokens bound to a key (`DPoP`).
    Key(PrivateKeyJwt),
}

impl PlatformSettings {
    /// The `post_logout_redirect_uri` to register: where people arrive who signed out.
    pub fn post_logout_redirect_uri(&self) -> Result<Url, url::ParseError> {
        self.public_origin.join("/")
    }

    /// The `backchannel_logout_uri` to register.
    pub fn backchannel_logout_uri(&self) -> Result<Url, url::ParseError> {
        self.public_origin
            .join(client_adapter::actix::BACKCHANNEL_LOGOUT_PATH)
    }

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
