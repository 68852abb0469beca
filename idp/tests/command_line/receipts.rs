//! `idp receipt`, and by whom a platform's consents are signed.

use serde_json::json;

use super::Operator;

#[test]
fn a_text_that_is_no_receipt_does_not_hold_and_that_is_told() {
    let operator = Operator::new();
    let file = operator.write("no-receipt.jws", "a.b.c\n");
    let verified = operator.run(&["receipt", "verify", "no-receipt.jws", "--json"]);
    assert_eq!(verified.code, 1);
    let told = verified.json();
    assert_eq!(told["standing"], json!("bad"));
    assert_eq!(told["checks"][0]["why"], json!("not-a-jws"));
    assert!(file.exists());
    // Offline means that: no database was made.
    assert!(!operator.folder.join("state/idp.db").exists());
    let told = operator.run(&["receipt", "verify", "no-receipt.jws"]);
    assert!(told.out.contains("FAILED (not-a-jws)"), "{}", told.out);
    told.refused_with(&["it does not hold"]);
    operator
        .run(&["receipt", "verify", "absent.jws"])
        .refused_with(&["absent.jws"]);
    operator
        .run(&["receipt", "verify", "no-receipt.jws", "--log-key", "none"])
        .refused_with(&["--log-key"]);
    operator
        .run(&[
            "receipt",
            "verify",
            "no-receipt.jws",
            "--ca",
            "no-receipt.jws",
        ])
        .refused_with(&["no-receipt.jws"]);
}

#[test]
fn of_a_consent_that_never_was_there_is_no_receipt() {
    let operator = Operator::ready();
    operator
        .run(&["receipt", "export", "never"])
        .refused_with(&["no receipt can be given"]);
    let keys = operator.run(&["receipt", "keys"]).json();
    let keys = keys["keys"].as_array().unwrap();
    assert!(keys.iter().all(|key| key["alg"] == "ES256"));
    assert!(keys.iter().all(|key| key.get("d").is_none()));
}
