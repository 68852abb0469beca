//! The text that is agreed to: who lets whom have what, for how long. One text for the page, the lock and the receipt.

use idp_core::consent::TEXT_VERSION;
use idp_core::enterprise::Enterprise;
use idp_core::platform::{ConsentPolicy, Platform};

use crate::http::page::platform_name;
use crate::view::{ConsentGroup, Locale, Messages};

/// What a statement is made of.
pub(super) struct Stated<'a> {
    pub(super) locale: Locale,
    pub(super) enterprise: &'a Enterprise,
    pub(super) platform: &'a Platform,
    /// What the page shows, by its labels.
    pub(super) groups: &'a [ConsentGroup<'a>],
    pub(super) remembered: ConsentPolicy,
    pub(super) origin: &'a str,
}

/// The text. Values of personal data are not in it, the enterprise's name and code are; nor is a date, which the signature's
/// record has.
pub(super) fn text(stated: &Stated<'_>) -> String {
    let messages = Messages::of(stated.locale);
    let lasts = match stated.remembered {
        ConsentPolicy::AskAlways => messages.t("statement-consent-once").into_owned(),
        ConsentPolicy::RememberDays(days) => {
            let days = days.to_string();
            let args = [("days", days.as_str())];
            messages.ta("statement-consent-days", &args).into_owned()
        }
    };
    let (data, version) = (data(stated, messages), TEXT_VERSION.to_string());
    let enterprise = one_line(&stated.enterprise.name);
    let platform = one_line(platform_name(stated.platform, stated.locale));
    let args = [
        ("version", version.as_str()),
        ("enterprise", &enterprise),
        ("code", stated.enterprise.credit_code.as_str()),
        ("platform", &platform),
        ("client", stated.platform.id.as_str()),
        ("data", &data),
        ("lasts", &lasts),
        ("origin", stated.origin),
    ];
    messages.ta("statement-consent", &args).into_owned()
}

fn data(stated: &Stated<'_>, messages: &Messages) -> String {
    let (between, open, close, then) = match stated.locale {
        Locale::ZhCn => ("、", "（", "）", "；"),
        Locale::En => (", ", " (", ")", "; "),
    };
    let group = |group: &ConsentGroup<'_>| {
        let title = messages.t(&format!("scope-{}", group.scope));
        let label = |claim: &str| messages.t(&format!("claim-{}", claim.replace('#', "-")));
        let labels: Vec<_> = group.items.iter().map(|item| label(item.claim)).collect();
        format!("{title}{open}{}{close}", labels.join(between))
    };
    let groups: Vec<String> = stated.groups.iter().map(group).collect();
    groups.join(then)
}

/// A name takes no line of its own.
fn one_line(name: &str) -> String {
    let seen = |c: char| if c.is_control() { ' ' } else { c };
    name.chars().map(seen).collect()
}
