//! Every text the agent shows, in both languages.
//!
//! Owns the choice of language and the texts of `locales/`. Does not know where a text is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::{LanguageIdentifier, langid};

/// The window's texts, and the assistant's.
const ZH_CN: &[&str] = &[
    include_str!("../locales/zh-CN.ftl"),
    include_str!("../locales/assistant.zh-CN.ftl"),
    include_str!("../locales/questions.zh-CN.ftl"),
];
const EN: &[&str] = &[
    include_str!("../locales/en.ftl"),
    include_str!("../locales/assistant.en.ftl"),
    include_str!("../locales/questions.en.ftl"),
];

/// Texts that the window's script puts in place by itself begin with one of these.
const WINDOW_PREFIXES: [&str; 2] = ["window-", "certificate-"];

/// A language the agent speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 简体中文.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of a tag, if it is one of ours.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The first of ours in `Accept-Language`; browsers list the preferred one first.
    pub(crate) fn of_request(request: &HttpRequest) -> Self {
        let header = request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        header
            .split(',')
            .filter_map(|part| part.split(';').next())
            .find_map(|tag| Self::from_tag(tag.trim()))
            .unwrap_or_default()
    }
}

/// The texts built into the program are broken.
#[derive(Debug, thiserror::Error)]
#[error("the texts of language {0} are malformed")]
pub struct TextsError(&'static str);

/// All texts.
pub struct Texts {
    zh_cn: Book,
    en: Book,
}

/// The texts of one language.
struct Book {
    bundle: FluentBundle<Arc<FluentResource>>,
    keys: Vec<String>,
}

impl Texts {
    /// Reads the texts built into the program.
    pub fn load() -> Result<Self, TextsError> {
        Ok(Self {
            zh_cn: Book::read(ZH_CN, langid!("zh-CN"), "zh-CN")?,
            en: Book::read(EN, langid!("en"), "en")?,
        })
    }

    /// One text; its key if there is none.
    pub fn say(&self, language: Language, key: &str) -> String {
        self.book(language).say(key, None)
    }

    /// One text that tells how many tries are left.
    pub fn say_counting(&self, language: Language, key: &str, retries_left: u8) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("retries_left", retries_left);
        self.book(language).say(key, Some(&arguments))
    }

    /// One text that tells of these facts.
    pub fn say_telling(
        &self,
        language: Language,
        key: &str,
        facts: &BTreeMap<&str, String>,
    ) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in facts {
            arguments.set(*name, value.as_str());
        }
        self.book(language).say(key, Some(&arguments))
    }

    /// The texts that the window's script puts in place.
    pub fn all_of_window(&self, language: Language) -> BTreeMap<&str, String> {
        let book = self.book(language);
        book.keys
            .iter()
            .filter(|key| WINDOW_PREFIXES.iter().any(|prefix| key.starts_with(prefix)))
            .map(|key| (key.as_str(), book.say(key, None)))
            .collect()
    }

    /// For templates.
    pub fn speaker(&self, language: Language) -> Speaker<'_> {
        Speaker {
            texts: self,
            language,
        }
    }

    fn book(&self, language: Language) -> &Book {
        match language {
            Language::ZhCn => &self.zh_cn,
            Language::En => &self.en,
        }
    }
}

impl Book {
    fn read(
        sources: &[&str],
        identifier: LanguageIdentifier,
        tag: &'static str,
    ) -> Result<Self, TextsError> {
        let source = sources.join("\n");
        // A message begins at the start of its line; what is indented belongs to the one before.
        let keys = source
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key.to_owned())
            .collect();
        let resource = FluentResource::try_new(source).or(Err(TextsError(tag)))?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // No invisible marks around what is put in: the texts are compared and read aloud.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(Arc::new(resource))
            .or(Err(TextsError(tag)))?;
        Ok(Self { bundle, keys })
    }

    fn say(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return key.to_owned();
        };
        let mut ignored = Vec::new();
        self.bundle
            .format_pattern(pattern, arguments, &mut ignored)
            .into_owned()
    }
}

/// One language's voice, for templates.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    texts: &'a Texts,
    language: Language,
}

impl Speaker<'_> {
    /// One text.
    pub fn text(&self, key: &str) -> String {
        self.texts.say(self.language, key)
    }

    /// One text that tells of these facts.
    pub fn telling(&self, key: &str, facts: &BTreeMap<&str, String>) -> String {
        self.texts.say_telling(self.language, key, facts)
    }

    /// One text that tells of one thing.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers and texts are told alike"
    )]
    pub fn telling_one(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.telling(key, &BTreeMap::from([(name, value.to_string())]))
    }

    /// The BCP 47 tag.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What any text tells of.
    const FACTS: [&str; 25] = [
        "retries_left",
        "passed",
        "warned",
        "failed",
        "port",
        "version",
        "first",
        "last",
        "free",
        "own",
        "origins",
        "portal",
        "count",
        "name",
        "reason",
        "lock",
        "left",
        "until",
        "from",
        "days",
        "origin",
        "status",
        "seconds",
        "kind",
        "place",
    ];

    #[test]
    fn both_languages_have_the_same_texts() {
        let texts = Texts::load().unwrap();
        assert!(texts.zh_cn.keys.len() > 200);
        assert_eq!(texts.zh_cn.keys, texts.en.keys);
        let facts = FACTS.iter().map(|name| (*name, "3".to_owned())).collect();
        for key in &texts.zh_cn.keys {
            for language in [Language::ZhCn, Language::En] {
                let text = texts.say_telling(language, key, &facts);
                assert!(
                    !text.is_empty() && text != *key && !text.contains('{'),
                    "{key}: {text}"
                );
            }
        }
    }

    #[test]
    fn every_text_that_is_shown_exists() {
        let texts = Texts::load().unwrap();
        let mut sources = vec![
            (
                include_str!("../templates/sign.html").to_owned(),
                "say.text(\"",
            ),
            (include_str!("../assets/window.js").to_owned(), "text(\""),
            (
                include_str!("service/failure.rs").to_owned(),
                "=> \"failure",
            ),
            (
                include_str!("service/request.rs").to_owned(),
                "=> \"purpose",
            ),
            (
                include_str!("service/assistant/frame.rs").to_owned(),
                "=> \"word-",
            ),
            (
                include_str!("service/assistant/frame.rs").to_owned(),
                "=> \"hint-",
            ),
            (
                include_str!("assistant/check/finding.rs").to_owned(),
                "=> \"check-topic-",
            ),
        ];
        let checks = [
            include_str!("assistant/check/locks.rs"),
            include_str!("assistant/check/portal.rs"),
            include_str!("assistant/check/service.rs"),
            include_str!("assistant/check/settings.rs"),
        ]
        .concat();
        sources.extend(["\"check-", "\"repair-"].map(|mark| (checks.clone(), mark)));
        let pages = [
            include_str!("../templates/assistant.html"),
            include_str!("../templates/certificates.html"),
            include_str!("../templates/check.html"),
            include_str!("../templates/home.html"),
            include_str!("../templates/portal.html"),
            include_str!("../templates/questions.html"),
            include_str!("../templates/refused.html"),
            include_str!("../templates/seals.html"),
            include_str!("../templates/tidy.html"),
            include_str!("../templates/update.html"),
        ]
        .concat();
        sources.extend(["say.text(\"", "say.telling_one(\""].map(|mark| (pages.clone(), mark)));
        for (source, mark) in sources {
            let mut found = 0;
            for rest in source.split(mark).skip(1) {
                let prefix = mark.rsplit('"').next().unwrap_or_default();
                let key = format!("{prefix}{}", rest.split('"').next().unwrap_or_default());
                assert!(texts.zh_cn.keys.contains(&key), "{key}");
                found += 1;
            }
            assert!(found > 3, "{mark}");
        }
    }

    #[test]
    fn every_error_of_an_update_has_its_text() {
        let texts = Texts::load().unwrap();
        let source =
            include_str!("assistant/update/mod.rs").to_owned() + include_str!("assistant/web.rs");
        let codes = source.split("=> \"").skip(1);
        let codes: Vec<_> = codes.filter_map(|rest| rest.split('"').next()).collect();
        assert!(codes.len() > 15, "{codes:?}");
        for code in codes {
            let key = format!("update-error-{code}");
            assert!(texts.zh_cn.keys.contains(&key), "{key}");
        }
    }

    #[test]
    fn language_follows_the_tag() {
        assert_eq!(Language::from_tag("zh-Hans-CN"), Some(Language::ZhCn));
        assert_eq!(Language::from_tag("EN-gb"), Some(Language::En));
        assert_eq!(Language::from_tag("de"), None);
    }
}
