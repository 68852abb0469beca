//! The audit log of a provider: made to grow, copied, tampered with past every guard, verified.

use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use idp::audit_log::{Outside, Sequencer, Verified, sign_head, verify};
use idp::signing::LogKey;
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::store::StoreError;
use idp_core::transparency::{AuditRecord, Finding, HeadToCheck};
use idp_storage::{Database, DatabaseSettings};

use super::answer::Answer;
use super::browser::client;
use super::provider::Provider;
use super::scratch;

impl Provider {
    /// Writes so many events, brings them into the log and signs its head; how many lines are under it.
    pub async fn grow_log(&self, events: u32) -> u64 {
        let cx = self.state.cx();
        grow_log(&self.state.database, (&cx, &self.state.log_key), events).await
    }

    /// Asks an address, as anybody may.
    pub async fn fetch(&self, path: &str) -> Answer {
        let request = client().get(format!("{}{path}", self.base));
        Answer::read(format!("GET {path}"), request.send().await.unwrap()).await
    }

    /// The octets of an address.
    pub async fn fetch_octets(&self, path: &str) -> Vec<u8> {
        let request = client().get(format!("{}{path}", self.base));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// A copy of its database as it stands now.
    pub fn copy_database(&self, name: &str) -> CopiedLog {
        let path = scratch::folder(name).join("copy.db");
        let from = self.folder.join("idp.db");
        let mut connection = SqliteConnection::establish(from.to_str().unwrap()).unwrap();
        let into = format!(
            "PRAGMA busy_timeout = 5000; VACUUM INTO '{}'",
            path.display()
        );
        connection.batch_execute(&into).unwrap();
        CopiedLog {
            path,
            segments: None,
        }
    }
}

/// As [`Provider::grow_log`], in any database.
pub async fn grow_log(database: &Database, (cx, key): (&Cx, &LogKey), events: u32) -> u64 {
    let mine = cx.clone();
    let written = database.write::<_, StoreError, _>(move |store| {
        for number in 0..events {
            store.append_audit(&AuditEvent {
                detail: Some(format!("grown {number}")),
                ..AuditEvent::new(&mine, AuditKind::UserinfoRead)
            })?;
        }
        Ok(())
    });
    written.await.unwrap();
    let mut sequencer = Sequencer::default();
    sequencer.catch_up(database, cx).await.unwrap();
    sign_head(database, key, cx.now).await.unwrap();
    let newest = database.read(|store| store.find_newest_checkpoint()).await;
    newest.unwrap().unwrap().size
}

/// Somebody's copy of a database.
pub struct CopiedLog {
    /// Its file.
    pub path: PathBuf,
    /// Where the files of sealed segments are, where they are to be verified.
    pub segments: Option<PathBuf>,
}

/// What the database itself refuses stands in nobody's way who has the file.
const GUARDS: [&str; 15] = [
    "audit_refuse_update",
    "audit_refuse_delete",
    "audit_refuse_replace",
    "audit_refuse_unhashed",
    "audit_head_refuse_back",
    "audit_head_refuse_delete",
    "audit_tiles_refuse_change",
    "audit_tiles_refuse_delete",
    "audit_bundles_refuse_update",
    "audit_bundles_refuse_delete",
    "audit_checkpoints_refuse_update",
    "audit_checkpoints_refuse_delete",
    "audit_cosignatures_refuse_delete",
    "audit_segments_refuse_other",
    "audit_segments_refuse_delete",
];

impl CopiedLog {
    /// Opens it as the provider does.
    pub fn open(&self) -> Database {
        let url = format!("sqlite://{}", self.path.display());
        Database::open(&DatabaseSettings::new(url)).unwrap()
    }

    /// Runs statements past every guard.
    pub fn tamper(&self, statements: &str) {
        let mut connection = SqliteConnection::establish(self.path.to_str().unwrap()).unwrap();
        // A handle that was dropped just now may still be closing.
        connection
            .batch_execute("PRAGMA busy_timeout = 5000")
            .unwrap();
        for guard in GUARDS {
            let drop = format!("DROP TRIGGER IF EXISTS {guard}");
            connection.batch_execute(&drop).unwrap();
        }
        connection
            .batch_execute(statements)
            .unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// Its rows.
    pub async fn rows(&self) -> Vec<AuditRecord> {
        let rows = self
            .open()
            .read(|store| store.list_audit_records((0, i64::MAX), u32::MAX))
            .await;
        rows.unwrap()
    }

    /// What a verification finds, heads from outside compared too; and how many lines it has.
    pub async fn findings(&self, key: &LogKey, outside: &[&str]) -> (Vec<Finding>, u64) {
        let verified = self.verified(key, outside).await;
        assert_eq!(verified.1, Vec::<i64>::new());
        (verified.0, verified.2)
    }

    /// As [`Self::findings`], with altered events that have no place yet.
    pub async fn verified(&self, key: &LogKey, outside: &[&str]) -> (Vec<Finding>, Vec<i64>, u64) {
        let heads = outside.iter().map(|note| HeadToCheck {
            size: note.lines().nth(1).unwrap().parse().unwrap(),
            note: (*note).to_owned(),
            whose: "given",
        });
        let database = self.open();
        let outside = Outside {
            heads: heads.collect(),
            segments: self.segments.clone(),
        };
        let found = verify(&database, key.verifier(), outside, &mut |_| ()).await;
        let Verified {
            verification,
            altered,
            ..
        } = found.unwrap();
        (
            verification.findings().to_vec(),
            altered,
            verification.size(),
        )
    }
}
