//! 运行状况: how the addresses of platforms do, and maintenance.

use askama::Template;

use super::Bench;
use crate::view::{Frame, Problem, page};

/// Every platform in force.
#[derive(Clone, Debug, Template)]
#[template(path = "console/health.html")]
pub struct HealthPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Those in trouble first.
    pub rows: Vec<HealthRow<'a>>,
    /// Whether they are looked at from time to time.
    pub is_watched: bool,
}

/// One platform.
#[derive(Clone, Debug)]
pub struct HealthRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// Name, in the page's language.
    pub name: &'a str,
    /// Whether nobody goes there anyway.
    pub is_suspended: bool,
    /// How it does, as a word.
    pub state: &'static str,
    /// The worse, the higher.
    pub rank: u8,
    /// Which of its addresses do not well.
    pub failing: String,
    /// When it was last looked at.
    pub checked: Option<String>,
    /// Whether maintenance goes on or is ahead.
    pub has_maintenance: bool,
}

/// One platform's addresses.
#[derive(Clone, Debug, Template)]
#[template(path = "console/platform_health.html")]
pub struct PlatformHealthPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// Identifier.
    pub id: &'a str,
    /// Name, in the page's language.
    pub name: &'a str,
    /// Its addresses.
    pub addresses: Vec<AddressRow<'a>>,
    /// What changed, newest first.
    pub changes: Vec<HealthChangeRow<'a>>,
    /// What goes on or is ahead.
    pub maintenances: Vec<MaintenanceRow<'a>>,
    /// Whether whoever looks may try it and announce.
    pub may_change: bool,
    /// Whether it has addresses at all.
    pub is_connected: bool,
    /// What stands in the form, by field.
    pub values: &'a [(&'static str, String)],
    /// What is wrong with it.
    pub problem: Option<Problem<'a>>,
}

/// One address.
#[derive(Clone, Debug)]
pub struct AddressRow<'a> {
    /// Which: the metadata's own name.
    pub endpoint: &'static str,
    /// The address.
    pub url: &'a str,
    /// How it does, as a word.
    pub state: &'static str,
    /// Why not well, as a word.
    pub reason: Option<&'a str>,
    /// Since when.
    pub since: String,
    /// When it was last looked at.
    pub checked: String,
}

/// That an address began to do otherwise.
#[derive(Clone, Debug)]
pub struct HealthChangeRow<'a> {
    /// When.
    pub at: String,
    /// Which address.
    pub endpoint: &'static str,
    /// How it did.
    pub from: &'static str,
    /// How it does since.
    pub to: &'static str,
    /// Why, as a word.
    pub reason: Option<&'a str>,
}

/// Maintenance that was announced.
#[derive(Clone, Debug)]
pub struct MaintenanceRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// From when on.
    pub from: String,
    /// Until when.
    pub until: String,
    /// What is said, in Chinese.
    pub text_zh: &'a str,
    /// In English.
    pub text_en: &'a str,
    /// Who announced it.
    pub by: &'a str,
    /// Whether it goes on.
    pub is_on: bool,
}

impl PlatformHealthPage<'_> {
    fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(n, _)| *n == name);
        found.map_or("", |(_, value)| value)
    }

    /// Why an address does not well, in the page's language; a word that has no message stays as it is.
    fn why(&self, reason: &str) -> String {
        self.frame.word_or("console-health-why", reason)
    }
}

impl HealthRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl AddressRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

/// The look of a state's tag.
fn class(state: &str) -> &'static str {
    match state {
        "ok" => "tag tag-good",
        "down" => "tag tag-bad",
        "degraded" | "missed" => "tag tag-warn",
        _ => "tag",
    }
}

page!(HealthPage, 16 * 1024);
page!(PlatformHealthPage, 16 * 1024);
