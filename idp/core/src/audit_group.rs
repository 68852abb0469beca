//! What belongs together of what happened: for whoever looks for events and does not know their words.

use crate::audit::AuditKind;

macro_rules! groups {
    ($($(#[$doc:meta])* $name:ident = $word:literal : $($first:literal)|+,)*) => {
        /// Kinds of events that belong together.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AuditGroup { $($(#[$doc])* $name,)* }

        impl AuditGroup {
            /// Every group there is, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The machine word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The group of a kind: by the first part of its word.
            pub fn of(kind: AuditKind) -> Option<Self> {
                let word = kind.as_str();
                let first = word.split('.').next().unwrap_or(word);
                match first {
                    $($($first)|+ => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

groups! {
    /// Signing in and out.
    SignIns = "sign-ins": "login" | "sessions",
    /// Locks, from binding to their end.
    Locks = "locks": "binding" | "certificate" | "lock" | "rebinding",
    /// 确认授权.
    Consents = "consents": "consent",
    /// What platforms ask for and get.
    Tokens = "tokens": "authorization" | "code" | "token" | "client-credentials" | "grant" | "grants"
        | "own-token" | "refresh-token" | "userinfo",
    /// What is registered of enterprises.
    Enterprises = "enterprises": "enterprise" | "account" | "personal-data",
    /// Telling platforms that a sign-in ended, and enterprises what happened to them.
    Told = "told": "logout" | "notification",
    /// Platforms.
    Platforms = "platforms": "platform" | "maintenance" | "registration" | "registration-token",
    /// CAs.
    Authorities = "authorities": "ca",
    /// What operators do, changes of two persons included.
    Operators = "operators": "operator" | "api" | "change" | "notice",
    /// Keys and the trail itself.
    House = "house": "signing-key" | "audit",
    /// What was fended off.
    Fended = "fended": "request" | "requests",
}

impl AuditGroup {
    /// The group that a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == word)
    }

    /// Its kinds.
    pub fn kinds(self) -> impl Iterator<Item = AuditKind> {
        let all = AuditKind::ALL.iter().copied();
        all.filter(move |kind| Self::of(*kind) == Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_belongs_to_one_group_and_no_group_is_empty() {
        for kind in AuditKind::ALL {
            assert!(AuditGroup::of(*kind).is_some(), "{kind:?}");
        }
        for group in AuditGroup::ALL {
            assert!(group.kinds().count() > 0, "{group:?}");
            assert_eq!(AuditGroup::of_word(group.as_str()), Some(*group));
        }
        assert_eq!(AuditGroup::of_word("nothing"), None);
    }
}
