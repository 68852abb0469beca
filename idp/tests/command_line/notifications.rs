//! `idp notifications`, and what `check-config` says of the ways by which enterprises hear.

use serde_json::Value;

use super::Operator;
use super::enterprises::bind_enterprise;

/// Text messages into a file, and a webhook: no server runs, so neither is sent.
const WAYS: &str = "[notifications.sms]\nurl = 'file:sent.jsonl'\n\
    [[notifications.webhooks]]\nname = 'desk'\nurl = 'https://desk.example/'\nsecret = { file = 'secret' }\n";

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn operator() -> Operator {
    let operator = Operator::with(WAYS);
    operator.write("secret", SECRET);
    assert_eq!(operator.run(&["migrate"]).code, 0);
    bind_enterprise(&operator);
    operator
}

fn listed(operator: &Operator, more: &[&str]) -> Vec<Value> {
    let mut words = vec!["notifications", "list", "--json"];
    words.extend(more);
    operator.run(&words).json().as_array().unwrap().clone()
}

#[test]
fn what_an_operator_does_beside_the_server_is_kept_to_be_heard_and_listed_without_addresses() {
    let operator = operator();
    operator.changed("lock-lost", &["--lock", "lock-2"]);
    let rows = listed(&operator, &[]);
    let mut channels: Vec<_> = rows
        .iter()
        .map(|row| row["channel"].as_str().unwrap())
        .collect();
    channels.sort_unstable();
    assert_eq!(channels, ["sms", "webhook:desk"]);
    for row in &rows {
        assert_eq!(row["event"], "lock.lost");
        assert_eq!(row["state"], "waiting");
        assert_eq!(row["enterprise"], "enterprise");
    }
    let text = operator.run(&["notifications", "list"]).out;
    assert!(text.contains("sms: 1 waiting, 0 confirmed"), "{text}");
    assert!(
        !text.contains("13847100001") && !text.contains("office@"),
        "{text}"
    );
    assert_eq!(
        listed(&operator, &["--state", "confirmed"]),
        [] as [Value; 0]
    );
    // What waits is tried anyway, and what is unknown is none.
    let id = rows[0]["id"].as_str().unwrap();
    operator
        .run(&["notifications", "retry", id, "no-such", "--by", "审核员"])
        .refused_with(&["2 of 2 can't be told again"]);
    let all = operator.run(&["notifications", "retry", "--all", "--by", "审核员"]);
    assert_eq!((all.code, all.out.trim()), (0, "0 told again"));
}

#[test]
fn a_configuration_that_could_not_notify_says_so() {
    let refused = |lines: &str, words: &[&str]| {
        let operator = Operator::with(lines);
        operator.write("secret", SECRET);
        operator.write("short", "whsec_c2hvcnQ=");
        operator.run(&["check-config"]).refused_with(words);
    };
    let webhook = |more: &str| {
        format!(
            "[[notifications.webhooks]]\nname = 'desk'\nurl = 'https://desk.example/'\n{more}\n"
        )
    };
    refused(
        &webhook("secret = { file = 'absent' }"),
        &["webhook desk", "absent"],
    );
    refused(
        &webhook("secret = { file = 'short' }"),
        &["webhook desk", "24 to 64 octets"],
    );
    refused(
        &webhook("secret = { variable = 'YZT_NO_SUCH' }"),
        &["YZT_NO_SUCH"],
    );
    refused(&webhook("secret = {}"), &["must be named"]);
    refused(
        &webhook("secret = { file = 'secret' }\nevents = ['lock.stolen']"),
        &["lock.stolen", "lock.lost"],
    );
    refused("[notifications]\nper_hour = 0", &["notifications.per_hour"]);
    refused(
        "[notifications.sms]\nurl = 'https://gateway.example/'",
        &["notifications.sms", "token"],
    );
    let mail = "[notifications.email]\nhost = 'mail.example'\n";
    refused(
        &format!("{mail}from = 'nobody'"),
        &["notifications.email", "from"],
    );
    refused(
        &format!(
            "{mail}from = 'a@b.example'\ntls = 'none'\nuser = 'u'\npassword = {{ file = 'secret' }}"
        ),
        &["without it no password is sent"],
    );
    refused(
        &format!("{mail}from = 'a@b.example'\nuser = 'u'"),
        &["user and password"],
    );
}
