//! Consent receipts (ISO/IEC TS 27560 in style, a compact JWS): what an enterprise agreed to, and everything by which somebody
//! who trusts neither side can check that, without us.
//!
//! Owns the format, how a receipt is put together when it is asked for, and how one is verified from nothing but its text and
//! the keys that the reader trusts. Who may have one is not its business.

mod format;
mod issue;
mod keys;
mod verify;

pub use format::{LONGEST, Receipt};
pub use issue::{ReceiptError, issue};
pub use keys::receipt_keys;
pub use verify::{Check, Outcome, Standing, Trust, Verified, verify};
