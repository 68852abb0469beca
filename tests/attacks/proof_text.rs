//! Proofs whose text is not one: truncated, oversized, doubled, of another kind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use e2e::proof::Challenge;
use e2e::story::new_lock;
use e2e::{Browser, Provider};
use idp_core::audit::AuditKind;
use serde_json::{Value, json};

/// Each of these must be refused as `code` and written down.
async fn all_refused(code: &str, make: impl Fn(&Value) -> Vec<String>) {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    let page = browser.open("/login").await;
    let count = make(&serde_json::from_str(&Challenge::of(&page).proof(&lock)).unwrap()).len();
    for index in 0..count {
        let page = browser.open("/login").await;
        let proof = serde_json::from_str(&Challenge::of(&page).proof(&lock)).unwrap();
        let text = make(&proof).remove(index);
        let answer = browser.answer_challenge(&page, &text, &[]).await;
        let shown: String = text.chars().take(120).collect();
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (403, code),
            "{index}: {shown}"
        );
        provider
            .expect_incident(&answer.incident(), AuditKind::LoginRefused, code)
            .await;
    }
    browser.sign_in(&lock).await;
}

fn with(proof: &Value, name: &str, value: Value) -> String {
    let mut changed = proof.clone();
    changed[name] = value;
    changed.to_string()
}

#[tokio::test]
async fn text_that_is_no_proof_is_refused() {
    all_refused("proof-malformed", |proof| {
        let text = proof.to_string();
        vec![
            "null".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            text[..text.len() - 1].to_owned(),
            text[..text.len() / 2].to_owned(),
            format!("{text}{text}"),
            format!("[{text}]"),
            "[".repeat(20_000),
            format!("{}{}", text, " ".repeat(33 * 1024)),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_form_without_a_proof_is_told_so() {
    all_refused("proof-missing", |_| vec![String::new()]).await;
}

#[tokio::test]
async fn members_that_are_missing_doubled_or_strange_are_refused() {
    all_refused("proof-malformed", |proof| {
        let text = proof.to_string();
        let without = |name: &str| {
            let mut changed = proof.clone();
            changed.as_object_mut().unwrap().remove(name);
            changed.to_string()
        };
        let doubled = |name: &str| format!("{{\"{name}\":{},{}", proof[name], &text[1..]);
        vec![
            without("format"),
            without("certificate"),
            without("algorithm"),
            without("signature"),
            doubled("format"),
            doubled("certificate"),
            doubled("signature"),
            doubled("algorithm"),
            with(proof, "nonce", json!("mine")),
            with(proof, "Certificate", json!("x")),
            with(proof, "certificate", json!(7)),
            with(proof, "signature", json!(["x"])),
        ]
    })
    .await;
}

#[tokio::test]
async fn formats_and_algorithms_nobody_knows_are_refused() {
    all_refused("proof-malformed", |proof| {
        let mut texts = vec![
            with(proof, "format", json!("yzt-proof:v2")),
            with(proof, "format", json!("")),
            with(proof, "format", json!("web-eid:1")),
            with(proof, "format", json!("web-eid:2.0")),
        ];
        for algorithm in ["none", "None", "", "es256", "HS256", "ES256 ", "RS1"] {
            texts.push(with(proof, "algorithm", json!(algorithm)));
        }
        texts
    })
    .await;
}

#[tokio::test]
async fn values_that_are_not_base64_or_empty_are_refused() {
    all_refused("proof-malformed", |proof| {
        vec![
            with(proof, "certificate", json!("")),
            with(proof, "certificate", json!("***")),
            with(proof, "signature", json!("")),
            with(proof, "signature", json!("a b c")),
            with(proof, "media_number", json!("<script>")),
            with(proof, "media_number", json!("x".repeat(65))),
        ]
    })
    .await;
}

#[tokio::test]
async fn certificates_that_are_none_are_refused() {
    all_refused("certificate-invalid", |proof| {
        let der = STANDARD
            .decode(proof["certificate"].as_str().unwrap())
            .unwrap();
        let with = |der: &[u8]| with(proof, "certificate", json!(STANDARD.encode(der)));
        let mut longer = der.clone();
        longer.push(0);
        vec![
            with(&der[..der.len() - 1]),
            with(&der[..10]),
            with(&longer),
            with(b"0"),
            with(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
            with(&vec![0x30; 8000]),
        ]
    })
    .await;
}

#[tokio::test]
async fn a_certificate_changed_by_one_octet_is_refused_somewhere_on_the_way() {
    let provider = Provider::shared();
    let lock = new_lock();
    let mut browser = Browser::new(provider);
    browser.bind(&lock).await;
    for position in (0..lock.certificate.der().len()).step_by(23) {
        let page = browser.open("/login").await;
        let mut draft = Challenge::of(&page).draft(&lock);
        draft.certificate[position] ^= 1;
        let answer = browser.answer_challenge(&page, &draft.json(), &[]).await;
        assert_eq!(answer.status, 403, "octet {position}: {}", answer.summary());
        assert!(!answer.incident().is_empty());
    }
}
