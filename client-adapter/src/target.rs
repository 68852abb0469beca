//! Where a login leads back to.
//!
//! Owns the rule against open redirects (`OpenID` Connect Core §4: the platform MUST verify
//! `target_link_uri`). Does not know who asked.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Origin, Url};

/// Longest target worth keeping.
const LONGEST_TARGET: usize = 2048;

/// A page of this platform. Only [`Targets::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Target(String);

impl Target {
    /// A path with query and fragment for a page of the platform's own origin, a whole URL for one
    /// of its other origins; fit for a `Location` header as it is.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A target outside the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page to go to after signing in is not one of this platform")]
pub struct ForeignTarget;

/// The origins of one platform.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    home: Url,
    own: Origin,
    others: Vec<Origin>,
}

impl Targets {
    pub(crate) fn new(redirect_uri: &Url, others: &[Url]) -> Self {
        Self {
            home: redirect_uri.clone(),
            own: redirect_uri.origin(),
            others: others.iter().map(Url::origin).collect(),
        }
    }

    /// Reads a path (`/x`) or a whole URL, as a browser would resolve it.
    pub(crate) fn check(&self, text: &str) -> Result<Target, ForeignTarget> {
        // Browsers drop tabs and line breaks and read `\` as `/`: no honest target has them.
        let suspicious = |c: char| c.is_control() || c == '\\' || c == ' ';
        if text.is_empty() || text.len() > LONGEST_TARGET || text.contains(suspicious) {
            return Err(ForeignTarget);
        }
        // A path is relative to our origin; anything else must be a whole URL.
        let url = if text.starts_with('/') {
            self.home.join(text)
        } else {
            Url::parse(text)
        };
        let url = url.map_err(|_not_a_url| ForeignTarget)?;
        let web = matches!(url.scheme(), "http" | "https");
        if !web || !url.username().is_empty() || url.password().is_some() {
            return Err(ForeignTarget);
        }
        let origin = url.origin();
        if origin == self.own {
            let from_path = &url[url::Position::BeforePath..];
            // `//x` at the start of a path would be another host when used alone.
            if from_path.starts_with("//") {
                return Err(ForeignTarget);
            }
            Ok(Target(from_path.to_owned()))
        } else if self.others.contains(&origin) {
            Ok(Target(url.into()))
        } else {
            Err(ForeignTarget)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]
    use super::*;

    fn targets() -> Targets {
        Targets::new(
            &Url::parse("https://platform.example/auth/callback").unwrap(),
            &[Url::parse("https://files.platform.example/").unwrap()],
        )
    }

    #[test]
    fn own_pages_and_listed_origins_are_targets() {
        for (text, expected) in [
            ("/projects?page=2#top", "/projects?page=2#top"),
            ("https://platform.example/projects", "/projects"),
            ("https://platform.example", "/"),
            ("https://platform.example:443/x", "/x"),
            ("/x/../y", "/y"),
            (
                "https://files.platform.example/a",
                "https://files.platform.example/a",
            ),
        ] {
            assert_eq!(targets().check(text).unwrap().as_str(), expected, "{text}");
        }
    }

    #[test]
    fn pages_of_others_are_refused_however_they_are_spelled() {
        for text in [
            "",
            "projects",
            "//evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/..//evil.example",
            "https://platform.example//evil.example",
            "https://evil.example/",
            "https://platform.example.evil.example/",
            "https://platform.example@evil.example/",
            "https://user@platform.example/",
            "http://platform.example/",
            "https://platform.example:8443/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https:evil.example",
            "https:///evil.example",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(targets().check(text), Err(ForeignTarget), "{text:?}");
        }
    }
}
