//! `idp keys` where keys are inside a PKCS #11 token.

use std::path::PathBuf;
use std::process::Command;

use super::Operator;

const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "0042";

/// Tables, and a token of SoftHSM2 whose PIN is in a file. Nothing, said aloud, where it is not installed.
fn with_token() -> Option<Operator> {
    let has = |tool: &str| Command::new(tool).output().is_ok();
    if !PathBuf::from(LIBRARY).is_file() || !has("softhsm2-util") {
        let required = std::env::var("YZT_TEST_REQUIRE_ALL");
        assert_ne!(required.as_deref(), Ok("1"), "softhsm2 is not installed");
        println!("SKIPPED: softhsm2 is not installed");
        return None;
    }
    let mut operator = Operator::with(&format!(
        "[signing_keys]\nkeep_in = \"pkcs11\"\n[signing_keys.pkcs11]\nmodule = \"{LIBRARY}\"\ntoken = \"hsm\"\npin_file = \"pin\"\n"
    ));
    let tokens = operator.folder.join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let settings = format!("directories.tokendir = {}\n", tokens.display());
    let settings = operator.write("softhsm2.conf", &settings);
    operator
        .environment
        .push(("SOFTHSM2_CONF", settings.display().to_string()));
    let pin = operator.write("pin", &format!("{PIN}\n"));
    super::keys::only_the_owner_reads(&pin);
    let made = Command::new("softhsm2-util")
        .args([
            "--init-token",
            "--free",
            "--label",
            "hsm",
            "--so-pin",
            "so-pin-1",
            "--pin",
            PIN,
        ])
        .envs(operator.environment.clone())
        .output();
    assert!(made.unwrap().status.success());
    assert_eq!(operator.run(&["migrate"]).code, 0);
    Some(operator)
}

/// How many keys are kept so.
fn kept(operator: &Operator, word: &str) -> usize {
    let keys = super::keys::keys(operator);
    keys.iter().filter(|key| key["kept"] == word).count()
}

#[test]
fn keys_inside_are_made_listed_passed_over_by_reseal_and_destroyed() {
    let Some(operator) = with_token() else { return };
    let made = operator.run(&["keys", "rotate"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(kept(&operator, "token hsm"), 3);
    let listed = operator.run(&["keys", "list"]).out;
    assert_eq!(listed.matches("in token hsm").count(), 3, "{listed}");

    let new = operator.write("new.key", &format!("{}=", "B".repeat(42) + "A"));
    super::keys::only_the_owner_reads(&new);
    let done = operator.run(&["keys", "reseal", "--new-master-key", "new.key"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("0 keys are sealed"), "{}", done.out);
    std::fs::rename(&new, operator.folder.join("state/master.key")).unwrap();

    let kid = super::keys::signing(&operator, "ES256");
    let done = operator.run(&["keys", "withdraw", &kid, "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(
        done.out.contains(&format!("{kid} is destroyed inside hsm")),
        "{}",
        done.out
    );
    let done = operator.run(&["keys", "emergency", "--reason", "drill", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(done.out.matches("is destroyed inside hsm").count(), 3);
    assert_eq!(
        (
            kept(&operator, "token hsm"),
            kept(&operator, "token hsm, destroyed")
        ),
        (3, 4)
    );
}

#[test]
fn a_lost_token_is_left_behind_by_an_emergency() {
    let Some(operator) = with_token() else { return };
    assert_eq!(operator.run(&["keys", "rotate"]).code, 0);
    std::fs::remove_dir_all(operator.folder.join("tokens")).unwrap();
    std::fs::create_dir(operator.folder.join("tokens")).unwrap();
    operator
        .run(&["keys", "rotate"])
        .refused_with(&["signing_keys.pkcs11", "there is no token hsm"]);
    operator.write("idp.toml", "");
    let done = operator.run(&["keys", "emergency", "--reason", "lost", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(kept(&operator, "database"), 3);
    let listed = operator.run(&["keys", "list"]).out;
    assert_eq!(listed.matches(" signing ").count(), 3, "{listed}");
}

#[test]
fn a_pin_of_digits_by_the_environment_keeps_its_zeros_and_a_wrong_one_is_not_told() {
    let Some(mut operator) = with_token() else {
        return;
    };
    let file = std::fs::read_to_string(operator.folder.join("idp.toml")).unwrap();
    operator.write("idp.toml", &file.replace("pin_file = \"pin\"\n", ""));
    operator
        .run(&["keys", "rotate"])
        .refused_with(&["IDP_SIGNING_KEYS__PKCS11__PIN"]);
    let variable = "IDP_SIGNING_KEYS__PKCS11__PIN";
    operator.environment.push((variable, "5150".to_owned()));
    let wrong = operator.run(&["keys", "rotate"]);
    assert!(!wrong.err.contains("5150"), "{}", wrong.err);
    wrong.refused_with(&["its PIN is wrong"]);
    operator.environment.push((variable, PIN.to_owned()));
    let made = operator.run(&["keys", "rotate"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(kept(&operator, "token hsm"), 3);
}
