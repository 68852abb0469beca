//! The service: the agent's own window on loopback, and the rules that keep other pages out of it.
//!
//! Owns routes, windows and answers. Does not know what is inside a lock. What each rule is for stands with it: `guard`
//! (whose requests are answered at all), `windows` (one operation, one token, one time limit), `origin` (for whom is
//! signed).
//!
//! One thing has to be trusted: the origin under the signature is the one that the window's own script reports out of
//! `event.origin`. The script is served by this program, framed by nobody and changed by nobody (strict CSP), so only a
//! program that already runs at this computer as this person could report another; such a program could use the lock
//! without the agent as well.

mod api;
mod assistant;
mod attendance;
mod body;
mod failure;
mod guard;
mod length;
mod origin;
mod pace;
mod pages;
mod request;
mod server;
mod settings;
pub mod view;
mod windows;

pub use origin::{Origin, OriginError};
pub use server::{Running, StartError, start};
pub use settings::{ConfigFile, DEFAULT_PORTS, PagePorts, Ports, Settings, SettingsError};

/// Version of the messages between window and page.
pub const WINDOW_PROTOCOL_VERSION: u32 = 1;
