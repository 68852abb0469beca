//! Serial numbers in order, side by side: a million of them in 8 to 20 megabytes, found in twenty steps.
//!
//! Every number of one list is written in the same width, the smallest of three that fits them all.

/// Octets of the largest serial number a certificate may have (RFC 5280 §4.1.2.2).
pub(super) const WIDEST: usize = 20;

/// Numbers that were taken back.
pub(super) enum Serials {
    Narrow(Box<[[u8; 8]]>),
    Middle(Box<[[u8; 16]]>),
    Wide(Box<[[u8; WIDEST]]>),
}

/// Collects numbers; how many and how wide is known before.
pub(super) enum Collecting {
    Narrow(Vec<[u8; 8]>),
    Middle(Vec<[u8; 16]>),
    Wide(Vec<[u8; WIDEST]>),
}

impl Collecting {
    /// Room for so many numbers of at most so many octets.
    pub(super) fn with_room(count: usize, octets: usize) -> Self {
        match octets {
            0..=8 => Self::Narrow(Vec::with_capacity(count)),
            9..=16 => Self::Middle(Vec::with_capacity(count)),
            _ => Self::Wide(Vec::with_capacity(count)),
        }
    }

    /// Takes the magnitude of a number. One that no certificate can have is passed over.
    pub(super) fn push(&mut self, magnitude: &[u8]) {
        match self {
            Self::Narrow(all) => all.extend(padded(magnitude)),
            Self::Middle(all) => all.extend(padded(magnitude)),
            Self::Wide(all) => all.extend(padded(magnitude)),
        }
    }

    pub(super) fn sorted(self) -> Serials {
        match self {
            Self::Narrow(all) => Serials::Narrow(in_order(all)),
            Self::Middle(all) => Serials::Middle(in_order(all)),
            Self::Wide(all) => Serials::Wide(in_order(all)),
        }
    }
}

impl Serials {
    /// Whether this number is among them, by its magnitude.
    pub(super) fn contain(&self, magnitude: &[u8]) -> bool {
        match self {
            Self::Narrow(all) => is_in(all, magnitude),
            Self::Middle(all) => is_in(all, magnitude),
            Self::Wide(all) => is_in(all, magnitude),
        }
    }

    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Narrow(all) => all.len(),
            Self::Middle(all) => all.len(),
            Self::Wide(all) => all.len(),
        }
    }
}

/// The content octets of an INTEGER without sign and leading zeros; `None` of a negative number, which no
/// certificate that is read here has.
pub(super) fn magnitude(content: &[u8]) -> Option<&[u8]> {
    if content.first()? & 0x80 != 0 {
        return None;
    }
    without_zeros(content)
}

/// A number's octets without those in front that say nothing.
pub(super) fn without_zeros(octets: &[u8]) -> Option<&[u8]> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..)
}

fn padded<const N: usize>(magnitude: &[u8]) -> Option<[u8; N]> {
    let mut number = [0; N];
    let start = N.checked_sub(magnitude.len())?;
    number.get_mut(start..)?.copy_from_slice(magnitude);
    Some(number)
}

fn in_order<const N: usize>(mut all: Vec<[u8; N]>) -> Box<[[u8; N]]> {
    all.sort_unstable();
    all.dedup();
    all.into_boxed_slice()
}

fn is_in<const N: usize>(all: &[[u8; N]], magnitude: &[u8]) -> bool {
    padded(magnitude).is_some_and(|number| all.binary_search(&number).is_ok())
}
