//! Key pairs inside: made, found by their `kid` (`CKA_ID`), signed with, destroyed.

use aws_lc_rs::rand;
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use idp_core::platform::JwsAlgorithm;
use sha2::{Digest as _, Sha256};

use super::failure::HsmError;
use super::line::Seat;
use crate::signing::public_key::PublicKey;

/// DER of the OID of P-256.
const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// DER of `DigestInfo` for SHA-256 (RFC 8017 §9.2), up to the digest.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
];

/// Makes a pair that stays. Its name is its public key's: known only afterwards.
pub(super) fn make(seat: &mut Seat, algorithm: JwsAlgorithm) -> Result<PublicKey, HsmError> {
    let mut unnamed = [0; 16];
    rand::fill(&mut unnamed).or(Err(HsmError::Wrong("no randomness")))?;
    let label = format!("idp {}", algorithm.as_str()).into_bytes();
    let both = [
        Attribute::Token(true),
        Attribute::Id(unnamed.to_vec()),
        Attribute::Label(label),
    ];
    let mut public = vec![Attribute::Private(false), Attribute::Verify(true)];
    let mut private = vec![
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
    ];
    let mechanism = match algorithm {
        JwsAlgorithm::Es256 => {
            public.push(Attribute::EcParams(P256.to_vec()));
            Mechanism::EccKeyPairGen
        }
        JwsAlgorithm::Ps256 | JwsAlgorithm::Rs256 => {
            public.push(Attribute::ModulusBits(2048.into()));
            public.push(Attribute::PublicExponent(vec![1, 0, 1]));
            Mechanism::RsaPkcsKeyPairGen
        }
        JwsAlgorithm::Sm2Sm3 => return Err(HsmError::Unable("SM2: PKCS #11 has no name for it")),
    };
    public.extend(both.clone());
    private.extend(both);
    let pair = seat
        .session
        .generate_key_pair(&mechanism, &public, &private)?;
    named(seat, pair, algorithm).inspect_err(|_| {
        for object in [pair.0, pair.1] {
            // What stays behind has a name that nobody looks for.
            drop(seat.session.destroy_object(object));
        }
    })
}

/// Gives the pair its name, once it is seen that the private key can't come out.
fn named(
    seat: &Seat,
    (public, private): (ObjectHandle, ObjectHandle),
    algorithm: JwsAlgorithm,
) -> Result<PublicKey, HsmError> {
    let kinds = [AttributeType::Sensitive, AttributeType::Extractable];
    let told = seat.session.get_attributes(private, &kinds)?;
    if !told.contains(&Attribute::Sensitive(true)) || !told.contains(&Attribute::Extractable(false))
    {
        return Err(HsmError::Wrong("a private key that it made could be read"));
    }
    let key = read_public(seat, public, algorithm)?;
    for object in [public, private] {
        let name = Attribute::Id(key.kid().as_bytes().to_vec());
        seat.session.update_attributes(object, &[name])?;
    }
    Ok(key)
}

fn read_public(
    seat: &Seat,
    public: ObjectHandle,
    algorithm: JwsAlgorithm,
) -> Result<PublicKey, HsmError> {
    const WRONG: HsmError = HsmError::Wrong("a public key that it made can't be read");
    let kinds = match algorithm {
        JwsAlgorithm::Es256 => vec![AttributeType::EcPoint],
        _ => vec![AttributeType::Modulus, AttributeType::PublicExponent],
    };
    let told = seat.session.get_attributes(public, &kinds)?;
    match told.as_slice() {
        // DER of an OCTET STRING (PKCS #11 §2.3.3); some say the point alone.
        [Attribute::EcPoint(octets)] => {
            let point = octets.strip_prefix(&[4, 65]).unwrap_or(octets);
            PublicKey::of_point(algorithm, point).ok_or(WRONG)
        }
        [Attribute::Modulus(n), Attribute::PublicExponent(e)]
        | [Attribute::PublicExponent(e), Attribute::Modulus(n)] => {
            PublicKey::of_rsa(algorithm, n, e).ok_or(WRONG)
        }
        _ => Err(WRONG),
    }
}

/// The private key of this name, where this session found it before or finds it now.
pub(super) fn private_key(seat: &mut Seat, kid: &str) -> Result<Option<ObjectHandle>, HsmError> {
    if let Some(known) = seat.handles.get(kid) {
        return Ok(Some(*known));
    }
    let found = sought(seat, kid)?;
    if let Some(handle) = found {
        seat.handles.insert(kid.to_owned(), handle);
    }
    Ok(found)
}

/// Looked for, whatever was found before.
pub(super) fn sought(seat: &Seat, kid: &str) -> Result<Option<ObjectHandle>, HsmError> {
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(kid.as_bytes().to_vec()),
    ];
    Ok(seat.session.find_objects(&template)?.first().copied())
}

/// Signs, and looks at the signature. What fails may be what the session found before: it is looked for anew, once.
pub(super) fn sign(
    seat: &mut Seat,
    (kid, algorithm): (&str, JwsAlgorithm),
    message: &[u8],
    verifies: &impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, HsmError> {
    let looked_at = |seat: &mut Seat| {
        let signature = signed(seat, (kid, algorithm), message)?;
        // A token that errs must not send out what tells its key.
        if verifies(&signature) {
            Ok(signature)
        } else {
            Err(HsmError::Wrong("a signature that does not verify"))
        }
    };
    match looked_at(seat) {
        Err(HsmError::Gone | HsmError::Wrong(_) | HsmError::Refused(_)) => {
            seat.handles.remove(kid);
            looked_at(seat)
        }
        outcome => outcome,
    }
}

fn signed(
    seat: &mut Seat,
    (kid, algorithm): (&str, JwsAlgorithm),
    message: &[u8],
) -> Result<Vec<u8>, HsmError> {
    let key = private_key(seat, kid)?.ok_or_else(|| HsmError::NoKey(kid.to_owned()))?;
    let has = |wanted| seat.mechanisms.contains(&wanted);
    let digest = || Sha256::digest(message).to_vec();
    let (mechanism, input) = match algorithm {
        JwsAlgorithm::Es256 => (Mechanism::Ecdsa, digest()),
        JwsAlgorithm::Rs256 if has(MechanismType::SHA256_RSA_PKCS) => {
            (Mechanism::Sha256RsaPkcs, message.to_vec())
        }
        JwsAlgorithm::Rs256 => (
            Mechanism::RsaPkcs,
            [DIGEST_INFO.as_slice(), &digest()].concat(),
        ),
        JwsAlgorithm::Ps256 if has(MechanismType::SHA256_RSA_PKCS_PSS) => {
            (Mechanism::Sha256RsaPkcsPss(salted()), message.to_vec())
        }
        JwsAlgorithm::Ps256 => (Mechanism::RsaPkcsPss(salted()), digest()),
        JwsAlgorithm::Sm2Sm3 => return Err(HsmError::Unable("SM2: PKCS #11 has no name for it")),
    };
    Ok(seat.session.sign(&mechanism, key, &input)?)
}

/// RFC 7518 §3.5: SHA-256 throughout, a salt as long as the digest.
fn salted() -> PkcsPssParams {
    PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        s_len: 32.into(),
    }
}

/// Both halves. What another copy destroyed in the same moment is gone as well.
pub(super) fn destroy(seat: &mut Seat, kid: &str) -> Result<bool, HsmError> {
    let template = [Attribute::Id(kid.as_bytes().to_vec())];
    let found = seat.session.find_objects(&template)?;
    seat.handles.remove(kid);
    for object in &found {
        match seat.session.destroy_object(*object).map_err(HsmError::from) {
            Ok(()) | Err(HsmError::Gone) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(!found.is_empty())
}
