//! Everything that the program logs during these tests, at the most talkative level.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::fmt::MakeWriter;

use crate::http::{Agent, sign_body};
use crate::locks::{Folder, PIN, WRONG_PIN};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What was logged until now.
pub fn captured() -> String {
    String::from_utf8_lossy(&capturing().0.lock().unwrap()).into_owned()
}

fn capturing() -> &'static Captured {
    static CAPTURED: OnceLock<Captured> = OnceLock::new();
    CAPTURED.get_or_init(|| {
        let captured = Captured::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(captured.clone())
            .init();
        captured
    })
}

/// Starts capturing; every test that starts a service does.
pub fn capture() {
    capturing();
}

#[test]
fn a_pin_is_never_in_the_log() {
    let locks = Folder::with(&["sm2.pem"]);
    let agent = Agent::start(&locks);
    let window = agent.asked_window(&sign_body());
    assert_eq!(window.sign(0, WRONG_PIN).status, 403);
    assert_eq!(window.sign(0, PIN).status, 200);
    let log = captured();
    assert!(
        log.contains("operation begins") && log.contains("pin-wrong") && log.contains("done"),
        "{log}"
    );
    assert!(!log.contains(PIN) && !log.contains(WRONG_PIN));
    // Neither the part of it that a number or an escape would show.
    assert!(!log.contains("71828182") && !log.contains("31415926"));
    agent.stop();
}
