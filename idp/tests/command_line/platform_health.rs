//! `idp platform health` and `idp platform maintenance`, beside a server that looks.

use std::time::Duration;

use serde_json::Value;

use super::Operator;
use super::platform_check::{connected, well};

fn endpoints(operator: &Operator) -> Vec<Value> {
    let shown = operator.run(&["platform", "health", "--json"]).json();
    shown["endpoints"].as_array().unwrap().clone()
}

#[test]
fn what_a_running_server_saw_is_shown_by_address() {
    let site = well();
    let mut operator = connected(&site);
    assert!(endpoints(&operator).is_empty(), "nobody has looked yet");
    operator.environment = vec![("IDP_LISTEN", r#"["127.0.0.1:0"]"#.to_owned())];
    let _serving = operator.serving();
    let mut seen = Vec::new();
    for _ in 0..200 {
        seen = endpoints(&operator);
        if seen.len() == 4 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut named: Vec<_> = seen
        .iter()
        .map(|it| it["endpoint"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    let each = [
        "backchannel_logout_uri",
        "initiate_login_uri",
        "jwks_uri",
        "redirect_uri",
    ];
    assert_eq!(named, each);
    for one in &seen {
        assert_eq!(
            (one["state"].as_str(), one["platform"].as_str()),
            (Some("ok"), Some("chifeng")),
            "{one}"
        );
        assert!(one["since"].is_string() && one["reason"].is_null());
    }
    let text = operator.run(&["platform", "health", "chifeng"]);
    assert!(
        text.out.contains("ok") && text.err.contains("4 ok, 0 degraded, 0 down"),
        "{} {}",
        text.out,
        text.err
    );
}

#[test]
fn maintenance_is_announced_listed_and_ended() {
    let site = well();
    let operator = connected(&site);
    let announce = |id: &str, until: &str| {
        operator.run(&[
            "platform",
            "maintenance",
            "announce",
            id,
            "--until",
            until,
            "--zh",
            "数据库升级",
            "--en",
            "Database upgrade",
            "--by",
            "审核员",
        ])
    };
    announce("nowhere", "2099-01-01T00:00:00+08:00").refused_with(&["no platform nowhere"]);
    announce("chifeng", "2099-01-01T00:00:00+08:00").refused_with(&["at most 30 days"]);
    announce("chifeng", "2001-01-01T00:00:00+08:00").refused_with(&["after now"]);
    let bad = announce("chifeng", "tomorrow");
    assert_eq!(bad.code, 2, "{}", bad.err);
    let soon = time::OffsetDateTime::now_utc() + time::Duration::hours(2);
    let soon = soon
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    assert_eq!(announce("chifeng", &soon).code, 0);
    let list = ["platform", "maintenance", "list", "--json"];
    let rows = operator.run(&list).json();
    assert_eq!(rows[0]["platform"], "chifeng");
    assert_eq!(rows[0]["announced_by"], "审核员");
    let id = rows[0]["id"].as_str().unwrap();
    let end = ["platform", "maintenance", "end", id, "--by", "审核员"];
    assert_eq!(operator.run(&end).code, 0);
    operator.run(&end).refused_with(&["is over"]);
    assert_eq!(operator.run(&list).json().as_array().unwrap().len(), 0);
}
