//! The challenge that a page asks the lock to sign, and the texts of what can go wrong meanwhile.
//!
//! Owns how both are carried in the page. Does not know how a challenge was made or will be checked.

use std::sync::LazyLock;

use askama::Template;

use super::problem::AGENT_CODES;
use super::{Assets, Frame, Locale, Problem, Support};

/// A challenge, ready to be put into `#challenge-form`.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeForm<'a> {
    /// The nonce, base64.
    pub nonce: &'a str,
    /// The purpose, e.g. `login`.
    pub purpose: &'a str,
    /// The text the agent will show and the lock will sign.
    pub statement: &'a str,
    /// The origin of the provider, as the browser attests it.
    pub origin: &'a str,
    /// Loopback ports of the agent, separated by spaces.
    pub agent_ports: &'a str,
    /// Signature algorithms that are accepted, separated by spaces.
    pub algorithms: &'a str,
    /// Where the script fetches a fresh nonce when the page has been open for long:
    /// POST, header `X-CSRF-Token`, JSON `{"purpose": …}` → JSON `{"nonce": …}`.
    pub refresh_path: Option<&'a str>,
}

/// `#agent-messages`: every text the script may show, in the page's language.
#[derive(Template)]
#[template(path = "part/agent_messages.html")]
struct AgentMessages {
    frame: Frame<'static>,
}

static ZH_CN: LazyLock<String> = LazyLock::new(|| AgentMessages::of(Locale::ZhCn));
static EN: LazyLock<String> = LazyLock::new(|| AgentMessages::of(Locale::En));

impl ChallengeForm<'_> {
    /// `#agent-messages` as HTML. It depends on nothing but the language, so it is rendered once.
    #[expect(
        clippy::unused_self,
        reason = "templates reach it through the challenge"
    )]
    pub(super) fn agent_messages(&self, locale: Locale) -> &'static str {
        match locale {
            Locale::ZhCn => &ZH_CN,
            Locale::En => &EN,
        }
    }
}

impl AgentMessages {
    fn of(locale: Locale) -> String {
        let assets = Assets {
            css: "",
            js: "",
            icon: "",
        };
        let frame = Frame {
            locale,
            path_and_query: "/",
            signed_in: None,
            csrf_token: "",
            done: None,
            assets,
            support: Support::default(),
            demo: false,
        };
        // Without these texts the script falls silent but the form still works.
        Self { frame }.render().unwrap_or_default()
    }
}
