//! Responders: the OpenSSL command line as one, and hostile ones.

use std::time::{SystemTime, UNIX_EPOCH};

use pki::certificate::Certificate;
use pki::revocation::ocsp::{
    MAX_SKEW_SECONDS, OcspAnswer, OcspError, OcspRequest, OcspStatus, WITHOUT_NEXT_UPDATE_SECONDS,
};
use pki::sm2::SigningKey;

use crate::draft::{Draft, tlv};
use crate::lab::{AT, Kind, LOCK, Lab, Order};

const NONCE: [u8; 32] = [7; 32];
const RESPONDER: &str =
    "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,OCSPSigning\nnoCheck=ignored\n";

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}

/// OpenSSL answers by its own clock, so what it signs with has to be valid by it.
fn lasting(order: Order<'_>) -> Order<'_> {
    Order {
        end: "20491231000000Z",
        ..order
    }
}

/// A CA, a lock of it, and OpenSSL to answer.
struct Desk {
    lab: Lab,
    root: Certificate,
    lock: Certificate,
}

impl Desk {
    fn new(kind: Kind) -> Self {
        let lab = Lab::new();
        let subject = "/C=CN/O=Test/CN=root";
        let root = lab.issue("root", &lasting(Order::ca("root", kind, subject)));
        let lock = lab.issue("root", &lasting(Order::lock("lock", kind)));
        Self { lab, root, lock }
    }

    fn delegate(&self, issuer: &str, name: &str, extensions: &str) {
        let order = Order {
            extensions,
            subject: b"/C=CN/O=Test/CN=responder",
            ..Order::lock(name, Kind::P256)
        };
        self.lab.issue(issuer, &lasting(order));
    }

    fn ask(&self, nonce: Option<[u8; 32]>) -> OcspRequest {
        OcspRequest::new(&self.lock, &self.root, nonce).unwrap()
    }

    /// What OpenSSL answers, signed by `signer`.
    fn answer(&self, request: &OcspRequest, signer: &str, options: &[&str]) -> Vec<u8> {
        std::fs::write(self.lab.path("request"), request.der()).unwrap();
        let (key, certificate) = (format!("{signer}.key"), format!("{signer}.pem"));
        let mut ocsp = vec![
            "ocsp",
            "-index",
            "root.db",
            "-CA",
            "root.pem",
            "-reqin",
            "request",
            "-respout",
            "answer",
            "-rsigner",
            &certificate,
            "-rkey",
            &key,
        ];
        ocsp.extend(options);
        self.lab.openssl(&ocsp);
        std::fs::read(self.lab.path("answer")).unwrap()
    }
}

fn status(verified: Result<OcspAnswer, OcspError>) -> Result<OcspStatus, OcspError> {
    verified.map(|answer| answer.status())
}

fn good_then_revoked(kind: Kind) {
    let desk = Desk::new(kind);
    let request = desk.ask(Some(NONCE));
    // OpenSSL's own signer ID is empty.
    let sm2: &[&str] = match kind {
        Kind::Sm2 => &["-rmd", "sm3", "-rsigopt", "distid:1234567812345678"],
        _ => &[],
    };
    let answer = desk.answer(&request, "root", &[&["-nmin", "10"], sm2].concat());
    let verified = request.verify(&answer, None, now()).unwrap();
    assert_eq!(verified.status(), OcspStatus::Good);
    assert_eq!(verified.until(), verified.this_update() + 600);

    desk.lab.revoke("root", "lock");
    let answer = desk.answer(
        &request,
        "root",
        &[&["-nmin", "10", "-resp_key_id"], sm2].concat(),
    );
    assert_eq!(
        status(request.verify(&answer, None, now())),
        Ok(OcspStatus::Revoked)
    );
}

#[test]
fn openssl_says_good_and_revoked_with_an_rsa_key() {
    good_then_revoked(Kind::Rsa(2048));
}

#[test]
fn openssl_says_good_and_revoked_with_a_p256_key() {
    good_then_revoked(Kind::P256);
}

#[test]
fn openssl_says_good_and_revoked_with_an_sm2_key() {
    good_then_revoked(Kind::Sm2);
}

#[test]
fn a_certificate_that_the_responder_does_not_know_is_unknown() {
    let desk = Desk::new(Kind::P256);
    std::fs::write(desk.lab.path("root.db"), "").unwrap();
    let request = desk.ask(Some(NONCE));
    let answer = desk.answer(&request, "root", &[]);
    assert_eq!(
        status(request.verify(&answer, None, now())),
        Ok(OcspStatus::Unknown)
    );
}

#[test]
fn only_one_whom_the_issuer_itself_certified_for_it_answers_in_its_stead() {
    let desk = Desk::new(Kind::P256);
    desk.delegate("root", "delegate", RESPONDER);
    let request = desk.ask(Some(NONCE));
    let by = |signer: &str| desk.answer(&request, signer, &["-nmin", "10"]);
    assert_eq!(
        status(request.verify(&by("delegate"), None, now())),
        Ok(OcspStatus::Good)
    );

    // Without the use; a lock of the same CA.
    desk.delegate("root", "plain", LOCK);
    // With the use, but by another CA, even one under the same root.
    let other = lasting(Order::ca("other", Kind::P256, "/CN=other"));
    desk.lab.issue("root", &other);
    desk.delegate("other", "stranger", RESPONDER);
    // Out of its validity.
    let ended = Order {
        extensions: RESPONDER,
        end: "20260201000000Z",
        ..Order::lock("ended", Kind::P256)
    };
    desk.lab.issue("root", &ended);
    for signer in ["plain", "stranger", "ended", "other"] {
        assert_eq!(
            status(request.verify(&by(signer), None, now())),
            Err(OcspError::NotAuthorised),
            "{signer}"
        );
    }
    // One that an operator named needs neither; another than the named one does.
    let (stranger, plain) = (
        desk.lab.certificate("stranger"),
        desk.lab.certificate("plain"),
    );
    assert_eq!(
        status(request.verify(&by("stranger"), Some(&stranger), now())),
        Ok(OcspStatus::Good)
    );
    assert_eq!(
        status(request.verify(&by("stranger"), Some(&plain), now())),
        Err(OcspError::NotAuthorised)
    );
}

#[test]
fn the_nonce_comes_back_or_the_answer_does_not_count() {
    let desk = Desk::new(Kind::P256);
    let (asked, without) = (desk.ask(Some(NONCE)), desk.ask(None));
    let unasked = desk.answer(&without, "root", &["-nmin", "10"]);
    assert_eq!(
        status(without.verify(&unasked, None, now())),
        Ok(OcspStatus::Good)
    );
    assert_eq!(
        status(asked.verify(&unasked, None, now())),
        Err(OcspError::Nonce)
    );
    let replayed = desk.answer(&desk.ask(Some([8; 32])), "root", &["-nmin", "10"]);
    assert_eq!(
        status(asked.verify(&replayed, None, now())),
        Err(OcspError::Nonce)
    );
}

#[test]
fn an_answer_about_another_certificate_or_another_issuer_does_not_count() {
    let desk = Desk::new(Kind::P256);
    let neighbour = desk
        .lab
        .issue("root", &lasting(Order::lock("neighbour", Kind::P256)));
    let about_neighbour = OcspRequest::new(&neighbour, &desk.root, Some(NONCE)).unwrap();
    let answer = desk.answer(&about_neighbour, "root", &["-nmin", "10"]);
    assert_eq!(
        status(desk.ask(Some(NONCE)).verify(&answer, None, now())),
        Err(OcspError::OtherCertificate)
    );
    // The same serial number and name, but another key.
    let impostor = Desk::new(Kind::P256);
    let request = OcspRequest::new(&desk.lock, &impostor.root, Some(NONCE)).unwrap();
    let answer = desk.answer(&desk.ask(Some(NONCE)), "root", &["-nmin", "10"]);
    assert_eq!(
        status(request.verify(&answer, None, now())),
        Err(OcspError::OtherCertificate)
    );
}

#[test]
fn an_answer_counts_in_its_time_only() {
    let desk = Desk::new(Kind::P256);
    let request = desk.ask(Some(NONCE));
    let answer = desk.answer(&request, "root", &["-nmin", "60"]);
    let at = |at| request.verify(&answer, None, at);
    let from = at(now()).unwrap().this_update();
    assert_eq!(status(at(from - MAX_SKEW_SECONDS)), Ok(OcspStatus::Good));
    assert_eq!(
        status(at(from - MAX_SKEW_SECONDS - 10)),
        Err(OcspError::NotOfNow)
    );
    let end = from + 3600;
    assert_eq!(
        at(end + MAX_SKEW_SECONDS - 1).unwrap().until(),
        end + MAX_SKEW_SECONDS,
        "used, and not kept"
    );
    assert_eq!(status(at(end + MAX_SKEW_SECONDS)), Err(OcspError::NotOfNow));

    let momentary = desk.answer(&request, "root", &[]);
    let at = |at| request.verify(&momentary, None, at);
    let from = at(now()).unwrap().this_update();
    assert_eq!(
        at(from).unwrap().until(),
        from + WITHOUT_NEXT_UPDATE_SECONDS
    );
    assert_eq!(
        status(at(from + MAX_SKEW_SECONDS + 1)),
        Err(OcspError::NotOfNow)
    );
}

#[test]
fn a_revocation_of_the_past_is_one_still_unless_it_was_a_hold() {
    let desk = Desk::new(Kind::P256);
    let request = desk.ask(None);
    let good = desk.answer(&request, "root", &["-nmin", "10"]);
    let number = desk.lock.serial_number().to_owned();
    let revoked_for = |reason: &str| {
        let line = format!("R\t491231235959Z\t260101000000Z{reason}\t{number}\tunknown\t/CN=x\n");
        std::fs::write(desk.lab.path("root.db"), line).unwrap();
        desk.answer(&request, "root", &["-nmin", "10"])
    };
    let (plain, compromised) = (revoked_for(""), revoked_for(",keyCompromise"));
    let held = revoked_for(",holdInstruction,holdInstructionReject");
    let later = now() + 365 * 86_400;
    for answer in [&plain, &compromised] {
        assert_eq!(
            status(request.verify(answer, None, later)),
            Err(OcspError::NotOfNow)
        );
        let said = request.verify_revoked_for_good(answer, None).unwrap();
        assert_eq!(said.status(), OcspStatus::Revoked);
        assert!(said.is_revoked_for_good());
        let impostor = Desk::new(Kind::P256);
        let other = OcspRequest::new(&desk.lock, &impostor.root, None).unwrap();
        assert_eq!(other.verify_revoked_for_good(answer, None), None);
    }
    assert_eq!(
        status(request.verify(&held, None, now())),
        Ok(OcspStatus::Revoked)
    );
    for answer in [&good, &held] {
        assert_eq!(request.verify_revoked_for_good(answer, None), None);
    }
}

#[test]
fn an_altered_answer_never_panics_and_never_counts() {
    let desk = Desk::new(Kind::P256);
    let request = desk.ask(Some(NONCE));
    let good = desk.answer(&request, "root", &["-nmin", "10", "-resp_no_certs"]);
    let at = now();
    assert!(request.verify(&good, None, at).is_ok());
    for cut in 0..good.len() {
        assert!(request.verify(&good[..cut], None, at).is_err());
    }
    for place in 0..good.len() {
        for bit in 0..8 {
            let mut altered = good.clone();
            altered[place] ^= 1 << bit;
            assert!(request.verify(&altered, None, at).is_err(), "{place} {bit}");
        }
    }
    let refusal = tlv(0x30, b"\x0a\x01\x03");
    assert_eq!(
        status(request.verify(&refusal, None, at)),
        Err(OcspError::NotAnswered("tryLater"))
    );
    let too_large = vec![0x30; 70_000];
    assert_eq!(
        status(request.verify(&too_large, None, at)),
        Err(OcspError::TooLarge)
    );
}

/// A responder by hand, signing with SM2: so many statuses, which OpenSSL never gives.
fn sm2_answer(request: &OcspRequest, issuer: &Draft, key: &SigningKey, singles: usize) -> Vec<u8> {
    // OCSPRequest, TBSRequest, requestList, Request: the CertID is in the innermost.
    let id = (0..4).fold(request.der().to_vec(), |whole, _| content(&whole).to_vec());
    let times = tlv(0x18, b"20260601000000Z");
    let next = tlv(0xA0, &tlv(0x18, b"20260701000000Z"));
    let single = tlv(0x30, &[id, tlv(0x80, b""), times.clone(), next].concat());
    let data = tlv(
        0x30,
        &[
            tlv(0xA1, &issuer.subject),
            times,
            tlv(0x30, &single.repeat(singles)),
        ]
        .concat(),
    );
    let algorithm = tlv(0x30, b"\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75");
    let signature = tlv(3, &[&[0], key.sign(&data).unwrap().as_slice()].concat());
    let basic = tlv(0x30, &[data, algorithm, signature].concat());
    let octets = [
        tlv(6, b"\x2b\x06\x01\x05\x05\x07\x30\x01\x01"),
        tlv(4, &basic),
    ];
    let envelope = [tlv(0x0A, &[0]), tlv(0xA0, &tlv(0x30, &octets.concat()))];
    tlv(0x30, &envelope.concat())
}

/// The first value within a constructed one, whole.
fn content(whole: &[u8]) -> &[u8] {
    let header = |octets: &[u8]| match octets[1] {
        0x81 => (3, usize::from(octets[2])),
        short => (2, usize::from(short)),
    };
    let inner = &whole[header(whole).0..];
    let (head, length) = header(inner);
    &inner[..head + length]
}

#[test]
fn a_responder_with_an_sm2_key_is_believed_and_two_statuses_are_not() {
    let key = SigningKey::generate().unwrap();
    let lock_key = SigningKey::generate().unwrap();
    let draft = Draft::ca("root");
    let root = draft.certificate(&key, &key);
    let lock = Draft::lock("root", "lock").certificate(&lock_key, &key);
    let request = OcspRequest::new(&lock, &root, None).unwrap();
    let ask = |key, singles| {
        let answer = sm2_answer(&request, &draft, key, singles);
        status(request.verify(&answer, None, AT))
    };
    assert_eq!(ask(&key, 1), Ok(OcspStatus::Good));
    assert_eq!(ask(&key, 2), Err(OcspError::NotOne));
    assert_eq!(ask(&key, 0), Err(OcspError::NotOne));
    assert_eq!(ask(&lock_key, 1), Err(OcspError::NotAuthorised));
}
