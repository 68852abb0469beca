//! The words of the portal in one language, from the Fluent files built into the program.
//!
//! Owns loading and look-up. Does not know which page asks. A missing key is a mistake of ours: it
//! stops a debug build and shows the key in a release build, never an error to the person.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::langid;

use super::Locale;

/// The messages of one language.
pub struct Messages {
    bundle: FluentBundle<FluentResource>,
}

static ZH_CN: LazyLock<Messages> = LazyLock::new(|| Messages::load(Locale::ZhCn));
static EN: LazyLock<Messages> = LazyLock::new(|| Messages::load(Locale::En));

impl Messages {
    /// The messages of `locale`, parsed once and shared.
    pub fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::ZhCn => &ZH_CN,
            Locale::En => &EN,
        }
    }

    /// The message `key`, which takes no arguments.
    pub fn t(&self, key: &str) -> Cow<'_, str> {
        self.format(key, None)
    }

    /// The message `key` with its arguments filled in.
    pub fn ta(&self, key: &str, args: &[(&str, &str)]) -> Cow<'_, str> {
        let args = args.iter().copied().collect::<FluentArgs<'_>>();
        Cow::Owned(self.format(key, Some(&args)).into_owned())
    }

    /// Whether there is a message `key`.
    pub fn has(&self, key: &str) -> bool {
        self.bundle
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }

    fn format<'a>(&'a self, key: &str, args: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        let pattern = self.bundle.get_message(key).and_then(|it| it.value());
        debug_assert!(pattern.is_some(), "no message {key}");
        let Some(pattern) = pattern else {
            return Cow::Owned(key.to_owned());
        };
        let mut problems = Vec::new();
        let text = self.bundle.format_pattern(pattern, args, &mut problems);
        debug_assert!(problems.is_empty(), "message {key}: {problems:?}");
        text
    }

    fn load(locale: Locale) -> Self {
        let (id, text) = match locale {
            Locale::ZhCn => (langid!("zh-CN"), source(Locale::ZhCn)),
            Locale::En => (langid!("en"), source(Locale::En)),
        };
        // A file with a mistake still yields every entry that can be read; the test below keeps
        // both files free of mistakes.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(kept, _)| kept);
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks would show up in ids, names and page titles copied by the person.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }
}

/// The Fluent text of `locale`: the portal's and the console's.
pub(super) const fn source(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => concat!(
            include_str!("../../locales/zh-CN.ftl"),
            include_str!("../../locales/console.zh-CN.ftl"),
            include_str!("../../locales/console-watch.zh-CN.ftl"),
            include_str!("../../locales/people.zh-CN.ftl")
        ),
        Locale::En => concat!(
            include_str!("../../locales/en.ftl"),
            include_str!("../../locales/console.en.ftl"),
            include_str!("../../locales/console-watch.en.ftl"),
            include_str!("../../locales/people.en.ftl")
        ),
    }
}
