//! Electronic seals: what they say, and what can be said of them.

use pki::anchors::TrustAnchors;
use pki::certificate::Certificate;
use pki::eseal::{
    Listing, MAX_LISTED, MAX_PICTURE_BYTES, MAX_SEAL_BYTES, MakerStanding, PictureFormat, Seal,
    SealError, SealSignatureError, SealTrust, SealValidity, Standard,
};
use pki::path::PathError;
use pki::revocation::Revocation;
use pki::sm2::SigningKey;
use sha2::Digest as _;

use crate::draft::{Draft, extension, tlv};
use crate::lab::{AT, Kind, Lab, Order, anchors};
use crate::malformed::mutations;
use crate::seal_draft::{ECDSA_WITH_SHA256, PNG, RSA_WITH_SHA256, SealDraft};

/// A CA, a maker of seals and a lock, all SM2.
struct Makers {
    root: Certificate,
    maker_key: SigningKey,
    maker: Certificate,
    lock: Certificate,
}

impl Makers {
    fn new() -> Self {
        let key = || SigningKey::generate().unwrap();
        let (root_key, maker_key) = (key(), key());
        Self {
            root: Draft::ca("root").certificate(&root_key, &root_key),
            maker: Draft::lock("root", "制章者").certificate(&maker_key, &root_key),
            lock: Draft::lock("root", "测试企业锁").certificate(&key(), &root_key),
            maker_key,
        }
    }

    fn sign(&self) -> impl Fn(&[u8]) -> Vec<u8> + '_ {
        |message| self.maker_key.sign(message).unwrap()
    }

    fn standing(&self, seal: &Seal, at: i64) -> MakerStanding {
        let anchors = anchors(&[&self.root]);
        seal.maker_standing(&trust(&anchors, std::slice::from_ref(&self.maker)), at)
    }
}

fn trust<'a>(anchors: &'a TrustAnchors, makers: &'a [Certificate]) -> SealTrust<'a> {
    SealTrust {
        anchors,
        intermediates: &[],
        makers,
        revocation: &Revocation::NotChecked,
    }
}

#[test]
fn both_layouts_are_read_and_judged() {
    let makers = Makers::new();
    let (v1, v4) = (
        SealDraft::v1(&makers.maker, &[&makers.lock]),
        SealDraft::v4(&makers.maker, &[&makers.lock]),
    );
    for (draft, standard, version) in [(v1, Standard::GmT0031, 1), (v4, Standard::GbT38540, 4)] {
        let seal = draft.seal(makers.sign());
        assert_eq!((seal.standard(), seal.version()), (standard, version));
        assert_eq!(
            (seal.vendor(), seal.id(), seal.kind()),
            ("TEST", "SEAL-0001", 1)
        );
        assert_eq!(seal.name(), "内蒙古测试有限公司公章");
        assert_eq!(seal.created_at(), 1_772_323_200);
        assert_eq!(seal.valid_from(), seal.created_at() + 86_400);
        assert_eq!(seal.valid_until(), 1_803_859_200);
        assert_eq!(seal.certificates(), std::slice::from_ref(&makers.lock));
        assert_eq!((seal.maker(), seal.listed()), (&makers.maker, 1));
        let picture = seal.picture();
        assert_eq!((picture.declared(), picture.bytes()), ("PNG", PNG));
        assert_eq!((picture.width_mm(), picture.height_mm()), (40, 41));
        assert_eq!(picture.format().unwrap().media_type(), "image/png");

        let anchors = anchors(&[&makers.root]);
        let named = [makers.maker.clone()];
        let verdict = seal.judge(Some(&makers.lock), Some(&trust(&anchors, &named)), AT);
        assert!(verdict.is_good(), "{verdict:?}");
        let MakerStanding::Trusted(chain) = &verdict.maker else {
            panic!("{verdict:?}");
        };
        assert_eq!(chain.anchor(), &makers.root);
        assert!(!format!("{seal:?}{verdict:?}").contains("der"));
    }
}

#[test]
fn what_nobody_asked_or_knows_is_not_claimed() {
    let makers = Makers::new();
    let seal = SealDraft::v4(&makers.maker, &[&makers.lock]).seal(makers.sign());
    let verdict = seal.judge(None, None, AT);
    assert!(verdict.signature.is_ok());
    assert_eq!(verdict.listing, None);
    assert!(matches!(verdict.maker, MakerStanding::Unknown));
    assert!(!verdict.is_good());

    let stranger_key = SigningKey::generate().unwrap();
    let stranger = Draft::ca("stranger").certificate(&stranger_key, &stranger_key);
    let anchors = anchors(&[&stranger]);
    let named = [makers.maker.clone()];
    let verdict = seal.judge(Some(&makers.lock), Some(&trust(&anchors, &named)), AT);
    assert!(matches!(verdict.maker, MakerStanding::Unknown));
    assert!(!verdict.is_good());
}

#[test]
fn a_maker_whose_certificate_has_ended_is_refused_with_the_reason() {
    let makers = Makers::new();
    let seal = SealDraft::v4(&makers.maker, &[&makers.lock]).seal(makers.sign());
    let after = makers.maker.not_after() + 1;
    assert!(matches!(
        makers.standing(&seal, after),
        MakerStanding::Refused(PathError::Expired)
    ));
    assert!(matches!(
        makers.standing(&seal, AT),
        MakerStanding::Trusted(_)
    ));
}

/// Any lock of a trusted CA could sign a seal for itself; that makes it nobody's maker.
#[test]
fn a_lock_of_a_trusted_ca_is_no_maker_unless_it_is_named_as_one() {
    let makers = Makers::new();
    let seal = SealDraft::v4(&makers.maker, &[&makers.lock]).seal(makers.sign());
    let anchors = anchors(&[&makers.root]);
    for named in [&[][..], std::slice::from_ref(&makers.lock)] {
        let verdict = seal.judge(Some(&makers.lock), Some(&trust(&anchors, named)), AT);
        assert!(verdict.signature.is_ok());
        assert!(
            matches!(verdict.maker, MakerStanding::NotAMaker),
            "{verdict:?}"
        );
        assert!(!verdict.is_good());
    }
    // A CA of seal makers alone names all of them.
    let of_makers = [makers.root.clone()];
    let standing = seal.maker_standing(&trust(&anchors, &of_makers), AT);
    assert!(matches!(standing, MakerStanding::Trusted(_)));
}

#[test]
fn a_maker_s_certificate_must_be_for_signatures() {
    let root_key = SigningKey::generate().unwrap();
    let root = Draft::ca("root").certificate(&root_key, &root_key);
    let anchors = anchors(&[&root]);
    let maker_key = SigningKey::generate().unwrap();
    // keyEncipherment, dataEncipherment, keyAgreement; keyCertSign, cRLSign.
    let usages: [&[u8]; 2] = [b"\x03\x38", b"\x01\x06"];
    for usage in usages {
        let mut draft = Draft::lock("root", "maker");
        draft.extensions = vec![extension("551d0f", true, &tlv(3, usage))];
        let maker = draft.certificate(&maker_key, &root_key);
        let sign = |message: &[u8]| maker_key.sign(message).unwrap();
        let seal = SealDraft::v4(&maker, &[]).seal(sign);
        assert_eq!(
            seal.verify_signature(),
            Err(SealSignatureError::NotForSigning)
        );
        let named = [maker];
        let standing = seal.maker_standing(&trust(&anchors, &named), AT);
        // A CA's is refused as such before that.
        let is_refused = matches!(
            standing,
            MakerStanding::NotForSigning | MakerStanding::Refused(_)
        );
        assert!(is_refused, "{standing:?}");
    }
}

#[test]
fn makers_with_rsa_and_ecdsa_keys_sign_too() {
    let lab = Lab::new();
    let root = lab.root("root", Kind::P256);
    let lock = lab.issue("root", &Order::lock("lock", Kind::P256));
    for (kind, algorithm) in [
        (Kind::Rsa(2048), RSA_WITH_SHA256),
        (Kind::P256, ECDSA_WITH_SHA256),
    ] {
        let maker = lab.issue("root", &Order::lock(&format!("{kind:?}"), kind));
        let mut draft = SealDraft::v4(&maker, &[&lock]);
        draft.algorithm = algorithm;
        let sign = |message: &[u8]| lab.sign(&format!("{kind:?}"), message, &["-digest", "sha256"]);
        let anchors = anchors(&[&root]);
        let named = [maker.clone()];
        let verdict = draft
            .seal(sign)
            .judge(Some(&lock), Some(&trust(&anchors, &named)), AT);
        assert!(verdict.is_good(), "{kind:?} {verdict:?}");
        draft.layout = SealDraft::v1(&maker, &[]).layout;
        (draft.version, draft.list_kind) = (2, None);
        assert_eq!(draft.seal(sign).verify_signature(), Ok(()));
    }
}

#[test]
fn openssl_signs_a_seal_with_sm2() {
    let lab = Lab::new();
    lab.root("root", Kind::Sm2);
    let maker = lab.issue("root", &Order::lock("maker", Kind::Sm2));
    let options = ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
    let sign = |message: &[u8]| lab.sign("maker", message, &options);
    for draft in [SealDraft::v4(&maker, &[]), SealDraft::v1(&maker, &[])] {
        assert_eq!(draft.seal(sign).verify_signature(), Ok(()));
    }
}

#[test]
fn algorithms_that_do_not_fit_and_keys_that_may_not_sign_are_told_apart() {
    let makers = Makers::new();
    let refused = |draft: &SealDraft| draft.seal(makers.sign()).verify_signature().unwrap_err();
    let mut draft = SealDraft::v4(&makers.maker, &[]);
    draft.algorithm = RSA_WITH_SHA256;
    assert_eq!(refused(&draft), SealSignatureError::UnsupportedAlgorithm);
    // SM2-with-SM3 with one more arc.
    draft.algorithm = b"\x2a\x81\x1c\xcf\x55\x01\x83\x75\x01";
    assert_eq!(refused(&draft), SealSignatureError::UnsupportedAlgorithm);

    let root_key = SigningKey::generate().unwrap();
    let mut encryption = Draft::lock("root", "maker");
    // keyEncipherment, dataEncipherment, keyAgreement
    encryption.extensions = vec![extension("551d0f", true, &tlv(3, b"\x03\x38"))];
    let encryption = encryption.certificate(&makers.maker_key, &root_key);
    let draft = SealDraft::v4(&encryption, &[]);
    assert_eq!(refused(&draft), SealSignatureError::NotForSigning);

    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let short = lab.issue("root", &Order::lock("short", Kind::Rsa(1024)));
    let mut draft = SealDraft::v4(&short, &[]);
    draft.algorithm = RSA_WITH_SHA256;
    let sign = |message: &[u8]| lab.sign("short", message, &["-digest", "sha256"]);
    assert_eq!(
        draft.seal(sign).verify_signature(),
        Err(SealSignatureError::WeakKey)
    );
}

#[test]
fn a_seal_is_for_the_locks_on_its_list() {
    let makers = Makers::new();
    let other = Makers::new().lock;
    let seal = SealDraft::v4(&makers.maker, &[&other, &makers.lock]).seal(makers.sign());
    assert_eq!(seal.listing_of(&makers.lock), Listing::Listed);
    assert_eq!(seal.listing_of(&other), Listing::Listed);
    assert_eq!(seal.listing_of(&makers.root), Listing::NotListed);
    let empty = SealDraft::v4(&makers.maker, &[]).seal(makers.sign());
    assert_eq!(empty.listing_of(&makers.lock), Listing::NotListed);
    assert!(!empty.judge(Some(&makers.lock), None, AT).is_good());
}

#[test]
fn a_seal_may_list_digests() {
    let makers = Makers::new();
    let lock = makers.lock.der();
    let seal = |kind: &[u8], value: &[u8]| {
        let mut draft = SealDraft::v4(&makers.maker, &[]);
        draft.list_kind = Some(2);
        draft.list = vec![tlv(0x30, &[tlv(19, kind), tlv(4, value)].concat())];
        draft.seal(makers.sign())
    };
    let (sm3, sha256) = (sm3::Sm3::digest(lock), sha2::Sha256::digest(lock));
    assert_eq!(seal(b"SM3", &sm3).listing_of(&makers.lock), Listing::Listed);
    assert_eq!(
        seal(b"cert", &sha256).listing_of(&makers.lock),
        Listing::Listed
    );
    assert_eq!(
        seal(b"SM3", &[7; 32]).listing_of(&makers.lock),
        Listing::NotListed
    );
    assert_eq!(
        seal(b"cert", &[7; 32]).listing_of(&makers.lock),
        Listing::Unknown
    );
    assert_eq!(
        seal(b"SM3", &[7; 20]).listing_of(&makers.lock),
        Listing::Unknown
    );
    let listing = seal(b"SM3", &sm3);
    assert_eq!((listing.listed(), listing.certificates().len()), (1, 0));
}

#[test]
fn validity_of_a_seal_counts_to_the_second() {
    let makers = Makers::new();
    let seal = SealDraft::v4(&makers.maker, &[&makers.lock]).seal(makers.sign());
    assert_eq!(seal.validity(seal.valid_from() - 1), SealValidity::NotYet);
    assert_eq!(seal.validity(seal.valid_from()), SealValidity::Current);
    assert_eq!(seal.validity(seal.valid_until()), SealValidity::Current);
    assert_eq!(seal.validity(seal.valid_until() + 1), SealValidity::Ended);
}

#[test]
fn what_was_changed_after_signing_does_not_verify() {
    let makers = Makers::new();
    let other = Makers::new();
    for draft in [
        SealDraft::v4(&makers.maker, &[&makers.lock]),
        SealDraft::v1(&makers.maker, &[&makers.lock]),
    ] {
        let signature = std::cell::RefCell::new(Vec::new());
        draft.seal(|message| {
            *signature.borrow_mut() = makers.maker_key.sign(message).unwrap();
            signature.borrow().clone()
        });
        let keep = |_: &[u8]| signature.borrow().clone();
        assert_eq!(draft.seal(keep).verify_signature(), Ok(()));
        let mut renamed = draft.clone();
        renamed.name = "别的公司公章".as_bytes().to_vec();
        let mut repainted = draft.clone();
        repainted.picture.push(0);
        let mut prolonged = draft.clone();
        prolonged.times[2] = (0x18, b"20990301000000Z");
        let mut lent = draft.clone();
        lent.list.push(tlv(4, other.lock.der()));
        let mut taken_over = draft.clone();
        taken_over.maker = other.maker.der().to_vec();
        for changed in [renamed, repainted, prolonged, lent, taken_over] {
            assert_eq!(
                changed.seal(keep).verify_signature(),
                Err(SealSignatureError::Wrong)
            );
        }
    }
}

#[test]
fn a_critical_extension_is_reported_and_others_are_passed_over() {
    let makers = Makers::new();
    let one = |critical: &[u8]| {
        let oid = tlv(6, b"\x2a\x03\x04");
        tlv(
            0x30,
            &tlv(0x30, &[oid, critical.to_vec(), tlv(4, b"x")].concat()),
        )
    };
    let verdict = |extensions: Vec<u8>| {
        let mut draft = SealDraft::v4(&makers.maker, &[&makers.lock]);
        draft.extensions = Some(extensions);
        let anchors = anchors(&[&makers.root]);
        let named = [makers.maker.clone()];
        draft
            .seal(makers.sign())
            .judge(Some(&makers.lock), Some(&trust(&anchors, &named)), AT)
    };
    for harmless in [
        one(b""),
        one(&tlv(1, &[0])),
        tlv(0xA0, &one(b"")),
        tlv(0x30, b""),
    ] {
        assert!(verdict(harmless).is_good());
    }
    for critical in [one(&tlv(1, &[0xFF])), tlv(0xA0, &one(&tlv(1, &[0xFF])))] {
        let verdict = verdict(critical);
        assert!(verdict.critical_extension && !verdict.is_good());
    }
}

#[test]
fn pictures_are_known_by_their_first_octets() {
    let makers = Makers::new();
    let format = |picture: &[u8]| {
        let mut draft = SealDraft::v4(&makers.maker, &[]);
        draft.picture = picture.to_vec();
        draft.seal(makers.sign()).picture().format()
    };
    assert_eq!(format(PNG), Some(PictureFormat::Png));
    assert_eq!(format(b"\xff\xd8\xff\xe0"), Some(PictureFormat::Jpeg));
    assert_eq!(format(b"GIF89a.."), Some(PictureFormat::Gif));
    assert_eq!(format(b"BM...."), Some(PictureFormat::Bmp));
    assert_eq!(format(b"<svg onload=\"alert(1)\"/>"), None);
    assert_eq!(format(b""), None);
}

#[test]
fn texts_carry_no_control_characters() {
    let makers = Makers::new();
    let mut draft = SealDraft::v4(&makers.maker, &[]);
    draft.name = "公章\u{202e}\r\n<b>".as_bytes().to_vec();
    let seal = draft.seal(makers.sign());
    assert_eq!(seal.name(), "公章\u{fffd}\u{fffd}\u{fffd}<b>");
}

#[test]
fn what_is_no_seal_is_refused_with_the_reason() {
    let makers = Makers::new();
    let good = SealDraft::v4(&makers.maker, &[&makers.lock]);
    let refusal = |change: &dyn Fn(&mut SealDraft)| {
        let mut draft = good.clone();
        change(&mut draft);
        draft.refusal()
    };
    assert_eq!(
        refusal(&|draft| draft.version = 5),
        SealError::UnsupportedVersion
    );
    assert_eq!(
        refusal(&|draft| draft.version = 1),
        SealError::UnsupportedVersion
    );
    assert_eq!(
        refusal(&|draft| draft.header_id = b"EX"),
        SealError::Malformed
    );
    assert_eq!(
        refusal(&|draft| draft.list_kind = Some(3)),
        SealError::Malformed
    );
    assert_eq!(
        refusal(&|draft| draft.list_kind = None),
        SealError::Malformed
    );
    assert_eq!(
        refusal(&|draft| draft.times[0] = (0x18, b"20260230000000Z")),
        SealError::Malformed
    );
    assert_eq!(
        refusal(&|draft| draft.maker = vec![0x30, 0]),
        SealError::BadCertificate
    );
    assert_eq!(
        refusal(&|draft| draft.list = vec![tlv(4, b"no certificate")]),
        SealError::BadCertificate
    );
    assert_eq!(
        refusal(&|draft| draft.list = vec![draft.list[0].clone(); MAX_LISTED + 1]),
        SealError::TooMany
    );
    assert_eq!(
        refusal(&|draft| draft.name = vec![b'x'; 513]),
        SealError::TextTooLong
    );
    assert_eq!(
        refusal(&|draft| draft.picture = vec![0; MAX_PICTURE_BYTES + 1]),
        SealError::PictureTooLarge
    );
    let whole = good.der(makers.sign());
    assert_eq!(
        Seal::from_der(&[whole.as_slice(), &[0]].concat()).unwrap_err(),
        SealError::Malformed
    );
    assert_eq!(
        Seal::from_der(&vec![0x30; MAX_SEAL_BYTES + 1]).unwrap_err(),
        SealError::TooLarge
    );
    assert_eq!(Seal::from_der(b"").unwrap_err(), SealError::Malformed);
}

#[test]
fn mutated_seals_never_panic_and_never_pass() {
    let makers = Makers::new();
    let anchors = anchors(&[&makers.root]);
    for draft in [
        SealDraft::v4(&makers.maker, &[&makers.lock]),
        SealDraft::v1(&makers.maker, &[&makers.lock]),
    ] {
        let good = draft.der(makers.sign());
        let (mut tried, mut read) = (0_u32, 0_u32);
        // One in five is enough beside the fuzz target: each readable one costs a verification.
        for bytes in mutations(&good).step_by(5) {
            tried += 1;
            let Ok(seal) = Seal::from_der(&bytes) else {
                continue;
            };
            read += 1;
            if seal.verify_signature().is_err() {
                continue;
            }
            let verdict = seal.judge(Some(&makers.lock), Some(&trust(&anchors, &[])), AT);
            assert!(!verdict.is_good(), "{}", hex::encode(bytes));
        }
        println!("{tried} mutated seals, {read} still readable, none passed");
    }
}

#[test]
fn a_maker_without_key_usage_may_sign() {
    let lab = Lab::new();
    lab.root("root", Kind::P256);
    let order = Order {
        extensions: "basicConstraints=CA:FALSE\n",
        ..Order::lock("maker", Kind::P256)
    };
    let maker = lab.issue("root", &order);
    let mut draft = SealDraft::v4(&maker, &[]);
    draft.algorithm = ECDSA_WITH_SHA256;
    let sign = |message: &[u8]| lab.sign("maker", message, &["-digest", "sha256"]);
    assert_eq!(draft.seal(sign).verify_signature(), Ok(()));
}
