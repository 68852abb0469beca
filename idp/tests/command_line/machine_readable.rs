//! Every command speaks JSON to programs, but for those that are named here with their reason.

use serde_json::{Value, json};

use super::Operator;

/// Print JSON, or what another format fixes, in any case.
const ALWAYS: [&str; 33] = [
    "platform add",
    "platform change",
    "platform rotate-secret",
    "registration-token issue",
    "enterprise show",
    "audit export",
    "audit checkpoint",
    "audit key",
    "audit proof",
    "audit cosign",
    "receipt export",
    "receipt keys",
    "api get",
    "api download",
    "api post",
    "api rename",
    "api withdraw-proposal",
    "api look",
    "api announce-maintenance",
    "api end-maintenance",
    "api announce-notice",
    "api withdraw-notice",
    "api retry-logouts",
    "api retry-notifications",
    "api personal-data",
    "api export-audit",
    "api act",
    "api suspend-platform",
    "api activate-platform",
    "api freeze",
    "api unfreeze",
    "api approve",
    "api refuse",
];

/// Say for people what they found, line by line; a program has the exit code.
const EXIT_CODE: [&str; 4] = ["serve", "check-config", "platform check", "ca check"];

/// Names below `Commands:` of a help text.
fn below(help: &str) -> Vec<String> {
    let Some((_, commands)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let lines = commands
        .lines()
        .take_while(|line| line.is_empty() || line.starts_with("  "));
    let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let words = named.filter_map(|line| line.split_whitespace().next());
    words
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_json_or_a_reason_why_not() {
    let operator = Operator::new();
    let (mut waiting, mut without, mut seen) = (vec![Vec::new()], Vec::new(), 0);
    while let Some(path) = waiting.pop() {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let help = operator.run(&[&words[..], &["--help"]].concat()).out;
        let commands = below(&help);
        for command in &commands {
            waiting.push([path.clone(), vec![command.clone()]].concat());
        }
        if commands.is_empty() {
            seen += 1;
            if !help.contains("--json") {
                without.push(path.join(" "));
            }
        }
    }
    without.sort();
    let mut excused = [&ALWAYS[..], &EXIT_CODE].concat();
    excused.sort_unstable();
    assert!(seen > 60, "{seen}");
    assert_eq!(without, excused);
}

#[test]
fn what_changes_something_tells_what_it_did_as_json() {
    let operator = Operator::new();
    let told = |words: &[&str]| -> Value {
        let ended = operator.run(words);
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{words:?}: {}", ended.out))
    };
    let migrated = told(&["migrate", "--json"]);
    assert!(!migrated["applied"].as_array().unwrap().is_empty());
    assert!(migrated["platforms"].as_u64().unwrap() > 10, "{migrated}");
    assert_eq!(told(&["migrate", "--json"])["applied"], json!([]));

    let made = told(&["keys", "rotate", "--now", "--json"]);
    let kid = made["made"][0]["kid"].as_str().unwrap();
    let withdrawn = told(&["keys", "withdraw", "--yes", "--json", "--", kid]);
    assert_eq!(withdrawn["withdrawn"], json!([kid]));
    let replaced = told(&["keys", "emergency", "--reason", "test", "--yes", "--json"]);
    assert!(
        !replaced["made"].as_array().unwrap().is_empty(),
        "{replaced}"
    );

    let at = "https://chifeng.example/callback";
    told(&["platform", "add", "chifeng", "--redirect-uri", at]);
    let suspend = [
        "platform", "suspend", "chifeng", "--reason", "test", "--json",
    ];
    assert_eq!(
        told(&suspend),
        json!({ "id": "chifeng", "state": "suspended" })
    );
    let activate = ["platform", "activate", "chifeng", "--json"];
    assert_eq!(told(&activate)["state"], "active");
    for noun in ["logouts", "notifications"] {
        let retried = told(&[noun, "retry", "--all", "--json"]);
        assert_eq!(retried, json!({ "retried": 0, "missed": [] }));
    }
    assert_eq!(
        told(&["revocation", "fetch", "--json"])["failed"],
        json!([])
    );
}
