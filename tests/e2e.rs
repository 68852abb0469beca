//! End-to-end tests, through the front door: `flows` (one file a route or story), `attacks` (one file a
//! paragraph of SECURITY), `walls` (who may import whom) and `habits` (files one can read).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod attacks;
mod flows;
mod habits;
mod walls;
