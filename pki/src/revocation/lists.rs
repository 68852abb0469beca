//! Lists at hand, as an answer to what was taken back.

use super::{Crl, Link, RevocationGap, RevocationStatus, Unconfirmed, Unrevoked};
use crate::certificate::Certificate;

/// Verified lists, latest first. Of several about the same certificates the latest in force counts; of others that cover a
/// certificate, with another scope or by another signer, none is a newer version, and what one takes back is taken back.
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
    /// Out of force as the two before, but another list about the same certificates is in force: it does no harm.
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
        let replaced = |other: &Crl| gap_free(other, at) && other.is_about_the_same_as(list);
        Some(match gap {
            _ if self.lists.iter().any(replaced) => ListFault::Superseded,
            RevocationGap::NotYetInForce => ListFault::NotYetInForce,
            _ => ListFault::Stale,
        })
    }

    /// The list that is asked: the first in force of those that fit.
    fn asked(&self, at: i64, fits: impl Fn(&Crl) -> bool) -> Result<&Crl, RevocationGap> {
        let mut missing = RevocationGap::NoList;
        for list in self.lists.iter().filter(|list| fits(list)) {
            match gap(list, at) {
                None => return Ok(list),
                Some(gap) => missing = gap,
            }
        }
        Err(missing)
    }
}

impl RevocationStatus for Lists {
    fn status(&self, link: &Link<'_>) -> Result<Unrevoked, Unconfirmed> {
        let fits = |list: &Crl| list.speaks_for(link.issuer, link.at) && list.covers(link);
        let list = self
            .asked(link.at, fits)
            .map_err(|gap| Unconfirmed::Unavailable(unless_barred(gap, link.issuer)))?;
        let counts = |list: &&Crl| gap_free(list, link.at) && fits(list);
        let replaced = |list: &Crl| {
            let mut newer = self.lists.iter().filter(counts);
            newer.any(|newer| list.is_older_than(newer) && newer.is_about_the_same_as(list))
        };
        let mut naming = self.lists.iter().filter(counts);
        if naming.any(|list| list.takes_back(link.certificate) && !replaced(list)) {
            return Err(Unconfirmed::Revoked);
        }
        let until = list.next_update();
        Ok(Unrevoked { until })
    }

    fn covers_holders_of(&self, issuer: &Certificate, at: i64) -> Result<(), RevocationGap> {
        let fits = |list: &Crl| list.speaks_for(issuer, at) && list.covers_holders();
        let asked = self.asked(at, fits).map(drop);
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
