//! The trail as a log: every row with its hash, each event once in the tree, in the order of the numbers, whoever does it
//! and whatever is rolled back meanwhile.

use std::sync::mpsc;
use std::time::Duration;

use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_core::transparency::{
    AuditHead, AuditMark, AuditRecord, BUNDLE, CHAIN_START, Growing, Hash, Link, LogError,
    StoreTiles, StoredCheckpoint, StoredCosignature, StoredSegment, TileId, append, event_leaf,
    prepare, root,
};
use idp_storage::Database;

use crate::backend::{Backend, Property, properties};
use crate::races::all;
use crate::samples;
use crate::steps::{read, write};

pub const ALL: &[Property] = properties![
    a_row_comes_with_the_hash_of_its_line,
    every_event_is_in_the_tree_once_and_in_order,
    several_that_append_at_once_append_each_event_once,
    a_number_drawn_before_is_waited_for,
    signed_heads_and_cosignatures_are_kept_once,
];

pub const PAST_THE_STORE: &[Property] = properties![
    rows_of_before_get_their_place,
    a_row_that_was_changed_is_told_and_counts_as_it_was,
    the_log_refuses_change_and_removal,
    rows_of_sealed_segments_go_and_no_others,
];

/// The next step of the log; how many lines it got, and which of them were altered.
async fn step(database: &Database, mark: AuditMark) -> Option<(u64, Vec<i64>)> {
    let batch = database
        .read(move |s| {
            if !s.is_audit_settled(mark)? {
                return Err(LogError::Damaged("not settled".into()));
            }
            prepare(s, mark.sequence, 100)
        })
        .await;
    let batch = match batch {
        Err(LogError::Damaged(why)) if why == "not settled" => return Some((0, Vec::new())),
        batch => batch.unwrap()?,
    };
    let (len, altered) = (batch.len(), batch.altered.clone());
    let won = database.write(move |s| append(s, &batch)).await.unwrap();
    Some((if won { len } else { 0 }, altered))
}

/// Brings everything that is there into the log; the numbers of altered rows.
async fn bring(database: &Database) -> Vec<i64> {
    let mark = database.write(|s| s.mark_audit()).await.unwrap();
    let mut altered = Vec::new();
    for _ in 0..10_000 {
        match step(database, mark).await {
            None => return altered,
            Some((0, _)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Some((_, found)) => altered.extend(found),
        }
    }
    panic!("the log does not get to its end");
}

async fn records(b: &Backend) -> Vec<AuditRecord> {
    read!(b, |s| s.list_audit_records((0, i64::MAX), u32::MAX)?)
}

/// Fails unless the log is the rows, made anew.
async fn expect_whole(b: &Backend) {
    let rows = records(b).await;
    let (head, at_end, tree) = read!(b, |s| {
        let head = s.find_audit_head()?;
        let bundle = (head.size / BUNDLE).checked_sub(1);
        let bundle = bundle
            .map(|number| s.find_audit_bundle(number))
            .transpose()?;
        let tree = root(&mut StoreTiles::over(s), head.size);
        (head, bundle.flatten(), tree)
    });
    let (mut growing, mut chain, mut last) = (Growing::default(), CHAIN_START, 0);
    let mut chains = Vec::new();
    for row in &rows {
        assert!(row.sequence > last);
        last = row.sequence;
        let leaf = row.written().unwrap_or_else(|| row.leaf());
        growing.push(leaf);
        chain = Link {
            sequence: row.sequence,
            leaf,
        }
        .after(&chain);
        chains.push((row.sequence, chain));
    }
    let whole = AuditHead {
        size: growing.size(),
        last_sequence: last,
        chain,
    };
    assert_eq!(head, whole);
    assert_eq!(tree.unwrap(), growing.root());
    if let Some(bundle) = at_end {
        let (sequence, chain) = chains[usize::try_from((bundle.number + 1) * BUNDLE - 1).unwrap()];
        assert_eq!((bundle.last_sequence, bundle.chain), (sequence, chain));
        let found = read!(b, |s| s.find_audit_bundle_of(sequence)?);
        assert_eq!(found, Some(bundle));
    }
}

async fn a_row_comes_with_the_hash_of_its_line(b: &Backend) {
    let detail = samples::name("hashed");
    let event = samples::audit_event(&detail);
    let leaf = event_leaf(&event);
    write!(b, |s| s.append_audit(&event)?);
    let rows = records(b).await;
    let row = rows
        .iter()
        .find(|row| row.detail.as_ref() == Some(&detail))
        .unwrap();
    assert_eq!((row.leaf(), row.written()), (leaf, Some(leaf)));
    assert!(row.line().contains("\"operator_id\":\"operator\"") && row.is_as_written());
    assert_eq!(
        read!(b, |s| s.last_audit_sequence()?),
        rows.last().unwrap().sequence
    );
}

async fn every_event_is_in_the_tree_once_and_in_order(b: &Backend) {
    bring(&b.database).await;
    expect_whole(b).await;
    for count in [1, 300, 254, 2, 700] {
        write!(b, |s| for _ in 0..count {
            s.append_audit(&samples::audit_event("line"))?;
        });
        bring(&b.database).await;
        expect_whole(b).await;
    }
    assert_eq!(
        step(&b.database, write!(b, |s| s.mark_audit()?)).await,
        None
    );
}

async fn several_that_append_at_once_append_each_event_once(b: &Backend) {
    const WRITERS: usize = 8;
    let others = [b.database.clone(), again(b), again(b)];
    let writing = tokio::spawn({
        let database = b.database.clone();
        async move {
            all(WRITERS, |writer| {
                let database = database.clone();
                async move {
                    for number in 0..40 {
                        let event = samples::audit_event("raced");
                        // Every third is rolled back, and leaves a gap in the numbers of PostgreSQL.
                        let written = database
                            .write(move |s| {
                                s.append_audit(&event)?;
                                match (writer + number) % 3 {
                                    0 => Err(StoreError::Unavailable("given up".into())),
                                    _ => Ok(()),
                                }
                            })
                            .await;
                        assert_eq!(written.is_err(), (writer + number) % 3 == 0);
                    }
                }
            })
            .await
        }
    });
    for _ in 0..10 {
        all(others.len(), |one| {
            let database = others[one].clone();
            async move { bring(&database).await }
        })
        .await;
    }
    writing.await.unwrap();
    bring(&b.database).await;
    expect_whole(b).await;
}

/// Another process's connection, where the database is not this process's own.
fn again(b: &Backend) -> Database {
    if b.url == "sqlite::memory:" {
        b.database.clone()
    } else {
        b.open_again()
    }
}

/// Whoever has drawn a number and not committed yet is waited for: an event with a higher number that shows already does
/// not get its place.
async fn a_number_drawn_before_is_waited_for(b: &Backend) {
    if !b.is_postgres() {
        return;
    }
    bring(&b.database).await;
    let (drawn, told) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let slow = tokio::spawn({
        let database = b.database.clone();
        async move {
            database
                .write(move |s| {
                    s.append_audit(&samples::audit_event("slow"))?;
                    drawn.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok::<_, StoreError>(())
                })
                .await
        }
    });
    tokio::task::block_in_place(|| told.recv().unwrap());
    write!(b, |s| s.append_audit(&samples::audit_event("quick"))?);
    let head = read!(b, |s| s.find_audit_head()?);
    let mark = write!(b, |s| s.mark_audit()?);
    assert!(mark.sequence > head.last_sequence);
    assert!(!read!(b, |s| s.is_audit_settled(mark)?));
    assert_eq!(step(&b.database, mark).await, Some((0, Vec::new())));
    go_on.send(()).unwrap();
    slow.await.unwrap().unwrap();
    bring(&b.database).await;
    expect_whole(b).await;
}

async fn signed_heads_and_cosignatures_are_kept_once(b: &Backend) {
    assert_eq!(read!(b, |s| s.find_newest_checkpoint()?), None);
    let head = |size: u64| StoredCheckpoint {
        size,
        at: Timestamp::from_unix_millis(7),
        note: format!("log\n{size}\nroot\n\n— log sig\n"),
    };
    for (size, kept) in [(10, true), (30, true), (30, false), (20, false), (40, true)] {
        assert_eq!(
            write!(b, |s| s.insert_checkpoint(&head(size))?),
            kept,
            "{size}"
        );
    }
    assert_eq!(read!(b, |s| s.find_newest_checkpoint()?), Some(head(40)));
    assert_eq!(read!(b, |s| s.find_checkpoint_from(11)?), Some(head(30)));
    assert_eq!(read!(b, |s| s.find_checkpoint_from(41)?), None);
    assert_eq!(read!(b, |s| s.list_checkpoints(10, 1)?), [head(30)]);
    let of = |witness: &str| StoredCosignature {
        size: 30,
        witness: witness.into(),
        line: format!("— {witness} AAAA"),
        at: Timestamp::from_unix_millis(8),
    };
    for (witness, kept) in [("b", true), ("a", true), ("b", false)] {
        let cosignature = of(witness);
        assert_eq!(write!(b, |s| s.insert_cosignature(&cosignature)?), kept);
    }
    assert_eq!(read!(b, |s| s.list_cosignatures(30)?), [of("a"), of("b")]);
    assert_eq!(read!(b, |s| s.list_cosignatures(40)?), []);
}

fn past(b: &Backend, statements: &str) -> Result<(), String> {
    tokio::task::block_in_place(|| b.execute(statements))
}

/// What an attacker does first, who has the database.
fn drop_guards(b: &Backend) {
    let statements = if b.is_postgres() {
        "ALTER TABLE audit DROP CONSTRAINT audit_comes_with_its_leaf_hash; DROP TRIGGER audit_refuse_change ON audit"
    } else {
        "DROP TRIGGER audit_refuse_unhashed; DROP TRIGGER audit_refuse_update"
    };
    past(b, statements).unwrap();
}

async fn rows_of_before_get_their_place(b: &Backend) {
    let b = &crate::migrations::another(b).await;
    drop_guards(b);
    past(
        b,
        "INSERT INTO audit (at, kind) VALUES (1, 'logout'), (2, 'unheard-of')",
    )
    .unwrap();
    write!(b, |s| s.append_audit(&samples::audit_event("after"))?);
    assert_eq!(bring(&b.database).await, Vec::<i64>::new());
    expect_whole(b).await;
    let rows = records(b).await;
    assert_eq!(
        (rows.len(), rows[0].written(), rows[1].line().as_str()),
        (3, None, "{\"v\":1,\"at\":2,\"kind\":\"unheard-of\"}")
    );
}

async fn a_row_that_was_changed_is_told_and_counts_as_it_was(b: &Backend) {
    let b = &crate::migrations::another(b).await;
    drop_guards(b);
    for _ in 0..3 {
        write!(b, |s| s.append_audit(&samples::audit_event("as it was"))?);
    }
    let second = records(b).await[1].clone();
    past(
        b,
        &format!(
            "UPDATE audit SET reason = 'another' WHERE sequence = {}",
            second.sequence
        ),
    )
    .unwrap();
    assert_eq!(bring(&b.database).await, [second.sequence]);
    expect_whole(b).await;
    let tile = read!(b, |s| s.find_audit_tile(TileId {
        level: 0,
        number: 0
    })?)
    .unwrap();
    assert_eq!(Hash::of_octets(&tile[32..64]), second.written());
}

async fn the_log_refuses_change_and_removal(b: &Backend) {
    let b = &crate::migrations::another(b).await;
    write!(b, |s| {
        for _ in 0..300 {
            s.append_audit(&samples::audit_event("kept"))?;
        }
        let note = String::new();
        s.insert_checkpoint(&StoredCheckpoint {
            size: 5,
            at: Timestamp::from_unix_millis(1),
            note,
        })?;
        let line = String::new();
        s.insert_cosignature(&StoredCosignature {
            size: 5,
            witness: "w".into(),
            line,
            at: Timestamp::from_unix_millis(1),
        })?;
    });
    bring(&b.database).await;
    let zero = if b.is_postgres() {
        "decode(repeat('00', 32), 'hex')"
    } else {
        "zeroblob(32)"
    };
    let mut attempts = vec![
        "UPDATE audit_head SET size = size - 1".to_owned(),
        format!("UPDATE audit_head SET chain = {zero}"),
        "DELETE FROM audit_head".to_owned(),
        format!("UPDATE audit_tiles SET hashes = {zero} WHERE level = 0 AND number = 0"),
        "UPDATE audit_tiles SET number = number + 10".to_owned(),
        "DELETE FROM audit_tiles".to_owned(),
        format!("UPDATE audit_bundles SET chain = {zero}"),
        "DELETE FROM audit_bundles".to_owned(),
        "UPDATE audit_checkpoints SET note = ''".to_owned(),
        "DELETE FROM audit_checkpoints".to_owned(),
        "UPDATE audit_cosignatures SET line = 'x'".to_owned(),
        "DELETE FROM audit_cosignatures".to_owned(),
        "INSERT INTO audit (at, kind) VALUES (1, 'logout')".to_owned(),
    ];
    if b.is_postgres() {
        for table in ["head", "tiles", "bundles", "checkpoints", "cosignatures"] {
            attempts.push(format!("TRUNCATE audit_{table} CASCADE"));
        }
    } else {
        for replace in [
            "audit_tiles VALUES (0, 0, zeroblob(8192))",
            "audit_bundles VALUES (0, 9, zeroblob(32))",
            "audit_bundles VALUES (7, (SELECT last_sequence FROM audit_bundles), zeroblob(32))",
            "audit_checkpoints VALUES (5, 1, '')",
            "audit_cosignatures VALUES (5, 'w', '', 1)",
        ] {
            attempts.push(format!("INSERT OR REPLACE INTO {replace}"));
        }
    }
    for attempt in attempts {
        let refused = past(b, &attempt).expect_err(&attempt);
        let known = ["append-only", "only grow", "audit_comes_with_its_leaf_hash"];
        assert!(
            known.iter().any(|why| refused.contains(why)),
            "{attempt}: {refused}"
        );
    }
    expect_whole(b).await;
}

async fn rows_of_sealed_segments_go_and_no_others(b: &Backend) {
    let b = &crate::migrations::another(b).await;
    write!(b, |s| for _ in 0..600 {
        s.append_audit(&samples::audit_event("old"))?;
    });
    bring(&b.database).await;
    let before = records(b).await;
    assert_eq!(write!(b, |s| s.remove_sealed_audit(10)?), 0);
    let last = |line: usize| before[line - 1].sequence;
    let segment = |from: u64, to: u64, last_sequence: i64| StoredSegment {
        from,
        to,
        last_sequence,
        at: Timestamp::from_unix_millis(3),
        manifest: "signed".into(),
    };
    let (one, two) = (segment(0, 256, last(256)), segment(256, 512, last(512)));
    for (segment, taken) in [(&two, false), (&one, true), (&one, false), (&two, true)] {
        let segment = segment.clone();
        assert_eq!(write!(b, |s| s.insert_audit_segment(&segment)?), taken);
    }
    // Not to the end of a bundle, or of another one's: the database itself refuses.
    for wrong in [segment(512, 600, last(600)), segment(512, 768, last(600))] {
        let written = b
            .database
            .write(move |s| s.insert_audit_segment(&wrong))
            .await;
        assert!(written.is_err());
    }
    assert_eq!(read!(b, |s| s.list_audit_segments()?), [one, two]);
    let mut gone = 0;
    loop {
        match write!(b, |s| s.remove_sealed_audit(200)?) {
            0 => break,
            some => gone += some,
        }
    }
    assert_eq!((gone, records(b).await), (512, before[512..].to_vec()));
    let kept = past(b, "DELETE FROM audit").unwrap_err();
    assert!(kept.contains("append-only"), "{kept}");
    for attempt in [
        "UPDATE audit_segments SET manifest = ''",
        "DELETE FROM audit_segments",
    ] {
        assert!(
            past(b, attempt).unwrap_err().contains("append-only"),
            "{attempt}"
        );
    }
}
