//! 03 授权管理: what each platform may have, and taking it back.

use std::borrow::Cow;

use askama::Template;

use crate::view::{Frame, page};

/// The consents page.
#[derive(Clone, Debug, Template)]
#[template(path = "account/consents.html")]
pub struct ConsentsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// Consents in force.
    pub consents: Vec<ConsentRow<'a>>,
    /// The platform whose consent was just taken back.
    pub revoked: Option<&'a str>,
}

/// Confirming that a consent is taken back.
#[derive(Clone, Debug, Template)]
#[template(path = "account/revoke_consent.html")]
pub struct RevokeConsentPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// The consent.
    pub consent: ConsentRow<'a>,
}

/// One consent.
#[derive(Clone, Debug)]
pub struct ConsentRow<'a> {
    /// The platform's identifier.
    pub platform_id: &'a str,
    /// The consent in force.
    pub consent_id: &'a str,
    /// Its name.
    pub platform: &'a str,
    /// Since when.
    pub since: String,
    /// When the platform was last given something on it.
    pub last_used: Option<String>,
    /// The scopes with their claims.
    pub scopes: Vec<(&'static str, &'static [&'static str])>,
}

impl ConsentRow<'_> {
    /// What the platform may have, in words: heading and data.
    fn data(&self, frame: &Frame<'_>) -> Vec<(Cow<'static, str>, String)> {
        let label = |claim: &&str| frame.t(&format!("claim-{}", claim.replace('#', "-")));
        let between = match frame.locale {
            crate::view::Locale::ZhCn => "、",
            crate::view::Locale::En => ", ",
        };
        let words = |claims: &[&str]| {
            let labels: Vec<_> = claims.iter().map(label).collect();
            labels.join(between)
        };
        let named = self.scopes.iter();
        named
            .map(|(scope, claims)| (frame.t(&format!("scope-{scope}")), words(claims)))
            .collect()
    }
}

page!(ConsentsPage, 12 * 1024);
page!(RevokeConsentPage, 6 * 1024);
