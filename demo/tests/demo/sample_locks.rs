//! Sample locks: each certificate is judged as intended, each file opens with its PIN.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use demo::pki::{
    Ca, KeyKind, LockOrder, SAMPLE_PIN, SAMPLES, Sample, SampleKind, SamplePki, random_credit_code,
};
use idp_core::id::CaId;
use idp_core::recognition::{CaRegistry, CertificateRefusal, Recognised, recognise};
use idp_core::timestamp::Timestamp;
use key_agent::sign::OpenedKey;
use pki::anchors::TrustAnchors;
use pki::certificate::{Certificate, CertificatePurpose};
use pki::eseal::{PictureFormat, Seal, SealTrust};
use pki::revocation::Revocation;

const PASSWORD: &str = "of the CA keys";

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// The verdict of the provider's rules with the registry and the lists of this PKI.
fn judge(pki: &SamplePki, der: &[u8], at: i64) -> Result<Recognised, CertificateRefusal> {
    let configured = pki.registry().unwrap();
    let registered = idp::certificates::load_registry(&configured).unwrap();
    let registry: &CaRegistry = registered.registry();
    let lists = idp::certificates::RevocationSources::load(registry);
    let certificate = Certificate::from_der(der).unwrap();
    recognise(
        registry,
        &lists,
        &certificate,
        Timestamp::from_unix_seconds(at),
    )
}

fn sample(kind: SampleKind) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.kind == kind).unwrap()
}

fn opened(folder: &Path, sample: &Sample) -> OpenedKey {
    OpenedKey::open(&folder.join(sample.file), &SAMPLE_PIN.parse().unwrap()).unwrap()
}

#[test]
fn each_sample_lock_is_judged_as_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    for sample in SAMPLES {
        sample.make(&pki, dir.path(), at).unwrap();
    }
    for sample in &SAMPLES {
        let key = opened(dir.path(), sample);
        let verdict = judge(&pki, key.certificate().der(), at);
        match (&verdict, sample.expectation.recognised) {
            (Ok(recognised), true) => {
                assert_eq!(recognised.ca_id(), &CaId::from_text(sample.ca().id()));
                assert_eq!(recognised.holder_name(), sample.enterprise());
                assert_eq!(recognised.key_number(), sample.key_number());
                let code = recognised.credit_code().unwrap().as_str();
                assert_eq!(code, sample.credit_code().unwrap());
            }
            (Err(refusal), false) => {
                assert_eq!(Some(refusal.code()), sample.expectation.refusal);
            }
            _ => panic!("{:?}: {verdict:?}", sample.kind),
        }
    }
    let first = opened(dir.path(), sample(SampleKind::GoodSm2));
    let second = opened(dir.path(), sample(SampleKind::SecondLock));
    assert_ne!(first.certificate(), second.certificate());
}

#[test]
fn the_good_locks_carry_their_encryption_certificate_too() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    for kind in [SampleKind::GoodSm2, SampleKind::GoodRsa] {
        let lock = pki.mint(&sample(kind).order().unwrap(), at).unwrap();
        let other = Certificate::from_der(lock.encryption_certificate_der().unwrap()).unwrap();
        let signing = Certificate::from_der(lock.certificate_der()).unwrap();
        assert_eq!(signing.purpose(), CertificatePurpose::Signing);
        assert_eq!(other.purpose(), CertificatePurpose::EncryptionOnly);
        assert_eq!(other.subject(), signing.subject());
        assert_eq!(
            judge(&pki, other.der(), at).unwrap_err(),
            CertificateRefusal::EncryptionOnly
        );
    }
}

#[test]
fn the_first_lock_has_a_seal_that_is_good() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    let first = sample(SampleKind::GoodSm2);
    first.make(&pki, dir.path(), at).unwrap();
    let octets = std::fs::read(dir.path().join("1-good-sm2.esl")).unwrap();
    let seal = Seal::from_der(&octets).unwrap();
    assert_eq!(seal.name(), format!("{}公章（演示）", first.enterprise()));
    assert_eq!(seal.picture().format(), Some(PictureFormat::Png));

    let configured = pki.registry().unwrap().remove(0);
    let read = |path| Certificate::from_pem(&std::fs::read_to_string(path).unwrap()).unwrap();
    let anchors = TrustAnchors::from_certificates(&read(&configured.anchors[0])).unwrap();
    let trust = SealTrust {
        anchors: &anchors,
        intermediates: &read(&configured.intermediates[0]),
        makers: std::slice::from_ref(seal.maker()),
        revocation: &Revocation::NotChecked,
    };
    let lock = opened(dir.path(), first).certificate().clone();
    let verdict = seal.judge(Some(&lock), Some(&trust), at);
    assert!(verdict.is_good(), "{verdict:?}");
    let others = SAMPLES.iter().filter(|sample| sample.seal_file().is_some());
    assert_eq!(others.count(), 1);
}

#[test]
fn locks_of_every_kind_of_key_are_minted_and_open_from_either_form() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    for ca in [Ca::Sm2, Ca::Rsa] {
        for kind in [KeyKind::Sm2, KeyKind::Rsa2048, KeyKind::P256] {
            let code = random_credit_code("150400").unwrap();
            let order = LockOrder::key_lock(ca, "赤峰市试验有限公司", &code).with_key_kind(kind);
            let lock = pki.mint(&order, at).unwrap();
            judge(&pki, lock.certificate_der(), at).unwrap();
            for form in ["pem", "p12"] {
                let file = dir.path().join(format!("{ca:?}-{kind:?}.{form}"));
                lock.write(&file, "86 42").unwrap();
                let key = OpenedKey::open(&file, &"86 42".parse().unwrap()).unwrap();
                assert_eq!(key.certificate().der(), lock.certificate_der());
                assert!(OpenedKey::open(&file, &"123".parse().unwrap()).is_err());
            }
        }
    }
}

#[test]
fn the_authorities_stay_the_same_and_a_revocation_lasts() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, at) = (dir.path().join("pki"), now());
    let order = LockOrder::key_lock(Ca::Sm2, "赤峰市试验有限公司", "91350100M000100Y43");
    let (kept, gone) = {
        let pki = SamplePki::open(&folder, PASSWORD, at).unwrap();
        let (kept, gone) = (pki.mint(&order, at).unwrap(), pki.mint(&order, at).unwrap());
        pki.revoke(Ca::Sm2, gone.serial_number(), at).unwrap();
        (kept, gone)
    };
    // Ninety days later the lists of then are stale; opening issues new ones.
    let later = at + 90 * 86_400;
    let before = SamplePki::open(&folder, PASSWORD, at).unwrap();
    assert_eq!(
        judge(&before, kept.certificate_der(), later).unwrap_err(),
        CertificateRefusal::RevocationUnavailable
    );
    let pki = SamplePki::open(&folder, PASSWORD, later).unwrap();
    judge(&pki, kept.certificate_der(), later).unwrap();
    assert_eq!(
        judge(&pki, gone.certificate_der(), later).unwrap_err(),
        CertificateRefusal::Revoked
    );
    assert!(SamplePki::open(&folder, "another password", later).is_err());
}

#[cfg(unix)]
#[test]
fn private_keys_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, now()).unwrap();
    sample(SampleKind::GoodRsa)
        .make(&pki, dir.path(), now())
        .unwrap();
    sample(SampleKind::SecondLock)
        .make(&pki, dir.path(), now())
        .unwrap();
    let files = [
        "pki/sm2-root.key.pem",
        "pki/sm2-issuing.key.pem",
        "pki/rsa.key.pem",
        "pki/foreign.key.pem",
        "2-good-rsa.p12",
        "3-second-lock-sm2.pem",
    ];
    for file in files {
        let path = dir.path().join(file);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains("BEGIN PRIVATE KEY"), "{file}");
    }
}

#[test]
fn certificates_and_lists_of_every_ca_fit_together() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    let registered = idp::certificates::load_registry(&pki.registry().unwrap()).unwrap();
    let lists = idp::certificates::RevocationSources::load(registered.registry());
    let standings =
        idp::certificates::Standings::new("demonstration", &registered, std::sync::Arc::new(lists));
    for standing in standings.look(Timestamp::from_unix_seconds(at)) {
        assert!(standing.can_judge, "{standing:?}");
        assert!(standing.errors.is_empty(), "{standing:?}");
        assert!(standing.warnings.is_empty(), "{standing:?}");
    }
}

#[test]
fn a_sample_lock_that_was_taken_back_is_told_as_such_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let at = now();
    let pki = SamplePki::open(&dir.path().join("pki"), PASSWORD, at).unwrap();
    for kind in [SampleKind::GoodSm2, SampleKind::GoodRsa] {
        let one = sample(kind);
        one.make(&pki, dir.path(), at).unwrap();
        let before = one.expectation_now(&pki, dir.path()).unwrap();
        assert_eq!(before, one.expectation);
        let lock = opened(dir.path(), one);
        pki.revoke(one.ca(), lock.certificate().serial_number(), at)
            .unwrap();
        let after = one.expectation_now(&pki, dir.path()).unwrap();
        assert_eq!(after.refusal, Some("certificate-revoked"));
        assert!(!after.recognised && after.zh.contains("吊销"));
    }
}
