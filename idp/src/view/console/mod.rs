//! The console's pages, for operators: one file a page, in the portal's manner and look.
//!
//! Owns what every page of the console shares: who works here, the menu, facts in two columns.

mod act;
mod audit;
mod authorities;
mod dashboard;
mod deliveries;
mod ending_locks;
mod enterprises;
mod events;
mod health;
mod notices;
mod operators;
mod platforms;
mod plot;
mod proposals;
mod registration_tokens;
mod sign_in;
mod standing;

pub use act::ActPage;
pub use audit::{AuditPage, EventPage};
pub use authorities::{
    AuthoritiesPage, AuthorityFormPage, AuthorityPage, AuthorityRow, HistoryRow,
};
pub use dashboard::{DashboardPage, FailureRow, Figure, KeyRow, SourceRow};
pub use deliveries::{DeliveriesPage, DeliveryRow};
pub use ending_locks::{EndingLockRow, EndingLocksPage};
pub use enterprises::{
    ConsoleConsentRow, ConsoleLockRow, ConsoleSignInRow, EnterpriseActPage, EnterprisePage,
    EnterpriseRow, EnterprisesPage, RenameRow,
};
pub use events::{EventLine, EventRow, Pager};
pub use health::{
    AddressRow, HealthChangeRow, HealthPage, HealthRow, MaintenanceRow, PlatformHealthPage,
};
pub use notices::{NoticeRow, NoticesPage};
pub use operators::{OperatorFormPage, OperatorPage, OperatorRow, OperatorsPage};
pub use platforms::{
    ConsolePlatformPage, ConsolePlatformRow, ConsolePlatformsPage, PlatformFormPage, SecretKind,
    SecretPage,
};
pub use plot::{Bars, Columns, Mark};
pub use proposals::{ProposalPage, ProposalRow, ProposalsPage};
pub use registration_tokens::{RegistrationTokenRow, RegistrationTokensPage};
pub use sign_in::ConsoleSignInPage;
pub use standing::{ConsentSeenRow, ConsentsSeenPage, SignInSeenRow, SignInsSeenPage};

use std::borrow::Cow;

use super::{Frame, Messages};

/// Who works here, and where one can go.
#[derive(Clone, Debug, Default)]
pub struct Bench<'a> {
    /// The operator's name; absent before signing in.
    pub operator: Option<&'a str>,
    /// Its roles, as words.
    pub roles: Vec<&'static str>,
    /// Places of the console that those roles open.
    pub menu: Vec<MenuLink>,
}

/// One place of the console.
#[derive(Clone, Copy, Debug)]
pub struct MenuLink {
    /// Its address.
    pub href: &'static str,
    /// The message with its name; also the element id.
    pub key: &'static str,
}

/// One line of facts.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The message with its label.
    pub key: &'static str,
    /// What it is.
    pub value: String,
    /// Whether it is read character by character.
    pub is_code: bool,
    /// What stood there before, where it differs.
    pub before: Option<String>,
}

impl Fact {
    /// Words.
    pub fn new(key: &'static str, value: impl Into<String>) -> Self {
        Self {
            key,
            value: value.into(),
            is_code: false,
            before: None,
        }
    }

    /// Characters.
    pub fn code(key: &'static str, value: impl Into<String>) -> Self {
        Self {
            is_code: true,
            ..Self::new(key, value)
        }
    }

    /// With what stands there now, where that is something else.
    #[must_use]
    pub fn instead_of(self, before: impl Into<String>) -> Self {
        let before = before.into();
        Self {
            before: (before != self.value).then_some(before),
            ..self
        }
    }
}

impl Bench<'_> {
    /// The roles in the page's language.
    pub(super) fn role_names(&self, frame: &Frame<'_>) -> String {
        let name = |role: &&str| -> Cow<'static, str> { frame.t(&format!("role-{role}")) };
        self.roles.iter().map(name).collect::<Vec<_>>().join(" · ")
    }
}

impl Frame<'_> {
    /// The message of a machine word.
    pub(super) fn named(&self, of: &str, word: &str) -> Cow<'static, str> {
        self.t(&format!("{of}-{word}"))
    }

    /// The message of a machine word; one that has none stays as it is.
    pub(super) fn word_or(&self, of: &str, word: &str) -> String {
        let key = format!("{of}-{word}");
        if Messages::of(self.locale).has(&key) {
            self.t(&key).into_owned()
        } else {
            word.to_owned()
        }
    }

    /// Whether a link of the console's menu leads to where this page is.
    pub(super) fn is_in(&self, href: &str) -> bool {
        if href == "/console" {
            self.is_at(href)
        } else {
            self.is_below(href)
        }
    }
}
