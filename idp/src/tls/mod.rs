//! The provider's own TLS (rustls, TLS 1.2 and 1.3): its certificate, renewed while it serves, and the certificates that
//! programs show.
//!
//! Owns possession: that whoever shows a certificate holds its key. Whom it speaks for is the core's to say
//! (`token::certificate_authentication`).

mod authorities;
mod connection;
mod identity;
mod possession;
mod server;
mod server_certificate;

pub use authorities::client_authorities;
pub use connection::{ShownChain, note};
pub use identity::{Identity, WARN_DAYS};
pub use server::{for_everybody, for_programs};
pub use server_certificate::{Look, ServerCertificate};
