//! From a configuration to a running server: `wiring`, `listening`, `housekeeping`.

mod error;
mod housekeeping;
mod listening;
mod wiring;

pub use error::StartError;
pub use housekeeping::{KEY_WATCH, REGISTRY_WATCH};
pub use listening::{Running, start, start_on};
pub use wiring::{build_state, open_database};
