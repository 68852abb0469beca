//! `PostgreSQL`: a few threads, one connection each, fed from one bounded queue.
//!
//! READ COMMITTED, so guarded writes are compare-and-set; reads see one snapshot. A connection is
//! opened when work comes and opened anew when BEGIN finds it dead, which is safe because the work
//! has not begun. While the server is away work is refused at once, and every half second one job
//! tries again.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use idp_core::store::StoreError;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_postgres::NoTls;

use super::Connection;
use super::job::{Job, Purpose, Verdict, Work};
use super::settings::{DatabaseSettings, OpenError};
use super::tls::Target;

/// A blocking connection whose socket is driven by the thread that uses it.
pub(crate) type PostgresConnection = AsyncConnectionWrapper<AsyncPgConnection, OwnThread>;

/// How long nobody tries a server that was just found away.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// A server that takes longer until it can be asked is away.
const GREETING_TIMEOUT: Duration = Duration::from_secs(5);

/// A statement that takes longer is ended by the server.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);

thread_local! {
    static RUNTIME: RefCell<Option<Arc<Runtime>>> = const { RefCell::new(None) };
}

/// The runtime of a worker thread, picked up by the connections made on it.
pub(crate) struct OwnThread(Option<Arc<Runtime>>);

impl BlockOn for OwnThread {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.0 {
            Some(runtime) => runtime.block_on(future),
            // Never so: connections are made by workers alone, and those have a runtime.
            None => Handle::current().block_on(future),
        }
    }

    fn get_runtime() -> Self {
        Self(RUNTIME.with_borrow(Clone::clone))
    }
}

/// Starts the threads. They end when the queue's other end is gone.
pub(super) fn start_workers(
    target: &Target,
    settings: &DatabaseSettings,
    queue: &Receiver<Work>,
) -> Result<(), OpenError> {
    let outage = Arc::new(Outage::default());
    for number in 0..settings.pool_size.max(1) {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let mut worker = Worker {
            runtime: Arc::new(runtime),
            target: target.clone(),
            lock_timeout: settings.busy_timeout,
            outage: Arc::clone(&outage),
            connection: None,
        };
        let queue = queue.clone();
        thread::Builder::new()
            .name(format!("postgres-{number}"))
            .spawn(move || worker.run(&queue))
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
    }
    Ok(())
}

/// Shared by the workers: whether the server is away, and how that showed.
#[derive(Default)]
struct Outage(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// When somebody may try again, and why nobody may before.
    away: Option<(Instant, String)>,
    /// When the server was last found to be there.
    there: Option<Instant>,
}

impl Outage {
    /// Whether to try at this moment.
    fn check(&self, now: Instant) -> Result<(), StoreError> {
        match &mut self.known().away {
            Some((retry_at, why)) if now < *retry_at => Err(StoreError::Unavailable(why.clone())),
            // This caller tries; the others go on being refused until it knows more.
            Some((retry_at, _)) => {
                *retry_at = now + RETRY_AFTER;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// What came of a try: when it began, when it ended.
    fn note(&self, (began, ended): (Instant, Instant), failed: Option<&str>) {
        let mut known = self.known();
        match failed {
            None => {
                *known = Known {
                    away: None,
                    there: Some(ended),
                }
            }
            // A try that another has overtaken says nothing of the server as it is.
            Some(_) if known.there.is_some_and(|there| there > began) => (),
            Some(why) => known.away = Some((ended + RETRY_AFTER, why.to_owned())),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Worker {
    runtime: Arc<Runtime>,
    target: Target,
    lock_timeout: Duration,
    outage: Arc<Outage>,
    connection: Option<Connection>,
}

impl Worker {
    fn run(&mut self, queue: &Receiver<Work>) {
        RUNTIME.set(Some(Arc::clone(&self.runtime)));
        while let Ok(work) = queue.recv() {
            match work {
                Work::Job(job) if job.is_abandoned() => {}
                Work::Job(job) => self.run_job(job),
                Work::Alone(work) => match self.open("SELECT 1") {
                    Ok(mut connection) => {
                        work(Ok(&mut connection));
                        self.connection = Some(connection);
                    }
                    Err(error) => work(Err(error)),
                },
            }
        }
    }

    fn run_job(&mut self, mut job: Box<dyn Job>) {
        let begin = match job.purpose() {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Purpose::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        let mut connection = match self.open(begin) {
            Ok(connection) => connection,
            Err(error) => return job.answer(Err(error.to_string())),
        };
        // Connecting may have taken longer than whoever asked waits: what was answered as failed is not done after all.
        if job.is_abandoned() {
            if connection.execute("ROLLBACK").is_ok() {
                self.connection = Some(connection);
            }
            return;
        }
        let verdict = job.run(&mut connection);
        let ended = connection.execute(match verdict {
            Verdict::Keep => "COMMIT",
            Verdict::Undo => "ROLLBACK",
        });
        // A connection that can't end its transaction is closed, and the server rolls it back.
        let ending = match (ended, verdict) {
            (Ok(()), _) => {
                self.connection = Some(connection);
                Ok(())
            }
            (Err(_), Verdict::Undo) => Ok(()),
            (Err(error), Verdict::Keep) => Err(error.to_string()),
        };
        job.answer(ending);
    }

    /// A connection on which `begin` has run. Leaves none behind: whoever used it well puts it back.
    fn open(&mut self, begin: &str) -> Result<Connection, StoreError> {
        if let Some(mut connection) = self.connection.take()
            && connection.execute(begin).is_ok()
        {
            return Ok(connection);
        }
        let tried = Instant::now();
        self.outage.check(tried)?;
        let connected = self.connect().and_then(|mut connection| {
            connection.execute(begin)?;
            Ok(connection)
        });
        match &connected {
            Ok(_) => self.outage.note((tried, Instant::now()), None),
            Err(error) => (self.outage).note((tried, Instant::now()), Some(&error.to_string())),
        }
        connected
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let Target { config, tls } = &self.target;
        let connecting = async {
            if let Some(tls) = tls {
                let (client, driver) = config.connect(tls.clone()).await.map_err(reason)?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            } else {
                let (client, driver) = config.connect(NoTls).await.map_err(reason)?;
                AsyncPgConnection::try_from_client_and_connection(client, driver).await
            }
            .map_err(|error| StoreError::Unavailable(error.to_string()))
        };
        // The driver's own limit ends with the TCP connection; a server that stands still greets nobody.
        let connected = self
            .runtime
            .block_on(async { tokio::time::timeout(GREETING_TIMEOUT, connecting).await });
        let slow = |_| StoreError::Unavailable("the database does not greet".to_owned());
        let connected = connected.map_err(slow)??;
        let mut connection = Connection::Postgres(connected.into());
        connection.execute(&format!(
            "SET statement_timeout = {}; SET lock_timeout = {}; \
             SET idle_in_transaction_session_timeout = '30s'; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') = 'off'",
            STATEMENT_TIMEOUT.as_millis(),
            self.lock_timeout.as_millis(),
        ))?;
        Ok(connection)
    }
}

/// What the server or the network said, with the cause that tokio-postgres keeps below.
#[expect(
    clippy::needless_pass_by_value,
    reason = "stands as map_err's function"
)]
fn reason(error: tokio_postgres::Error) -> StoreError {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    StoreError::Unavailable(format!("{error}{}", cause.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(outage: &Outage, now: Instant) -> bool {
        matches!(outage.check(now), Err(StoreError::Unavailable(why)) if why == "gone")
    }

    #[test]
    fn server_that_is_away_is_left_alone_until_somebody_may_try() {
        let (outage, began) = (Outage::default(), Instant::now());
        let after = |milliseconds| began + Duration::from_millis(milliseconds);
        assert!(outage.check(began).is_ok());
        outage.note((began, after(10)), Some("gone"));
        assert!(is_refused(&outage, after(509)));
        assert!(outage.check(after(510)).is_ok());
        assert!(
            is_refused(&outage, after(511)),
            "one tries, the others wait"
        );
        outage.note((after(510), after(520)), None);
        assert!(outage.check(after(521)).is_ok());
    }

    #[test]
    fn try_that_fails_late_does_not_hide_that_the_server_is_back() {
        let (outage, began) = (Outage::default(), Instant::now());
        let after = |milliseconds| began + Duration::from_millis(milliseconds);
        outage.note((after(1), after(2)), None);
        outage.note((began, after(3)), Some("gone"));
        assert!(outage.check(after(4)).is_ok());
        outage.note((after(4), after(5)), Some("gone"));
        assert!(is_refused(&outage, after(6)), "a later one counts");
    }
}
