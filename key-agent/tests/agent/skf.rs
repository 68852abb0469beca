//! Locks behind a SKF library: through the library, the window and the command line.

use std::fs;
use std::time::Duration;

use key_agent::locks::{LockSource, LockSources};
use key_agent::pin::Pin;
use key_agent::sign::OpenedKey;
use key_agent::token::{SigningSession, TokenError, Tries, Wanted};
use pki::certificate::Certificate;
use pki::signature::verify_signature;
use protocol::proof::ProofAlgorithm;
use serde_json::{Value, json};

use crate::command_line;
use crate::http::{Agent, sign_body};
use crate::locks::{Folder, PIN, WRONG_PIN, der_of_pem, parts};
use crate::skf_devices::{APPLICATION, Devices};
use crate::window::assert_proves;

const MESSAGE: &[u8] = b"message";

fn open_with(sources: &LockSources, pin: &str) -> Result<Box<dyn SigningSession>, TokenError> {
    let listing = sources.list().unwrap();
    let lock = listing.for_signing(None)?;
    let pin = Pin::from(pin.to_owned());
    sources.find(&lock.id)?.open(&Wanted::Signing, &pin)
}

fn open(sources: &LockSources) -> Result<Box<dyn SigningSession>, TokenError> {
    open_with(sources, PIN)
}

/// The error of whatever could not be opened.
fn refused(outcome: Result<Box<dyn SigningSession>, TokenError>) -> TokenError {
    outcome.err().expect("it opened")
}

fn agent(devices: &Devices) -> Agent {
    Agent::start_with(&Folder::with(&[]), |settings| {
        settings.locks = devices.sources();
    })
}

#[test]
fn sm2_and_rsa_sign_what_others_verify_and_everything_is_closed_again() {
    for (name, algorithm) in [
        ("sm2", ProofAlgorithm::Sm2Sm3),
        ("rsa", ProofAlgorithm::Rs256),
    ] {
        let devices = Devices::with(&[name]);
        let sources = devices.sources();
        let facts = &sources.list().unwrap().locks[0];
        assert_eq!(facts.label, "企业锁 DEV1");
        assert_eq!(facts.media_number.as_deref(), Some("9F00000000000001"));
        assert_eq!((facts.pin.tries, facts.pin.max), (Tries::Left(6), Some(6)));
        assert_eq!(facts.certificates.len(), 2, "both of the pair");
        let session = open(&sources).unwrap();
        assert_eq!(session.algorithms(), [algorithm]);
        assert_eq!(session.media_number(), Some("9F00000000000001"));
        let signature = session.sign(algorithm, MESSAGE).unwrap();
        let certificate = Certificate::from_der(&parts(name).0).unwrap();
        assert_eq!(session.certificate().der(), certificate.der());
        let named = algorithm.as_str().parse().unwrap();
        verify_signature(&certificate, named, MESSAGE, &signature).unwrap();
        drop(session);
        for (opening, closing) in [
            ("SKF_ConnectDev", "SKF_DisConnectDev"),
            ("SKF_OpenApplication", "SKF_CloseApplication"),
            ("SKF_OpenContainer", "SKF_CloseContainer"),
            ("SKF_VerifyPIN", "SKF_ClearSecureState"),
        ] {
            assert!(devices.calls(opening) > 0);
            assert_eq!(devices.calls(opening), devices.calls(closing), "{opening}");
        }
    }
}

#[test]
fn wrong_pins_are_counted_by_the_device_until_it_locks() {
    let devices = Devices::with(&["sm2"]);
    let sources = devices.sources();
    for left in [5, 4] {
        let outcome = refused(open_with(&sources, "wrong-1"));
        assert_eq!(outcome, TokenError::PinWrong(Tries::Left(left)));
    }
    // Too short for a PIN: the device refuses it without counting.
    let outcome = refused(open_with(&sources, "123"));
    assert_eq!(outcome, TokenError::PinWrong(Tries::Left(4)));
    open(&sources).unwrap();
    for left in (1..=5).rev() {
        let outcome = refused(open_with(&sources, "wrong-1"));
        assert_eq!(outcome, TokenError::PinWrong(Tries::Left(left)));
    }
    assert_eq!(
        refused(open_with(&sources, "wrong-1")),
        TokenError::PinLocked
    );
    let shown = devices.calls("SKF_VerifyPIN");
    assert_eq!(refused(open(&sources)), TokenError::PinLocked);
    assert_eq!(
        devices.calls("SKF_VerifyPIN"),
        shown,
        "a locked PIN is not tried"
    );
    assert!(sources.list().unwrap().locks[0].pin.is_locked());
}

#[test]
fn a_device_that_does_not_count_is_told_as_such() {
    let devices = Devices::with(&["sm2"]);
    devices.disturb("SKF_GetPINInfo 0A000003");
    let sources = devices.sources();
    assert_eq!(sources.list().unwrap().locks[0].pin.tries, Tries::Untold);
    // The count that comes with the refusal still counts.
    let outcome = refused(open_with(&sources, "wrong-1"));
    assert_eq!(outcome, TokenError::PinWrong(Tries::Left(5)));
    devices.disturb("SKF_GetPINInfo 0A000003\nSKF_VerifyPIN 0A000024");
    let outcome = refused(open_with(&sources, "wrong-1"));
    assert_eq!(outcome, TokenError::PinWrong(Tries::Untold));
}

#[test]
fn a_device_that_answers_0_of_0_tries_does_not_count_and_is_not_locked() {
    let devices = Devices::with(&["sm2"]);
    devices.disturb("SKF_GetPINInfo silent");
    let sources = devices.sources();
    let lock = sources.list().unwrap().locks.remove(0);
    assert_eq!((lock.pin.tries, lock.pin.max), (Tries::Untold, None));
    assert!(lock.may_sign());
    open(&sources).unwrap();
    // What comes with the refusal still counts, and the device itself tells that it locks.
    for left in (1..=5).rev() {
        let outcome = refused(open_with(&sources, "wrong-1"));
        assert_eq!(outcome, TokenError::PinWrong(Tries::Left(left)));
    }
    for _ in 0..2 {
        let outcome = refused(open_with(&sources, "wrong-1"));
        assert_eq!(outcome, TokenError::PinLocked);
    }
}

#[test]
fn a_device_pulled_out_is_noticed_whenever_it_happens() {
    let devices = Devices::with(&["sm2"]);
    let sources = devices.sources();
    let id = sources.list().unwrap().locks[0].id.clone();
    devices.remove();
    assert!(sources.list().unwrap().locks.is_empty());
    let token = sources.find(&id).unwrap();
    let pin = Pin::from(PIN.to_owned());
    assert_eq!(
        refused(token.open(&Wanted::Signing, &pin)),
        TokenError::LockRemoved
    );
    assert_eq!(token.facts().err(), Some(TokenError::LockRemoved));
    devices.put_back();
    // Between the PIN and the signature.
    let session = open(&sources).unwrap();
    devices.remove();
    let outcome = session.sign(ProofAlgorithm::Sm2Sm3, MESSAGE);
    assert_eq!(outcome, Err(TokenError::LockRemoved));
    drop(session);
    devices.put_back();
    // A driver that says something else of a device that is gone.
    let session = open(&sources).unwrap();
    devices.disturb("SKF_ECCSignData 0A000001");
    devices.remove();
    let outcome = session.sign(ProofAlgorithm::Sm2Sm3, MESSAGE);
    assert_eq!(outcome, Err(TokenError::LockRemoved));
    drop(session);
    devices.put_back();
    devices.disturb("");
    assert_eq!(sources.list().unwrap().locks[0].id, id);
    open(&sources)
        .unwrap()
        .sign(ProofAlgorithm::Sm2Sm3, MESSAGE)
        .unwrap();
}

#[test]
fn every_code_of_a_refused_pin_has_its_meaning() {
    let left = TokenError::PinWrong(Tries::Left(6));
    let told = |text: &str| TokenError::Driver(text.to_owned());
    for (code, expected) in [
        ("0A000023", TokenError::LockRemoved),
        ("0A000024", left.clone()),
        ("0A000025", TokenError::PinLocked),
        ("0A000026", left.clone()),
        ("0A000027", left),
        (
            "0A00001B",
            TokenError::Unreadable("it holds no key for its certificate"),
        ),
        ("0A00001C", TokenError::NoSigningCertificate),
        (
            "0A00002D",
            told("SKF_VerifyPIN answers SAR_USER_NOT_LOGGED_IN (0x0a00002d)"),
        ),
        (
            "0A00000F",
            told("SKF_VerifyPIN answers SAR_TIMEOUTERR (0x0a00000f)"),
        ),
        ("E0000001", told("SKF_VerifyPIN answers 0xe0000001")),
    ] {
        let devices = Devices::with(&["sm2"]);
        devices.disturb(&format!("SKF_VerifyPIN {code}"));
        assert_eq!(refused(open(&devices.sources())), expected, "{code}");
    }
}

#[test]
fn every_function_may_fail_and_nothing_stays_open() {
    for name in [
        "SKF_EnumDev",
        "SKF_ConnectDev",
        "SKF_GetDevInfo",
        "SKF_EnumApplication",
        "SKF_OpenApplication",
        "SKF_EnumContainer",
        "SKF_OpenContainer",
        "SKF_ExportCertificate",
    ] {
        let devices = Devices::with(&["sm2"]);
        devices.disturb(&format!("{name} 0A000001"));
        let listing = devices.sources().list().unwrap();
        let expected = format!("{name} answers SAR_FAIL (0x0a000001)");
        assert_eq!(listing.locks.len(), 0);
        assert_eq!(listing.unreadable[0].error, TokenError::Driver(expected));
        for (opening, closing) in [
            ("SKF_ConnectDev", "SKF_DisConnectDev"),
            ("SKF_OpenApplication", "SKF_CloseApplication"),
            ("SKF_OpenContainer", "SKF_CloseContainer"),
        ] {
            let opened = devices.calls(opening) - usize::from(opening == name);
            assert_eq!(opened, devices.calls(closing), "{name}: {opening}");
        }
    }
}

#[test]
fn over_long_answers_are_refused() {
    for name in [
        "SKF_EnumDev",
        "SKF_EnumApplication",
        "SKF_EnumContainer",
        "SKF_ExportCertificate",
    ] {
        let devices = Devices::with(&["sm2"]);
        devices.disturb(&format!("{name} long"));
        let listing = devices.sources().list().unwrap();
        let expected = format!("{name} answers too much");
        assert_eq!(listing.unreadable[0].error, TokenError::Driver(expected));
    }
    for (lock, algorithm, fault) in [
        ("sm2", ProofAlgorithm::Sm2Sm3, "SKF_ECCSignData"),
        ("rsa", ProofAlgorithm::Rs256, "SKF_RSASignData"),
    ] {
        let devices = Devices::with(&[lock]);
        let session = open(&devices.sources()).unwrap();
        devices.disturb(&format!("{fault} long"));
        let outcome = session.sign(algorithm, MESSAGE);
        let Err(TokenError::Driver(reason)) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(reason.starts_with(fault), "{reason}");
    }
}

#[test]
fn what_may_not_sign_is_refused_before_the_pin() {
    let devices = Devices::with(&["sm2"]);
    let sources = devices.sources();
    fs::remove_file(devices.container("sm2").join("signing.der")).unwrap();
    assert_eq!(
        refused(open(&sources)),
        TokenError::OnlyEncryptionCertificate
    );
    fs::remove_file(devices.container("sm2").join("encryption.der")).unwrap();
    let listing = sources.list().unwrap();
    assert_eq!(listing.locks[0].certificates.len(), 0);
    assert_eq!(refused(open(&sources)), TokenError::NoSigningCertificate);
    assert_eq!(
        devices.calls("SKF_EnumContainer"),
        3 + 2,
        "each look and each opening looks"
    );
    assert!(
        !fs::read_to_string(devices.library().with_file_name("calls"))
            .unwrap()
            .contains("SKF_VerifyPIN")
    );
}

#[test]
fn a_key_that_is_not_the_certificate_s_is_found_out() {
    let devices = Devices::with(&["sm2"]);
    let other = Devices::with(&["sm2"]);
    // Another key of the same kind.
    let made = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "SM2"])
        .output()
        .unwrap();
    let key = der_of_pem(std::str::from_utf8(&made.stdout).unwrap());
    fs::write(devices.container("sm2").join("signing.key"), key).unwrap();
    let session = open(&devices.sources()).unwrap();
    let outcome = session.sign(ProofAlgorithm::Sm2Sm3, MESSAGE);
    let expected = "its signature does not fit the certificate".to_owned();
    assert_eq!(outcome, Err(TokenError::Driver(expected)));
    drop(session);
    open(&other.sources())
        .unwrap()
        .sign(ProofAlgorithm::Sm2Sm3, MESSAGE)
        .unwrap();
    fs::remove_file(devices.container("sm2").join("signing.key")).unwrap();
    let session = open(&devices.sources()).unwrap();
    let outcome = session.sign(ProofAlgorithm::Sm2Sm3, MESSAGE);
    let expected = TokenError::Unreadable("it holds no key for its certificate");
    assert_eq!(outcome, Err(expected));
}

#[test]
fn several_devices_applications_and_libraries_stand_side_by_side() {
    let devices = Devices::with(&["sm2"]);
    devices.insert("DEV2", "9F00000000000002", &["rsa"]);
    devices.write_container("DEV2", "OTHER", "sm2");
    let more = Devices::with(&["rsa"]);
    let folder = Folder::with(&["p256.pem"]);
    let drivers = LockSource::drivers([], [devices.library(), more.library()]);
    let files = LockSource::Folder(folder.folder().to_owned());
    let sources: LockSources = std::iter::once(files).chain(drivers).collect();
    let listing = sources.list().unwrap();
    let labels: Vec<&str> = listing
        .locks
        .iter()
        .map(|lock| lock.label.as_str())
        .collect();
    let expected = [
        "p256.pem",
        "企业锁 DEV1",
        "企业锁 DEV2 APP",
        "企业锁 DEV2 OTHER",
        "企业锁 DEV1",
    ];
    assert_eq!(labels, expected);
    let pin = Pin::from(PIN.to_owned());
    for lock in &listing.locks {
        let token = sources.find(&lock.id).unwrap();
        let key = OpenedKey::from(token.open(&Wanted::Signing, &pin).unwrap());
        assert_eq!(
            key.certificate().der(),
            lock.certificates[0].certificate.der()
        );
    }
    // A wrong PIN of one application is not one of the other.
    let other = sources.find(&listing.locks[3].id).unwrap();
    let wrong = Pin::from("wrong-1".to_owned());
    refused(other.open(&Wanted::Signing, &wrong));
    let listing = sources.list().unwrap();
    let left: Vec<Tries> = listing.locks.iter().map(|lock| lock.pin.tries).collect();
    assert_eq!(left[2..4], [Tries::Left(6), Tries::Left(5)]);
}

#[test]
fn a_broken_device_or_library_hides_no_other() {
    let devices = Devices::with(&["sm2"]);
    fs::create_dir_all(devices.device("DEV0")).unwrap();
    fs::write(
        devices.device("DEV0").join("device"),
        "label=x\nserial=1\npin=1\n",
    )
    .unwrap();
    let missing = devices.library().with_file_name("missing.so");
    let noise = devices.library().with_file_name("noise.so");
    fs::write(&noise, "no library").unwrap();
    let drivers = LockSource::drivers(
        [missing.clone(), noise.clone()],
        [missing, devices.library(), noise],
    );
    let sources: LockSources = drivers.collect();
    let listing = sources.list().unwrap();
    assert_eq!(listing.locks.len(), 1);
    let reasons: Vec<String> = listing
        .unreadable
        .iter()
        .map(|one| one.error.to_string())
        .collect();
    let failed = "the driver of the lock failed: ";
    let expected = [
        format!("{failed}its file is not there"),
        format!("{failed}it cannot be loaded"),
        format!("{failed}its file is not there"),
        "the lock cannot be read: it holds no application".to_owned(),
        format!("{failed}it cannot be loaded"),
    ];
    assert_eq!(reasons, expected);
    open(&sources).unwrap();
}

#[test]
fn a_library_that_hangs_holds_up_neither_the_service_nor_other_locks() {
    let devices = Devices::with(&["sm2"]);
    devices.disturb("SKF_EnumDev hang 1500");
    let folder = Folder::with(&["p256.pem"]);
    let agent = Agent::start_with(&folder, |settings| {
        let files = LockSource::Folder(folder.folder().to_owned());
        let patience = key_agent::token::Patience {
            look: Duration::from_millis(300),
            work: Duration::from_millis(300),
        };
        let driver = key_agent::token::skf::SkfDriver::with_patience(devices.library(), patience);
        settings.locks = [files, LockSource::Skf(driver)].into_iter().collect();
    });
    let window = agent.asked_window(&sign_body());
    let locks = window.locks();
    assert_eq!(locks["locks"].as_array().unwrap().len(), 1);
    assert_eq!(
        locks["unreadable"][0]["reason"],
        "the driver of the lock does not answer"
    );
    devices.disturb("");
    let mut tries = 0;
    while window.locks()["locks"].as_array().unwrap().len() < 2 {
        tries += 1;
        assert!(tries < 100, "it is not taken back");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_proves(&window.sign(0, PIN).json()["proof"]);
    agent.stop();
}

#[test]
fn a_device_that_hangs_while_it_signs_is_given_up() {
    let devices = Devices::with(&["sm2"]);
    let sources = devices.impatient_sources(Duration::from_millis(500));
    let session = open(&sources).unwrap();
    devices.disturb("SKF_ECCSignData hang 1500");
    let outcome = session.sign(ProofAlgorithm::Sm2Sm3, MESSAGE);
    assert_eq!(outcome, Err(TokenError::DriverSilent));
    drop(session);
    devices.disturb("");
    open(&sources)
        .unwrap()
        .sign(ProofAlgorithm::Sm2Sm3, MESSAGE)
        .unwrap();
}

#[test]
fn the_window_signs_counts_wrong_pins_and_sees_the_lock_come_and_go() {
    let devices = Devices::with(&["sm2"]);
    devices.remove();
    let agent = agent(&devices);
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.locks()["obstacle"], "no-lock");
    devices.put_back();
    assert_eq!(window.locks()["obstacle"], Value::Null);
    let lock = &window.locks()["locks"][0];
    assert_eq!(
        (lock["tries"].as_str(), lock["retries_left"].as_u64()),
        (Some("left"), Some(6))
    );
    assert_eq!(lock["media_number"], "9F00000000000001");
    assert_eq!(lock["software"], false);
    let answer = window.sign(0, "wrong-1").json();
    assert_eq!(answer["message"], "CA锁密码错误，还可尝试 5 次。");
    let chosen = window.certificate(0);
    devices.remove();
    let answer = window.call("/api/sign", &json!({ "certificate": chosen, "pin": PIN }));
    assert_eq!(
        (answer.code().as_str(), answer.json()["final"].as_bool()),
        ("lock-removed", Some(false))
    );
    devices.put_back();
    devices.disturb("SKF_ECCSignData 0A000001");
    let answer = window.sign(0, PIN);
    assert_eq!(answer.code(), "no-lock");
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .starts_with("CA锁驱动报告错误")
    );
    devices.disturb("");
    let proof = window.sign(0, PIN).json()["proof"].clone();
    assert_eq!(proof["media_number"], "9F00000000000001");
    assert_eq!(proof["algorithm"], "SM2SM3");
    assert_proves(&proof);
    agent.stop();
}

#[test]
fn the_command_line_lists_and_signs_with_devices() {
    let devices = Devices::with(&["sm2"]);
    devices.insert("DEV2", "9F00000000000002", &["rsa"]);
    let library = devices.library();
    let library = library.to_str().unwrap();
    let listed = command_line::program(&["list", "--json", "--skf", library])
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["locks"][1]["media_number"], "9F00000000000002");
    let sign = |media_number: &str, pin: &str| {
        command_line::sign_with(&[
            "--skf",
            library,
            "--media-number",
            media_number,
            "--pin",
            pin,
        ])
    };
    command_line::assert_proves(&sign("9F00000000000001", PIN));
    command_line::assert_proves(&sign("9F00000000000002", PIN));
    let wrong = sign("9F00000000000002", "wrong-1");
    assert_eq!(wrong.status.code(), Some(5));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(told.contains("5 more tries"), "{told}");
    assert_eq!(sign("none", PIN).status.code(), Some(3));
}

#[test]
fn e_seals_are_read_from_files_that_are_named_so() {
    let devices = Devices::with(&["sm2"]);
    let application = devices.device("DEV1").join(APPLICATION);
    let seal: Vec<u8> = (0..3000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    fs::write(application.join("ESEAL01"), &seal).unwrap();
    fs::write(application.join("notes"), "no seal").unwrap();
    let sources = devices.sources();
    let id = sources.list().unwrap().locks[0].id.clone();
    assert_eq!(sources.find(&id).unwrap().seals(), Ok(vec![seal]));
    // A length that no file has here is not read.
    devices.disturb("SKF_GetFileInfo long");
    assert_eq!(sources.find(&id).unwrap().seals(), Ok(Vec::new()));
}

#[test]
fn no_pin_of_a_device_reaches_the_log() {
    let devices = Devices::with(&["sm2"]);
    let agent = agent(&devices);
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.sign(0, "Pin-314159").status, 403);
    assert_eq!(window.sign(0, PIN).status, 200);
    agent.stop();
    let log = crate::logs::captured();
    assert!(!log.contains(PIN) && !log.contains(WRONG_PIN) && !log.contains("Pin-314159"));
}
