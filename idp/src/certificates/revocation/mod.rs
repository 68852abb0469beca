//! What CAs took back, as this process knows it: lists in files, lists that are fetched, answers of responders.
//!
//! Owns the knowledge ([`RevocationSources`], asked on the login path) and what keeps it fresh off that path. A list that
//! is fetched or imported becomes a file of the state folder, so that one way leads in, a restart works without a network,
//! and every process over the folder sees the same. The judgement of lists and answers is `pki`'s.

mod list_file;
mod sources;

pub(super) use list_file::ListFile;
pub use sources::RevocationSources;
