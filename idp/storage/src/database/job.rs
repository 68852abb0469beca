//! Work on its way to a database thread and its answer on the way back. Knows no database.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use idp_core::store::{Store, StoreError};
use tokio::sync::oneshot;

use super::Connection;
use crate::remembered::RememberedPlatforms;
use crate::store::Transaction;

/// What a database thread takes from its queue.
pub(super) enum Work {
    /// Inside a transaction.
    Job(Box<dyn Job>),
    /// Outside any transaction.
    Alone(Alone),
}

/// Is given an error when there is no connection.
pub(super) type Alone = Box<dyn FnOnce(Result<&mut Connection, StoreError>) + Send>;

/// Whether a job means to write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// What is to become of what a job did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Undo,
}

/// One transaction's work with its types hidden.
pub(super) trait Job: Send {
    /// What it was sent for.
    fn purpose(&self) -> Purpose;
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    /// Does the work inside the open transaction. A panic is caught: it is this job's failure.
    fn run(&mut self, connection: &mut Connection) -> Verdict;
    /// Answers with the result, or with how the transaction failed.
    fn answer(self: Box<Self>, ending: Result<(), String>);
}

/// Work of any types.
pub(super) struct Pending<T, E, F> {
    purpose: Purpose,
    work: Option<F>,
    result: Option<Result<T, E>>,
    platforms: Arc<RememberedPlatforms>,
    changed_platforms: bool,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Pending<T, E, F> {
    pub(super) fn new(
        purpose: Purpose,
        work: F,
        platforms: &Arc<RememberedPlatforms>,
    ) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        let job = Self {
            purpose,
            work: Some(work),
            result: None,
            platforms: Arc::clone(platforms),
            changed_platforms: false,
            reply,
        };
        (job, answer)
    }
}

impl<T, E, F> Job for Pending<T, E, F>
where
    F: FnOnce(&mut dyn Store) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn purpose(&self) -> Purpose {
        self.purpose
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, connection: &mut Connection) -> Verdict {
        let Some(work) = self.work.take() else {
            return Verdict::Undo;
        };
        let mut transaction = Transaction::over(connection);
        let result = run_guarded(work, &mut transaction);
        self.changed_platforms = transaction.changed_platforms;
        let verdict = match (&result, self.purpose) {
            (Ok(_), Purpose::Write) => Verdict::Keep,
            (Ok(_), Purpose::Read) | (Err(_), _) => Verdict::Undo,
        };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, ending: Result<(), String>) {
        if self.changed_platforms {
            self.platforms.forget_all();
        }
        let result = match ending {
            Ok(()) => self.result,
            Err(why) => Some(Err(StoreError::Unavailable(why).into())),
        };
        if let Some(result) = result {
            // The caller may have gone; what was kept stays kept.
            let _ = self.reply.send(result);
        }
    }
}

/// Runs work in its transaction: a panic becomes an error, and so does a failed query that the work
/// passed over.
pub(super) fn run_guarded<T, E, F>(work: F, transaction: &mut Transaction<'_>) -> Result<T, E>
where
    F: FnOnce(&mut dyn Store) -> Result<T, E>,
    E: From<StoreError>,
{
    let ended = catch_unwind(AssertUnwindSafe(|| work(transaction)));
    match ended {
        Ok(Ok(_)) if transaction.is_lost() => {
            Err(StoreError::Unavailable("a query inside the transaction failed".into()).into())
        }
        Ok(result) => result,
        // The panic hook has logged it.
        Err(_) => Err(StoreError::Unavailable("the work panicked".into()).into()),
    }
}
