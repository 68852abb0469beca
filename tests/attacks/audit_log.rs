//! The audit log in the hands of whoever has the database: whatever is done to it past every guard, a verification names
//! what and where.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use e2e::Provider;
use idp::audit_log::{AddError, add_cosignature, sign_head};
use idp::signing::LogKey;
use idp_core::audit::AuditKind;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{
    AuditRecord, Checkpoint, CosignError, Finding, FindingKind, LogError, RowFaultKind,
    SignatureKind, VerifierKey, leaf_hash,
};
use reqwest::Method;

/// A provider whose log has lines under several heads: 300 and more, then some hundred, then a few.
async fn grown() -> (Provider, [u64; 3]) {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    let sizes = [
        provider.grow_log(300).await,
        provider.grow_log(400).await,
        provider.grow_log(10).await,
    ];
    (provider, sizes)
}

fn hex(octets: &[u8]) -> String {
    format!("x'{}'", hex::encode(octets))
}

fn row(kind: RowFaultKind) -> FindingKind {
    FindingKind::Row(kind)
}

/// What comes first.
fn first(findings: &[Finding]) -> (FindingKind, u64, Option<i64>) {
    let finding = findings.first().expect("nothing was found");
    (finding.kind, finding.index, finding.sequence)
}

fn kinds(findings: &[Finding]) -> Vec<FindingKind> {
    findings.iter().map(|finding| finding.kind).collect()
}

async fn newest_head(provider: &Provider) -> String {
    let found = provider
        .state
        .database
        .read(|store| store.find_newest_checkpoint())
        .await;
    found.unwrap().unwrap().note
}

#[tokio::test]
async fn what_nobody_touched_verifies() {
    let (provider, sizes) = grown().await;
    let copy = provider.copy_database("untouched");
    let outside = newest_head(&provider).await;
    let key = &provider.state.log_key;
    assert_eq!(copy.findings(key, &[&outside]).await, (vec![], sizes[2]));
    copy.tamper("");
    assert_eq!(copy.findings(key, &[]).await, (vec![], sizes[2]));
}

#[tokio::test]
async fn one_line_altered_deleted_swapped_inserted_or_cut_off_is_named() {
    let (provider, sizes) = grown().await;
    let key = &provider.state.log_key;
    let rows = provider.copy_database("rows").rows().await;
    assert_eq!(rows.len() as u64, sizes[2]);
    let index: usize = 270;
    let at = index as u64;
    let (here, next, last) = (
        rows[index].sequence,
        rows[index + 1].sequence,
        rows.last().unwrap().sequence,
    );
    let rehashed = AuditRecord {
        detail: Some("another".into()),
        ..rows[index].clone()
    };
    let with_hash = hex(&rehashed.leaf().0);
    let shift_up = format!(
        "UPDATE audit SET sequence = -sequence WHERE sequence >= {here}; \
         UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0;"
    );
    let cases = [
        (
            format!("UPDATE audit SET detail = 'another' WHERE sequence = {here}"),
            (row(RowFaultKind::Altered), at, Some(here)),
        ),
        (
            format!("UPDATE audit SET salt = NULL WHERE sequence = {here}"),
            (row(RowFaultKind::Altered), at, Some(here)),
        ),
        (
            format!("UPDATE audit SET at = at + 1, leaf_hash = NULL WHERE sequence = {here}"),
            (row(RowFaultKind::Altered), at, Some(here)),
        ),
        (
            format!(
                "UPDATE audit SET detail = 'another', leaf_hash = {with_hash} WHERE sequence = {here}"
            ),
            (row(RowFaultKind::Altered), at, Some(here)),
        ),
        (
            format!("DELETE FROM audit WHERE sequence = {here}"),
            (row(RowFaultKind::Missing), at, Some(next)),
        ),
        (
            // The gap is closed.
            format!(
                "DELETE FROM audit WHERE sequence = {here}; \
                 UPDATE audit SET sequence = sequence - 1 WHERE sequence > {here}"
            ),
            (row(RowFaultKind::Missing), at, Some(here)),
        ),
        (
            format!(
                "UPDATE audit SET sequence = 0 WHERE sequence = {here}; \
                 UPDATE audit SET sequence = {here} WHERE sequence = {next}; \
                 UPDATE audit SET sequence = {next} WHERE sequence = 0"
            ),
            (row(RowFaultKind::Reordered), at, Some(here)),
        ),
        (
            format!(
                "{shift_up} INSERT INTO audit (sequence, at, kind, leaf_hash) VALUES ({here}, 5, 'logout', {})",
                hex(&leaf_hash(br#"{"v":1,"at":5,"kind":"logout"}"#).0)
            ),
            (row(RowFaultKind::Inserted), at, Some(here)),
        ),
        (
            format!("DELETE FROM audit WHERE sequence > {}", last - 3),
            (row(RowFaultKind::Missing), sizes[2] - 3, None),
        ),
        (
            "DELETE FROM audit".to_owned(),
            (row(RowFaultKind::Missing), 0, None),
        ),
    ];
    for (statements, expected) in cases {
        let copy = provider.copy_database("tampered");
        copy.tamper(&statements);
        let (findings, _) = copy.findings(key, &[]).await;
        assert_eq!(first(&findings), expected, "{statements}: {findings:?}");
    }
}

/// Whoever knows how the log is made changes a line with everything above it that lies in the database. What was signed is
/// beyond reach.
#[tokio::test]
async fn a_line_changed_together_with_its_hashes_is_found_by_the_next_signed_head() {
    let (provider, sizes) = grown().await;
    let key = &provider.state.log_key;
    let copy = provider.copy_database("rewritten");
    let rows = copy.rows().await;
    // After the first head, in the last, partial bundle.
    let index = usize::try_from(sizes[1] - 5).unwrap();
    let forged = AuditRecord {
        detail: Some("another".into()),
        ..rows[index].clone()
    };
    let leaf = forged.leaf();
    let (tile, place) = (index / 256, index % 256);
    copy.tamper(&format!(
        "UPDATE audit SET detail = 'another', leaf_hash = {leaf} WHERE sequence = {}; \
         UPDATE audit_tiles SET hashes = CAST(substr(hashes, 1, {}) || {leaf} || substr(hashes, {}) AS BLOB) \
         WHERE level = 0 AND number = {tile};",
        forged.sequence,
        place * 32,
        place * 32 + 33,
        leaf = hex(&leaf.0),
    ));
    let (findings, _) = copy.findings(key, &[]).await;
    // The head is the first that stands for another tree: the one of the second size, not the one before.
    let kinds = kinds(&findings);
    assert!(kinds.contains(&FindingKind::HeadDiffers), "{findings:?}");
    assert!(kinds.contains(&FindingKind::Renumbered), "{findings:?}");
    let differs = findings
        .iter()
        .find(|finding| finding.kind == FindingKind::HeadDiffers)
        .unwrap();
    assert_eq!(differs.index, sizes[0]);
    let range = format!("from {} to {}", sizes[0], sizes[1] - 1);
    assert!(differs.detail.contains(&range), "{}", differs.detail);
}

#[tokio::test]
async fn a_log_cut_back_to_an_earlier_state_is_shown_by_what_was_signed() {
    let (provider, sizes) = grown().await;
    let key = &provider.state.log_key;
    let earlier = Provider::copy_database(&provider, "earlier");
    let rows = earlier.rows().await;
    let outside = newest_head(&provider).await;
    let size = sizes[0];
    let count = usize::try_from(size).unwrap();
    let last = rows[count - 1].sequence;
    // Everything back to the first head, tree and chain and all, as the database was then.
    let mut chain = idp_core::transparency::CHAIN_START;
    for row in &rows[..count] {
        let link = idp_core::transparency::Link {
            sequence: row.sequence,
            leaf: row.leaf(),
        };
        chain = link.after(&chain);
    }
    let back = format!(
        "DELETE FROM audit WHERE sequence > {last}; \
         DELETE FROM audit_tiles WHERE level = 0 AND number > {number}; \
         UPDATE audit_tiles SET hashes = substr(hashes, 1, {width}) WHERE level = 0 AND number = {number}; \
         UPDATE audit_tiles SET hashes = substr(hashes, 1, {above}) WHERE level = 1; \
         DELETE FROM audit_bundles WHERE last_sequence > {last}; \
         UPDATE audit_head SET size = {size}, last_sequence = {last}, chain = {chain};",
        number = size / 256,
        width = size % 256 * 32,
        above = size / 256 * 32,
        chain = hex(&chain.0),
    );
    let cut = provider.copy_database("cut");
    cut.tamper(&back);
    let (findings, _) = cut.findings(key, &[]).await;
    assert_eq!(first(&findings), (FindingKind::Truncated, size, None));
    // What was signed since is thrown away too: from inside nothing shows, a head from outside tells.
    cut.tamper(&format!(
        "DELETE FROM audit_checkpoints WHERE size > {size}"
    ));
    assert_eq!(cut.findings(key, &[]).await, (vec![], size));
    let (findings, _) = cut.findings(key, &[&outside]).await;
    assert_eq!(first(&findings), (FindingKind::Truncated, size, None));
    // And where it went on differently, it is another tree.
    let cx = provider.state.cx();
    let database = cut.open();
    e2e::audit_log::grow_log(&database, (&cx, key), 900).await;
    let (findings, _) = cut.findings(key, &[&outside]).await;
    assert_eq!(kinds(&findings), [FindingKind::HeadDiffers], "{findings:?}");
}

#[tokio::test]
async fn numbers_moved_without_changing_the_order_are_found_by_the_chain() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    provider.grow_log(280).await;
    let copy = provider.copy_database("renumbered");
    let rows = copy.rows().await;
    let last = rows.last().unwrap().sequence;
    copy.tamper(&format!(
        "UPDATE audit SET sequence = sequence + 100 WHERE sequence = {last}; \
         UPDATE audit_head SET last_sequence = last_sequence + 100"
    ));
    let (findings, _) = copy.findings(&provider.state.log_key, &[]).await;
    assert_eq!(first(&findings), (FindingKind::Renumbered, 256, None));
}

#[tokio::test]
async fn the_tree_above_the_leaves_and_the_ends_of_bundles_are_verified_too() {
    let (provider, _) = grown().await;
    let key = &provider.state.log_key;
    let zero = "zeroblob(32)";
    for (statements, expected) in [
        (
            format!(
                "UPDATE audit_tiles SET hashes = CAST({zero} || substr(hashes, 33) AS BLOB) WHERE level = 1"
            ),
            FindingKind::TreeChanged,
        ),
        (
            "DELETE FROM audit_tiles WHERE level = 1".to_owned(),
            FindingKind::TreeChanged,
        ),
        (
            "DELETE FROM audit_tiles WHERE level = 0 AND number = 1".to_owned(),
            FindingKind::TreeChanged,
        ),
        (
            "DELETE FROM audit_bundles WHERE number = 1".to_owned(),
            FindingKind::TreeChanged,
        ),
        (
            format!("UPDATE audit_bundles SET chain = {zero} WHERE number = 1"),
            FindingKind::Renumbered,
        ),
        (
            format!("UPDATE audit_head SET chain = {zero}"),
            FindingKind::Renumbered,
        ),
    ] {
        let copy = provider.copy_database("above");
        copy.tamper(&statements);
        let (findings, _) = copy.findings(key, &[]).await;
        assert_eq!(first(&findings).0, expected, "{statements}: {findings:?}");
    }
}

#[tokio::test]
async fn a_head_that_the_key_did_not_sign_is_none() {
    let (provider, sizes) = grown().await;
    let key = &provider.state.log_key;
    let copy = provider.copy_database("forged");
    let size = sizes[1];
    // Another tree under the right signature, the right tree under another signature, and one of another log.
    let other = Provider::start(|_| ());
    let note = newest_head(&provider).await;
    let checkpoint =
        Checkpoint::parse(note.split_once("\n\n").unwrap().0.to_owned().as_str()).err();
    assert!(
        checkpoint.is_some(),
        "a text without its last newline is none"
    );
    for forged in [
        note.replace(&format!("\n{}\n", sizes[2]), &format!("\n{size}\n")),
        other
            .state
            .log_key
            .sign(&Checkpoint {
                origin: key.origin().to_owned(),
                size,
                root: leaf_hash(b"another"),
            })
            .to_string(),
        "nonsense".to_owned(),
    ] {
        let forged = forged.replace('\'', "''");
        copy.tamper(&format!(
            "UPDATE audit_checkpoints SET note = '{forged}' WHERE size = {size}"
        ));
        let (findings, _) = copy.findings(key, &[]).await;
        assert_eq!(kinds(&findings), [FindingKind::HeadForged], "{forged}");
        assert_eq!(findings[0].index, size - 1);
    }
    // Nobody else's key verifies anything of it.
    let copy = provider.copy_database("foreign");
    let (findings, _) = copy.findings(&other.state.log_key, &[]).await;
    assert!(
        findings
            .iter()
            .all(|finding| finding.kind == FindingKind::HeadForged)
    );
    assert!(findings.len() >= 3);
}

/// The provider itself does not sign what does not grow from what it signed.
#[tokio::test]
async fn a_tree_that_was_changed_gets_no_signature() {
    let (provider, sizes) = grown().await;
    let key: &LogKey = &provider.state.log_key;
    let zero = "zeroblob(32)";
    for statements in [
        format!(
            "UPDATE audit_tiles SET hashes = CAST({zero} || substr(hashes, 33) AS BLOB) WHERE level = 0 AND number = (SELECT MAX(number) FROM audit_tiles WHERE level = 0)"
        ),
        format!(
            "UPDATE audit_tiles SET hashes = CAST({zero} || substr(hashes, 33) AS BLOB) WHERE level = 1"
        ),
        "UPDATE audit_head SET size = 5".to_owned(),
        "UPDATE audit_checkpoints SET note = 'nonsense'".to_owned(),
    ] {
        let copy = provider.copy_database("unsigned");
        copy.tamper(&statements);
        copy.tamper("UPDATE audit_head SET size = size");
        let signed = sign_head(&copy.open(), key, Timestamp::from_unix_seconds(1)).await;
        assert!(
            matches!(signed, Err(LogError::Damaged(_))),
            "{statements}: {signed:?}"
        );
    }
    assert!(sizes[2] > sizes[0]);
}

/// A running provider says so in the trail and goes on serving: the log stands, events are kept.
#[tokio::test]
async fn a_running_provider_tells_of_a_changed_row_and_of_a_damaged_tree() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 50);
    provider.grow_log(5).await;
    let file = provider.folder.join("idp.db");
    let mut connection: diesel::SqliteConnection =
        diesel::Connection::establish(file.to_str().unwrap()).unwrap();
    let past = |connection: &mut diesel::SqliteConnection, statements: &str| {
        let statements = format!("PRAGMA busy_timeout = 5000; {statements}");
        diesel::connection::SimpleConnection::batch_execute(connection, &statements).unwrap();
    };
    past(
        &mut connection,
        "DROP TRIGGER audit_refuse_unhashed; DROP TRIGGER audit_tiles_refuse_change; \
         INSERT INTO audit (at, kind, leaf_hash) VALUES (5, 'logout', zeroblob(32))",
    );
    let told = |reason: &'static str| {
        let provider = &provider;
        async move {
            // What failed is tried again after two seconds, then four, then eight.
            for _ in 0..600 {
                let trail = provider.audit().await;
                let mut found = trail
                    .iter()
                    .filter(|e| e.event.kind == AuditKind::AuditAltered);
                if found.any(|e| e.event.reason.as_deref() == Some(reason)) {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            panic!("{reason} is not in the trail");
        }
    };
    told("row-changed").await;
    past(
        &mut connection,
        "UPDATE audit_tiles SET hashes = CAST(substr(hashes, 1, 32) AS BLOB) WHERE level = 0 AND number = 0",
    );
    // Something new to bring in.
    let cx = provider.state.cx();
    let event = idp_core::audit::AuditEvent::new(&cx, AuditKind::LoggedOut);
    provider
        .state
        .database
        .write(move |s| s.append_audit(&event))
        .await
        .unwrap();
    told("log-damaged").await;
    assert_eq!(provider.fetch("/healthz").await.status, 200);
}

struct Witness {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl Witness {
    fn new(name: &str, seed: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = pair.public_key().as_ref().try_into().unwrap();
        let key = VerifierKey::new(name, SignatureKind::Cosignature, public).unwrap();
        Self { pair, key }
    }

    /// C2SP tlog-cosignature, with its own time; `text` is what is signed.
    fn line(&self, text: &str, time: u64) -> String {
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        let signature = self.pair.sign(message.as_bytes());
        let octets = [&time.to_be_bytes()[..], signature.as_ref()].concat();
        self.key.signature(octets).line()
    }
}

#[tokio::test]
async fn only_configured_witnesses_cosign_and_only_what_they_saw() {
    let witness = Witness::new("witness.example/w1", 1);
    let configured = witness.key.to_string();
    let provider = Provider::start(|config| {
        config.audit.sequence_milliseconds = 3_600_000;
        config.audit.witnesses = vec![configured];
    });
    let size = provider.grow_log(20).await;
    let note = newest_head(&provider).await;
    let text = format!("{}\n", note.split_once("\n\n").unwrap().0);
    let database = &provider.state.database;
    let witnesses = provider.state.config.audit_witnesses().unwrap();
    let now = Timestamp::from_unix_seconds(1_795_000_000);
    let add = |size: u64, line: String| {
        let witnesses = witnesses.clone();
        async move { add_cosignature(database, &witnesses, (size, &line), now).await }
    };
    let right = witness.line(&text, 1_795_000_000);
    let foreign = Witness::new("witness.example/w1", 2).line(&text, 7);
    let other_name = Witness::new("witness.example/w2", 1).line(&text, 7);
    let other_text = witness.line(&text.replace("\n2", "\n3"), 7);
    let other_time = {
        let mut wrong = witness.line(&text, 7).into_bytes();
        // A letter within the time.
        let at = wrong.iter().rposition(|b| *b == b' ').unwrap() + 12;
        wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(wrong).unwrap()
    };
    for (line, why) in [
        (foreign, CosignError::UnknownWitness),
        (other_name, CosignError::UnknownWitness),
        (other_text, CosignError::Wrong),
        (other_time, CosignError::Wrong),
        (
            "— witness.example/w1 AAAA".to_owned(),
            CosignError::Malformed,
        ),
        (format!("{right}\nmore"), CosignError::Malformed),
        (
            provider
                .state
                .log_key
                .verifier()
                .signature(vec![0; 64])
                .line(),
            CosignError::UnknownWitness,
        ),
    ] {
        match add(size, line.clone()).await {
            Err(AddError::Refused(refused)) => assert_eq!(refused, why, "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    assert!(matches!(
        add(size + 1, right.clone()).await,
        Err(AddError::NoSuchHead(_))
    ));
    assert!(add(size, right.clone()).await.unwrap().1);
    assert!(!add(size, right.clone()).await.unwrap().1, "once a witness");
    let served = provider.fetch("/audit/checkpoint").await;
    assert_eq!(served.body, format!("{note}{right}\n"));
    // It stands beside the log's own signature, which still counts.
    let opened = Checkpoint::opened(
        &served.body,
        provider.state.log_key.verifier(),
        idp::signing::verify_ed25519,
    );
    assert_eq!(opened.unwrap().size, size);
}

/// What is shown to everybody is hashes, and nobody finds an event by guessing it.
#[tokio::test]
async fn no_event_comes_out_by_the_log_and_equal_events_have_unequal_hashes() {
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    provider.grow_log(30).await;
    let rows = provider.copy_database("salted").rows().await;
    let mut lines: Vec<String> = rows.iter().map(AuditRecord::line).collect();
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), rows.len());
    assert!(
        rows.iter()
            .all(|row| row.salt.as_ref().is_some_and(|salt| salt.len() == 16))
    );
    for path in [
        "/audit/tile/entries/000",
        "/audit/tile/entries/000.p/30",
        "/audit/tile/0/../entries/000",
        "/audit/",
        "/audit/export",
        "/audit/tile/0/000.p/256",
        "/audit/tile/0/999",
        "/audit/tile/9/000",
        "/audit/proof/inclusion",
        "/audit/proof/inclusion?index=1&index=2",
        "/audit/proof/inclusion?index=1&sequence=2",
        "/audit/proof/inclusion?index=-1",
        "/audit/proof/inclusion?index=99999",
        "/audit/proof/inclusion?sequence=99999",
        "/audit/proof/inclusion?index=18446744073709551615",
        "/audit/proof/consistency?first=0",
        "/audit/proof/consistency?first=99999",
        "/audit/proof/consistency?first=1&size=99999",
    ] {
        let answer = provider.fetch(path).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{path}: {}",
            answer.summary()
        );
        assert!(!answer.body.contains("grown"), "{path}");
    }
    let mut post = e2e::Browser::new(&provider);
    assert_eq!(
        post.send(Method::POST, "/audit/checkpoint", None)
            .await
            .status,
        405
    );
}
