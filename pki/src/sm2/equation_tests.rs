//! The equation against the `sm2` crate's own verification.

use ::sm2::dsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use ::sm2::dsa::{SigningKey, VerifyingKey};
use ::sm2::elliptic_curve::Generate as _;
use ::sm2::elliptic_curve::sec1::FromSec1Point as _;
use ::sm2::{NonZeroScalar, SecretKey};
use sm3::{Digest as _, Sm3};

use super::*;

const ID: &str = "1234567812345678";

fn theirs(key: &PublicKey, e: &[u8; 32], signature: &Signature) -> bool {
    let key = VerifyingKey::new(ID, *key).unwrap();
    key.verify_prehash(e, signature).is_ok()
}

fn signature(r: &Scalar, s: &Scalar) -> Signature {
    Signature::from_scalars(r.to_repr(), s.to_repr()).unwrap()
}

fn number(value: u64) -> Scalar {
    Scalar::from(value)
}

/// The last scalar, n − 1.
fn last() -> Scalar {
    -Scalar::ONE
}

#[test]
fn both_agree_on_random_signatures_and_on_every_way_of_spoiling_them() {
    for round in 0_u32..200 {
        let secret = SecretKey::try_generate().unwrap();
        let key = secret.public_key();
        let e: [u8; 32] = Sm3::digest(round.to_be_bytes()).into();
        let signer = SigningKey::new(ID, &secret).unwrap();
        let good: Signature = signer.sign_prehash(&e).unwrap();
        assert_eq!(holds(&key, &e, &good), Ok(true));
        assert!(theirs(&key, &e, &good));

        let mut other_e = e;
        other_e[(round % 32) as usize] ^= 1 << (round % 8);
        let (r, s) = (*good.r(), *good.s());
        let other_key = SecretKey::try_generate().unwrap().public_key();
        let opposite = PublicKey::from_affine(-*key.as_affine()).unwrap();
        for (key, e, signature) in [
            (&key, &other_e, good),
            (&other_key, &e, good),
            (&opposite, &e, good),
            (&key, &e, signature(&s, &r)),
            (&key, &e, signature(&-r, &s)),
            (&key, &e, signature(&r, &-s)),
            (&key, &e, signature(&(r + Scalar::ONE), &s)),
            (&key, &e, signature(&r, &(s + Scalar::ONE))),
        ] {
            assert_eq!(holds(key, e, &signature), Ok(false));
            assert!(!theirs(key, e, &signature));
        }
    }
}

/// For any s and t a key and a digest can be found for which the equation holds: the sums of awkward numbers are compared
/// so, without a private key.
#[test]
fn both_agree_on_awkward_numbers() {
    let secret = SecretKey::try_generate().unwrap();
    let (key, point) = (
        secret.public_key(),
        ProjectivePoint::from(*secret.public_key().as_affine()),
    );
    let half = number(2).invert().unwrap();
    let high_bit = (0..255).fold(Scalar::ONE, |power, _| power.double());
    let awkward = [
        number(1),
        number(2),
        number(3),
        number(127),
        number(128),
        number(255),
        number(256),
        number(u64::MAX),
        last(),
        last() - Scalar::ONE,
        half,
        half - Scalar::ONE,
        high_bit,
        high_bit - Scalar::ONE,
        -high_bit,
    ];
    let (mut plain, mut special) = (0, 0);
    for s in awkward {
        for t in awkward {
            let r = t - s;
            if bool::from(r.is_zero()) {
                continue;
            }
            let sum = (ProjectivePoint::GENERATOR * s + point * t).to_affine();
            let Some(sum) = Affine::of(&sum) else {
                continue;
            };
            let e: [u8; 32] = (r - Scalar::reduce(&sum.x.to_repr())).to_repr().into();
            let signature = signature(&r, &s);
            assert!(theirs(&key, &e, &signature));
            match holds(&key, &e, &signature) {
                Ok(holds) => {
                    assert!(holds, "{s:?} {t:?}");
                    plain += 1;
                }
                Err(Special) => special += 1,
            }
        }
    }
    assert!(plain > 150 && special == 0, "{plain} {special}");
}

/// Where points of one x-coordinate meet, the answer is left to the crate: keys that are small multiples of the generator.
#[test]
fn special_cases_are_noticed_and_never_answered_yes_by_themselves() {
    let mut special = 0;
    for multiple in 1..=300_u64 {
        for multiple in [number(multiple), -number(multiple)] {
            let key = (ProjectivePoint::GENERATOR * multiple).to_affine();
            let key = PublicKey::from_affine(key).unwrap();
            for (s, t) in [
                (1, 1),
                (1, 2),
                (2, 1),
                (3, 5),
                (129, 1),
                (1, 129),
                (255, 254),
            ] {
                let (s, t) = (number(s), number(t));
                let r = t - s;
                if bool::from(r.is_zero()) {
                    continue;
                }
                let signature = signature(&r, &s);
                let sum = (ProjectivePoint::GENERATOR * (s + multiple * t)).to_affine();
                let right = Affine::of(&sum).map(|sum| -> [u8; 32] {
                    (r - Scalar::reduce(&sum.x.to_repr())).to_repr().into()
                });
                for e in [right.unwrap_or([0; 32]), [7; 32], r.to_repr().into()] {
                    match holds(&key, &e, &signature) {
                        Ok(holds) => assert_eq!(holds, theirs(&key, &e, &signature)),
                        Err(Special) => special += 1,
                    }
                }
            }
        }
    }
    assert!(special > 10, "{special} special cases");
}

/// An x-coordinate from n to p: one in 2^128 of the points by chance, so it is made.
#[test]
fn a_point_beyond_the_order_counts_by_its_remainder() {
    let order = element(&FieldBytes::from(N)).unwrap();
    let mut found = 0;
    for step in 0..40_u64 {
        let compressed = [&[2], &(order + Fp::from(step)).to_repr()[..]].concat();
        let point = ::sm2::Sec1Point::from_bytes(&compressed).unwrap();
        let Some(point) = Option::<AffinePoint>::from(AffinePoint::from_sec1_point(&point)) else {
            continue;
        };
        let (s, t) = (number(3) + number(step), number(11));
        // P = (R − sG) ÷ t
        let inverse = Option::<Scalar>::from(t.invert()).unwrap();
        let key = (ProjectivePoint::from(point) - ProjectivePoint::GENERATOR * s) * inverse;
        let key = PublicKey::from_affine(key.to_affine()).unwrap();
        let r = t - s;
        if bool::from(r.is_zero()) {
            continue;
        }
        let signature = signature(&r, &s);
        let e: [u8; 32] = (r - number(step)).to_repr().into();
        assert!(theirs(&key, &e, &signature));
        assert_eq!(holds(&key, &e, &signature), Ok(true));
        let e: [u8; 32] = (r - number(step + 1)).to_repr().into();
        assert_eq!(holds(&key, &e, &signature), Ok(false));
        found += 1;
    }
    assert!(found > 5, "{found}");
    // Just beyond: n + (p − n) is 0 and not p − n modulo n.
    let p_minus_n = Scalar::from_repr(FieldBytes::from(P_MINUS_N)).unwrap();
    let zero = Jacobian {
        x: Fp::ZERO,
        y: Fp::ONE,
        z: Fp::ONE,
    };
    assert!(!has_remainder(&zero, &p_minus_n));
    assert!(has_remainder(&zero, &Scalar::ZERO));
}

#[test]
fn the_sum_of_both_numbers_must_not_vanish() {
    let key = SecretKey::try_generate().unwrap().public_key();
    let r = NonZeroScalar::try_generate().unwrap();
    let signature = signature(&r, &-*r);
    assert_eq!(holds(&key, &[7; 32], &signature), Ok(false));
    assert!(!theirs(&key, &[7; 32], &signature));
}

#[test]
fn windows_add_up_to_their_number() {
    let numbers = [
        Scalar::ZERO,
        Scalar::ONE,
        last(),
        number(u64::MAX),
        number(0xAAAA_5555_F00F),
    ];
    let random = (0..50).map(|_| *NonZeroScalar::try_generate().unwrap());
    for value in numbers.into_iter().chain(random) {
        for width in [KEY_WIDTH, GENERATOR_WIDTH] {
            let digits = signed_windows(&value, width);
            let sum = digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
                let magnitude = number(u64::from(digit.unsigned_abs()));
                let digit = if *digit < 0 { -magnitude } else { magnitude };
                sum.double() + digit
            });
            assert_eq!(sum, value);
            let limit = 1_u8 << (width - 1);
            assert!(
                digits
                    .iter()
                    .all(|digit| *digit == 0 || (digit & 1 == 1 && digit.unsigned_abs() < limit))
            );
        }
    }
}
