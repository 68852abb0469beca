//! The two languages of a platform and how a request asks for one.
//!
//! Owns the choice: `lang` parameter, then cookie, then `Accept-Language`, else Chinese. Does not know
//! a message.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use url::form_urlencoded;

/// One preference for all platforms on a host.
const COOKIE: &str = "platform-lang";

/// A language of the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Locale {
    #[default]
    ZhCn,
    En,
}

impl Locale {
    pub(super) const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other language, and its own name for itself.
    pub(super) const fn other(self) -> (Self, &'static str) {
        match self {
            Self::ZhCn => (Self::En, "English"),
            Self::En => (Self::ZhCn, "中文"),
        }
    }

    /// The filing page in this language.
    pub(super) const fn filing_path(self) -> &'static str {
        match self {
            Self::ZhCn => "/filing?lang=zh-CN",
            Self::En => "/filing?lang=en",
        }
    }

    pub(super) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', ';']).next()?;
        Self::ALL.into_iter().find(|locale| {
            let own = locale.tag().split('-').next().unwrap_or_default();
            primary.trim().eq_ignore_ascii_case(own)
        })
    }

    /// The language to answer `request` in.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let cookie = request.cookie(COOKIE);
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        Self::asked(request)
            .or_else(|| Self::of_tag(cookie?.value()))
            .or_else(|| accepted?.split(',').find_map(Self::of_tag))
            .unwrap_or_default()
    }

    /// The language the switch in the header asks for.
    fn asked(request: &HttpRequest) -> Option<Self> {
        let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let (_, tag) = pairs.find(|(name, _)| name == "lang")?;
        Self::of_tag(&tag)
    }

    /// Remembers a language that was asked for.
    pub(super) fn cookie(request: &HttpRequest) -> Option<Cookie<'static>> {
        let asked = Self::asked(request)?;
        let cookie = Cookie::build(COOKIE, asked.tag())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax);
        Some(cookie.finish())
    }
}
