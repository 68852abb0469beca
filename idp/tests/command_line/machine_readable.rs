//! Every command speaks JSON to programs, but for those that are named here with their reason.

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

/// Say for people how they got on; a program has the exit code, and the audit trail what was done.
const EXIT_CODE: [&str; 24] = [
    "serve",
    "migrate",
    "check-config",
    "platform check",
    "platform maintenance announce",
    "platform maintenance end",
    "platform suspend",
    "platform activate",
    "registration-token revoke",
    "enterprise evidence",
    "ca add",
    "ca change",
    "ca activate",
    "ca suspend",
    "ca check",
    "revocation import",
    "revocation fetch",
    "logouts retry",
    "notifications retry",
    "audit seal",
    "keys rotate",
    "keys withdraw",
    "keys emergency",
    "keys reseal",
];

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
