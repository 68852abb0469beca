//! What happens in the window: choice, signing, reading, hot plug, each failure its own code.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::certificate::Certificate;
use pki::signature::verify_signature;
use protocol::challenge::{ChallengeText, Purpose};
use protocol::proof::Proof;
use serde_json::{Value, json};

use crate::http::{Agent, NONCE, PAGE, STATEMENT, sign_body};
use crate::locks::{Folder, PIN, SUBJECT, WRONG_PIN};

/// Checks a proof as a provider does that remembers what it asked.
pub fn assert_proves(proof: &Value) {
    let proof = Proof::from_json(&proof.to_string()).unwrap();
    let text = ChallengeText {
        origin: PAGE,
        nonce: NONCE,
        purpose: Purpose::Login,
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
fn the_window_shows_what_is_asked_and_signs_it() {
    let locks = Folder::with(&["sm2.pem"]);
    locks.write("sm2.pem.toml", "label = \"主锁\"\nmedia_number = \"5303201712015217\"\nkey_number = \"1A100000000000A547FC\"\n");
    let agent = Agent::start(&locks);
    let window = agent.window();
    let shown = window.begin(&sign_body()).json();
    assert_eq!(shown["origin"], PAGE);
    assert_eq!(shown["purpose"], "企业登录");
    assert_eq!(shown["statement"], STATEMENT);
    assert_eq!(shown["seconds"], 120);
    let lock = &shown["locks"]["locks"][0];
    assert_eq!(lock["label"], "主锁");
    assert_eq!(lock["media_number"], "5303201712015217");
    assert_eq!(lock["retries_left"], 6);
    assert_eq!(lock["software"], true);
    let certificate = &lock["certificates"][0];
    assert_eq!(certificate["subject_name"], SUBJECT);
    assert_eq!(certificate["key_number"], "1A100000000000A547FC");
    assert_eq!(certificate["kind"], "signing");
    assert_eq!(certificate["usable"], true);
    assert_eq!(certificate["expired"], false);

    let proof = window.sign(0, PIN).json()["proof"].clone();
    assert_eq!(proof["media_number"], "5303201712015217");
    assert_proves(&proof);
    // The token was good for one operation.
    assert_eq!(window.call("/api/locks", &json!({})).status, 403);
    agent.stop();
}

#[test]
fn every_kind_of_lock_signs_through_the_window() {
    let locks = Folder::with(&[]);
    let agent = Agent::start(&locks);
    for name in [
        "rsa.pem", "p256.pem", "sm2.pem", "rsa.p12", "p256.p12", "sm2.p12", "open.p12",
    ] {
        locks.insert(name);
        let window = agent.asked_window(&sign_body());
        let answer = window.sign(0, PIN);
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        assert_proves(&answer.json()["proof"]);
        locks.remove(name);
    }
    agent.stop();
}

#[test]
fn a_wrong_pin_leaves_the_window_open_until_the_lock_locks() {
    let locks = Folder::with(&["p256.pem"]);
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    for left in (1..=5).rev() {
        let answer = window.sign(0, WRONG_PIN);
        let json = answer.json();
        assert_eq!(
            (
                answer.status,
                json["code"].as_str(),
                json["retries_left"].as_u64()
            ),
            (403, Some("pin-wrong"), Some(left))
        );
        assert_eq!(json["final"], false);
        assert_eq!(
            json["message"],
            format!("CA锁密码错误，还可尝试 {left} 次。")
        );
    }
    let json = window.sign(0, WRONG_PIN).json();
    assert_eq!(
        (json["code"].as_str(), json["final"].as_bool()),
        (Some("pin-locked"), Some(true))
    );
    // Even the right PIN opens nothing any more, in a new window as well.
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.sign(0, PIN).code(), "pin-locked");
    agent.stop();
}

#[test]
fn the_window_waits_for_a_lock_and_goes_on_by_itself() {
    let locks = Folder::with(&[]);
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.locks()["obstacle"], "no-lock");
    locks.insert("encryption.pem");
    assert_eq!(window.locks()["obstacle"], "only-encryption-certificate");
    assert_eq!(
        window.locks()["locks"][0]["certificates"][0]["usable"],
        false
    );
    assert_eq!(window.sign(0, PIN).code(), "only-encryption-certificate");
    locks.remove("encryption.pem");
    locks.insert("sm2.pem");
    assert_eq!(window.locks()["obstacle"], Value::Null);
    let chosen = window.certificate(0);
    locks.remove("sm2.pem");
    let answer = window.call("/api/sign", &json!({ "certificate": chosen, "pin": PIN }));
    assert_eq!(
        (answer.code().as_str(), answer.json()["final"].as_bool()),
        ("lock-removed", Some(false))
    );
    locks.insert("sm2.pem");
    assert_eq!(window.sign(0, PIN).status, 200);
    agent.stop();
}

#[test]
fn files_that_are_no_locks_are_passed_over_and_broken_ones_are_shown() {
    let locks = Folder::with(&["authority.pem", "sm2.pem"]);
    locks.write("notes.txt", "no lock");
    locks.write("broken.p12", "0\u{1}\u{2}");
    locks.write(
        "p.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n!!!\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    let shown = window.locks();
    assert_eq!(shown["locks"].as_array().unwrap().len(), 1);
    assert_eq!(shown["unreadable"].as_array().unwrap().len(), 2);
    agent.stop();
}

#[test]
fn reading_a_certificate_needs_no_pin_unless_the_lock_hides_it() {
    let locks = Folder::with(&["encryption.pem", "p256.p12"]);
    locks.write("encryption.pem.toml", "media_number = \"42\"\n");
    let agent = Agent::start(&locks);
    let wish = json!({ "origin": PAGE, "operation": "read", "lang": "en" });

    let window = agent.window();
    assert_eq!(window.begin(&wish).json()["purpose"], "Read certificate");
    assert_eq!(window.sign(0, PIN).code(), "bad-request");
    let window = agent.asked_window(&wish);
    let answer = window
        .call(
            "/api/read",
            &json!({ "certificate": window.certificate(0) }),
        )
        .json();
    assert_eq!(answer["media_number"], "42");
    let der = STANDARD
        .decode(answer["certificate"].as_str().unwrap())
        .unwrap();
    assert_eq!(
        Certificate::from_der(&der).unwrap().subject().common_name(),
        Some(SUBJECT)
    );

    let window = agent.asked_window(&wish);
    let hidden = window.certificate(1);
    let answer = window.call(
        "/api/read",
        &json!({ "certificate": hidden, "pin": WRONG_PIN }),
    );
    assert_eq!(answer.code(), "pin-wrong");
    let answer = window.call("/api/read", &json!({ "certificate": hidden, "pin": PIN }));
    assert!(answer.json()["certificate"].is_string(), "{}", answer.body);
    agent.stop();
}

#[test]
fn algorithms_follow_what_the_page_accepts() {
    let locks = Folder::with(&["rsa.pem"]);
    let agent = Agent::start(&locks);
    for (accepted, expected) in [
        (json!(["RS256", "PS256"]), Some("RS256")),
        (json!(["PS256"]), Some("PS256")),
        (json!(["EdDSA", "RS256"]), Some("RS256")),
        (json!(["SM2SM3"]), None),
    ] {
        let mut wish = sign_body();
        wish["algorithms"] = accepted;
        let answer = agent.asked_window(&wish).sign(0, PIN);
        match expected {
            Some(algorithm) => {
                assert_eq!(answer.json()["proof"]["algorithm"], algorithm);
                assert_proves(&answer.json()["proof"]);
            }
            None => assert_eq!(answer.code(), "unsupported-algorithm"),
        }
    }
    agent.stop();
}

#[test]
fn malformed_requests_are_refused_with_their_code() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let cases = [
        ("operation", json!("delete"), "bad-request"),
        ("nonce", json!("short"), "bad-request"),
        ("nonce", Value::Null, "bad-request"),
        ("purpose", json!("Login"), "bad-request"),
        ("statement", json!(""), "bad-request"),
        ("statement", json!("登录\u{202e}录登"), "bad-request"),
        ("statement", json!("a\u{0}b"), "bad-request"),
        ("statement", json!("长".repeat(6000)), "bad-request"),
        ("algorithms", json!(["none"]), "unsupported-algorithm"),
        ("algorithms", json!([]), "unsupported-algorithm"),
        ("version", json!(2), "version"),
        ("extra", json!(1), "bad-request"),
    ];
    for (member, value, code) in cases {
        let mut wish = sign_body();
        wish[member] = value.clone();
        let answer = agent.window().begin(&wish);
        assert_eq!(answer.code(), code, "{member}: {value}");
        assert_eq!(answer.json()["final"], true);
    }
    agent.stop();
}

#[test]
fn a_person_who_takes_too_long_is_timed_out() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start_with(&locks, |settings| {
        settings.operation_limit = Duration::from_millis(300);
    });
    let window = agent.asked_window(&sign_body());
    let chosen = window.certificate(0);
    std::thread::sleep(Duration::from_millis(350));
    let answer = window.call("/api/sign", &json!({ "certificate": chosen, "pin": PIN }));
    assert_eq!((answer.status, answer.code().as_str()), (410, "timed-out"));
    // The agent is free for the next.
    agent.asked_window(&sign_body());
    agent.stop();
}

#[test]
fn pages_come_in_both_languages() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start_with(&locks, |settings| {
        settings.portal_url = Some("https://idp.example/portal".parse().unwrap());
    });
    let host = agent.host();
    let english = agent.send(
        "GET",
        "/sign",
        &[("Host", &host), ("Accept-Language", "en-GB,zh;q=0.5")],
        "",
    );
    assert!(
        english.body.contains("<html lang=\"en\">") && english.body.contains("What you will sign")
    );
    let chinese = agent.get("/sign");
    assert!(chinese.body.contains("<html lang=\"zh-CN\">") && chinese.body.contains("确认签名"));
    for id in [
        "origin",
        "purpose",
        "statement",
        "certificates",
        "pin",
        "confirm",
        "cancel",
        "message",
    ] {
        assert_eq!(
            chinese.body.matches(&format!("id=\"{id}\"")).count(),
            1,
            "{id}"
        );
    }
    let root = agent.get("/");
    for part in [
        "证书助手",
        "服务正在运行",
        SUBJECT,
        "登录系统",
        PAGE,
        "软件锁，仅用于演示与测试",
    ] {
        assert!(root.body.contains(part), "{part}");
    }
    assert_eq!(
        agent.get("/portal").header("Location"),
        Some("https://idp.example/portal")
    );
    assert!(agent.get("/?lang=en").body.contains("Service is running"));
    assert_eq!(agent.get("/healthz").json()["status"], "ok");
    agent.stop();
}
