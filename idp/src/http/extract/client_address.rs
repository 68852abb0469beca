//! The address a request comes from: the peer's, or what configured proxies say of it.
//!
//! Owns who is believed. A proxy adds what it saw at the end; what stands before that was sent by whoever it saw, and is
//! believed only as far as that one is a configured proxy too.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;

use crate::config::ForwardedHeader;
use crate::state::AppState;

/// Whether a request comes straight from a configured proxy.
pub fn is_from_proxy(request: &HttpRequest, state: &AppState) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip());
    peer.is_some_and(|peer| is_proxy(state, peer))
}

/// Who asks.
pub fn client_address(request: &HttpRequest, state: &AppState) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_proxy(state, peer) {
        return Some(peer);
    }
    let header = state.config.http.forwarded_header;
    let name = match header {
        ForwardedHeader::XForwardedFor => "x-forwarded-for",
        ForwardedHeader::Forwarded => "forwarded",
    };
    // RFC 9110 §5.3: several lines are one list. Some proxies add a line of their own.
    let lines: Vec<&[u8]> = request
        .headers()
        .get_all(name)
        .map(HeaderValue::as_bytes)
        .collect();
    let mut known = peer;
    for line in lines.iter().rev() {
        for hop in line.rsplit(|octet| *octet == b',') {
            // What can't be read was not seen by a proxy of ours: the one before it is all that is known.
            let Some(address) = std::str::from_utf8(hop)
                .ok()
                .and_then(|hop| read(header, hop))
            else {
                return Some(known);
            };
            if !is_proxy(state, address) {
                return Some(address);
            }
            known = address;
        }
    }
    Some(known)
}

fn is_proxy(state: &AppState, address: IpAddr) -> bool {
    let trusted = &state.config.http.trusted_proxies;
    let address = address.to_canonical();
    trusted.iter().any(|range| range.contains(address))
}

/// One hop: an address, perhaps with a port.
fn read(header: ForwardedHeader, hop: &str) -> Option<IpAddr> {
    let node = match header {
        ForwardedHeader::XForwardedFor => hop.trim(),
        // RFC 7239 §4: for=192.0.2.60;proto=https, for="[2001:db8::17]:4711"
        ForwardedHeader::Forwarded => hop.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let is_for = name.trim().eq_ignore_ascii_case("for");
            is_for.then(|| value.trim().trim_matches('"'))
        })?,
    };
    let bare = node
        .strip_prefix('[')
        .and_then(|node| node.strip_suffix(']'));
    let address = bare.unwrap_or(node).parse::<IpAddr>().ok();
    let address = address.or_else(|| Some(node.parse::<SocketAddr>().ok()?.ip()))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hop_is_an_address_with_or_without_a_port() {
        let x = |hop| read(ForwardedHeader::XForwardedFor, hop).map(|a| a.to_string());
        assert_eq!(x(" 192.0.2.1 ").as_deref(), Some("192.0.2.1"));
        assert_eq!(x("192.0.2.1:4711").as_deref(), Some("192.0.2.1"));
        assert_eq!(x("2001:db8::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(x("[2001:db8::1]:4711").as_deref(), Some("2001:db8::1"));
        assert_eq!(x("::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(
            (x("unknown"), x(""), x("for=192.0.2.1")),
            (None, None, None)
        );
        let f = |hop| read(ForwardedHeader::Forwarded, hop).map(|a| a.to_string());
        assert_eq!(
            f("For=192.0.2.1; proto=https").as_deref(),
            Some("192.0.2.1")
        );
        assert_eq!(
            f("by=10.0.0.1;for=\"[2001:db8::1]:4711\"").as_deref(),
            Some("2001:db8::1")
        );
        assert_eq!((f("192.0.2.1"), f("for=_hidden")), (None, None));
    }
}
