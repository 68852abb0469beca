//! From a request to typed words. Owns cookies, forms, client authentication and the address of the
//! other side; knows no flow.

pub mod access_token;
pub mod browser;
pub mod client;
pub mod client_address;
pub mod client_auth;
pub mod client_certificate;
pub mod desk;
pub mod dpop;
pub mod for_operators;
pub mod form;
pub mod opened;
pub mod revoked;
pub mod upload;
mod visit;

pub use browser::Browser;
pub use desk::Desk;
pub use form::Form;
pub use visit::Visit;
