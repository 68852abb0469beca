//! What may take the place of a list at hand at the same address.
//!
//! Whoever stands between can hand over any list that the CA ever signed. So a list gives way to a version of itself that
//! is no older, or to one about more; never to one about another part of the CA's certificates.

use std::path::Path;

use pki::revocation::ocsp::MAX_SKEW_SECONDS;
use pki::revocation::{Crl, UnverifiedCrl, crls_in};

use super::list_file::Reading;
use crate::certificates::pem;
use crate::clock;

/// Told where an older list came.
pub(super) const OLDER: &str = "it is older than the one at hand";

/// Why lists that came from an address may not take the place of those at hand from there.
pub(super) fn objection(at_hand: &[Crl], came: &[Crl], address: &str) -> Option<&'static str> {
    let now = clock::now().unix_seconds();
    let names_it = |list: &Crl| list.points().iter().any(|point| point == address);
    for had in at_hand.iter().filter(|had| !is_of_the_future(had)) {
        let mut same = came.iter().filter(|list| list.is_about_the_same_as(had));
        if same.any(|list| list.is_older_than(had)) {
            return Some(OLDER);
        }
        // What ran out clears nobody; what another key signed is kept beside.
        let of_signer = || came.iter().filter(|list| list.is_by_signer_of(had));
        if now >= had.next_update() || of_signer().next().is_none() {
            continue;
        }
        let mut covering = of_signer()
            .filter(|list| list.is_about_all_of(had))
            .peekable();
        if covering.peek().is_some() {
            if covering.all(|list| list.is_older_than(had)) {
                return Some(OLDER);
            }
            continue;
        }
        // A part that got here by mistake or by malice gives way to the one whose address this is.
        let is_astray = had.is_partial() && !names_it(had);
        if !(is_astray && of_signer().any(names_it)) {
            return Some("it is about another part of the CA's certificates than the one at hand");
        }
    }
    None
}

/// What is to be kept: the lists that came, and with them those lists of the file in force whose key signed none of them.
/// A CA that changes its key publishes the new key's list at the old address.
pub(super) fn with_other_keys(
    (mut came, lists): (Vec<Vec<u8>>, &[Crl]),
    at_hand: &[Crl],
    (file, reading): (&Path, &Reading),
) -> Vec<u8> {
    let now = clock::now().unix_seconds();
    let stays =
        |had: &Crl| now < had.next_update() && !lists.iter().any(|list| list.is_by_signer_of(had));
    if at_hand.iter().any(stays) {
        let before = std::fs::read(file).ok().and_then(|old| crls_in(old).ok());
        let beside = before.unwrap_or_default().into_iter().filter(|der| {
            let list = UnverifiedCrl::from_der(der).ok();
            let list = list.and_then(|unverified| reading.verified(&unverified).ok());
            list.is_some_and(|list| stays(&list))
        });
        came.extend(beside);
    }
    match <[Vec<u8>; 1]>::try_from(came) {
        Ok([only]) => only,
        Err(several) => {
            let sections = several.iter().map(|der| pem::section("X509 CRL", der));
            sections.collect::<String>().into_bytes()
        }
    }
}

/// Whether a list begins later than clocks differ: it would keep every true one away, as the newer, until its time comes.
pub(super) fn is_of_the_future(list: &Crl) -> bool {
    let latest = clock::now().unix_seconds().saturating_add(MAX_SKEW_SECONDS);
    list.this_update() > latest
}
