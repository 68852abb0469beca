//! The key agent, over the folder of sample locks and the drivers of real ones.
//!
//! Owns which ports are tried; the agent takes its port itself. Does not know how it signs.

use key_agent::locks::{LockSource, LockSources};
use key_agent::service::{self, DEFAULT_PORTS, PagePorts, Ports, Settings, StartError};
use url::Url;

use crate::error::DemoError;
use crate::settings::{DemoSettings, PortChoice};
use crate::state::State;

/// Starts it for pages of this issuer alone.
pub(crate) fn start(
    demo: &DemoSettings,
    state: &State,
    issuer: &str,
) -> Result<service::Running, DemoError> {
    let choice = demo.ports.agent;
    let samples = std::iter::once(LockSource::Folder(state.locks()));
    let locks: LockSources = samples.chain(demo.drivers.iter().cloned()).collect();
    let mut settings = Settings::new(locks);
    settings.allow_origins = vec![issuer.parse().map_err(DemoError::provider)?];
    settings.portal_url = Url::parse(issuer).ok();
    // The provider's pages name the port that it takes.
    settings.page_ports = PagePorts::Told;
    let mut refused = None;
    for ports in attempts(choice, state.remembered.ports.agent) {
        settings.ports = ports;
        match service::start(settings.clone()) {
            Ok(running) => return Ok(running),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.map_or_else(
        || DemoError::provider("no attempt was made"),
        |error| in_our_words(choice, error),
    ))
}

/// The attempts for the agent, which takes its port itself; the first that succeeds counts.
fn attempts(choice: PortChoice, remembered: u16) -> Vec<Ports> {
    let any = Ports::Exactly(0);
    match choice {
        PortChoice::Exactly(port) => vec![Ports::Exactly(port)],
        PortChoice::Any => vec![any],
        PortChoice::Usual if remembered == 0 => vec![usual_range(), any],
        PortChoice::Usual => vec![Ports::Exactly(remembered), usual_range(), any],
    }
}

fn usual_range() -> Ports {
    Ports::FirstFree(DEFAULT_PORTS)
}

/// The agent's own refusal, in our words where a port was asked for.
fn in_our_words(choice: PortChoice, error: StartError) -> DemoError {
    match (choice, error) {
        (PortChoice::Exactly(port), StartError::NoPort { error, .. }) => DemoError::PortTaken {
            part: "key agent",
            port,
            option: "--agent-port",
            source: error,
        },
        (_, other) => DemoError::Agent(other),
    }
}
