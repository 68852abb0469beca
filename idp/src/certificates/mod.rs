//! The CA registry from files, revocation lists from files, and the verdict on a certificate, cached.
//!
//! Owns reading and re-reading; the verdict itself is the core's ([`idp_core::recognition`]).

mod crl_files;
mod registry;
mod verdicts;

pub use crl_files::CrlFiles;
pub use registry::{RegistryError, load_registry};
pub use verdicts::Verdicts;
