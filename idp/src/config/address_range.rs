//! Ranges of addresses, as an operator writes them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Addresses by their leading bits: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressRange {
    network: IpAddr,
    prefix: u32,
}

impl AddressRange {
    /// The addresses by which a machine reaches itself.
    pub const fn of_this_machine() -> [Self; 2] {
        [
            Self {
                network: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
                prefix: 8,
            },
            Self {
                network: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
                prefix: 128,
            },
        ]
    }

    /// Whether an address is within.
    pub fn contains(&self, address: IpAddr) -> bool {
        let same = |own: u128, other: u128, width: u32| {
            let ignored = width.saturating_sub(self.prefix);
            own.checked_shr(ignored) == other.checked_shr(ignored)
        };
        match (self.network, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(own.to_bits().into(), other.to_bits().into(), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128),
            _ => false,
        }
    }
}

impl TryFrom<String> for AddressRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text} is no range of addresses such as 10.0.0.0/8");
        let (network, prefix) = text.split_once('/').unwrap_or((&text, ""));
        let network: IpAddr = network.parse().map_err(|_not_one| wrong())?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            "" if !text.contains('/') => width,
            digits => digits.parse().map_err(|_not_one| wrong())?,
        };
        if prefix > width {
            return Err(wrong());
        }
        Ok(Self { network, prefix })
    }
}

impl std::str::FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::try_from(text.to_owned())
    }
}

impl From<AddressRange> for String {
    fn from(range: AddressRange) -> Self {
        format!("{}/{}", range.network, range.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Result<AddressRange, String> {
        AddressRange::try_from(text.to_owned())
    }

    #[test]
    fn a_range_holds_what_its_leading_bits_say() {
        let holds = |text, address: &str| range(text).unwrap().contains(address.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.0.1") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1") && !holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "8.8.8.8") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("fd00::/8", "fd12::1") && !holds("fd00::/8", "fe80::1"));
        assert!(holds("::/0", "2001:db8::1"));
        for wrong in ["10.0.0.0/33", "10.0.0.0/", "host", "", "10.0.0.0/x"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
