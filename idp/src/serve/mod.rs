//! From a configuration to a running server: `wiring`, `listening`, `housekeeping`.

mod alone;
mod audit_watch;
mod error;
mod housekeeping;
mod hsm;
mod key_watch;
mod keys;
mod listening;
mod pause;
mod wiring;

pub use alone::Alone;
pub use error::StartError;
pub use housekeeping::{CERTIFICATE_WATCH, REGISTRY_WATCH};
pub use hsm::HSM_WATCH;
pub use key_watch::KEY_WATCH;
pub use keys::open_signing;
pub use listening::{Listeners, Running, start, start_on};
pub use wiring::{build_state, open_database};
