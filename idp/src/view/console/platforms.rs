//! 交易平台 as registrars keep them.

use askama::Template;
use idp_core::platform::JwsAlgorithm;

use super::{Bench, Fact};
use crate::view::{Choice, Frame, Problem, page};

/// All of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/platforms.html")]
pub struct ConsolePlatformsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// By zone and region.
    pub platforms: Vec<ConsolePlatformRow<'a>>,
    /// Whether whoever looks may change them.
    pub may_change: bool,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct ConsolePlatformRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name in the page's language.
    pub name: &'a str,
    /// `autonomous`, `western` or `eastern`.
    pub zone: &'static str,
    /// `listed`, `active`, `suspended`, `pending` or `withdrawn`.
    pub state: &'static str,
    /// How it proves itself; empty while it is only listed.
    pub method: String,
}

/// One of them.
#[derive(Clone, Debug, Template)]
#[template(path = "console/platform.html")]
pub struct ConsolePlatformPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Identifier.
    pub id: &'a str,
    /// Name in the page's language.
    pub name: &'a str,
    /// As in the list.
    pub state: &'static str,
    /// The version that is shown.
    pub version: &'a str,
    /// What is registered.
    pub facts: Vec<Fact>,
    /// Whether whoever looks may change it.
    pub may_change: bool,
    /// Whether it has a secret that can be rotated.
    pub has_secret: bool,
}

/// Connecting one, or changing it.
#[derive(Clone, Debug, Template)]
#[template(path = "console/platform_form.html")]
pub struct PlatformFormPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Where the form is sent.
    pub action: &'a str,
    /// The one that is changed or connected; absent for one that is not in the directory.
    pub id: Option<&'a str>,
    /// What stands in the fields, by name.
    pub values: &'a [(&'static str, String)],
    /// Fields with several values that were chosen, by name and value.
    pub chosen: &'a [(String, String)],
    /// Scopes.
    pub scopes: Vec<Choice<'a>>,
    /// Zones.
    pub zones: Vec<Choice<'a>>,
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
    /// What the reader of the form said, in its own words.
    pub why: Option<&'a str>,
}

/// A secret, once.
#[derive(Clone, Debug, Template)]
#[template(path = "console/secret.html")]
pub struct SecretPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// What it is: the standards' own word.
    pub kind: SecretKind,
    /// Whose: a `client_id`, or a token's identifier.
    pub id: &'a str,
    /// The secret.
    pub secret: &'a str,
}

/// What is shown once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A platform's `client_secret`.
    Client,
    /// An initial access token (RFC 7591).
    RegistrationToken,
}

impl SecretPage<'_> {
    fn is_token(&self) -> bool {
        self.kind == SecretKind::RegistrationToken
    }
}

/// Ways to prove oneself that the form knows.
const METHODS: [&str; 6] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
];

impl PlatformFormPage<'_> {
    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(n, _)| *n == name);
        found.map_or("", |(_, value)| value)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.chosen.iter().any(|(n, v)| n == name && v == value)
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the page")]
    fn methods(&self) -> [&'static str; 6] {
        METHODS
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the page")]
    fn algorithms(&self) -> [&'static str; 4] {
        JwsAlgorithm::ALL.map(JwsAlgorithm::as_str)
    }
}

impl ConsolePlatformRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl ConsolePlatformPage<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "active" => "tag tag-good",
        "suspended" | "pending" => "tag tag-warn",
        _ => "tag",
    }
}

page!(ConsolePlatformsPage, 16 * 1024);
page!(ConsolePlatformPage, 16 * 1024);
page!(PlatformFormPage, 20 * 1024);
page!(SecretPage, 8 * 1024);
