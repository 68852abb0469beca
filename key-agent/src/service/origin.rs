//! For whom is signed.
//!
//! Owns what may stand as an origin. Does not know which are allowed: that is a setting.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// An origin exactly as browsers write it: `scheme://host[:port]`, ASCII, lower case, no default port, no slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// `null`, a path, upper case, a default port, another scheme.
    #[error(
        "an origin is written https://host or https://host:port: lower case, no path, no slash at its end"
    )]
    NotAnOrigin,
    /// Pages that came over the network unprotected are not signed for.
    #[error("an origin must be https; http is possible for this computer's own addresses only")]
    Unprotected,
}

impl Origin {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text).or(Err(OriginError::NotAnOrigin))?;
        if url.origin().ascii_serialization() != text {
            return Err(OriginError::NotAnOrigin);
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => Ok(Self(text.to_owned())),
            ("http", Some(host)) if is_loopback(&host) => Ok(Self(text.to_owned())),
            ("http", _) => Err(OriginError::Unprotected),
            _ => Err(OriginError::NotAnOrigin),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_attests_is_an_origin() {
        for good in [
            "https://idp.example",
            "https://idp.example:8443",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
        ] {
            assert_eq!(
                good.parse::<Origin>().map(|origin| origin.to_string()),
                Ok(good.to_owned())
            );
        }
        let bad = [
            "null",
            "",
            "https://idp.example/",
            "https://IDP.example",
            "https://idp.example:443",
            "https://a@idp.example",
            "file:///x",
            "https://idp.example/path",
            "idp.example",
            "https://统一.example",
        ];
        for text in bad {
            assert_eq!(
                text.parse::<Origin>(),
                Err(OriginError::NotAnOrigin),
                "{text}"
            );
        }
        assert_eq!(
            "http://idp.example".parse::<Origin>(),
            Err(OriginError::Unprotected)
        );
        assert_eq!(
            "http://localhost.example".parse::<Origin>(),
            Err(OriginError::Unprotected)
        );
    }
}
