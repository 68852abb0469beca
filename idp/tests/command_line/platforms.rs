//! `idp migrate`, `idp platform` and `idp enterprise`

use super::Operator;

#[test]
fn after_migrate_the_directory_is_there() {
    let operator = Operator::new();
    let done = operator.run(&["migrate"]);
    assert_eq!(done.code, 0, "{}", done.err);
    let listed = operator.run(&["platform", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 15);
    let again = operator.run(&["migrate"]);
    assert!(again.out.contains("nothing to do"), "{}", again.out);
    operator
        .run(&["enterprise", "show", "91350100M000100Y43"])
        .refused_with(&["is not bound"]);
}

#[test]
fn every_command_before_migrate_says_what_to_do_and_makes_no_database() {
    let operator = Operator::new();
    operator.write("list.crl", "");
    let uri = ["--redirect-uri", "https://p.example/cb"];
    let add = ["platform", "add", "chifeng", uri[0], uri[1]];
    let commands: [&[&str]; 15] = [
        &["platform", "list"],
        &add,
        &["enterprise", "show", "91350100M000100Y43"],
        &["ca", "list"],
        &["ca", "check"],
        &["ca", "show", "some"],
        &["ca", "history", "some"],
        &["revocation", "import", "list.crl"],
        &["revocation", "fetch"],
        &["logouts", "list"],
        &["logouts", "retry", "some"],
        &["ca", "suspend", "some", "--reason", "x"],
        &["keys", "list"],
        &["keys", "rotate"],
        &["keys", "withdraw", "some", "--yes"],
    ];
    for words in commands {
        operator.run(words).refused_with(&[
            "database: there is none at",
            "state/idp.db; name the configuration with --config, or make it with `idp migrate`",
        ]);
        assert!(!operator.folder.join("state").exists(), "{words:?}");
    }
    // A file that something else left there is no database of ours.
    std::fs::create_dir(operator.folder.join("state")).unwrap();
    operator.write("state/idp.db", "");
    operator
        .run(&["ca", "list"])
        .refused_with(&["the database has no tables yet: run `idp migrate`"]);
}

const ADD: [&str; 5] = [
    "platform",
    "add",
    "chifeng",
    "--redirect-uri",
    "https://p.example/cb",
];

const BY_KEY: [&str; 2] = ["--authentication", "private-key-jwt"];

fn added(operator: &Operator, words: &[&str]) -> super::Ended {
    operator.run(&[&ADD, words].concat())
}

const PUBLIC: &str = r#"{"kty":"EC","crv":"P-256","use":"sig",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

#[test]
fn keys_of_a_client_are_looked_at_before_they_are_registered() {
    let operator = Operator::ready();
    let private = PUBLIC.replace("\"use\"", "\"d\":\"AA\",\"use\"");
    let refused = [
        ("{", "--jwks keys.json"),
        ("{}", "a list of at most"),
        (r#"{"keys":[]}"#, "no usable key"),
        (
            &format!(r#"{{"keys":[{private}]}}"#),
            "private or symmetric",
        ),
    ];
    for (jwks, why) in refused {
        operator.write("keys.json", jwks);
        let words = [&BY_KEY[..], &["--jwks", "keys.json"]].concat();
        added(&operator, &words).refused_with(&[why]);
    }
    operator.write("keys.json", &format!(r#"{{"keys":[{PUBLIC}]}}"#));
    assert_eq!(added(&operator, &BY_KEY).code, 2, "a client without keys");
    let words = [&BY_KEY[..], &["--jwks", "keys.json"]].concat();
    let done = added(&operator, &words);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.json()["client_secret"].is_null());

    // Beside a secret they verify its request objects.
    let other = Operator::ready();
    other.write("keys.json", &format!(r#"{{"keys":[{PUBLIC}]}}"#));
    let done = added(&other, &["--jwks", "keys.json"]);
    assert!(done.json()["client_secret"].is_string(), "{}", done.err);
}

#[test]
fn a_consent_is_not_remembered_for_no_days() {
    let operator = Operator::ready();
    for days in ["0", "366", "-1"] {
        assert_eq!(added(&operator, &["--remember-consent-days", days]).code, 2);
    }
    let done = added(&operator, &["--remember-consent-days", "365"]);
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn a_platform_outside_the_region_is_refused_and_one_without_an_english_name_is_remarked() {
    let operator = Operator::ready();
    let new = [
        "platform",
        "add",
        "new",
        "--redirect-uri",
        "https://p.example/cb",
        "--name-zh",
        "新平台",
        "--zone",
        "western",
        "--region",
    ];
    let beijing = operator.run(&[&new[..], &["110000"]].concat());
    beijing.refused_with(&[
        "--region",
        "110000 is outside Inner Mongolia",
        "begin with 15",
    ]);
    let done = operator.run(&[&new[..], &["150200"]].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("WARNING: no --name-en"), "{}", done.err);
    let listed = added(&operator, &[]);
    assert!(!listed.err.contains("WARNING"), "{}", listed.err);
}

#[test]
#[cfg(unix)]
fn whoever_has_read_enough_ends_no_command_in_a_panic() {
    let operator = Operator::ready();
    for words in [
        &["platform", "list"][..],
        &["platform", "list", "--json"],
        &["keys", "list"],
        &["check-config"],
        &["migrate"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let errors = writer.try_clone().unwrap();
        let mut command = operator.command(words);
        let ended = command.stdout(writer).stderr(errors).status().unwrap();
        assert_eq!(ended.code(), Some(0), "{words:?}");
    }
}

#[test]
fn sm2_is_an_operators_to_give_and_only_where_it_is_switched_on() {
    let uri = ["--redirect-uri", "https://p.example/cb"];
    let add = |operator: &Operator, words: &[&str]| {
        let add = ["platform", "add", "chifeng"];
        operator.run(&[&add[..], &uri[..], words].concat())
    };
    let sm2 = ["--id-token-alg", "x-SM2-SM3", "--sm2-tokens"];
    let off = Operator::ready();
    add(&off, &sm2).refused_with(&["switched off (signing_keys.sm2)"]);
    add(&off, &sm2[2..]).refused_with(&["switched off (signing_keys.sm2)"]);

    let on = Operator::with("[signing_keys]\nsm2 = true\n");
    assert_eq!(on.run(&["migrate"]).code, 0);
    add(&on, &sm2[..2]).refused_with(&["--sm2-tokens"]);
    let fapi = ["--profile", "fapi2", "--authentication", "private-key-jwt"];
    on.write("jwks.json", r#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#);
    let words = [&sm2[..], &fapi[..], &["--jwks", "jwks.json"]].concat();
    add(&on, &words).refused_with(&["FAPI 2.0 allows ES256 and PS256 alone"]);
    let added = add(&on, &sm2);
    assert_eq!(added.code, 0, "{}", added.err);
    let shown = on.run(&["platform", "show", "chifeng", "--json"]).json();
    assert_eq!(shown["allowed"]["sm2_tokens"], true);
    let change = ["platform", "change", "chifeng"];
    on.run(&[&change[..], &["--sm2-tokens=false"]].concat())
        .refused_with(&["--sm2-tokens"]);
    on.write("idp.toml", "");
    on.run(&[&change[..], &["--name-en", "Other"]].concat())
        .refused_with(&["switched off (signing_keys.sm2)"]);
}
