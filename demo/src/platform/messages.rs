//! The words of a platform in one language, from the Fluent file built into the program.
//!
//! Owns loading and look-up. Does not know which page asks. A missing key stops a debug build and
//! shows itself in a release build, never an error to the person.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::langid;

use super::locale::Locale;

/// The messages of one language.
pub(super) struct Messages(FluentBundle<FluentResource>);

static ZH_CN: LazyLock<Messages> = LazyLock::new(|| Messages::load(Locale::ZhCn));
static EN: LazyLock<Messages> = LazyLock::new(|| Messages::load(Locale::En));

impl Messages {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::ZhCn => &ZH_CN,
            Locale::En => &EN,
        }
    }

    /// The message `key`.
    pub(super) fn t(&self, key: &str) -> Cow<'_, str> {
        self.format(key, None)
    }

    /// The message `key` with its arguments filled in.
    pub(super) fn ta(&self, key: &str, args: &[(&str, &str)]) -> String {
        let args = args.iter().copied().collect::<FluentArgs<'_>>();
        self.format(key, Some(&args)).into_owned()
    }

    /// The message `key`, if there is one.
    pub(super) fn find(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.get_message(key)?;
        Some(self.t(key))
    }

    fn format<'a>(&'a self, key: &str, args: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        let pattern = self.0.get_message(key).and_then(|it| it.value());
        debug_assert!(pattern.is_some(), "no message {key}");
        let Some(pattern) = pattern else {
            return Cow::Owned(key.to_owned());
        };
        let mut problems = Vec::new();
        let text = self.0.format_pattern(pattern, args, &mut problems);
        debug_assert!(problems.is_empty(), "message {key}: {problems:?}");
        text
    }

    fn load(locale: Locale) -> Self {
        let id = match locale {
            Locale::ZhCn => langid!("zh-CN"),
            Locale::En => langid!("en"),
        };
        // A test keeps both files free of mistakes.
        let resource =
            FluentResource::try_new(source(locale).to_owned()).unwrap_or_else(|(kept, _)| kept);
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self(bundle)
    }
}

/// The Fluent text of `locale`.
pub(super) const fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => include_str!("../../locales/platform.zh-CN.ftl"),
        Locale::En => include_str!("../../locales/platform.en.ftl"),
    }
}
