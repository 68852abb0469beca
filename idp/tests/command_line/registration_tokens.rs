//! `idp registration-token issue | list | revoke`

use serde_json::{Value, json};

use super::Operator;

const ISSUE: [&str; 6] = [
    "registration-token",
    "issue",
    "--region",
    "150400",
    "--zone",
    "eastern",
];

#[test]
fn a_token_is_shown_once_and_listed_without_its_text() {
    let operator = Operator::ready();
    let words = [
        "--uses",
        "3",
        "--expires",
        "1h",
        "--scopes",
        "openid enterprise",
        "--active",
        "--by",
        "赵",
    ];
    let issued = operator.run(&[&ISSUE[..], &words].concat());
    assert_eq!(issued.code, 0, "{}", issued.err);
    assert!(
        issued.err.contains("registration.enabled is off"),
        "{}",
        issued.err
    );
    let told = issued.json();
    let text = told["registration_token"].as_str().unwrap();
    assert_eq!(text.len(), 43);
    let listed = operator.run(&["registration-token", "list", "--json"]);
    assert!(!listed.out.contains(text));
    let row = &listed.json()[0];
    for (name, value) in [
        ("state", json!("good")),
        ("uses", json!(3)),
        ("used", json!(0)),
        ("issued_by", json!("赵")),
        ("revoked_at", Value::Null),
    ] {
        assert_eq!(row[name], value, "{name}");
    }
    assert_eq!(row["terms"]["scopes"], "openid enterprise");
    let id = row["id"].as_str().unwrap();
    assert!(
        operator
            .run(&["registration-token", "list"])
            .out
            .starts_with(id)
    );
    let revoke = [
        "registration-token",
        "revoke",
        id,
        "--reason",
        "sent to the wrong people",
    ];
    assert_eq!(operator.run(&revoke).code, 0);
    operator.run(&revoke).refused_with(&["nothing to do"]);
    let listed = operator.run(&["registration-token", "list", "--json"]);
    assert_eq!(listed.json()[0]["state"], "revoked");
}

#[test]
fn a_token_without_bounds_is_not_issued() {
    let operator = Operator::with("[registration]\nenabled = true\n");
    assert_eq!(operator.run(&["migrate"]).code, 0);
    let issue = |words: &[&str]| operator.run(&[&ISSUE[..], words].concat());
    issue(&["--uses", "0"]).refused_with(&["1 to 1000 platforms"]);
    issue(&["--uses", "1001"]).refused_with(&["1 to 1000 platforms"]);
    issue(&["--expires", "91d"]).refused_with(&["90 days at most"]);
    issue(&["--expires", "0s"]).refused_with(&["90 days at most"]);
    issue(&["--scopes", "enterprise"]).refused_with(&["openid"]);
    assert_eq!(issue(&["--expires", "for ever"]).code, 2);
    assert_eq!(
        operator
            .run(&["registration-token", "list", "--json"])
            .json(),
        json!([])
    );
    let issued = issue(&[]);
    assert!(
        issued.code == 0 && !issued.err.contains("WARNING"),
        "{}",
        issued.err
    );
}
