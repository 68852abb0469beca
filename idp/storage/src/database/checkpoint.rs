//! `SQLite`'s checkpoints on a thread of their own. Knows no transaction.
//!
//! A checkpoint copies the log of writes into the file and waits for the disk twice. Left to the writer alone,
//! everybody behind it waits too. Here most of the copying is done beside it (PASSIVE: nobody is kept out), so
//! that little is left when the writer begins its log anew ([`super::sqlite`]).

use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use diesel::RunQueryDsl;
use diesel::sqlite::SqliteConnection;

/// Between two of them. Pages that many commits change are copied once.
const PAUSE: Duration = Duration::from_secs(1);

/// Never made: the other end goes with the database, which ends the thread.
#[derive(PartialEq)]
pub(super) enum Nothing {}

/// Starts the thread.
pub(super) fn start(
    mut connection: SqliteConnection,
    database: Receiver<Nothing>,
) -> std::io::Result<()> {
    thread::Builder::new()
        .name("sqlite-checkpoint".into())
        .spawn(move || {
            while database.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                let done =
                    diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection);
                if let Err(error) = done {
                    // The writer makes its own when the log has grown.
                    tracing::warn!(%error, "a checkpoint failed");
                }
            }
        })
        .map(drop)
}
