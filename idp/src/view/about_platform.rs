//! What a platform says of itself, where a person is about to go there: a picture and links, each to a registered address.

/// A picture and links; each as registered, so https but in development.
#[derive(Clone, Copy, Debug, Default)]
pub struct AboutPlatform<'a> {
    /// `logo_uri`
    pub logo: Option<&'a str>,
    /// `client_uri`
    pub site: Option<&'a str>,
    /// `policy_uri`
    pub policy: Option<&'a str>,
    /// `tos_uri`
    pub terms: Option<&'a str>,
}

impl AboutPlatform<'_> {
    /// Whether there is anything to show.
    pub const fn is_empty(&self) -> bool {
        self.logo.is_none() && self.site.is_none() && self.policy.is_none() && self.terms.is_none()
    }
}
