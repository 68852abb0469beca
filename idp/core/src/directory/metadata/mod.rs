//! Client metadata (RFC 7591 §2) and the registration it describes: one reads as the other, both ways.

mod authentication;
mod logout;
mod problem;
mod reading;
mod requests;
mod tokens;
mod writing;

#[cfg(test)]
mod tests;

pub use problem::MetadataProblem;
pub use reading::{client_of, names_of};
pub use writing::of_platform;
