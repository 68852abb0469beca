//! What every page shares: language, names, who is signed in, dates.
//!
//! Owns the frame around a page. Does not know any page.

use std::borrow::Cow;

use actix_web::HttpRequest;
use time::OffsetDateTime;
use time::macros::offset;

use super::locale::Locale;
use super::messages::Messages;
use super::sessions::Session;
use super::site::Site;

/// What every page shares.
pub(super) struct Frame<'a> {
    pub(super) site: &'a Site,
    pub(super) locale: Locale,
    /// Where the language switch leads: this page.
    pub(super) path: &'a str,
    pub(super) session: Option<&'a Session>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        site: &'a Site,
        request: &'a HttpRequest,
        session: Option<&'a Session>,
    ) -> Self {
        let path = request.path();
        Self {
            site,
            locale: Locale::of(request),
            // An answer under /auth/ cannot be asked for again; neither can a path that a browser
            // would read as another host.
            path: if path.starts_with("/auth/") || path.starts_with("//") {
                "/"
            } else {
                path
            },
            session,
        }
    }

    pub(super) fn t(&self, key: &str) -> Cow<'static, str> {
        Messages::of(self.locale).t(key)
    }

    pub(super) fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        Messages::of(self.locale).ta(key, args)
    }

    pub(super) fn name(&self) -> &str {
        self.site.name(self.locale)
    }

    pub(super) fn csrf(&self) -> &str {
        self.session.map_or("", |session| session.csrf.reveal())
    }

    /// The enterprise in the header.
    pub(super) fn who(&self) -> Option<&str> {
        let enterprise = self.session?.arrival.enterprise.as_ref();
        Some(enterprise.map_or("—", |enterprise| enterprise.name.as_str()))
    }

    pub(super) fn day(&self, at: i64) -> String {
        self.moment(at).map_or_else(String::new, |at| {
            format!("{}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
        })
    }

    pub(super) fn minute(&self, at: i64) -> String {
        let time = self.moment(at).map(OffsetDateTime::time);
        let time = time.map_or_else(String::new, |time| {
            format!(" {:02}:{:02}", time.hour(), time.minute())
        });
        self.day(at) + &time
    }

    /// China Standard Time, the only zone of the region.
    #[expect(clippy::unused_self, reason = "reads as the two above")]
    fn moment(&self, at: i64) -> Option<OffsetDateTime> {
        let at = OffsetDateTime::from_unix_timestamp(at).ok()?;
        at.checked_to_offset(offset!(+8))
    }
}
