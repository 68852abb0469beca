//! Old lines in sealed segments: their rows go, nobody else's do, and every proof still holds.

use std::path::PathBuf;

use e2e::{Provider, scratch};
use idp::audit_log::{SealError, seal};
use idp_core::audit::AuditKind;
use idp_core::transparency::{FindingKind, Hash, RowFaultKind, leaf_hash, verify_inclusion};
use sha2::{Digest as _, Sha256};

/// A provider with lines under heads, of which the first 512 were sealed.
async fn sealed() -> (Provider, PathBuf, u64) {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    provider.grow_log(300).await;
    provider.grow_log(300).await;
    let folder = scratch::folder("segments");
    let state = &provider.state;
    let by = (700, "值班员");
    // No more than whole bundles under a head.
    let none = seal(
        &state.database,
        (&state.log_key, &state.cx()),
        (255, "a"),
        &folder,
    )
    .await;
    assert!(matches!(none, Err(SealError::Nothing)));
    let end = provider.grow_log(100).await.min(by.0);
    let done = seal(
        &state.database,
        (&state.log_key, &state.cx()),
        (end, by.1),
        &folder,
    )
    .await;
    let done = done.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(
        (done.segment.from, done.segment.to, done.removed),
        (0, 512, 512)
    );
    (provider, folder, 512)
}

#[tokio::test]
async fn what_is_sealed_verifies_from_its_file_and_proofs_of_it_still_hold() {
    let (provider, folder, to) = sealed().await;
    let size = provider.grow_log(5).await;
    let key = &provider.state.log_key;
    let mut copy = provider.copy_database("sealed");
    let rows = copy.rows().await;
    assert_eq!(rows.len() as u64, size - to);
    assert_eq!(copy.findings(key, &[]).await, (vec![], size));
    copy.segments = Some(folder.clone());
    assert_eq!(copy.findings(key, &[]).await, (vec![], size));
    // The trail says who had it done.
    let trail = provider.audit().await;
    let event = trail
        .iter()
        .find(|e| e.event.kind == AuditKind::AuditSealed)
        .unwrap();
    assert_eq!(
        event.event.detail.as_deref(),
        Some("by 值班员: lines 0 to 511")
    );
    // A line that stands in the file alone is proven by the tree that stayed.
    let packed =
        std::fs::File::open(folder.join("audit-000000000000-000000000512.jsonl.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed), &mut text).unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("\"index\":77,"))
        .unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    let leaf = leaf_hash(line["line"].as_str().unwrap().as_bytes());
    let proof = provider
        .fetch("/audit/proof/inclusion?index=77")
        .await
        .json();
    let path: Vec<Hash> = proof["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| Hash::of_text(text.as_str().unwrap()).unwrap())
        .collect();
    let checkpoint = proof["checkpoint"].as_str().unwrap();
    let root = Hash::of_text(checkpoint.lines().nth(2).unwrap()).unwrap();
    assert!(verify_inclusion(leaf, (77, size), &path, root));
    // The next segment goes on where this one ended.
    provider.grow_log(400).await;
    let state = &provider.state;
    let next = seal(
        &state.database,
        (&state.log_key, &state.cx()),
        (900, "a"),
        &folder,
    )
    .await;
    let next = next.unwrap_or_else(|error| panic!("{error}")).segment;
    assert_eq!((next.from, next.to), (512, 768));
    let mut copy = provider.copy_database("sealed-twice");
    copy.segments = Some(folder);
    let (findings, _) = copy.findings(key, &[]).await;
    assert_eq!(findings, []);
}

#[tokio::test]
async fn nobody_deletes_what_was_not_sealed_and_a_forged_seal_is_named() {
    let (provider, _, to) = sealed().await;
    let key = &provider.state.log_key;
    let file = provider.folder.join("idp.db");
    let past = |statements: &str| {
        let mut connection: diesel::SqliteConnection =
            diesel::Connection::establish(file.to_str().unwrap()).unwrap();
        let statements = format!("PRAGMA busy_timeout = 5000; {statements}");
        diesel::connection::SimpleConnection::batch_execute(&mut connection, &statements)
    };
    for attack in [
        "DELETE FROM audit",
        "DELETE FROM audit WHERE sequence = (SELECT min(sequence) FROM audit)",
        "DELETE FROM audit_segments",
        "UPDATE audit_segments SET last_sequence = 9999",
        "INSERT INTO audit_segments VALUES (512, 9999, 9999, 1, '')",
        "INSERT INTO audit_segments VALUES (0, 256, (SELECT last_sequence FROM audit_bundles WHERE number = 0), 1, '')",
        "INSERT OR REPLACE INTO audit_segments SELECT 0, 256, last_sequence, 1, '' FROM audit_bundles WHERE number = 0",
    ] {
        assert!(past(attack).is_err(), "{attack}");
    }
    // The guards let through what looks like the next segment: the key did not sign it.
    provider.grow_log(300).await;
    let copy = provider.copy_database("forged-seal");
    let manifest = "(SELECT manifest FROM audit_segments)";
    copy.tamper(&format!(
        "INSERT INTO audit_segments SELECT 512, 768, last_sequence, 1, {manifest} FROM audit_bundles WHERE number = 2; \
         DELETE FROM audit WHERE sequence <= (SELECT last_sequence FROM audit_bundles WHERE number = 2)"
    ));
    let (findings, _) = copy.findings(key, &[]).await;
    assert_eq!(
        (findings[0].kind, findings[0].index),
        (FindingKind::SegmentForged, to)
    );
    // The rows that went with it are missing.
    assert!(
        findings
            .iter()
            .any(|f| f.index == to && matches!(f.kind, FindingKind::Row(_))),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_segment_s_file_that_was_changed_or_lost_is_named() {
    let (provider, folder, _) = sealed().await;
    let key = &provider.state.log_key;
    let mut copy = provider.copy_database("segment-files");
    copy.segments = Some(folder.clone());
    let path = folder.join("audit-000000000000-000000000512.jsonl.gz");
    let right = std::fs::read(&path).unwrap();
    // The same lines, packed otherwise: what was sealed is the file.
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&right[..]), &mut text).unwrap();
    let packed = |text: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut packer, text).unwrap();
        packer.finish().unwrap()
    };
    let altered = String::from_utf8(text.clone())
        .unwrap()
        .replace("grown 7", "grown 8");
    let half = right[..right.len() / 2].to_vec();
    for (what, octets) in [
        ("packed otherwise", Some(packed(&text))),
        ("altered", Some(packed(altered.as_bytes()))),
        ("cut", Some(half)),
        ("gone", None),
    ] {
        match octets {
            Some(octets) => {
                assert_ne!(Sha256::digest(&octets), Sha256::digest(&right));
                std::fs::write(&path, octets).unwrap();
            }
            None => std::fs::remove_file(&path).unwrap(),
        }
        let (findings, _) = copy.findings(key, &[]).await;
        assert_eq!(
            (findings.len(), findings[0].kind),
            (1, FindingKind::SegmentDiffers),
            "{what}: {findings:?}"
        );
    }
    std::fs::write(&path, right).unwrap();
    assert_eq!(copy.findings(key, &[]).await.0, []);
}

#[tokio::test]
async fn a_row_among_those_that_were_sealed_says_what_was_sealed_or_is_named() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    let end = provider.grow_log(600).await;
    let before = provider.copy_database("before-the-seal");
    let folder = scratch::folder("segments");
    let state = &provider.state;
    let by = (&state.log_key, &state.cx());
    let done = seal(&state.database, by, (end, "值班员"), &folder).await;
    let done = done.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((done.segment.from, done.segment.to), (0, 512));
    let last = done.segment.last_sequence;
    let again = format!(
        "ATTACH '{}' AS before; INSERT INTO main.audit SELECT * FROM before.audit WHERE sequence",
        before.path.display()
    );
    let forged = hex::encode(leaf_hash(br#"{"v":1,"at":5,"kind":"logout"}"#).0);
    let kind = FindingKind::Row;
    for (statements, expected) in [
        // A removal that was broken off.
        (format!("{again} BETWEEN {} AND {last}", last - 9), vec![]),
        (format!("{again} <= {last}"), vec![]),
        (
            format!(
                "INSERT INTO audit (sequence, at, kind, leaf_hash) VALUES (7, 5, 'logout', x'{forged}')"
            ),
            vec![kind(RowFaultKind::Inserted)],
        ),
        (
            format!(
                "{again} = {last}; UPDATE audit SET detail = 'another' WHERE sequence = {last}"
            ),
            vec![kind(RowFaultKind::Altered)],
        ),
    ] {
        let mut copy = provider.copy_database("among-the-sealed");
        copy.segments = Some(folder.clone());
        copy.tamper(&statements);
        let (findings, _) = copy.findings(&state.log_key, &[]).await;
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, expected, "{statements}: {findings:?}");
    }
}
