//! `idp keys`

use super::Operator;

/// Keys as `keys list --json` shows them.
pub(super) fn keys(operator: &Operator) -> Vec<serde_json::Value> {
    let listed = operator.run(&["keys", "list", "--json"]).json();
    listed.as_array().unwrap().clone()
}

/// Tables, a master key and signing keys.
fn with_keys() -> Operator {
    let operator = Operator::ready();
    let master = operator.write("state/master.key", &"A".repeat(43));
    std::fs::write(&master, format!("{}=", "A".repeat(43))).unwrap();
    only_the_owner_reads(&master);
    let made = operator.run(&["keys", "rotate", "--now"]);
    assert_eq!(made.code, 0, "{}", made.err);
    operator
}

#[cfg(unix)]
pub(super) fn only_the_owner_reads(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
pub(super) fn only_the_owner_reads(_: &std::path::Path) {}

pub(super) fn signing(operator: &Operator, algorithm: &str) -> String {
    let found = keys(operator)
        .into_iter()
        .find(|key| key["alg"] == algorithm && key["state"] == "signing");
    found.unwrap()["kid"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_withdrawn_and_its_successor_signs() {
    let operator = with_keys();
    let kid = signing(&operator, "ES256");
    let done = operator.run(&["keys", "withdraw", &kid, "--reason", "stolen", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains(&format!("{kid} is withdrawn")));
    let states: Vec<_> = keys(&operator)
        .iter()
        .filter(|key| key["alg"] == "ES256")
        .map(|key| key["state"].as_str().unwrap().to_owned())
        .collect();
    assert!(states.contains(&"withdrawn".to_owned()), "{states:?}");
    assert_ne!(signing(&operator, "ES256"), kid);
    operator
        .run(&["keys", "withdraw", &kid, "--yes"])
        .refused_with(&["was withdrawn before"]);
}

#[test]
fn withdrawing_asks_first_and_only_yes_is_a_yes() {
    let operator = with_keys();
    let kid = signing(&operator, "RS256");
    for answer in ["", "no\n", "y\n"] {
        operator
            .answering(&["keys", "withdraw", &kid], answer)
            .refused_with(&["nothing was withdrawn"]);
        assert_eq!(signing(&operator, "RS256"), kid);
    }
    let done = operator.answering(&["keys", "withdraw", &kid], "yes\n");
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn a_kid_that_begins_with_a_hyphen_is_a_kid() {
    let operator = with_keys();
    for words in [
        ["keys", "withdraw", "-unknown", "--yes"],
        ["keys", "withdraw", "--yes", "-unknown"],
    ] {
        operator
            .run(&words)
            .refused_with(&["there is no signing key -unknown"]);
    }
}

#[test]
fn times_are_rfc_3339_in_utc() {
    let operator = with_keys();
    let listed = operator.run(&["keys", "list"]).out;
    for line in listed.lines() {
        let from = line.split_whitespace().skip_while(|w| *w != "from").nth(1);
        let from = from.unwrap();
        assert!(from.ends_with('Z') && from.contains('T'), "{line}");
    }
    for key in keys(&operator) {
        let at = key["signs_from"].as_str().unwrap();
        assert_eq!((at.len(), &at[10..11], &at[19..]), (20, "T", "Z"), "{at}");
    }
}

#[test]
fn before_the_first_serve_rotate_makes_master_key_and_keys_that_sign() {
    let operator = Operator::ready();
    let none = operator.run(&["keys", "list"]);
    assert_eq!(none.code, 0, "{}", none.err);
    assert!(none.out.contains("no signing keys yet"), "{}", none.out);
    assert!(keys(&operator).is_empty());
    let made = operator.run(&["keys", "rotate"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert!(keys(&operator).iter().all(|key| key["state"] == "signing"));
    assert_eq!(keys(&operator).len(), 3);
    // A lost master key is never made again.
    std::fs::remove_file(operator.folder.join("state/master.key")).unwrap();
    operator
        .run(&["keys", "rotate"])
        .refused_with(&["master.key: No such file"]);
}

#[test]
fn in_an_emergency_all_keys_go_and_new_ones_sign_at_once() {
    let operator = with_keys();
    let before: Vec<_> = keys(&operator);
    operator
        .answering(&["keys", "emergency", "--reason", "drill"], "no\n")
        .refused_with(&["nothing was withdrawn"]);
    assert_eq!(keys(&operator), before);
    let done = operator.run(&["keys", "emergency", "--reason", "drill", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert_eq!(done.out.matches("is withdrawn").count(), before.len());
    let after = keys(&operator);
    let in_state = |state: &str| after.iter().filter(|key| key["state"] == state).count();
    assert_eq!((in_state("withdrawn"), in_state("signing")), (3, 3));
    assert_eq!(after.len(), 6);
    assert_eq!(
        operator.run(&["keys", "emergency", "--yes"]).code,
        2,
        "without a reason"
    );
}

#[test]
fn under_another_master_key_the_same_keys_are_there() {
    let operator = with_keys();
    let before = keys(&operator);
    // 32 octets of 0x04, 0x10, 0x41 …
    let new = operator.write("new.key", &format!("{}=", "B".repeat(42) + "A"));
    only_the_owner_reads(&new);
    let reseal = ["keys", "reseal", "--new-master-key", "new.key"];
    let done = operator.run(&reseal);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.contains("3 keys are sealed"), "{}", done.out);
    // The old one opens nothing any more.
    operator
        .run(&reseal)
        .refused_with(&["encrypted under another master key"]);
    std::fs::rename(&new, operator.folder.join("state/master.key")).unwrap();
    assert_eq!(keys(&operator), before);
    let done = operator.run(&["keys", "reseal", "--new-master-key", "state/master.key"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn an_sm2_key_is_made_where_it_is_switched_on_and_counts_as_off_where_not() {
    let operator = Operator::with("[signing_keys]\nsm2 = true\n");
    assert_eq!(operator.run(&["migrate"]).code, 0);
    let made = operator.run(&["keys", "rotate", "--now"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let kid = signing(&operator, "x-SM2-SM3");
    let done = operator.run(&["keys", "emergency", "--reason", "drill", "--yes"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let next = signing(&operator, "x-SM2-SM3");
    assert_ne!(next, kid);
    operator.write("idp.toml", "");
    let listed = keys(&operator);
    let state = |kid: &str| &listed.iter().find(|key| key["kid"] == kid).unwrap()["state"];
    assert_eq!(
        (state(&kid), state(&next)),
        (&"withdrawn".into(), &"off".into())
    );
    let rotated = operator.run(&["keys", "rotate", "--now"]);
    assert_eq!(rotated.code, 0, "{}", rotated.err);
    assert_eq!(keys(&operator).len(), listed.len() + 3);
    // Nobody needs a successor of what is switched off.
    let done = operator.run(&["keys", "withdraw", &next, "--yes"]);
    assert!(!done.out.contains("signs from"), "{}", done.out);
}
