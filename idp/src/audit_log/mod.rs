//! The audit log at work: events get their place in it, and its heads are signed.
//!
//! What a line, a tree and a head are is the core's ([`idp_core::transparency`]); the key is [`crate::signing`]'s. How often
//! is the server's ([`crate::serve`]); commands do the same on demand.

mod export;
mod export_lines;
mod read_export;
mod seal;
mod sequencer;
pub mod shown;
mod signed_heads;
mod verify;

pub use export::{ExportError, Extent, export, extent, sealed};
pub use read_export::{ReadError, verify_export};
pub use seal::{SealError, Sealed, seal, verify_segment_file};
pub use sequencer::Sequencer;
pub use signed_heads::{AddError, add_cosignature, sign_head, sign_head_when_due};
pub use verify::{Outside, Verified, verify};
