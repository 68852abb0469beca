//! The identity provider: HTTP, pages, configuration, wiring.
//!
//! Owns everything that touches the machine: the clock, files, sockets, keys. Holds no SQL and no rule
//! that could be tested without HTTP: those are `idp-storage`'s and `idp-core`'s.
//!
//! Read in this order: [`serve`] (wiring), [`http::routes`] (the map), one handler from its top.

pub mod api_client;
pub mod audit_log;
pub mod certificates;
pub mod checking;
pub mod cli;
pub mod clock;
pub mod config;
pub mod counting;
mod event_table;
pub mod forgetting;
pub mod http;
pub mod limits;
pub mod notifying;
pub mod operating;
pub mod outbound;
mod pacing;
pub mod published;
pub mod receipts;
pub mod serve;
mod shapes;
pub mod signing;
pub mod state;
pub mod telling;
pub mod tls;
pub mod view;
pub mod watching;
