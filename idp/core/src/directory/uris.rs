//! Addresses of a registration: which are taken, and which host they are at.

use url::{Host, Url};

use crate::cx::Cx;

/// Longest address, in octets.
pub(super) const URI_MAX: usize = 2000;
/// Most addresses of one kind.
pub(super) const URIS_MAX: usize = 20;

/// Parameters of our own answers.
const RESERVED: [&str; 7] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
    "response",
];

/// Where plain http is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlainHttp {
    /// Nowhere.
    Refused,
    /// On loopback.
    OnLoopback,
}

impl PlainHttp {
    /// In development.
    pub(super) fn of(cx: &Cx) -> Self {
        if cx.settings.loopback_platforms {
            Self::OnLoopback
        } else {
            Self::Refused
        }
    }
}

/// Whether an address can be registered: https, without fragment, user and pattern, and written as it is compared.
pub(super) fn is_acceptable(text: &str, plain: PlainHttp) -> bool {
    let Ok(uri) = Url::parse(text) else {
        return false;
    };
    let scheme = match uri.scheme() {
        "https" => uri.host().is_some(),
        "http" => plain == PlainHttp::OnLoopback && is_loopback(&uri),
        _ => false,
    };
    scheme
        && text.len() <= URI_MAX
        && uri.fragment().is_none()
        && uri.username().is_empty()
        && uri.password().is_none()
        // What is compared character by character later must be written as it is parsed now.
        && (uri.as_str() == text || uri.as_str() == format!("{text}/"))
        && !uri.query_pairs().any(|(name, _)| RESERVED.contains(&&*name))
        && !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '*')
}

/// Whether a text is the origin of an address that can be registered, as browsers write it.
pub(super) fn is_origin(text: &str, plain: PlainHttp) -> bool {
    is_acceptable(text, plain)
        && Url::parse(text).is_ok_and(|uri| uri.origin().ascii_serialization() == text)
}

/// Whether a text can name a resource (RFC 8707 §2): an absolute URI without a fragment.
pub(super) fn is_resource(text: &str) -> bool {
    text.len() <= URI_MAX
        && Url::parse(text).is_ok_and(|uri| uri.fragment().is_none())
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// The host of an address.
pub(super) fn host(uri: &str) -> Option<String> {
    Some(Url::parse(uri).ok()?.host_str()?.to_owned())
}

fn is_loopback(uri: &Url) -> bool {
    match uri.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(domain)) => domain == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_and_in_development_loopback_ones_are_registered() {
        let plain = [
            "http://127.0.0.1:9001/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
        ];
        for loopback in plain {
            assert!(is_acceptable(loopback, PlainHttp::OnLoopback), "{loopback}");
            assert!(!is_acceptable(loopback, PlainHttp::Refused), "{loopback}");
        }
        assert!(is_acceptable("https://p.example/cb", PlainHttp::Refused));
        assert!(is_acceptable(
            "https://p.example/cb?to=1",
            PlainHttp::Refused
        ));
        let long = format!("https://p.example/{}", "a".repeat(URI_MAX));
        for bad in [
            "http://p.example/cb",
            "https://p.example/cb#x",
            "https://user@p.example/cb",
            "https://user:secret@p.example/cb",
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "file:///etc/passwd",
            "com.example.app:/cb",
            "https://*.example/cb",
            "https://p.example/ cb",
            "https://P.example/cb",
            "https://p.example/a/../cb",
            "https://p.example/cb?code=1",
            "https://p.example/cb?response=1",
            "/cb",
            "",
            &long,
        ] {
            assert!(!is_acceptable(bad, PlainHttp::OnLoopback), "{bad}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let is_origin = |text| is_origin(text, PlainHttp::OnLoopback);
        assert!(is_origin("https://p.example") && is_origin("http://127.0.0.1:9001"));
        for bad in [
            "https://p.example/",
            "https://p.example:443",
            "null",
            "*",
            "https://p.example/a",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn a_resource_is_an_absolute_uri_without_a_fragment() {
        assert!(is_resource("https://archive.example/") && is_resource("urn:archive:1"));
        for bad in [
            "archive",
            "https://archive.example/#x",
            "https://a.example/ b",
            "",
        ] {
            assert!(!is_resource(bad), "{bad}");
        }
    }
}
