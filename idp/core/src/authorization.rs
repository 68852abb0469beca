//! Authorization request and authorization code, both short-lived (ephemeral port).

pub mod code;
pub mod request;
pub mod words;

pub use code::{AuthorizationCode, code_sha256};
pub use request::{AuthorizationRequest, PushedRequest};
pub use words::{Assurance, Prompt, RequestedClaims, ResponseMode};
