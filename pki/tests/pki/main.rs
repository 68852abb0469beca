//! What the `pki` crate promises, through its public door: certificates of the OpenSSL CLI (`lab`) and hand-made ones
//! (`draft`), published vectors (`corpora`) and broken bytes (`malformed`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on says so by panicking, and prints its counts"
)]

mod certificates;
mod chain;
mod constraints;
mod corpora;
mod description;
mod draft;
mod eseal;
mod fuzz_seeds;
mod holder;
mod indirect;
mod lab;
mod large_list;
mod malformed;
mod names;
mod ocsp;
mod profile;
mod revocation;
mod seal_draft;
mod signatures;
mod sm2;
mod speed;
mod standing;
