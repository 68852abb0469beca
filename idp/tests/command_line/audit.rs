//! `idp audit`

use std::path::PathBuf;

use serde_json::Value;

use super::{Ended, Operator, ended};

/// A log with events under several heads.
fn with_log(platforms: usize) -> Operator {
    let operator = Operator::ready();
    let key = operator.write("state/master.key", &format!("{}=\n", "A".repeat(43)));
    super::keys::only_the_owner_reads(&key);
    for number in 0..platforms {
        let id = format!("platform-{number}");
        let added = operator.run(&[
            "platform",
            "add",
            &id,
            "--name-zh",
            "平台",
            "--region",
            "150400",
            "--zone",
            "eastern",
            "--redirect-uri",
            "https://platform.example/callback",
        ]);
        assert_eq!(added.code, 0, "{}", added.err);
        assert_eq!(operator.run(&["audit", "checkpoint"]).code, 0);
    }
    operator
}

fn lines(export: &str) -> Vec<Value> {
    export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn key(operator: &Operator) -> String {
    let told = operator.run(&["audit", "key"]);
    assert_eq!(told.code, 0, "{}", told.err);
    told.out.trim().to_owned()
}

/// Verifies an export with nothing but the key.
fn verify(operator: &Operator, export: &str, key: &str, more: &[&str]) -> Ended {
    operator.write("export.jsonl", export);
    let words = [
        "audit",
        "verify",
        "--json",
        "--export",
        "export.jsonl",
        "--vkey",
        key,
    ];
    operator.run(&[&words[..], more].concat())
}

fn kinds(ended: &Ended) -> Vec<String> {
    let findings = ended.json()["findings"].as_array().unwrap().clone();
    findings
        .iter()
        .map(|f| f["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_log_is_verified_exported_and_verified_from_the_export() {
    let operator = with_log(4);
    let verified = operator.run(&["audit", "verify"]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert!(
        verified
            .out
            .contains(" 0 lines under no verified head, 0 events wait"),
        "{}",
        verified.out
    );
    let told = operator.run(&["audit", "verify", "--json"]).json();
    let size = told["lines"].as_u64().unwrap();
    assert_eq!(
        (told["ok"].as_bool(), told["verified_heads"].as_u64()),
        (Some(true), Some(4))
    );

    let exported = operator.run(&["audit", "export"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let all = lines(&exported.out);
    assert_eq!(
        all.len() as u64,
        size + 4 + 2,
        "lines, heads, beginning and end"
    );
    let first = &all[1];
    assert_eq!(
        (
            first["index"].as_u64(),
            first["line"].as_str().unwrap().get(..7)
        ),
        (Some(0), Some("{\"v\":1,"))
    );
    let key = key(&operator);
    assert_eq!(all[0]["key"], key);
    let verified = verify(&operator, &exported.out, &key, &[]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    assert_eq!(
        verified.json()["lines_under_verified_heads"].as_u64(),
        Some(size)
    );
    // Of a file, which is not overwritten.
    let to_file = ["audit", "export", "--out", "again.jsonl"];
    assert_eq!(operator.run(&to_file).code, 0);
    let again = std::fs::read_to_string(operator.folder.join("again.jsonl")).unwrap();
    assert_eq!(again, exported.out);
    operator.run(&to_file).refused_with(&["again.jsonl"]);
    // A part ends at a head.
    let part = operator.run(&["audit", "export", "--to", "1"]);
    let part = lines(&part.out);
    assert!(part.len() < all.len() && part.last().unwrap()["end"].as_u64().unwrap() >= 1);
    let since = operator.run(&[
        "audit",
        "export",
        "--from",
        "2020-01-01T00:00:00Z",
        "--to",
        "2100-01-01T00:00:00+08:00",
    ]);
    assert_eq!(since.out, exported.out);
    operator
        .run(&["audit", "export", "--from", "99999"])
        .refused_with(&["no signed head holds these lines"]);
}

#[test]
fn the_head_is_signed_under_the_log_s_own_name_alone() {
    let operator = with_log(1);
    let elsewhere = |words: &[&str]| {
        let mut command = operator.command(words);
        ended(command.env("IDP_ISSUER", "http://127.0.0.1:4712"))
    };
    elsewhere(&["audit", "checkpoint"]).refused_with(&["127.0.0.1:4712", "IDP_ISSUER"]);
    let verified = elsewhere(&["audit", "verify"]);
    assert!(
        verified.err.contains("127.0.0.1:4712") && verified.code == 1,
        "{}{}",
        verified.out,
        verified.err
    );
    let own = operator.run(&["audit", "verify"]);
    assert_eq!(own.code, 0, "{}{}", own.out, own.err);
}

#[test]
fn an_export_that_was_tampered_with_is_named() {
    let operator = with_log(3);
    let export = operator.run(&["audit", "export"]).out;
    let key = key(&operator);
    let text: Vec<&str> = export.lines().collect();
    let place = |what: &str| text.iter().position(|line| line.contains(what)).unwrap();
    let of = |lines: Vec<&str>| lines.join("\n") + "\n";
    let second = place("\"index\":1,");
    let altered = export.replace("platform-0", "platform-9");
    let removed = of([&text[..second], &text[second + 1..]].concat());
    let mut swapped = text.clone();
    swapped.swap(second, second + 1);
    let doubled = of([&text[..=second], &text[second..]].concat());
    let renumbered = export.replacen("\"sequence\":2,", "\"sequence\":7,", 1);
    for (tampered, kind) in [
        (altered, "altered"),
        (removed, "missing"),
        (of(swapped), "missing"),
        (doubled, "reordered"),
        (renumbered, "renumbered"),
    ] {
        let verified = verify(&operator, &tampered, &key, &[]);
        assert_eq!(verified.code, 1, "{kind}: {}", verified.out);
        assert_eq!(kinds(&verified)[0], kind, "{}", verified.out);
    }
    // Everything made anew but what is signed.
    let last_head = text
        .iter()
        .rposition(|line| line.contains("checkpoint"))
        .unwrap();
    let without_heads: Vec<&str> = text
        .iter()
        .copied()
        .filter(|l| !l.contains("checkpoint"))
        .collect();
    let verified = verify(&operator, &of(without_heads), &key, &[]);
    assert_eq!(
        (
            verified.code,
            verified.json()["lines_under_verified_heads"].as_u64()
        ),
        (1, Some(0))
    );
    assert_eq!(kinds(&verified), ["unsigned"]);
    // Every line taken away, and nothing said to be there.
    let mut nothing: Value = serde_json::from_str(text[0]).unwrap();
    nothing["to"] = 0.into();
    let nothing = format!("{nothing}\n{{\"end\":0}}\n");
    assert_eq!(kinds(&verify(&operator, &nothing, &key, &[])), ["unsigned"]);
    // Cut off after a head, its end forged.
    let first_head = place("checkpoint");
    let size: Value = serde_json::from_str(text[first_head]).unwrap();
    let size = size["checkpoint"]
        .as_str()
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .to_owned();
    let cut = of(text[..=first_head].to_vec()) + &format!("{{\"end\":{size}}}\n");
    assert_eq!(kinds(&verify(&operator, &cut, &key, &[])), ["truncated"]);
    let beginning = format!(
        "\"to\":{}",
        text[0]
            .split("\"to\":")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap()
    );
    let cut = cut.replacen(&beginning, &format!("\"to\":{size}"), 1);
    assert_eq!(
        verify(&operator, &cut, &key, &[]).code,
        0,
        "an earlier export is an export"
    );
    let note: Value = serde_json::from_str(text[last_head]).unwrap();
    operator.write("head.txt", note["checkpoint"].as_str().unwrap());
    let shown = verify(&operator, &cut, &key, &["--checkpoint", "head.txt"]);
    assert_eq!(kinds(&shown), ["truncated"]);
    // Not the whole of one; none.
    for (broken, line) in [
        (text[..3].join("\n"), 3),
        ("{}\n".to_owned(), 1),
        (export.clone() + "{}\n", text.len() + 1),
    ] {
        let refused = verify(&operator, &broken, &key, &[]);
        refused.refused_with(&[&format!("line {line} of the file is none of an export")]);
    }
    // Another log's key, under the same name.
    let foreign = self::key(&with_log(1));
    assert_ne!(foreign, key);
    let verified = verify(&operator, &export, &foreign, &[]);
    assert_eq!(verified.code, 1);
    assert!(kinds(&verified).iter().all(|kind| kind == "head-forged"));
}

#[test]
fn a_line_is_proven_and_a_head_is_cosigned_by_configured_witnesses_alone() {
    let operator = with_log(2);
    let proof = operator.run(&["audit", "proof", "0"]).json();
    assert_eq!(proof["index"].as_u64(), Some(0));
    let by_number = operator.run(&["audit", "proof", "--sequence", "1"]).json();
    assert_eq!(by_number, proof);
    operator
        .run(&["audit", "proof", "9999"])
        .refused_with(&["no signed tree holds this line"]);
    let size = proof["size"].to_string();
    operator
        .run(&["audit", "cosign", &size, "— witness.example AAAAAAAAAAAA"])
        .refused_with(&["no configured witness has this name and key"]);
    operator
        .run(&["audit", "cosign", "9999", "— witness.example AAAAAAAAAAAA"])
        .refused_with(&["no tree head of 9999 lines was signed"]);
    let wrong = Operator::with("[audit]\nwitnesses = [\"witness.example+00000000+AAAA\"]\n");
    wrong
        .run(&["check-config"])
        .refused_with(&["audit.witnesses"]);
    let wrong = Operator::with("[audit]\norigin = \"two words\"\n");
    wrong.run(&["check-config"]).refused_with(&["audit.origin"]);
    let wrong = Operator::with("[audit]\nsequence_milliseconds = 0\n");
    wrong
        .run(&["check-config"])
        .refused_with(&["audit.sequence_milliseconds"]);
}

/// What a server had written when it was killed gets its place at the next start; nothing is lost and nothing twice.
#[test]
fn a_server_that_is_killed_loses_no_event_of_the_log() {
    let operator = Operator::with(
        "listen = [\"127.0.0.1:0\"]\n[audit]\nsequence_milliseconds = 10\ncheckpoint_seconds = 1\n",
    );
    for round in 0..3 {
        let serving = operator.serving();
        serving.wait_for("serving");
        let id = format!("killed-{round}");
        let added = operator.run(&[
            "platform",
            "add",
            &id,
            "--name-zh",
            "平台",
            "--region",
            "150400",
            "--zone",
            "eastern",
            "--redirect-uri",
            "https://platform.example/callback",
        ]);
        assert_eq!(added.code, 0, "{}", added.err);
        // By SIGKILL.
        drop(serving);
        let verified = operator.run(&["audit", "verify", "--json"]);
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    }
    assert_eq!(operator.run(&["audit", "checkpoint"]).code, 0);
    let verified = operator.run(&["audit", "verify", "--json"]).json();
    assert_eq!(verified["waiting"].as_u64(), Some(0));
    assert_eq!(verified["lines"], verified["lines_under_verified_heads"]);
    let export = operator.run(&["audit", "export"]).out;
    for round in 0..3 {
        assert_eq!(
            export.matches(&format!("killed-{round}")).count(),
            1,
            "{export}"
        );
    }
}

/// A database under another master key has no key of its own to verify with.
#[test]
fn without_the_master_key_the_verifier_key_has_to_be_named() {
    let operator = with_log(1);
    let key = key(&operator);
    let other: PathBuf = operator.write("state/master.key", &format!("{}=\n", "B".repeat(43)));
    super::keys::only_the_owner_reads(&other);
    let refused = operator.run(&["audit", "verify"]);
    assert_eq!(refused.code, 1, "{}", refused.out);
    let named = operator.run(&["audit", "verify", "--vkey", &key]);
    assert_eq!(named.code, 0, "{}{}", named.out, named.err);
    operator
        .run(&["audit", "verify", "--vkey", "nonsense"])
        .refused_with(&["not a verifier key"]);
}

#[test]
fn nothing_is_sealed_before_its_time() {
    let operator = with_log(1);
    let seal = [
        "audit",
        "seal",
        "--before",
        "2020-01-01T00:00:00Z",
        "--out",
        ".",
    ];
    operator
        .run(&seal)
        .refused_with(&["audit.retention_days", "every line is kept"]);
    operator.write("idp.toml", "[audit]\nretention_days = 30\n");
    let soon = [
        "audit",
        "seal",
        "--before",
        "2100-01-01T00:00:00Z",
        "--out",
        ".",
    ];
    operator.run(&soon).refused_with(&["for 30 days"]);
    operator
        .run(&seal)
        .refused_with(&["there is nothing to seal"]);
    let line = ["audit", "seal", "--before", "7", "--out", "."];
    operator.run(&line).refused_with(&["a moment is needed"]);
}
