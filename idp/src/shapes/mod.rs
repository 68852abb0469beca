//! Shapes: how nouns look as JSON, on the command line (`--json`) and at the admin API alike. Members are added, never renamed.
//!
//! Owns the names of members. Does not know who asked, nor what is sent beside.

pub mod audit;
pub mod authority;
pub mod consent;
pub mod delivery;
pub mod enterprise;
pub mod figures;
pub mod key_lock;
pub mod notice;
pub mod operator;
mod page;
pub mod platform;
pub mod registration_token;
pub mod sign_in;

pub use page::page;
