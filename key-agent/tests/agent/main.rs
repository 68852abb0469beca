//! The key agent through its front doors: the command line, the library and the loopback service.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod assistant;
mod command_line;
mod hardening;
mod http;
mod locks;
mod logs;
mod seals;
mod skf;
mod skf_devices;
mod soft_token;
mod softhsm;
mod softhsm_tokens;
mod update;
mod window;
