//! What the provider reaches of its own accord: what CAs publish, and what platforms have.
//!
//! Owns the bounds of every call out: which addresses, how many octets, how long, how often onward. An address is judged
//! after its name was resolved, and what was judged is what is connected to, so that a name which changes its answer gains
//! nothing. Knows nothing of what is fetched.

mod addresses;
mod answer;
mod error;
mod fetch;
mod look;
mod resolve;
mod send;

pub use answer::{Answer, Bounds, Fetched, Validators};
pub use error::FetchError;
pub use fetch::Fetcher;
pub use look::Look;

#[cfg(test)]
mod tests;
