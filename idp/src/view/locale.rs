//! The two languages of the portal, how a wish for one is read, and how each writes a date.
//!
//! Owns the closed list and the parsing of `lang`, `ui_locales` and `Accept-Language`. Does not know
//! where those texts come from, nor a single message.

use time::macros::offset;
use time::{Date, Month, OffsetDateTime};

/// A language of the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// Simplified Chinese, the default.
    #[default]
    ZhCn,
    /// English.
    En,
}

/// Every place where a person or a platform may have said which language to use, strongest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct LanguageWishes<'a> {
    /// The `lang` query parameter, set by the switch in the header.
    pub lang: Option<&'a str>,
    /// The language the person chose before.
    pub cookie: Option<&'a str>,
    /// `ui_locales` of the authorization request (`OpenID` Connect Core §3.1.2.1).
    pub ui_locales: Option<&'a str>,
    /// The `Accept-Language` header (RFC 9110 §12.5.4).
    pub accept_language: Option<&'a str>,
}

impl Locale {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The BCP 47 tag, also used in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::ZhCn => "中文",
            Self::En => "English",
        }
    }

    /// The language a tag asks for, by its primary subtag: `zh`, `zh-Hans-CN`, `en-GB`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::ZhCn)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The first language of a space-separated list in order of preference that we speak.
    pub fn of_ui_locales(list: &str) -> Option<Self> {
        list.split_ascii_whitespace().find_map(Self::of_tag)
    }

    /// The language of an `Accept-Language` header with the highest weight that we speak; of equal
    /// weights the first. A weight that cannot be read counts as 0 (never wanted).
    pub fn of_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::of_tag) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(_, other)| weight > other) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    /// The language to answer in: the strongest wish that names one we speak, else Chinese.
    pub fn negotiate(wishes: LanguageWishes<'_>) -> Self {
        (wishes.lang.and_then(Self::of_tag))
            .or_else(|| wishes.cookie.and_then(Self::of_tag))
            .or_else(|| wishes.ui_locales.and_then(Self::of_ui_locales))
            .or_else(|| wishes.accept_language.and_then(Self::of_accept_language))
            .unwrap_or_default()
    }

    /// A calendar day as this language writes it.
    pub fn day(self, day: Date) -> String {
        match self {
            Self::ZhCn => format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day()),
            Self::En => format!(
                "{} {} {}",
                day.day(),
                english_month(day.month()),
                day.year()
            ),
        }
    }

    /// The day of a moment in China Standard Time, the only zone of the region.
    pub fn date(self, at: OffsetDateTime) -> String {
        self.day(at.to_offset(offset!(+8)).date())
    }

    /// Day and time of a moment in China Standard Time, to the second.
    pub fn date_time(self, at: OffsetDateTime) -> String {
        let local = at.to_offset(offset!(+8));
        let (hour, minute, second) = local.to_hms();
        let day = self.day(local.date());
        match self {
            Self::ZhCn => format!("{day} {hour:02}:{minute:02}:{second:02}"),
            Self::En => format!("{day}, {hour:02}:{minute:02}:{second:02} (UTC+8)"),
        }
    }
}

const fn english_month(month: Month) -> &'static str {
    match month {
        Month::January => "January",
        Month::February => "February",
        Month::March => "March",
        Month::April => "April",
        Month::May => "May",
        Month::June => "June",
        Month::July => "July",
        Month::August => "August",
        Month::September => "September",
        Month::October => "October",
        Month::November => "November",
        Month::December => "December",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn tags_are_read_by_their_primary_subtag() {
        assert_eq!(Locale::of_tag("zh-Hans-CN"), Some(Locale::ZhCn));
        assert_eq!(Locale::of_tag(" EN_gb "), Some(Locale::En));
        assert_eq!(Locale::of_tag("mn"), None);
        assert_eq!(Locale::of_tag(""), None);
    }

    #[test]
    fn the_heaviest_language_we_speak_wins() {
        assert_eq!(
            Locale::of_accept_language("mn, en;q=0.8, zh-CN;q=0.9"),
            Some(Locale::ZhCn)
        );
        assert_eq!(Locale::of_accept_language("en, zh"), Some(Locale::En));
        assert_eq!(Locale::of_accept_language("zh;q=0, fr"), None);
        assert_eq!(Locale::of_accept_language("en;q=high"), None);
    }

    #[test]
    fn the_switch_beats_the_cookie_and_the_cookie_beats_the_browser() {
        let wishes = LanguageWishes {
            lang: Some("en"),
            cookie: Some("zh-CN"),
            ui_locales: Some("zh"),
            accept_language: Some("zh"),
        };
        assert_eq!(Locale::negotiate(wishes), Locale::En);
        let wishes = LanguageWishes {
            lang: Some("tlh"),
            ..wishes
        };
        assert_eq!(Locale::negotiate(wishes), Locale::ZhCn);
        assert_eq!(Locale::negotiate(LanguageWishes::default()), Locale::ZhCn);
    }

    #[test]
    fn moments_are_written_in_china_standard_time() {
        let at = datetime!(2026-12-31 17:05:09 UTC);
        assert_eq!(Locale::ZhCn.date_time(at), "2027年1月1日 01:05:09");
        assert_eq!(Locale::En.date_time(at), "1 January 2027, 01:05:09 (UTC+8)");
    }
}
