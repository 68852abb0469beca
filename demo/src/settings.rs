//! What the demonstration is told.
//!
//! Owns the settings and their defaults. Does not know the command line.

use std::path::PathBuf;

use key_agent::locks::LockSource;

/// How a port is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortChoice {
    /// The one of the last start, or the usual one; another free one if that is taken.
    #[default]
    Usual,
    /// This one and no other.
    Exactly(u16),
    /// Any free one, whatever was before.
    Any,
}

/// Where everything listens, always on 127.0.0.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// The identity provider; usually 8600.
    pub provider: PortChoice,
    /// 赤峰; usually 8601.
    pub chifeng: PortChoice,
    /// 呼和浩特; usually 8602.
    pub hohhot: PortChoice,
    /// The key agent; usually the first free one of 17650–17654, where pages look for it.
    pub agent: PortChoice,
}

/// Everything the demonstration needs to know.
#[derive(Clone, Debug)]
pub struct DemoSettings {
    /// The folder that keeps everything; made if it is missing.
    pub state_dir: PathBuf,
    /// Where to listen.
    pub ports: Ports,
    /// Where the key agent looks for locks, besides the sample locks: drivers of real ones.
    pub drivers: Vec<LockSource>,
    /// Worker threads of the provider; 0: one a core.
    pub workers: usize,
    /// Told each step while starting.
    pub progress: fn(Step),
}

/// A step of the start, before it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Opening the folder.
    State,
    /// Certificate authorities and revocation lists.
    Authorities,
    /// Sample locks.
    Locks,
    /// The key agent.
    Agent,
    /// The identity provider.
    Provider,
    /// The platforms.
    Platforms,
}

impl DemoSettings {
    /// The usual ports, nobody told.
    pub fn new(state_dir: impl Into<PathBuf>) -> Self {
        Self {
            state_dir: state_dir.into(),
            ports: Ports::default(),
            drivers: Vec::new(),
            workers: 2,
            progress: |_step| {},
        }
    }

    /// Any free ports: for tests that run beside each other.
    pub fn on_free_ports(state_dir: impl Into<PathBuf>) -> Self {
        Self {
            ports: Ports {
                provider: PortChoice::Any,
                chifeng: PortChoice::Any,
                hohhot: PortChoice::Any,
                agent: PortChoice::Any,
            },
            ..Self::new(state_dir)
        }
    }
}
