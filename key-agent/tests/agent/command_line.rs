//! The program as scripts and support use it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use pki::certificate::Certificate;
use pki::signature::verify_signature;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::Proof;

use crate::http::Agent;
use crate::locks::{Folder, PIN, SUBJECT, WRONG_PIN};

const ORIGIN: &str = "https://idp.example";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const STATEMENT: &str = "第一行\n第二行";

pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_key-agent"));
    command
        .args(arguments)
        .env_remove("KEY_AGENT_PIN")
        .env("STATE_DIRECTORY", crate::locks::state_folder())
        .stdin(Stdio::null());
    command
}

/// `key-agent sign` for what [`assert_proves`] expects.
pub fn signing(more: &[&str]) -> Command {
    let mut arguments = vec!["sign", "--origin", ORIGIN, "--nonce", NONCE];
    arguments.extend(["--purpose", "bind", "--statement", STATEMENT]);
    arguments.extend(more);
    program(&arguments)
}

pub fn sign_with(more: &[&str]) -> Output {
    signing(more).output().unwrap()
}

fn sign(locks: &Folder, name: &str, more: &[&str]) -> Output {
    let path = locks.path(name);
    let lock = ["--lock", path.to_str().unwrap()];
    sign_with(&[&lock, more].concat())
}

pub fn assert_proves(output: &Output) {
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    let proof = Proof::from_json(printed.trim_end()).unwrap();
    let text = ChallengeText {
        origin: ORIGIN,
        nonce: NONCE,
        purpose: Purpose::Bind,
        statement: STATEMENT,
    };
    let certificate = Certificate::from_der(&proof.certificate).unwrap();
    let algorithm = proof.algorithm.as_str().parse().unwrap();
    verify_signature(
        &certificate,
        algorithm,
        &text.to_be_signed(proof.algorithm),
        &proof.signature,
    )
    .unwrap();
}

#[test]
fn sign_prints_the_proof_and_nothing_else() {
    for name in ["rsa.p12", "p256.p12", "sm2.p12", "sm2.pem"] {
        let locks = Folder::with(&[name]);
        let output = sign(&locks, name, &["--pin", PIN]);
        assert_proves(&output);
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn a_pin_comes_from_a_file_a_pipe_or_the_environment() {
    let locks = Folder::with(&["p256.pem"]);
    locks.write("pin", &format!("{PIN}\n"));
    assert_proves(&sign(
        &locks,
        "p256.pem",
        &["--pin-file", locks.path("pin").to_str().unwrap()],
    ));

    let lock = locks.path("p256.pem");
    let arguments = [
        "sign",
        "--lock",
        lock.to_str().unwrap(),
        "--origin",
        ORIGIN,
        "--nonce",
        NONCE,
        "--purpose",
        "bind",
    ];
    let arguments = [&arguments[..], &["--statement", STATEMENT]].concat();
    assert_proves(
        &program(&arguments)
            .env("KEY_AGENT_PIN", PIN)
            .output()
            .unwrap(),
    );

    let mut child = program(&[&arguments[..], &["--pin-stdin"]].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{PIN}").unwrap();
    assert_proves(&child.wait_with_output().unwrap());
}

#[test]
fn each_failure_has_its_own_exit_code() {
    let locks = Folder::with(&["sm2.pem", "encryption.pem"]);
    let code = |name: &str, more: &[&str]| sign(&locks, name, more).status.code();
    assert_eq!(code("sm2.pem", &[]), Some(2));
    assert_eq!(code("sm2.pem", &["--pin", ""]), Some(2));
    assert_eq!(code("sm2.pem", &["--pin", PIN, "--pin-stdin"]), Some(2));
    assert_eq!(code("none.pem", &["--pin", PIN]), Some(3));
    assert_eq!(code("encryption.pem", &["--pin", PIN]), Some(4));
    assert_eq!(
        code("sm2.pem", &["--pin", PIN, "--algorithm", "RS256"]),
        Some(7)
    );
    for _ in 0..5 {
        let output = sign(&locks, "sm2.pem", &["--pin", WRONG_PIN]);
        assert_eq!(output.status.code(), Some(5));
        assert!(output.stdout.is_empty());
        assert!(!String::from_utf8_lossy(&output.stderr).contains(WRONG_PIN));
    }
    assert_eq!(code("sm2.pem", &["--pin", WRONG_PIN]), Some(6));
    assert_eq!(code("sm2.pem", &["--pin", PIN]), Some(6));
}

#[test]
fn list_shows_locks_for_people_and_for_scripts() {
    let locks = Folder::with(&["sm2.pem", "rsa.p12"]);
    let folder = locks.folder().to_str().unwrap();
    let text = String::from_utf8(
        program(&["list", "--locks", folder])
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap();
    assert!(
        text.contains(SUBJECT)
            && text.contains("SM2SM3")
            && text.contains("shown only after the PIN"),
        "{text}"
    );
    let json = program(&[
        "list",
        "--json",
        "--lock",
        locks.path("sm2.pem").to_str().unwrap(),
    ])
    .output()
    .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["locks"][0]["certificates"][0]["subject_name"], SUBJECT);
    let empty = Folder::with(&[]);
    assert_eq!(
        program(&["list", "--locks", empty.folder().to_str().unwrap()])
            .status()
            .unwrap()
            .code(),
        Some(3)
    );
}

#[test]
fn check_tells_what_to_repair() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let folder = locks.folder().to_str().unwrap();
    let port = agent.port().to_string();
    let all_well = program(&["check", "--locks", folder, "--port", &port])
        .output()
        .unwrap();
    assert!(all_well.status.success(), "{all_well:?}");
    agent.stop();
    let no_service = program(&["check", "--locks", folder, "--port", &port])
        .output()
        .unwrap();
    assert_eq!(no_service.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_service.stdout).contains("repair: start it with"));
}

#[test]
fn serve_refuses_a_configuration_with_a_misspelt_member() {
    let locks = Folder::with(&[]);
    locks.write("agent.toml", "lokcs = \"x\"\n");
    let config = locks.path("agent.toml");
    let output = program(&["serve", "--config", config.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        program(&["serve", "--locks", "x", "--allow-origin", "*"])
            .status()
            .unwrap()
            .code(),
        Some(2)
    );
}
