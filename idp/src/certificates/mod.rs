//! The CA registry, its revocation lists, and the verdict on a certificate, cached.
//!
//! Owns reading and re-reading, and what an operator is told of their state; the verdict itself is the core's ([`idp_core::recognition`]).

mod evidence;
mod follow;
mod pem;
mod registry;
mod revocation;
mod standing;
mod standings;
mod verdicts;

pub use follow::{REGISTRY, StoredError, follow, load_configured, read_stored};
pub use registry::{Registered, RegistryError, entry_of, load_registry, with_whole_paths};
pub use revocation::{
    Askings, Imported, Kept, Responders, RevocationSources, SourceReport, end_revoked, fetch_now,
    import, keep_up, look,
};
pub use standing::{AuthorityStanding, told};
pub use standings::{Judged, Standings};
pub use verdicts::Verdicts;
