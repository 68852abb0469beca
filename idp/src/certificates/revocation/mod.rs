//! What CAs took back, as this process knows it: lists in files, lists that are fetched, answers of responders.
//!
//! Owns the knowledge ([`RevocationSources`], asked on the login path) and what keeps it fresh off that path. A list that
//! is fetched or imported becomes a file of the state folder, so that one way leads in, a restart works without a network,
//! and every process over the folder sees the same. The judgement of lists and answers is `pki`'s.

mod answers;
mod asking;
mod by_hand;
mod evidence;
mod fetches;
mod kept;
mod kept_answers;
mod list_file;
mod replacing;
mod report;
mod responders;
mod sources;
mod unanswered;
mod under_way;
mod upkeep;
mod urls;
mod watched;

pub use by_hand::{Imported, fetch_now, import};
pub use kept::Kept;
pub(super) use list_file::ListFile;
pub use report::{Askings, SourceReport};
pub use responders::Responders;
pub use sources::RevocationSources;
pub use upkeep::{end_revoked, keep_up, look};
