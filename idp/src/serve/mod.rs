//! From a configuration to a running server: `wiring`, `listening`, `housekeeping`.

mod alone;
mod error;
mod housekeeping;
mod hsm;
mod keys;
mod listening;
mod wiring;

pub use alone::Alone;
pub use error::StartError;
pub use housekeeping::{CERTIFICATE_WATCH, KEY_WATCH, REGISTRY_WATCH};
pub use hsm::HSM_WATCH;
pub use listening::{Listeners, Running, start, start_on};
pub use wiring::{build_state, open_database};
