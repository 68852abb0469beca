//! Locks behind PKCS #11, with SoftHSM2: through the command line, the window and the library.

use std::process::Command;

use key_agent::locks::{LockSource, LockSources};
use key_agent::pin::Pin;
use key_agent::token::{TokenError, Tries, Wanted};
use protocol::proof::ProofAlgorithm;
use serde_json::{Value, json};

use crate::command_line;
use crate::http::sign_body;
use crate::locks::{PIN, SUBJECT, WRONG_PIN};
use crate::softhsm_tokens::Tokens;
use crate::window::assert_proves;

fn list(tokens: &Tokens) -> Value {
    let output = tokens.run(command_line::program(&["list", "--json"]));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn tokens_in_several_slots_are_listed_and_each_signs() {
    let Some(tokens) = Tokens::none() else { return };
    let keys = [("rsa", "RS256 PS256"), ("p256", "ES256"), ("p384", "ES384")];
    for (name, _) in keys {
        tokens.insert(name);
    }
    let listed = list(&tokens);
    assert_eq!(listed["locks"].as_array().unwrap().len(), 3);
    for (name, algorithms) in keys {
        let locks = listed["locks"].as_array().unwrap();
        let lock = locks.iter().find(|lock| lock["label"] == name).unwrap();
        let serial = tokens.serial(name);
        assert_eq!(lock["media_number"], serial.as_str());
        assert_eq!(
            (lock["tries"].as_str(), &lock["retries_left"]),
            (Some("untold"), &Value::Null)
        );
        assert_eq!(lock["software"], false);
        let certificates = lock["certificates"].as_array().unwrap();
        let find = |kind: &str| certificates.iter().find(|one| one["kind"] == kind).unwrap();
        assert_eq!(find("signing")["subject_name"], SUBJECT);
        assert_eq!(find("encryption")["usable"], false);
        let told: Vec<&str> = find("signing")["algorithms"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(told.join(" "), algorithms);
        for algorithm in told {
            let sign = [
                "--media-number",
                &serial,
                "--pin",
                PIN,
                "--algorithm",
                algorithm,
            ];
            command_line::assert_proves(&tokens.run(command_line::signing(&sign)));
        }
    }
}

#[test]
fn no_number_is_made_up_for_a_wrong_pin() {
    let Some(tokens) = Tokens::with("rsa") else {
        return;
    };
    let wrong = tokens.run(command_line::signing(&["--pin", WRONG_PIN]));
    assert_eq!(wrong.status.code(), Some(5));
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        told.contains("does not tell how many tries are left") && !told.contains(WRONG_PIN),
        "{told}"
    );
    // SoftHSM2 says that a wrong PIN came since the last right one.
    assert_eq!(list(&tokens)["locks"][0]["tries"], "fewer");
    let agent = tokens.agent();
    let window = agent.asked_window(&sign_body());
    let answer = window.sign(0, WRONG_PIN);
    let json = answer.json();
    assert_eq!((answer.status, answer.code().as_str()), (403, "pin-wrong"));
    assert_eq!(
        (json["tries"].as_str(), json.get("retries_left")),
        (Some("fewer"), None)
    );
    assert_eq!(
        json["message"],
        "CA锁密码错误。此CA锁不提供剩余次数，连续输错会被锁定。"
    );
    let proof = window.sign(0, PIN).json()["proof"].clone();
    assert_eq!(proof["media_number"], tokens.serial("rsa").as_str());
    assert_proves(&proof);
    agent.stop();
    assert_eq!(list(&tokens)["locks"][0]["tries"], "untold");
}

#[test]
fn the_window_sees_tokens_come_and_go_without_a_new_start() {
    let Some(tokens) = Tokens::none() else { return };
    let agent = tokens.agent();
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.locks()["obstacle"], "no-lock");
    tokens.insert("p256");
    assert_eq!(window.locks()["obstacle"], Value::Null);
    tokens.insert("rsa");
    assert_eq!(window.locks()["locks"].as_array().unwrap().len(), 2);
    let chosen = window.certificate(0);
    let away = tokens.remove();
    let answer = window.call("/api/sign", &json!({ "certificate": chosen, "pin": PIN }));
    assert_eq!(
        (answer.code().as_str(), answer.json()["final"].as_bool()),
        ("lock-removed", Some(false))
    );
    assert_eq!(window.locks()["obstacle"], "no-lock");
    tokens.put_back(&away);
    assert_proves(&window.sign(0, PIN).json()["proof"]);
    agent.stop();
}

#[test]
fn two_windows_one_after_the_other_use_the_same_token() {
    let Some(tokens) = Tokens::with("p256") else {
        return;
    };
    let agent = tokens.agent();
    for _ in 0..3 {
        let window = agent.asked_window(&sign_body());
        assert_proves(&window.sign(0, PIN).json()["proof"]);
    }
    agent.stop();
}

/// Runs the test of this name again in a process whose environment names these tokens.
fn again_with(tokens: &Tokens, test: &str) {
    let (name, value) = tokens.environment();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("softhsm::{test}"), "--nocapture"])
        .env(name, &value)
        .env("SOFTHSM_TEST_AGAIN", tokens.library())
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

/// The tokens, once in the process that [`again_with`] started.
fn sources() -> Option<LockSources> {
    let library = std::env::var_os("SOFTHSM_TEST_AGAIN")?;
    Some(LockSource::drivers([library.into()], []).collect())
}

#[test]
fn a_token_removed_between_the_pin_and_the_signature_is_told_as_removed() {
    let Some(sources) = sources() else {
        let Some(tokens) = Tokens::with("rsa") else {
            return;
        };
        return again_with(
            &tokens,
            "a_token_removed_between_the_pin_and_the_signature_is_told_as_removed",
        );
    };
    let id = sources.list().unwrap().locks[0].id.clone();
    let token = sources.find(&id).unwrap();
    let pin = Pin::from(PIN.to_owned());
    let session = token.open(&Wanted::Signing, &pin).unwrap();
    session.sign(ProofAlgorithm::Ps256, b"message").unwrap();
    let settings = std::env::var("SOFTHSM2_CONF").unwrap();
    let folder = std::path::Path::new(&settings).with_file_name("tokens");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let outcome = session.sign(ProofAlgorithm::Ps256, b"message");
    assert_eq!(outcome, Err(TokenError::LockRemoved));
    drop(session);
    assert!(sources.list().unwrap().locks.is_empty());
    assert_eq!(token.facts().err(), Some(TokenError::LockRemoved));
}

#[test]
fn e_seals_are_read_from_data_objects_that_are_named_so() {
    let Some(sources) = sources() else {
        let Some(tokens) = Tokens::with("rsa") else {
            return;
        };
        let public = ["--type", "data", "--label"];
        tokens.write_object("rsa", b"a seal", &[&public[..], &["企业签章"]].concat());
        tokens.write_object(
            "rsa",
            b"another",
            &[&public[..], &["x", "--application-label", "ESEAL"]].concat(),
        );
        tokens.write_object("rsa", b"no such", &[&public[..], &["notes"]].concat());
        return again_with(
            &tokens,
            "e_seals_are_read_from_data_objects_that_are_named_so",
        );
    };
    let id = sources.list().unwrap().locks[0].id.clone();
    let mut seals = sources.find(&id).unwrap().seals().unwrap();
    seals.sort();
    assert_eq!(seals, [b"a seal".to_vec(), b"another".to_vec()]);
}

#[test]
fn a_wrong_pin_counts_as_the_token_s_flags_say() {
    let Some(sources) = sources() else {
        let Some(tokens) = Tokens::with("p256") else {
            return;
        };
        return again_with(&tokens, "a_wrong_pin_counts_as_the_token_s_flags_say");
    };
    let id = sources.list().unwrap().locks[0].id.clone();
    let token = sources.find(&id).unwrap();
    let wrong = Pin::from(WRONG_PIN.to_owned());
    let refused = token.open(&Wanted::Signing, &wrong).err();
    assert_eq!(refused, Some(TokenError::PinWrong(Tries::Fewer)));
    // The library is at rest again: nothing was left open or logged in.
    let right = Pin::from(PIN.to_owned());
    for _ in 0..2 {
        let session = token.open(&Wanted::Signing, &right).unwrap();
        session.sign(ProofAlgorithm::Es256, b"message").unwrap();
    }
    assert_eq!(token.facts().unwrap().pin.tries, Tries::Untold);
}
