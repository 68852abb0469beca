//! `idp audit seal`: old lines become a file that proves itself, their rows go, and everything verifies as before.

use std::path::PathBuf;
use std::sync::Arc;

use idp::clock::{SystemRng, cx};
use idp::config::Config;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::{Cx, Rng};
use idp_core::store::StoreError;
use idp_core::timestamp::Timestamp;
use idp_storage::{Database, DatabaseSettings};

use super::Operator;

/// Lines of a bundle: what is sealed is whole bundles.
const BUNDLE: usize = 256;

/// A log with two bundles and a half of events of 2020, and then those of today.
fn with_old_lines() -> Operator {
    let operator = Operator::with("[audit]\nretention_days = 30\n");
    assert_eq!(operator.run(&["migrate"]).code, 0);
    let key = operator.write("state/master.key", &format!("{}=\n", "A".repeat(43)));
    super::keys::only_the_owner_reads(&key);
    let file = operator.folder.join("state/idp.db");
    let database = Database::open(&DatabaseSettings::new(format!(
        "sqlite://{}",
        file.display()
    )));
    let database = database.unwrap();
    let settings = Arc::new(Config::default().settings().unwrap());
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let today = cx(&settings, &rng);
    let written = actix_web::rt::System::new().block_on(database.write(move |store| {
        for second in 0..i64::try_from(BUNDLE * 5 / 2).unwrap() {
            let then = Cx {
                now: Timestamp::from_unix_seconds(1_577_836_800 + second),
                ..today.clone()
            };
            store.append_audit(&AuditEvent::new(&then, AuditKind::LoginSucceeded))?;
        }
        Ok::<_, StoreError>(())
    }));
    written.unwrap();
    operator
}

fn files(operator: &Operator, ending: &str) -> Vec<PathBuf> {
    let found = std::fs::read_dir(operator.folder.join("sealed")).unwrap();
    let mut files: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(ending));
    files.sort();
    files
}

#[test]
fn old_lines_are_sealed_into_a_file_and_a_change_of_it_is_named() {
    let operator = with_old_lines();
    let sealed = operator.run(&[
        "audit",
        "seal",
        "--before",
        "2021-01-01T00:00:00Z",
        "--out",
        "sealed",
        "--by",
        "审计员",
    ]);
    assert_eq!(sealed.code, 0, "{}", sealed.err);
    let told = format!("lines 0 to {} are sealed", 2 * BUNDLE - 1);
    assert!(
        sealed.out.contains(&told) && sealed.out.contains("512 rows went"),
        "{}",
        sealed.out
    );
    // What came too late for a whole bundle stays, and the act itself is in the log.
    let events = operator
        .run(&["audit", "search", "--json", "--limit", "200"])
        .json();
    let items = events["items"].as_array().unwrap();
    assert_eq!(items.len(), BUNDLE / 2 + 1, "{}", items.len());
    let whole = operator.run(&["audit", "verify", "--segments", "sealed"]);
    assert_eq!(whole.code, 0, "{} {}", whole.out, whole.err);
    // A line that went is proved all the same.
    let proof = operator.run(&["audit", "proof", "7"]).json();
    assert_eq!(proof["index"], 7);

    let [file] = &files(&operator, ".jsonl.gz")[..] else {
        panic!("{:?}", files(&operator, ""));
    };
    let whole = std::fs::read(file).unwrap();
    let mut bent = whole.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    std::fs::write(file, bent).unwrap();
    let verify = ["audit", "verify", "--segments", "sealed"];
    let told = operator.run(&verify);
    assert_eq!(told.code, 1, "{} {}", told.out, told.err);
    std::fs::write(file, whole).unwrap();
    assert_eq!(operator.run(&verify).code, 0);
    std::fs::remove_file(file).unwrap();
    let told = operator.run(&verify);
    assert_eq!(
        told.code, 1,
        "a segment that is gone: {} {}",
        told.out, told.err
    );
}
