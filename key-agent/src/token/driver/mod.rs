//! Driver libraries: other people's code in this process.
//!
//! Owns that a library does one thing at a time, each in a thread of its own and within a time limit, so that one that
//! hangs or panics holds up nobody but its own locks; that a key stays open exactly as long as its session; that a
//! failure of a lock which is gone is told as such; and that no signature leaves which does not fit the certificate.
//! Does not know what kind of library it is.

mod gate;
mod library;
mod session;

use gate::Gate;
pub use gate::Patience;
pub use library::{Driver, DriverLocks, Library, LockId};
pub use session::{OpenKey, Opened};
