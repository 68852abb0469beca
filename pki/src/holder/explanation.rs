//! What a profile makes of one certificate, place by place: for whoever writes the profile. The verdict in it is
//! [`read_holder`]'s own.

use super::profile::{LockKind, Place, Rule};
use super::{AttributeProfile, Holder, HolderError, read_holder};
use crate::certificate::Certificate;

/// What every place and rule of a profile finds.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Places of the holder's name; the first that holds anything decides.
    pub holder_name: Vec<PlaceFound>,
    /// Places of the credit code; all that hold anything must agree.
    pub credit_code: Vec<PlaceFound>,
    /// Places of the key number; the first that holds anything decides.
    pub key_number: Vec<PlaceFound>,
    /// Rules of the lock kind; the first that holds decides.
    pub lock_kind: Vec<RuleAsked>,
    /// What log-in would be told.
    pub holder: Result<Holder, HolderError>,
}

/// One place, and what stands there.
#[derive(Clone, Debug)]
pub struct PlaceFound {
    /// As the profile has it.
    pub place: Place,
    /// In the form the profile asks for; empty: nothing of that form.
    pub texts: Result<Vec<String>, HolderError>,
    /// Whether the answer is taken from here.
    pub decides: bool,
}

/// One rule, and whether it holds.
#[derive(Clone, Debug)]
pub struct RuleAsked {
    /// As the profile has it.
    pub rule: Rule,
    /// What it says the lock is.
    pub kind: LockKind,
    /// Whether its condition holds.
    pub holds: Result<bool, HolderError>,
    /// Whether the answer is taken from here.
    pub decides: bool,
}

impl Explanation {
    /// Of one certificate by one profile.
    pub fn of(certificate: &Certificate, profile: &AttributeProfile) -> Self {
        Self {
            holder_name: found(certificate, &profile.holder_name, Deciding::First),
            credit_code: found(certificate, &profile.credit_code, Deciding::All),
            key_number: found(certificate, &profile.key_number, Deciding::First),
            lock_kind: asked(certificate, profile),
            holder: read_holder(certificate, profile),
        }
    }
}

/// Which places the answer is taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deciding {
    First,
    All,
}

fn found(certificate: &Certificate, places: &[Place], deciding: Deciding) -> Vec<PlaceFound> {
    let mut decided = false;
    let each = places.iter().map(|place| {
        let texts = place.texts(certificate);
        let holds_anything = !matches!(&texts, Ok(none) if none.is_empty());
        let decides = holds_anything && !(decided && deciding == Deciding::First);
        decided |= decides;
        PlaceFound {
            place: place.clone(),
            texts,
            decides,
        }
    });
    each.collect()
}

fn asked(certificate: &Certificate, profile: &AttributeProfile) -> Vec<RuleAsked> {
    let mut decided = false;
    let each = profile.lock_kind.rules().iter().map(|rule| {
        let holds = rule.holds(certificate);
        let decides = !decided && holds != Ok(false);
        decided |= decides;
        RuleAsked {
            rule: rule.clone(),
            kind: rule.kind(),
            holds,
            decides,
        }
    });
    each.collect()
}
