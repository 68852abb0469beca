//! Which addresses may be reached: public ones, and those that the operator named. A name is none here; it is judged
//! by what it resolves to.

use std::net::IpAddr;

use crate::config::AddressRange;

/// Public addresses, and those that the operator named.
pub(super) fn may_be_reached(address: IpAddr, allowed: &[AddressRange]) -> bool {
    let address = address.to_canonical();
    allowed.iter().any(|range| range.contains(address)) || is_public(address)
}

/// By the IANA registries of special-purpose addresses, as of 2025: whatever is not globally reachable is not public, and
/// neither is what carries an IPv4 address inside or belongs to a protocol rather than to a host.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_documentation()
                // This network; shared by carriers, and by clouds for what they tell their machines; protocol
                // assignments; relays of 6to4; benchmarks; reserved.
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a, b, c) == (192, 0, 0)
                || (a, b, c) == (192, 88, 99)
                || (a == 198 && (b == 18 || b == 19))
                || a >= 240)
        }
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            // Global unicast alone: NAT64 (64:ff9b::/96, 64:ff9b:1::/48), what is IPv4-compatible, local, discarded or a
            // segment's is outside of it. Of it not: protocol assignments (2001::/23: Teredo, benchmarks, ORCHID, drones),
            // documentation (twice), 6to4.
            (first & 0xE000) == 0x2000
                && !(first == 0x2001 && second < 0x0200)
                && (first, second) != (0x2001, 0x0DB8)
                && first != 0x2002
                && !(first == 0x3FFF && second < 0x1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_and_its_networks_are_no_sources() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "240.0.0.1",
            "::7f00:1",
            "::ffff:0:127.0.0.1",
            "::ffff:192.88.99.1",
            "64:ff9b::a00:1",
            "64:ff9b::101:101",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001:1::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:2f:ffff::1",
            "2001:30::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "3fff:fff:ffff::1",
            "5f00::1",
            "fec0::1",
            "feff::1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert!(!may_be_reached(address, &[]), "{address}");
        }
        for address in [
            "1.1.1.1",
            "202.96.0.1",
            "192.88.98.1",
            "192.88.100.1",
            "198.20.0.1",
            "2001:200::1",
            "2400:3200::1",
            "3ffe::1",
            "::ffff:1.1.1.1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert!(may_be_reached(address, &[]), "{address}");
        }
        let named = AddressRange::try_from("10.0.0.0/8".to_owned()).unwrap();
        assert!(may_be_reached("10.1.2.3".parse().unwrap(), &[named]));
        assert!(!may_be_reached("127.0.0.1".parse().unwrap(), &[named]));
    }
}
