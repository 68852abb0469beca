//! The provider's own keys: made at first start, kept encrypted, followed by successors, used to sign.
//!
//! Owns key material in memory. When a key's time comes is the core's calendar
//! ([`idp_core::signing_key`]); what is in a token is the flows'.

mod emergency;
mod encryption;
mod keeper;
mod key_pair;
mod key_ring;
mod master_key;
mod reseal;
mod rotation;
mod subjects;
mod withdrawal;

pub use emergency::{Replaced, replace_all};
pub use keeper::Keeper;
pub use key_ring::KeyRing;
pub use master_key::{MasterKey, MasterKeyError};
pub use reseal::{ResealError, reseal};
pub use rotation::{KeysError, ensure_keys, rotate_now};
pub use subjects::pairwise_key;
pub use withdrawal::{WithdrawalError, Withdrawn, withdraw};
