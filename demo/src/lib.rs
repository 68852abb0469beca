//! One command: provider, two platforms, agent and sample locks.
//!
//! Owns what a demonstration needs beside the product: a sample PKI ([`pki`]), two platforms ([`platform`]), the state
//! folder and the wiring ([`start`]). What it starts is the product itself, on loopback, in one process.
//!
//! ```no_run
//! # async fn example() -> Result<(), demo::DemoError> {
//! let running = demo::start(demo::DemoSettings::on_free_ports("/tmp/demo-state")).await?;
//! println!("{}", running.ready().issuer);
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod cli;
pub mod pki;
pub mod platform;

mod agent;
mod error;
mod files;
mod platform_key;
mod ports;
mod provider;
mod ready;
mod registration;
mod settings;
mod start;
mod state;

pub use error::DemoError;
pub use ready::{Ready, ReadyAgent, ReadyLock, ReadyPlatform};
pub use settings::{DemoSettings, PortChoice, Ports, Step};
pub use start::{Running, start};
