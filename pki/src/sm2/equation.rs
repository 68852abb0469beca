//! The equation of an SM2 signature, GB/T 32918.2 §7: with e, (r, s) and the key P, the point (x, y) = \[s\]G + \[r+s\]P must
//! have x ≡ r − e modulo n.
//!
//! Owns the two multiplications and the comparison. Everything in them is public, so they take the time they need: both
//! numbers in signed windows over one run of doublings, Jacobian coordinates, no inversion. The field, the numbers modulo
//! n and the reading of points are the `sm2` crate's, and so is the answer wherever an addition meets a special case
//! ([`Special`]): here stand the plain formulas alone. docs/adr/0010 tells why.

use std::sync::LazyLock;

use ::sm2::dsa::Signature;
use ::sm2::elliptic_curve::ff::PrimeField as _;
use ::sm2::elliptic_curve::hazmat::FieldArithmetic;
use ::sm2::elliptic_curve::ops::Reduce as _;
use ::sm2::elliptic_curve::sec1::ToSec1Point as _;
use ::sm2::{AffinePoint, FieldBytes, ProjectivePoint, PublicKey, Scalar, Sm2};

type Fp = <Sm2 as FieldArithmetic>::FieldElement;

/// Two points of one x-coordinate met in an addition, or the sum is the point at infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Special;

/// Bits of the numbers, one more than they have.
const DIGITS: usize = 257;
/// Width of the windows over the generator's number: 64 multiples, made once.
const GENERATOR_WIDTH: usize = 8;
/// Width of the windows over the key's number: 8 multiples, made for each signature.
const KEY_WIDTH: usize = 5;
/// p − n: the x-coordinates from n to p have a remainder below this.
const P_MINUS_N: [u8; 32] = *b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x8d\xfc\x20\x94\xde\x39\xfa\xd4\xac\x44\x0b\xf6\xc6\x2a\xbe\xdc";
/// n.
const N: [u8; 32] = *b"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x72\x03\xdf\x6b\x21\xc6\x05\x2b\x53\xbb\xf4\x09\x39\xd5\x41\x23";

/// Whether the equation holds for the digest `e`.
pub(super) fn holds(key: &PublicKey, e: &[u8; 32], signature: &Signature) -> Result<bool, Special> {
    let (r, s) = (*signature.r(), *signature.s());
    let t = r + s;
    if bool::from(t.is_zero()) {
        return Ok(false);
    }
    let key = Affine::of(key.as_affine()).ok_or(Special)?;
    let sum = sum_of_multiples(&s, &t, key)?;
    if bool::from(sum.z.is_zero()) {
        return Err(Special);
    }
    let e = Scalar::reduce(&FieldBytes::from(*e));
    Ok(has_remainder(&sum, &(r - e)))
}

/// Whether x, which is X ÷ Z², leaves this remainder modulo n: it is the remainder itself, or n more if that is below p.
fn has_remainder(point: &Jacobian, remainder: &Scalar) -> bool {
    let remainder = remainder.to_repr();
    let Some(low) = element(&remainder) else {
        return false;
    };
    let z2 = point.z.square();
    if low * z2 == point.x {
        return true;
    }
    let high = element(&FieldBytes::from(N)).map(|n| low + n);
    remainder[..] < P_MINUS_N[..] && high.is_some_and(|high| high * z2 == point.x)
}

/// \[s\]G + \[t\]P.
fn sum_of_multiples(s: &Scalar, t: &Scalar, key: Affine) -> Result<Jacobian, Special> {
    let of_key = odd_multiples(key)?;
    let s = signed_windows(s, GENERATOR_WIDTH);
    let t = signed_windows(t, KEY_WIDTH);
    let mut sum: Option<Jacobian> = None;
    for (s, t) in s.iter().zip(&t).rev() {
        sum = sum.map(|sum| sum.double());
        if let Some(point) = chosen(&OF_GENERATOR[..], *s) {
            let point = if *s < 0 { point.negated() } else { point };
            sum = Some(match sum {
                Some(sum) => sum.add_affine(&point)?,
                None => point.into(),
            });
        }
        if let Some(point) = chosen(&of_key, *t) {
            let point = if *t < 0 { point.negated() } else { point };
            sum = Some(match sum {
                Some(sum) => sum.add(&point)?,
                None => point.point,
            });
        }
    }
    sum.ok_or(Special)
}

/// The multiple for a digit: of odd multiples 1, 3, 5 … the one that its magnitude names; none for zero.
fn chosen<T: Copy>(multiples: &[T], digit: i8) -> Option<T> {
    let place = usize::from(digit.unsigned_abs().checked_sub(1)?) / 2;
    multiples.get(place).copied()
}

/// G, 3G, 5G … 127G.
static OF_GENERATOR: LazyLock<Vec<Affine>> = LazyLock::new(|| {
    let twice = ProjectivePoint::GENERATOR + ProjectivePoint::GENERATOR;
    let multiples =
        std::iter::successors(Some(ProjectivePoint::GENERATOR), |last| Some(*last + twice));
    multiples
        .take(1 << (GENERATOR_WIDTH - 2))
        .filter_map(|multiple| Affine::of(&multiple.to_affine()))
        .collect()
});

/// P, 3P, 5P … 15P.
fn odd_multiples(key: Affine) -> Result<Vec<Ready>, Special> {
    let one = Jacobian::from(key);
    let twice = Ready::from(one.double());
    let mut multiples = vec![Ready::from(one)];
    let mut last = one;
    while multiples.len() < 1 << (KEY_WIDTH - 2) {
        last = last.add(&twice)?;
        multiples.push(Ready::from(last));
    }
    Ok(multiples)
}

/// A number as digits, least significant first: each is zero or odd, smaller than half its window, and followed by zeros for
/// the rest of the window.
fn signed_windows(number: &Scalar, width: usize) -> [i8; DIGITS] {
    let octets = number.to_repr();
    let bit = |place: usize| -> i16 {
        let octet = octets.iter().rev().nth(place / 8);
        octet.map_or(0, |octet| i16::from(octet >> (place % 8) & 1))
    };
    let mut digits = [0; DIGITS];
    let (mut place, mut carry) = (0, 0);
    while place < DIGITS {
        if bit(place) == carry {
            place += 1;
            continue;
        }
        let window = width.min(DIGITS - place);
        let mut word = (0..window).fold(carry, |word, at| word + (bit(place + at) << at));
        carry = word >> (width - 1) & 1;
        word -= carry << width;
        if let (Some(digit), Ok(word)) = (digits.get_mut(place), i8::try_from(word)) {
            *digit = word;
        }
        place += window;
    }
    digits
}

fn element(octets: &FieldBytes) -> Option<Fp> {
    Option::from(Fp::from_repr(*octets))
}

/// A point other than that at infinity.
#[derive(Clone, Copy)]
struct Affine {
    x: Fp,
    y: Fp,
}

impl Affine {
    /// `None` for the point at infinity.
    fn of(point: &AffinePoint) -> Option<Self> {
        let point = point.to_sec1_point(false);
        Some(Self {
            x: element(point.x()?)?,
            y: element(point.y()?)?,
        })
    }

    fn negated(self) -> Self {
        Self { y: -self.y, ..self }
    }
}

/// x = X ÷ Z², y = Y ÷ Z³, with Z other than zero.
#[derive(Clone, Copy)]
struct Jacobian {
    x: Fp,
    y: Fp,
    z: Fp,
}

impl From<Affine> for Jacobian {
    fn from(point: Affine) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Fp::ONE,
        }
    }
}

/// A point with what each addition of it asks for.
#[derive(Clone, Copy)]
struct Ready {
    point: Jacobian,
    z2: Fp,
    z3: Fp,
}

impl From<Jacobian> for Ready {
    fn from(point: Jacobian) -> Self {
        let z2 = point.z.square();
        let z3 = z2 * point.z;
        Self { point, z2, z3 }
    }
}

impl Ready {
    fn negated(self) -> Self {
        let point = Jacobian {
            y: -self.point.y,
            ..self.point
        };
        Self { point, ..self }
    }
}

impl Jacobian {
    /// dbl-2001-b of the Explicit-Formulas Database, for a = −3. The order is odd, so Y is never zero.
    fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x * gamma;
        let alpha = (self.x - delta) * (self.x + delta);
        let alpha = alpha.double() + alpha;
        let beta4 = beta.double().double();
        let x = alpha.square() - beta4.double();
        Self {
            x,
            y: alpha * (beta4 - x) - gamma.square().double().double().double(),
            z: (self.y + self.z).square() - gamma - delta,
        }
    }

    fn add_affine(&self, other: &Affine) -> Result<Self, Special> {
        let z2 = self.z.square();
        let (x, y) = (other.x * z2, other.y * z2 * self.z);
        Self::added((self.x, self.y), (x, y), self.z)
    }

    fn add(&self, other: &Ready) -> Result<Self, Special> {
        let z2 = self.z.square();
        let z = self.z * other.point.z;
        let ours = (self.x * other.z2, self.y * other.z3);
        let theirs = (other.point.x * z2, other.point.y * z2 * self.z);
        Self::added(ours, theirs, z)
    }

    /// add-1998-cmo-2 from where both points have one Z.
    fn added((x1, y1): (Fp, Fp), (x2, y2): (Fp, Fp), z: Fp) -> Result<Self, Special> {
        let across = x2 - x1;
        if bool::from(across.is_zero()) {
            return Err(Special);
        }
        let up = y2 - y1;
        let square = across.square();
        let cube = square * across;
        let shifted = x1 * square;
        let x = up.square() - cube - shifted.double();
        Ok(Self {
            x,
            y: up * (shifted - x) - y1 * cube,
            z: z * across,
        })
    }
}

#[cfg(test)]
#[path = "equation_tests.rs"]
mod tests;
