//! The loopback service beside the lock, and the library it is made of.
//!
//! Owns: the locks at this computer ([`token`], [`locks`]), what is signed with them ([`sign`]), the agent's own window
//! and the rules that keep other pages out of it ([`service`]), what it does for a person beside signing ([`assistant`]),
//! and every text it shows ([`texts`]). Does not know: the
//! provider beyond its origin, nor whether a certificate is recognised, revoked or a legal person's: that is the
//! provider's verdict.

pub mod assistant;
pub mod locks;
pub mod pin;
pub mod service;
pub mod sign;
pub mod texts;
pub mod token;
