//! Child processes and what `/proc` says of a process. Owns that no child outlives this program.

use std::fs;
use std::process::{Child, Command};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::Fault;

/// Children that run. A list of the process, since a panic must find it.
static CHILDREN: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Ticks a second in `/proc/PID/stat`: `USER_HZ`, which Linux fixes for programs (proc(5), time(7)).
const TICKS_PER_SECOND: u64 = 100;

/// A process identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pid(u32);

/// Starts a child.
pub fn start(command: &mut Command) -> Result<Pid, Fault> {
    let child = command.spawn().map_err(|error| {
        format!(
            "{} does not start: {error}",
            command.get_program().to_string_lossy()
        )
    })?;
    let pid = Pid(child.id());
    children().push(child);
    Ok(pid)
}

/// Ends one child, by its identifier.
pub fn stop(pid: Pid) {
    let mut children = children();
    if let Some(place) = children.iter().position(|child| child.id() == pid.0) {
        end(children.swap_remove(place));
    }
}

/// Ends every child.
pub fn stop_all() {
    for child in children().drain(..) {
        end(child);
    }
}

/// Ends every child before a panic ends this process.
pub fn stop_all_on_panic() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // The thread that panics may hold the list.
        if let Ok(mut children) = CHILDREN.try_lock() {
            children.drain(..).for_each(end);
        }
        usual(panic);
    }));
}

/// Returns when a person or a service manager asks this process to end.
pub async fn interrupted() {
    let asked = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupt), Ok(mut terminate)) = asked else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

fn end(mut child: Child) {
    // It may have ended by itself; then there is nothing to end.
    let _ = child.kill();
    let _ = child.wait();
}

fn children() -> MutexGuard<'static, Vec<Child>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pid {
    /// This process.
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// User and system time so far.
    pub fn cpu(self) -> Result<Duration, Fault> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name in parentheses may hold anything; after it stand fields 3 and on.
        let (_, fields) = text
            .rsplit_once(") ")
            .ok_or("/proc/PID/stat has another form")?;
        let mut fields = fields.split(' ').skip(11);
        let mut ticks = || fields.next().and_then(|field| field.parse::<u64>().ok());
        let (Some(user), Some(system)) = (ticks(), ticks()) else {
            return Err("/proc/PID/stat has another form".into());
        };
        Ok(Duration::from_millis(
            (user + system) * 1000 / TICKS_PER_SECOND,
        ))
    }

    /// Resident memory in KiB.
    pub fn resident_kib(self) -> Result<u64, Fault> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        text.lines()
            .find_map(|line| {
                line.strip_prefix("VmRSS:")?
                    .trim()
                    .strip_suffix(" kB")?
                    .parse()
                    .ok()
            })
            .ok_or_else(|| "/proc/PID/status has another form".into())
    }

    /// Whether it still runs.
    pub fn is_running(self) -> bool {
        let mut children = children();
        let child = children.iter_mut().find(|child| child.id() == self.0);
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }
}

/// Time on a processor of the thread that asks.
pub fn thread_cpu() -> Result<Duration, Fault> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse().ok());
    nanoseconds
        .map(Duration::from_nanos)
        .ok_or_else(|| "/proc/thread-self/schedstat has another form".into())
}
