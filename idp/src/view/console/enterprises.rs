//! 企业: finding one, seeing it whole, and asking for what is done to it.

use askama::Template;

use super::events::{EventRow, Pager};
use super::{Bench, Fact};
use crate::view::{Choice, Frame, Problem, page};

/// The search and what it found.
#[derive(Clone, Debug, Template)]
#[template(path = "console/enterprises.html")]
pub struct EnterprisesPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// What was typed.
    pub words: &'a str,
    /// The state that was chosen; empty: any.
    pub state: &'a str,
    /// The region that was chosen; empty: any.
    pub region: &'a str,
    /// Regions to choose from.
    pub regions: Vec<Choice<'a>>,
    /// As what the words were understood.
    pub by: &'static str,
    /// What was found.
    pub enterprises: Vec<EnterpriseRow<'a>>,
    /// The way on.
    pub pager: Pager,
    /// Why nothing was looked for.
    pub problem: Option<Problem<'a>>,
}

/// One of them in the list.
#[derive(Clone, Debug)]
pub struct EnterpriseRow<'a> {
    /// 统一社会信用代码.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// Region in the page's language.
    pub region: String,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// When it was bound.
    pub since: String,
}

/// One of them, whole.
#[derive(Clone, Debug, Template)]
#[template(path = "console/enterprise.html")]
pub struct EnterprisePage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// 统一社会信用代码.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// What is registered.
    pub facts: Vec<Fact>,
    /// What may be done to all of it: machine words.
    pub acts: Vec<&'static str>,
    /// Its locks.
    pub locks: Vec<ConsoleLockRow<'a>>,
    /// Its sign-ins.
    pub sign_ins: Vec<ConsoleSignInRow<'a>>,
    /// Its consents.
    pub consents: Vec<ConsoleConsentRow<'a>>,
    /// Names that it had.
    pub renames: Vec<RenameRow<'a>>,
    /// What happened.
    pub events: Vec<EventRow>,
    /// Groups of events to choose from.
    pub groups: Vec<Choice<'a>>,
    /// The one that was chosen; empty: all.
    pub group: &'a str,
    /// The way on through what happened.
    pub pager: Pager,
    /// Whether whoever looks may change it.
    pub may_change: bool,
}

/// One of its locks.
#[derive(Clone, Debug)]
pub struct ConsoleLockRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// `primary` or `secondary`.
    pub role: &'static str,
    /// 证书Key号.
    pub key_number: &'a str,
    /// 硬件介质号.
    pub media_number: Option<&'a str>,
    /// The name in its certificate.
    pub holder: &'a str,
    /// Who issued it.
    pub issuer: &'a str,
    /// Serial number.
    pub serial: &'a str,
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// From when until when the certificate counts.
    pub validity: String,
    /// Days until it ends, of one in force.
    pub days_left: Option<String>,
    /// `active`, `expired`, `removed`, `lost` or `revoked`.
    pub state: &'static str,
    /// When it ended.
    pub ended: Option<String>,
    /// What may be done to it now: machine words.
    pub acts: Vec<&'static str>,
}

/// One of its sign-ins.
#[derive(Clone, Debug)]
pub struct ConsoleSignInRow<'a> {
    /// Identifier.
    pub id: &'a str,
    /// When it began.
    pub begun: String,
    /// When it was last used.
    pub seen: String,
    /// With which lock: its 证书Key号.
    pub lock: String,
    /// From where.
    pub address: &'a str,
    /// With which browser.
    pub agent: &'a str,
    /// `live`, `over`, or how it was ended: `sign-in-<state>` is its text.
    pub state: &'static str,
    /// When it was ended.
    pub ended: Option<String>,
}

/// One of its consents.
#[derive(Clone, Debug)]
pub struct ConsoleConsentRow<'a> {
    /// The platform.
    pub platform_id: &'a str,
    /// Its name.
    pub platform: &'a str,
    /// Scopes.
    pub scopes: String,
    /// When it was given.
    pub since: String,
    /// When it was taken back.
    pub revoked: Option<String>,
}

/// One change of name.
#[derive(Clone, Debug)]
pub struct RenameRow<'a> {
    /// The name before.
    pub old: &'a str,
    /// The name since.
    pub new: &'a str,
    /// When.
    pub at: String,
    /// Who applied it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// File name of the evidence; empty: it was erased.
    pub evidence: &'a str,
    /// Its SHA-256, hexadecimal.
    pub sha256: &'a str,
}

/// Asking for what is done to an enterprise.
#[derive(Clone, Debug, Template)]
#[template(path = "console/enterprise_act.html")]
pub struct EnterpriseActPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Who works here.
    pub bench: Bench<'a>,
    /// 统一社会信用代码.
    pub code: &'a str,
    /// The machine word of what is done: `act-<act>` is its text.
    pub act: &'a str,
    /// To what.
    pub facts: Vec<Fact>,
    /// Fields that are sent as they are.
    pub hidden: Vec<(&'a str, &'a str)>,
    /// Where the form is sent.
    pub action: &'a str,
    /// Regions to choose from, where one is.
    pub regions: Vec<Choice<'a>>,
    /// Largest file of evidence, in octets.
    pub evidence_max: usize,
}

impl EnterpriseRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl EnterprisePage<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl ConsoleLockRow<'_> {
    fn state_class(&self) -> &'static str {
        class(self.state)
    }
}

impl ConsoleSignInRow<'_> {
    pub(super) fn state_class(&self) -> &'static str {
        match self.state {
            "live" => "tag tag-good",
            _ => "tag",
        }
    }
}

fn class(state: &str) -> &'static str {
    match state {
        "active" => "tag tag-good",
        "suspended" | "expired" => "tag tag-warn",
        _ => "tag",
    }
}

page!(EnterprisesPage, 24 * 1024);
page!(EnterprisePage, 48 * 1024);
page!(EnterpriseActPage, 16 * 1024);
