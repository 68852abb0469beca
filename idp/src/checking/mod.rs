//! Trying what a platform registered: its addresses, its keys, its certificates and clocks.
//!
//! Owns what is well and what is not, and the words and what to do. `idp platform check` says it to an operator, and
//! [`crate::watching`] looks from time to time at what people and platforms need ([`look`]). Nothing is changed, and
//! nobody is signed in or out. The calls go out as the provider's own do ([`crate::outbound`]).

mod addresses;
mod finding;
mod keys;
mod quick;
mod reach;

pub use addresses::check as check_addresses;
pub use finding::{Finding, Level};
pub use keys::check as check_keys;
pub use quick::look;
pub use reach::Reach;
