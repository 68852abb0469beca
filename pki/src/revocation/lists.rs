//! Lists at hand, as an answer to what was taken back.

use super::{Crl, Link, RevocationGap, RevocationStatus, Unconfirmed, Unrevoked};
use crate::certificate::Certificate;

/// Verified lists, latest first. Of several about the same certificates the latest alone counts, and when that has run out
/// none does: an older one does not know what it took back. Of others that cover a certificate, with another scope or by
/// another signer, none is a newer version, and what one takes back is taken back.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    lists: Vec<Crl>,
}

/// What is wrong with a list that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFault {
    /// Its nextUpdate has passed.
    Stale,
    /// Its thisUpdate has not come.
    NotYetInForce,
    /// Out of force as the two before, but a list about the same certificates counts in its place: it does no harm.
    Superseded,
}

impl Lists {
    /// Takes lists in any order.
    pub fn new(mut lists: Vec<Crl>) -> Self {
        lists.sort_by(|one, other| other.age().cmp(&one.age()));
        Self { lists }
    }

    /// Every list, latest first.
    pub fn all(&self) -> &[Crl] {
        &self.lists
    }

    /// What is wrong with one of them, or with one beside them.
    pub fn fault(&self, list: &Crl, at: i64) -> Option<ListFault> {
        let gap = gap(list, at)?;
        let is_to_come = gap == RevocationGap::NotYetInForce;
        let counts_instead = |other: &Crl| {
            gap_free(other, at)
                && other.is_about_the_same_as(list)
                && (is_to_come || list.is_older_than(other))
        };
        Some(match gap {
            _ if self.lists.iter().any(counts_instead) => ListFault::Superseded,
            RevocationGap::NotYetInForce => ListFault::NotYetInForce,
            _ => ListFault::Stale,
        })
    }

    /// The latest version of each list that fits, whether or not it has run out.
    fn latest(&self, at: i64, fits: impl Fn(&Crl) -> bool) -> Vec<&Crl> {
        let has_begun = |list: &&Crl| at >= list.this_update();
        let replaced = |list: &Crl| {
            let mut begun = self.lists.iter().filter(has_begun);
            begun.any(|newer| list.is_older_than(newer) && newer.is_about_the_same_as(list))
        };
        let fitting = self.lists.iter().filter(|list| fits(list));
        fitting.filter(|list| !replaced(list)).collect()
    }
}

/// The list that is asked: the first in force.
fn asked<'a>(latest: &[&'a Crl], at: i64) -> Result<&'a Crl, RevocationGap> {
    let mut missing = RevocationGap::NoList;
    for list in latest {
        match gap(list, at) {
            None => return Ok(list),
            Some(gap) => missing = gap,
        }
    }
    Err(missing)
}

impl Lists {
    /// The list that clears a certificate: what [`RevocationStatus::status`] rests on.
    pub fn clearing(&self, link: &Link<'_>) -> Result<&Crl, Unconfirmed> {
        let fits = |list: &Crl| list.speaks_for(link.issuer, link.at) && list.covers(link);
        let latest = self.latest(link.at, fits);
        let naming = |list: &&&Crl| list.takes_back(link.certificate);
        if latest
            .iter()
            .filter(naming)
            .any(|list| gap_free(list, link.at))
        {
            return Err(Unconfirmed::Revoked);
        }
        let unavailable = |gap| Unconfirmed::Unavailable(unless_barred(gap, link.issuer));
        let list = asked(&latest, link.at).map_err(unavailable)?;
        // What one that has run out took back, no list from before clears.
        let ran_out = |list: &&Crl| link.at >= list.next_update();
        let mut taken_back = latest.iter().copied().filter(ran_out);
        if taken_back.any(|one| list.is_older_than(one) && one.takes_back(link.certificate)) {
            return Err(unavailable(RevocationGap::Stale));
        }
        Ok(list)
    }
}

impl RevocationStatus for Lists {
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        let until = self.clearing(link)?.next_update();
        Ok(Unrevoked { until })
    }

    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap> {
        let fits = |list: &Crl| list.speaks_for(issuer, at) && list.covers_holders();
        let asked = asked(&self.latest(at, fits), at).map(drop);
        asked.map_err(|gap| unless_barred(gap, issuer))
    }
}

/// RFC 5280 §6.3.3 f: a list is missing for good where the issuer may sign none.
fn unless_barred(gap: RevocationGap, issuer: &Certificate) -> RevocationGap {
    if issuer.key_usage().is_some_and(|usage| !usage.crl_sign) {
        RevocationGap::Unverifiable
    } else {
        gap
    }
}

fn gap(list: &Crl, at: i64) -> Option<RevocationGap> {
    if at < list.this_update() {
        Some(RevocationGap::NotYetInForce)
    } else if at >= list.next_update() {
        Some(RevocationGap::Stale)
    } else {
        None
    }
}

fn gap_free(list: &Crl, at: i64) -> bool {
    gap(list, at).is_none()
}
