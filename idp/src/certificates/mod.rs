//! The CA registry from files, revocation lists from files, and the verdict on a certificate, cached.
//!
//! Owns reading and re-reading, and what an operator is told of their state; the verdict itself is the core's ([`idp_core::recognition`]).

mod crl_files;
mod registry;
mod standing;
mod standings;
mod verdicts;

pub use crl_files::CrlFiles;
pub use registry::{RegistryError, load_registry};
pub use standing::AuthorityStanding;
pub use standings::{Judged, Standings};
pub use verdicts::Verdicts;
