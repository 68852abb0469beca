//! Place: from where somebody signed in, as coarse as it can be and still say something: the network and the browser.
//!
//! Owns what counts as the same place. An address changes within a network and a browser's version each month, and
//! neither is news; another network, or another browser, is. A text a browser sends is no proof of anything: whoever
//! copies it from the same network is the same place here.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// From where somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The network: `a.b.c.0/24`, `a:b:c::/48`, or `unknown`.
    pub network: String,
    /// The family of the browser, and its system.
    pub browser: String,
}

/// What stands where nothing is known.
const UNKNOWN: &str = "unknown";

/// Words of browsers that call themselves by others' names too: the first that is found counts.
const BROWSERS: [(&str, &str); 11] = [
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("360SE", "360"),
    ("360EE", "360"),
    ("QQBrowser", "QQ Browser"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("Trident/", "Internet Explorer"),
];

/// Words of systems: the first that is found counts.
const SYSTEMS: [(&str, &str); 7] = [
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

impl Place {
    /// Of an address and of what a browser calls itself.
    pub fn of(address: Option<&str>, user_agent: Option<&str>) -> Self {
        let agent = user_agent.unwrap_or_default();
        let found = |words: &[(&str, &'static str)]| {
            let mut named = words.iter().filter(|(word, _)| agent.contains(word));
            named.next().map(|(_, name)| *name)
        };
        let browser = match (found(&BROWSERS), found(&SYSTEMS)) {
            (Some(browser), Some(system)) => format!("{browser} ({system})"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => UNKNOWN.to_owned(),
        };
        let address = address.and_then(|address| address.parse::<IpAddr>().ok());
        Self {
            network: address.map_or_else(|| UNKNOWN.to_owned(), network),
            browser,
        }
    }
}

/// A subscriber's network, more or less: /24, and /48 where addresses are long.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/131.0.0.0 Safari/537.36";

    #[test]
    fn neither_a_neighbours_address_nor_a_newer_version_is_another_place() {
        let one = Place::of(Some("202.96.64.7"), Some(CHROME));
        let newer = CHROME.replace("131", "132");
        assert_eq!(one, Place::of(Some("202.96.64.201"), Some(&newer)));
        assert_eq!(one, Place::of(Some("::ffff:202.96.64.9"), Some(CHROME)));
        assert_eq!(one.network, "202.96.64.0/24");
        assert_eq!(one.browser, "Chrome (Windows)");
        assert_ne!(one, Place::of(Some("202.96.65.7"), Some(CHROME)));
        let edge = format!("{CHROME} Edg/131.0");
        assert_eq!(Place::of(None, Some(&edge)).browser, "Edge (Windows)");
    }

    #[test]
    fn long_addresses_and_none_at_all_have_their_place_too() {
        let long = Place::of(Some("2400:3200:1:2:3:4:5:6"), None);
        assert_eq!(long.network, "2400:3200:1::/48");
        assert_eq!(long.browser, UNKNOWN);
        assert_eq!(long, Place::of(Some("2400:3200:1:ffff::1"), Some("curl")));
        assert_eq!(Place::of(Some("no address"), None).network, UNKNOWN);
    }
}
