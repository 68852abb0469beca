//! Driving one operation: as fast as answers come, or at a fixed rate.
//!
//! Owns the clock of a drive. Processor time is read from `/proc` before and after, so work that the
//! server does for these operations after the last answer falls outside; it is little.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::Fault;
use crate::operation::Operation;
use crate::person::Person;
use crate::process::Pid;

/// Operations of one drive at most.
const OPERATIONS_MAX: u32 = 5_000_000;

/// People who can do an operation.
pub type Crowd = Vec<Person>;

/// What one drive showed.
pub struct Sample {
    /// Operations that ended, all of them well.
    pub operations: u32,
    /// Operations a second.
    pub rate: f64,
    /// Microseconds of the server's processor for one.
    pub server: f64,
    /// Microseconds of this program's processor for one.
    pub loader: f64,
    /// Microseconds each took, ascending.
    pub latencies: Vec<u32>,
}

impl Sample {
    /// The latency that this share of operations did not exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        quantile(&self.latencies, share)
    }
}

/// As [`Sample::quantile`], of ascending numbers.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into measurements"
)]
pub fn quantile(ascending: &[u32], share: f64) -> f64 {
    let last = ascending.len().saturating_sub(1) as f64;
    let at = (last * share).round() as usize;
    ascending.get(at).copied().map_or(f64::NAN, f64::from)
}

/// When the next operation of a drive begins.
#[derive(Clone)]
struct Pace {
    begun: Instant,
    until: Instant,
    /// The time between two; zero: at once.
    interval: Duration,
    taken: Arc<AtomicU32>,
}

impl Pace {
    /// Waits for the next turn; answers from when its latency counts. `None`: the drive is over.
    ///
    /// A turn that nobody was free to take in time counts from when it was due. One that a timer
    /// brought late (its grain is a millisecond) counts from when it came: the delay is ours.
    async fn next(&self) -> Option<Instant> {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        if turn >= OPERATIONS_MAX {
            return None;
        }
        let due = self.begun + self.interval * turn;
        let now = Instant::now();
        if due.max(now) >= self.until {
            return None;
        }
        if self.interval.is_zero() {
            return Some(now);
        }
        if due <= now {
            return Some(due);
        }
        sleep_until(due).await;
        Some(Instant::now())
    }
}

/// Everybody does it again and again for this long.
pub async fn as_fast_as_possible(
    crowd: &mut Crowd,
    operation: Operation,
    duration: Duration,
    server: Pid,
) -> Result<Sample, Fault> {
    drive(crowd, operation, (duration, Duration::ZERO), server).await
}

/// As many a second, whoever is free.
pub async fn at_rate(
    crowd: &mut Crowd,
    operation: Operation,
    (duration, rate): (Duration, f64),
    server: Pid,
) -> Result<Sample, Fault> {
    let interval = Duration::from_secs_f64(1.0 / rate.max(1.0));
    drive(crowd, operation, (duration, interval), server).await
}

async fn drive(
    crowd: &mut Crowd,
    operation: Operation,
    (duration, interval): (Duration, Duration),
    server: Pid,
) -> Result<Sample, Fault> {
    for person in crowd.iter_mut() {
        person.prepare(operation).await?;
        // Warms caches and fails early.
        person.perform(operation).await?;
    }
    let before = (server.cpu()?, Pid::own().cpu()?);
    let begun = Instant::now();
    let pace = Pace {
        begun,
        until: begun + duration,
        interval,
        taken: Arc::default(),
    };
    let mut tasks = JoinSet::new();
    for person in crowd.drain(..) {
        tasks.spawn(take_turns(person, operation, pace.clone()));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        let (person, taken) = ended??;
        crowd.push(person);
        latencies.extend(taken);
    }
    let elapsed = begun.elapsed();
    let after = (server.cpu()?, Pid::own().cpu()?);
    latencies.sort_unstable();
    let operations = u32::try_from(latencies.len())?;
    if operations == 0 {
        return Err(format!("{}: not one ended in time", operation.name()).into());
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(operations);
    Ok(Sample {
        operations,
        rate: f64::from(operations) / elapsed.as_secs_f64(),
        server: each(after.0.saturating_sub(before.0)),
        loader: each(after.1.saturating_sub(before.1)),
        latencies,
    })
}

async fn take_turns(
    mut person: Person,
    operation: Operation,
    pace: Pace,
) -> Result<(Person, Vec<u32>), Fault> {
    let mut latencies = Vec::new();
    while let Some(began) = pace.next().await {
        person.perform(operation).await?;
        latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok((person, latencies))
}
