//! Rows that never were in the log, wherever they stand, and exports for which nobody vouches.

use e2e::Provider;
use idp::audit_log::{export, extent, verify_export};
use idp_core::transparency::{FindingKind, HeadToCheck, RowFaultKind, leaf_hash};

/// An event of somebody's own making, as the store would write it.
fn forged(sequence: i64) -> String {
    let leaf = hex::encode(leaf_hash(br#"{"v":1,"at":5,"kind":"logout"}"#).0);
    format!(
        "INSERT INTO audit (sequence, at, kind, leaf_hash) VALUES ({sequence}, 5, 'logout', x'{leaf}')"
    )
}

#[tokio::test]
async fn a_row_before_the_first_line_is_named() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    provider.grow_log(20).await;
    let key = &provider.state.log_key;
    for sequence in [0, -1, i64::MIN + 1] {
        let copy = provider.copy_database("before-the-first");
        copy.tamper(&forged(sequence));
        let (findings, _) = copy.findings(key, &[]).await;
        let found: Vec<_> = findings
            .iter()
            .map(|f| (f.kind, f.index, f.sequence))
            .collect();
        let inserted = FindingKind::Row(RowFaultKind::Inserted);
        assert_eq!(found, [(inserted, 0, Some(sequence))]);
    }
}

/// Exports from line 256 on, which are under heads of 256 and of all lines.
async fn exported(provider: &Provider) -> (String, String) {
    let begun = provider.grow_log(1).await;
    let rest = u32::try_from(256 - begun).unwrap();
    assert_eq!(provider.grow_log(rest).await, 256);
    let database = &provider.state.database;
    let head = database.read(|store| store.find_newest_checkpoint()).await;
    let head = head.unwrap().unwrap().note;
    provider.grow_log(20).await;
    let extent = extent(database, (256, None)).await.unwrap();
    let mut written = Vec::new();
    let key = provider.state.log_key.verifier();
    export(database, key, extent, (&mut written, &mut |_| ()))
        .await
        .unwrap();
    (String::from_utf8(written).unwrap(), head)
}

#[tokio::test]
async fn a_head_of_the_lines_before_an_export_vouches_for_where_it_begins() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    let (export, head) = exported(&provider).await;
    let key = provider.state.log_key.verifier();
    let kinds = |text: &str| {
        let given = HeadToCheck {
            size: 256,
            note: head.clone(),
            whose: "given",
        };
        let verified = verify_export(text.as_bytes(), key, vec![given], &mut |_| ()).unwrap();
        let findings = verified.findings().iter();
        findings.map(|f| f.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&export), []);
    // Where the export begins was made up: its own head shows it, and so does the one from elsewhere.
    let (beginning, rest) = export.split_once('\n').unwrap();
    let mut beginning: serde_json::Value = serde_json::from_str(beginning).unwrap();
    beginning["subtrees"][0] = beginning["chain"].clone();
    let other = format!("{beginning}\n{rest}");
    assert_eq!(kinds(&other), [FindingKind::HeadDiffers]);
}

#[tokio::test]
async fn an_export_that_begins_where_no_log_can_is_none() {
    let provider = Provider::shared();
    let key = provider.state.log_key.verifier();
    let hash = idp_core::transparency::Hash([0; 32]).to_text();
    for from in [u64::MAX, u64::MAX - 1, 1 << 63] {
        let beginning = serde_json::json!({
            "audit_export": 1, "origin": "x", "key": "x", "from": from, "to": u64::MAX, "chain": hash,
            "subtrees": vec![hash.clone(); from.count_ones() as usize],
        });
        let line = serde_json::json!({
            "index": from, "sequence": 1, "leaf_hash": hash, "chain": hash, "line": "",
        });
        let export = format!("{beginning}\n{line}\n{line}\n{{\"end\":{}}}\n", u64::MAX);
        let verified = verify_export(export.as_bytes(), key, Vec::new(), &mut |_| ());
        assert!(verified.is_err(), "{from}");
    }
}
