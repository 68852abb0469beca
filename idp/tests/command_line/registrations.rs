//! `idp platform add --metadata | show | change | rotate-secret | suspend | activate`

use serde_json::{Value, json};

use super::{Ended, Operator};

const ADD: [&str; 5] = ["platform", "add", "chifeng", "--metadata", "client.json"];

fn described(members: &Value) -> Operator {
    let operator = Operator::ready();
    operator.write("client.json", &members.to_string());
    operator
}

fn metadata() -> Value {
    json!({
        "redirect_uris": ["https://p.example/cb"],
        "client_name": "另有名称",
        "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token"],
        "post_logout_redirect_uris": ["https://p.example/out"],
        "policy_uri": "https://p.example/policy",
        "tls_client_auth_san_dns": null,
        "passed_over": { "by": "us" },
    })
}

fn done(ended: Ended) -> Ended {
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    ended
}

fn shown(operator: &Operator) -> Value {
    done(operator.run(&["platform", "show", "chifeng", "--json"])).json()
}

#[test]
fn a_platform_is_added_by_the_metadata_that_its_developers_wrote() {
    let operator = described(&metadata());
    let words = [
        "--client-credentials",
        "--resource",
        "https://archive.example/",
        "--consent",
        "30",
        "--consent-signature",
        "lock",
    ];
    let added = done(operator.run(&[&ADD[..], &words].concat()));
    let secret = added.json()["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(secret.len(), 43);
    let shown = shown(&operator);
    let said = &shown["metadata"];
    for (name, value) in [
        ("redirect_uris", json!(["https://p.example/cb"])),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        (
            "grant_types",
            json!(["authorization_code", "refresh_token", "client_credentials"]),
        ),
        ("id_token_signed_response_alg", json!("RS256")),
        // The directory's name stands: an operator changes it.
        ("client_name#zh-CN", json!("赤峰市交易中心")),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    assert_eq!(shown["allowed"]["consent"], "30 days");
    assert_eq!(shown["allowed"]["consent_signature"], "lock");
    assert_eq!(
        shown["allowed"]["resources"],
        json!(["https://archive.example/"])
    );
    let readable = done(operator.run(&["platform", "show", "chifeng"]));
    for word in [
        "policy_uri",
        "https://p.example/policy",
        "allowed",
        "30 days",
        "active",
    ] {
        assert!(readable.out.contains(word), "{word}: {}", readable.out);
    }
    for out in [shown.to_string(), readable.out] {
        assert!(!out.contains(&secret) && !out.contains("sha256"), "{out}");
    }
}

#[test]
fn metadata_comes_by_standard_input_and_goes_round() {
    let operator = Operator::ready();
    let add = ["platform", "add", "chifeng", "--metadata", "-"];
    done(operator.answering(&add, &metadata().to_string()));
    let before = shown(&operator);
    let change = ["platform", "change", "chifeng", "--metadata", "-"];
    let again = operator.answering(&change, &before["metadata"].to_string());
    again.refused_with(&["nothing to do"]);
    let mut other = before["metadata"].clone();
    other["redirect_uris"] = json!(["https://p.example/cb", "https://p.example/other"]);
    other["client_name#zh-CN"] = json!("赤峰公共资源");
    done(operator.answering(&change, &other.to_string()));
    let after = shown(&operator);
    assert_eq!(after["metadata"]["redirect_uris"], other["redirect_uris"]);
    assert_eq!(after["name_zh"], "赤峰公共资源");
}

#[test]
fn what_can_t_be_kept_is_refused_and_leaves_nothing() {
    let refused: [(Value, &[&str], &str); 8] = [
        (
            json!({ "redirect_uris": ["http://p.example/cb"] }),
            &[],
            "redirect_uris:",
        ),
        (
            json!({ "redirect_uris": ["javascript:alert(1)"] }),
            &[],
            "redirect_uris:",
        ),
        (
            json!({ "redirect_uris": ["https://p.example/cb"], "grant_types": ["authorization_code", "client_credentials"] }),
            &[],
            "--client-credentials",
        ),
        (metadata(), &["--profile", "fapi2"], "FAPI 2.0"),
        (
            metadata(),
            &["--origin", "https://p.example/a"],
            "https origin",
        ),
        (metadata(), &["--scopes", "enterprise"], "openid"),
        (json!([]), &[], "--metadata client.json"),
        (
            json!({ "redirect_uris": "https://p.example/cb" }),
            &[],
            "--metadata client.json",
        ),
    ];
    for (members, words, why) in refused {
        let operator = described(&members);
        operator
            .run(&[&ADD[..], words].concat())
            .refused_with(&[why]);
        assert_eq!(shown(&operator)["state"], "listed");
    }
    let operator = described(&metadata());
    let both = [&ADD[..], &["--redirect-uri", "https://p.example/cb"]].concat();
    assert_eq!(operator.run(&both).code, 2, "described twice");
    operator.write("client.json", &format!("[{}]", " ".repeat(300_000)));
    operator.run(&ADD).refused_with(&["larger than 256 KiB"]);
    operator.write("client.json", &"[".repeat(200_000));
    operator.run(&ADD).refused_with(&["recursion limit"]);
}

#[test]
fn what_an_operator_allows_is_changed_by_itself() {
    let operator = described(&metadata());
    done(operator.run(&ADD));
    let change =
        |words: &[&str]| operator.run(&[&["platform", "change", "chifeng"][..], words].concat());
    done(change(&[
        "--pushed-only",
        "--pkce-optional",
        "--serves",
        "urn:a",
        "--serves",
        "urn:b",
        "--by",
        "赵",
    ]));
    let allowed = shown(&operator)["allowed"].clone();
    assert_eq!(allowed["serves"], json!(["urn:a", "urn:b"]));
    assert_eq!(
        (&allowed["pushed_only"], &allowed["pkce_optional"]),
        (&json!(true), &json!(true))
    );
    done(change(&[
        "--pushed-only=false",
        "--pkce-optional=false",
        "--serves",
        "",
        "--zone",
        "western",
    ]));
    let after = shown(&operator);
    assert_eq!(after["allowed"]["serves"], json!([]));
    assert_eq!(after["allowed"]["pushed_only"], json!(false));
    assert_eq!(after["zone"], "western");
    change(&["--zone", "western"]).refused_with(&["nothing to do"]);
    change(&["--profile", "fapi2"]).refused_with(&["FAPI 2.0"]);
    change(&["--region", "110000"]).refused_with(&["outside Inner Mongolia"]);
    let unknown = operator.run(&["platform", "change", "nobody", "--zone", "western"]);
    unknown.refused_with(&["there is no platform nobody"]);
    let listed = operator.run(&["platform", "change", "baotou", "--zone", "western"]);
    listed.refused_with(&["listed and not connected"]);
}

#[test]
fn a_secret_is_followed_by_another_that_is_shown_once() {
    let operator = described(&metadata());
    let first = done(operator.run(&ADD)).json()["client_secret"].clone();
    let rotate = |words: &[&str]| {
        operator.run(&[&["platform", "rotate-secret", "chifeng"][..], words].concat())
    };
    let second = done(rotate(&["--overlap", "24h"])).json();
    assert_ne!(second["client_secret"], first);
    let until = &second["previous_taken_until"];
    assert_eq!(&shown(&operator)["secret"]["previous_taken_until"], until);
    let third = done(rotate(&["--now", "--reason", "seen in a ticket"])).json();
    assert!(third["previous_taken_until"].is_null());
    assert!(shown(&operator)["secret"]["previous_taken_until"].is_null());
    assert_eq!(rotate(&["--overlap", "soon"]).code, 2);
    rotate(&["--overlap", "91d"]).refused_with(&["90 days at most"]);
    operator.write(
        "public.json",
        r#"{"redirect_uris":["https://q.example/cb"],"token_endpoint_auth_method":"none"}"#,
    );
    done(operator.run(&["platform", "add", "baotou", "--metadata", "public.json"]));
    let none = operator.run(&["platform", "rotate-secret", "baotou"]);
    none.refused_with(&["without a secret"]);
}

#[test]
fn a_platform_is_stopped_with_a_reason_and_let_go_on() {
    let operator = described(&metadata());
    done(operator.run(&ADD));
    let state = || shown(&operator)["state"].clone();
    assert_eq!(
        operator.run(&["platform", "suspend", "chifeng"]).code,
        2,
        "no reason"
    );
    let suspend = ["platform", "suspend", "chifeng", "--reason", "试运行"];
    done(operator.run(&suspend));
    assert_eq!(state(), "suspended");
    operator.run(&suspend).refused_with(&["suspended already"]);
    let activate = ["platform", "activate", "chifeng"];
    let as_shown =
        |version: &str| operator.run(&[&activate[..], &["--as-shown", version]].concat());
    as_shown("0").refused_with(&["not as it was shown", "look again"]);
    let version = shown(&operator)["version"].as_str().unwrap().to_owned();
    let listed = operator.run(&["platform", "list"]);
    let checked = operator.run(&["platform", "check", "chifeng"]);
    for told in [listed.out, checked.out] {
        assert!(told.contains(&version), "{told}");
    }
    done(as_shown(&version));
    assert!(shown(&operator)["in_force_since"].is_string());
    as_shown(&version).refused_with(&["nothing to do"]);
    done(operator.run(&suspend));
    assert_eq!(shown(&operator)["version"], json!(version));
    done(operator.run(&activate));
    assert_eq!(state(), "active");
    operator.run(&activate).refused_with(&["nothing to do"]);
    let again = operator.run(&ADD);
    again.refused_with(&["connected already"]);
}
