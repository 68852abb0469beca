//! Locks in files, through the library.

use key_agent::locks::{LockSource, LockSources};
use key_agent::pin::Pin;
use key_agent::sign::{OpenedKey, sign_challenge};
use key_agent::token::soft::SoftToken;
use key_agent::token::{CertificateKind, Token as _, TokenError, Tries};
use pki::certificate::Certificate;
use pki::signature::verify_signature;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::{Proof, ProofAlgorithm};

use crate::locks::{Folder, PIN, WRONG_PIN};

const TEXT: ChallengeText<'_> = ChallengeText {
    origin: "https://idp.example",
    nonce: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    purpose: Purpose::Consent,
    statement: "同意\n向赤峰市公共资源交易平台提供企业名称",
};

fn pin() -> Pin {
    Pin::from(PIN.to_owned())
}

fn wrong() -> Pin {
    Pin::from(WRONG_PIN.to_owned())
}

fn verifies(proof: &Proof) -> bool {
    let certificate = Certificate::from_der(&proof.certificate).unwrap();
    let algorithm = proof.algorithm.as_str().parse().unwrap();
    verify_signature(
        &certificate,
        algorithm,
        &TEXT.to_be_signed(proof.algorithm),
        &proof.signature,
    )
    .is_ok()
}

#[test]
fn locks_made_by_others_sign_what_others_verify() {
    let expected = [
        ("rsa.pem", ProofAlgorithm::Rs256),
        ("p256.pem", ProofAlgorithm::Es256),
        ("p384.pem", ProofAlgorithm::Es384),
        ("sm2.pem", ProofAlgorithm::Sm2Sm3),
        ("pair.pem", ProofAlgorithm::Sm2Sm3),
        ("rsa.p12", ProofAlgorithm::Rs256),
        ("p256.p12", ProofAlgorithm::Es256),
        ("p384.p12", ProofAlgorithm::Es384),
        ("sm2.p12", ProofAlgorithm::Sm2Sm3),
        ("open.p12", ProofAlgorithm::Sm2Sm3),
    ];
    for (name, algorithm) in expected {
        let locks = Folder::with(&[name]);
        let proof = sign_challenge(&locks.path(name), &pin(), &TEXT).unwrap();
        assert_eq!(proof.algorithm, algorithm, "{name}");
        assert!(verifies(&proof), "{name}");
        assert_eq!(Proof::from_json(&proof.to_json()).unwrap(), proof);
    }
}

#[test]
fn an_opened_key_signs_many_times_and_from_many_threads() {
    let locks = Folder::with(&["sm2.pem"]);
    let key = OpenedKey::open(&locks.path("sm2.pem"), &pin()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert!(verifies(&key.sign(&TEXT).unwrap()));
                }
            });
        }
    });
    assert_eq!(
        key.sign_with(&TEXT, &[ProofAlgorithm::Es256]),
        Err(TokenError::UnsupportedAlgorithm)
    );
}

#[test]
fn wrong_pins_count_down_lock_and_stay_locked() {
    for name in ["sm2.pem", "rsa.p12"] {
        let locks = Folder::with(&[name]);
        let path = locks.path(name);
        assert_eq!(
            sign_challenge(&path, &wrong(), &TEXT),
            Err(TokenError::PinWrong(Tries::Left(5))),
            "{name}"
        );
        assert_eq!(
            sign_challenge(&path, &wrong(), &TEXT),
            Err(TokenError::PinWrong(Tries::Left(4)))
        );
        // A right PIN gives all tries back.
        assert!(sign_challenge(&path, &pin(), &TEXT).is_ok());
        assert_eq!(
            SoftToken::new(&path).facts().unwrap().pin.tries,
            Tries::Left(6)
        );
        for left in (1..=5).rev() {
            assert_eq!(
                sign_challenge(&path, &wrong(), &TEXT),
                Err(TokenError::PinWrong(Tries::Left(left)))
            );
        }
        assert_eq!(
            sign_challenge(&path, &wrong(), &TEXT),
            Err(TokenError::PinLocked)
        );
        assert_eq!(
            sign_challenge(&path, &pin(), &TEXT),
            Err(TokenError::PinLocked)
        );
        assert!(SoftToken::new(&path).facts().unwrap().pin.is_locked());
    }
}

#[test]
fn parallel_wrong_pins_are_each_counted() {
    let locks = Folder::with(&["sm2.pem"]);
    let path = locks.path("sm2.pem");
    let wrong_tries = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..10)
            .map(|_| scope.spawn(|| sign_challenge(&path, &wrong(), &TEXT)))
            .collect();
        let ended = tries.into_iter().map(|one| one.join().unwrap());
        ended
            .filter(|outcome| matches!(outcome, Err(TokenError::PinWrong { .. })))
            .count()
    });
    assert_eq!(wrong_tries, 5);
    assert_eq!(
        sign_challenge(&path, &pin(), &TEXT),
        Err(TokenError::PinLocked)
    );
}

#[test]
fn a_damaged_counter_opens_nothing() {
    let locks = Folder::with(&["sm2.pem"]);
    for damaged in [
        "retries-left 99\n",
        "retries-left -1\n",
        "x",
        "retries-left 6 6",
    ] {
        locks.write("sm2.pem.pin-state", damaged);
        let outcome = sign_challenge(&locks.path("sm2.pem"), &pin(), &TEXT);
        assert!(
            matches!(outcome, Err(TokenError::Unreadable(_))),
            "{damaged}"
        );
    }
}

#[test]
fn what_cannot_sign_is_refused_without_spending_a_try() {
    let locks = Folder::with(&["encryption.pem", "authority.pem", "pair.pem"]);
    let refused = sign_challenge(&locks.path("encryption.pem"), &wrong(), &TEXT);
    assert_eq!(refused, Err(TokenError::OnlyEncryptionCertificate));
    assert!(!locks.path("encryption.pem.pin-state").exists());
    assert!(matches!(
        sign_challenge(&locks.path("authority.pem"), &pin(), &TEXT),
        Err(TokenError::Unreadable(_))
    ));
    assert_eq!(
        sign_challenge(&locks.path("none.pem"), &pin(), &TEXT),
        Err(TokenError::LockRemoved)
    );
    // Both certificates of a pair are shown, each with its kind.
    let kinds: Vec<_> = SoftToken::new(locks.path("pair.pem"))
        .facts()
        .unwrap()
        .certificates
        .iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(
        kinds,
        [CertificateKind::Encryption, CertificateKind::Signing]
    );
}

#[test]
fn an_encryption_certificate_behind_the_pin_is_refused_as_such() {
    let locks = Folder::with(&["encryption.p12"]);
    let refused = sign_challenge(&locks.path("encryption.p12"), &pin(), &TEXT);
    assert_eq!(refused, Err(TokenError::OnlyEncryptionCertificate));
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let locks = Folder::with(&["mismatch.pem"]);
    let refused = sign_challenge(&locks.path("mismatch.pem"), &pin(), &TEXT);
    assert!(matches!(refused, Err(TokenError::Unreadable(_))));
}

#[test]
fn a_malformed_sidecar_is_not_passed_over() {
    let locks = Folder::with(&["sm2.pem"]);
    for text in ["media_number = \"a b\"", "media_nummer = \"1\"", "= ="] {
        locks.write("sm2.pem.toml", text);
        let listing = LockSources::from(LockSource::Folder(locks.folder().to_owned()))
            .list()
            .unwrap();
        assert_eq!(
            (listing.locks.len(), listing.unreadable.len()),
            (0, 1),
            "{text}"
        );
    }
}
