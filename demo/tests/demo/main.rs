//! What the demonstration makes and starts, looked at from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod command_line;
mod launcher;
mod sample_locks;
