//! A measurement, not a check: what the audit log's tree, an export and a verification cost an event.
//!
//! ```sh
//! YZT_EVIDENCE_EVENTS=100000 cargo test --workspace --test e2e -- --ignored --nocapture evidence_of_many_events
//! ```

use std::io::Write;
use std::time::Instant;

use e2e::Provider;
use idp::audit_log::{Outside, Sequencer, export, extent, sign_head, verify};
use idp_core::audit::{AuditEvent, AuditKind};
use idp_core::store::StoreError;

/// Events of one transaction.
const AT_ONCE: u32 = 1_000;

/// Processor time of this process so far, in seconds: user and system, of all its threads.
fn processor() -> f64 {
    let said = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = said.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: u32 = [11, 12]
        .map(|at| fields[at].parse::<u32>().unwrap())
        .iter()
        .sum();
    f64::from(ticks) / 100.0
}

/// Counts what is written, and keeps nothing of it.
#[derive(Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0 += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn measured<T>(what: &str, events: u32, work: impl Future<Output = T>) -> T {
    let (began, before) = (Instant::now(), processor());
    let done = work.await;
    let (took, used) = (began.elapsed().as_secs_f64(), processor() - before);
    let events = f64::from(events);
    println!(
        "| {what} | {:.0} events/s | {:.1} µs of processor time an event |",
        events / took,
        used * 1e6 / events
    );
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn evidence_of_many_events_is_sequenced_exported_and_verified() {
    let said = std::env::var("YZT_EVIDENCE_EVENTS").ok();
    let events: u32 = said.map_or(100_000, |said| said.parse().unwrap());
    // What is timed is brought in here, not by the server beside it.
    let provider = Provider::start(|config| config.audit.sequence_milliseconds = 3_600_000);
    let (database, key) = (&provider.state.database, &provider.state.log_key);
    let cx = provider.state.cx();
    Sequencer::default().catch_up(database, &cx).await.unwrap();
    measured("written", events, async {
        for from in (0..events).step_by(AT_ONCE as usize) {
            let cx = cx.clone();
            let written = database.write(move |store| {
                for number in from..(from + AT_ONCE).min(events) {
                    store.append_audit(&AuditEvent {
                        remote_address: Some("192.0.2.7".to_owned()),
                        detail: Some(format!("openid enterprise {number}")),
                        ..AuditEvent::new(&cx, AuditKind::UserinfoRead)
                    })?;
                }
                Ok::<_, StoreError>(())
            });
            written.await.unwrap();
        }
    })
    .await;
    let brought = measured("sequenced", events, async {
        Sequencer::default().catch_up(database, &cx).await.unwrap()
    });
    assert!(brought.await >= u64::from(events));
    sign_head(database, key, cx.now).await.unwrap();
    let mut file = Counted::default();
    let whole = extent(database, (0, None)).await.unwrap();
    measured("exported", events, async {
        let mut silent = |_: u64| ();
        let out: (&mut Counted, &mut dyn FnMut(u64)) = (&mut file, &mut silent);
        export(database, key.verifier(), whole, out).await.unwrap();
    })
    .await;
    println!(
        "the export has {} octets an event",
        file.0 / u64::from(events)
    );
    let verified = measured("verified", events, async {
        verify(database, key.verifier(), Outside::default(), &mut |_| ()).await
    });
    let verified = verified.await.unwrap();
    assert_eq!(verified.verification.findings(), []);
    assert_eq!((verified.waiting, verified.altered), (0, Vec::new()));
    assert!(verified.verification.size() >= u64::from(events));
}
