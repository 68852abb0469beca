//! `SQLite`'s checkpoints beside the writer.

use std::fs;
use std::time::{Duration, Instant};

use crate::backend::Backend;
use crate::samples;

/// Far fewer pages than the writer lets its log grow to.
const EVENTS: usize = 200;

#[test]
fn log_reaches_the_file_while_the_database_is_open_and_idle() {
    let backend = Backend::sqlite();
    let file = backend.url.strip_prefix("sqlite://").unwrap().to_owned();
    let before = fs::metadata(&file).unwrap().len();
    crate::run(async {
        for number in 0..EVENTS {
            let event = samples::audit_event(&format!("{number} {}", "x".repeat(400)));
            let written = backend.database.write(move |s| s.append_audit(&event));
            written.await.unwrap();
        }
    });
    let since = Instant::now();
    while fs::metadata(&file).unwrap().len() < before + (EVENTS as u64) * 400 {
        assert!(since.elapsed() < Duration::from_secs(30), "no checkpoint");
        std::thread::sleep(Duration::from_millis(50));
    }
}
