//! Gives events their place. Any process may, and several may at once: the log's end is moved by compare-and-set.

use std::time::Duration;

use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::cx::Cx;
use idp_core::store::{Store, StoreError};
use idp_core::transparency::{AuditMark, Batch, LogError, append, prepare};
use idp_storage::Database;

/// Lines of one transaction.
const BATCH: u32 = 1024;

/// Between two looks whether a transaction that began before is over.
const PAUSE: Duration = Duration::from_millis(20);

/// Brings events into the log, in the order of their numbers.
#[derive(Debug, Default)]
pub struct Sequencer {
    /// What is waited for: everything up to there, once nothing can come before it.
    mark: Option<AuditMark>,
}

/// What stands there to be appended.
enum Next {
    /// A transaction is still running that may put an event before the mark.
    Unsettled,
    Nothing,
    Lines(Box<Batch>),
}

impl Sequencer {
    /// Brings in what can be brought in now; how many lines.
    pub async fn advance(&mut self, database: &Database, cx: &Cx) -> Result<u64, LogError> {
        let Some(mark) = self.marked(database).await? else {
            return Ok(0);
        };
        let mut brought = 0;
        loop {
            match next(database, mark).await? {
                Next::Unsettled => return Ok(brought),
                Next::Nothing => {
                    self.mark = None;
                    return Ok(brought);
                }
                Next::Lines(batch) => brought += write(database, *batch, cx).await?,
            }
        }
    }

    /// Brings in everything that is there now, however long that is waited for.
    pub async fn catch_up(&mut self, database: &Database, cx: &Cx) -> Result<u64, LogError> {
        let mut brought = self.advance(database, cx).await?;
        while self.mark.is_some() {
            tokio::time::sleep(PAUSE).await;
            brought += self.advance(database, cx).await?;
        }
        Ok(brought)
    }

    async fn marked(&mut self, database: &Database) -> Result<Option<AuditMark>, LogError> {
        if self.mark.is_none() {
            let is_new = database
                .read(|store| {
                    let head = store.find_audit_head()?;
                    Ok::<_, StoreError>(store.last_audit_sequence()? > head.last_sequence)
                })
                .await?;
            if is_new {
                self.mark = Some(database.write(|store| store.mark_audit()).await?);
            }
        }
        Ok(self.mark)
    }
}

async fn next(database: &Database, mark: AuditMark) -> Result<Next, LogError> {
    database
        .read(move |store| {
            if !store.is_audit_settled(mark)? {
                return Ok(Next::Unsettled);
            }
            let batch = prepare(store, mark.sequence, BATCH)?;
            Ok(batch.map_or(Next::Nothing, |batch| Next::Lines(Box::new(batch))))
        })
        .await
}

/// Whoever changed a row between its writing and now is told of for ever.
async fn write(database: &Database, batch: Batch, cx: &Cx) -> Result<u64, LogError> {
    let cx = cx.clone();
    let (len, altered) = (batch.len(), batch.altered.clone());
    let won = database
        .write(move |store| {
            let won = append(store, &batch)?;
            if won {
                tell_of_altered(store, &cx, &batch.altered)?;
            }
            Ok::<_, StoreError>(won)
        })
        .await?;
    if won && !altered.is_empty() {
        tracing::error!(sequences = ?altered, "rows of the audit trail were changed after they were written");
    }
    Ok(if won { len } else { 0 })
}

fn tell_of_altered(store: &mut dyn Store, cx: &Cx, altered: &[i64]) -> Result<(), StoreError> {
    for sequence in altered {
        store.append_audit(&AuditEvent {
            reason: Some("row-changed".to_owned()),
            detail: Some(format!("event {sequence}")),
            ..AuditEvent::new(cx, AuditKind::AuditAltered)
        })?;
    }
    Ok(())
}
