//! The assistant (证书助手): what the agent does for a person beside signing.
//!
//! Owns the one check ([`check`]), what is shown of certificates and e-seals, what the agent keeps ([`memory`]) and tidies
//! away, the questions and their answers, and updates. Does not know pages or command lines: both show what is found here.

pub mod certificates;
pub mod check;
pub mod memory;
pub mod questions;
pub mod seals;
pub mod update;
pub mod web;
