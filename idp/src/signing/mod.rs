//! The provider's own keys: made at first start, kept encrypted or inside a PKCS #11 token, followed by successors, used
//! to sign.
//!
//! Owns key material in memory. When a key's time comes is the core's calendar
//! ([`idp_core::signing_key`]); what is in a token is the flows'.

mod destruction;
mod emergency;
mod encryption;
mod hsm;
mod keeper;
mod key_pair;
mod key_ring;
mod log_key;
mod making;
mod master_key;
mod off_worker;
mod public_key;
mod reseal;
mod rotation;
mod secrets;
mod subjects;
mod withdrawal;

use idp_core::audit::operator_words;
use idp_core::id::KeyId;
use idp_core::platform::JwsAlgorithm;

pub use destruction::destroy_spent;
pub use emergency::{Replaced, replace_all};
pub use hsm::{Hsm, HsmError};
pub use keeper::Keeper;
pub use key_ring::KeyRing;
pub use log_key::{LogKey, log_key, verify_ed25519};
pub use master_key::{MasterKey, MasterKeyError};
pub use off_worker::signing;
pub use public_key::is_signed_by_jwk;
pub use reseal::{ResealError, reseal};
pub use rotation::{KeysError, check_reach, ensure_keys, follow_keys, make_due, rotate_now};
pub use subjects::pairwise_key;
pub use withdrawal::{WithdrawalError, Withdrawn, withdraw};

/// A key, and who did it, as the audit trail names them; nobody did what the calendar does.
fn told(by: Option<&str>, algorithm: JwsAlgorithm, id: &KeyId) -> String {
    let key = format!("{} {id}", algorithm.as_str());
    match by {
        None => key,
        Some(by) => format!("by {}: {key}", operator_words(by)),
    }
}
