//! What all requests of one platform share.
//!
//! Owns names, sessions, filings and the session cookie. Does not know pages or routes.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use client_adapter::{Clock, Secret, SessionError, SignOut};
use url::Url;

use super::PlatformSettings;
use super::filings::{Filings, FilingsFault};
use super::locale::Locale;
use super::sessions::{Session, Sessions};

/// How many looks the stylesheet knows.
const TONES: u32 = 4;

/// One platform.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) id: String,
    name_zh: String,
    name_en: String,
    is_https: bool,
    pub(super) sessions: Sessions,
    /// The same people, as the adapter knows them: with tokens, and ended by the provider.
    pub(super) signed_in: Arc<client_adapter::Sessions>,
    /// The provider's origin: signing out leads there.
    pub(super) provider: String,
    pub(super) filings: Filings,
    pub(super) clock: Clock,
}

impl Site {
    pub(super) fn open(
        settings: &PlatformSettings,
        signed_in: Arc<client_adapter::Sessions>,
        clock: Clock,
    ) -> Result<Self, FilingsFault> {
        let file = settings
            .state_dir
            .join(format!("platform-{}.json", settings.id));
        Ok(Self {
            id: settings.id.clone(),
            name_zh: settings.name_zh.clone(),
            name_en: settings.name_en.clone(),
            is_https: settings.public_origin.scheme() == "https",
            sessions: Sessions::new(clock.clone()),
            signed_in,
            provider: settings.issuer.clone(),
            filings: Filings::open(file)?,
            clock,
        })
    }

    pub(super) fn name(&self, locale: Locale) -> &str {
        match locale {
            Locale::ZhCn => &self.name_zh,
            Locale::En => &self.name_en,
        }
    }

    /// Platforms look a little different from one another.
    pub(super) fn tone(&self) -> u32 {
        self.id.bytes().map(u32::from).sum::<u32>() % TONES
    }

    /// The session of `request`, with its key.
    pub(super) fn session(&self, request: &HttpRequest) -> Option<(Secret, Session)> {
        let cookie = request.cookie(&self.cookie_name())?;
        let session = self.sessions.find(cookie.value())?;
        Some((Secret::new(cookie.value()), session))
    }

    /// The session of `request`, if the provider has not ended it. Its tokens are refreshed on the way.
    pub(super) async fn live_session(&self, request: &HttpRequest) -> Option<(Secret, Session)> {
        let (key, session) = self.session(request)?;
        match self.signed_in.find_fresh(&session.signed_in).await {
            Ok(Some(_fresh)) => Some((key, session)),
            Ok(None) => {
                self.sessions.end(key.reveal());
                None
            }
            Err(error) => {
                eprintln!("platform {}: {error}", self.id);
                // The provider is away: whoever is signed in here works on. Where it is our own store that is, nobody
                // can say whether they still are.
                matches!(error, SessionError::Refresh(_)).then_some((key, session))
            }
        }
    }

    /// Ends the session of `request`, if there is one; answers where it ends at the provider.
    pub(super) async fn end_session(&self, request: &HttpRequest, wish: SignOut) -> Option<Url> {
        let (key, session) = self.session(request)?;
        self.sessions.end(key.reveal());
        match self.signed_in.sign_out(&session.signed_in, wish).await {
            Ok(onward) => onward,
            Err(error) => {
                eprintln!("platform {}: {error}", self.id);
                None
            }
        }
    }

    /// The cookie of the session `key`.
    pub(super) fn cookie(&self, key: &Secret) -> Cookie<'static> {
        Cookie::build(self.cookie_name(), key.reveal().to_owned())
            .path("/")
            .http_only(true)
            .secure(self.is_https)
            .same_site(SameSite::Lax)
            .finish()
    }

    /// The cookie that takes the session's away.
    pub(super) fn removal_cookie(&self) -> Cookie<'static> {
        let mut cookie = self.cookie(&Secret::new(""));
        cookie.make_removal();
        cookie
    }

    /// Cookies do not see ports: platforms on one host need names of their own.
    fn cookie_name(&self) -> String {
        let prefix = if self.is_https { "__Host-" } else { "" };
        format!("{prefix}platform-{}-session", self.id)
    }
}
