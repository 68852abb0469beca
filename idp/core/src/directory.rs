//! Flow: the directory of platforms. Owns the fifteen the guide names, how an operator connects, changes and stops one, and
//! what a registration must be.

mod change;
mod check;
mod client_keys;
mod guide;
pub mod metadata;
mod secret;
mod uris;

pub use change::{Act, Changed, DirectoryError, activate, change, connect, suspend};
pub use check::RegistrationRefusal;
pub use client_keys::{JwksProblem, published_keys, signature_keys, usable_keys};
pub use guide::seed;
pub use secret::{OVERLAP_MAX, rotate_secret, with_secret};
