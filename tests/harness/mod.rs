//! The harness: a provider in this process, browsers and platforms that speak to it by HTTP, and locks
//! made on the spot.
//!
//! Owns the playing of every part around the provider. Knows the product's configuration, its stored
//! words and its audit trail; reaches everything else through the front door.
//!
//! Read in this order: [`provider`], [`lock`], [`browser`], [`platform`], [`story`].

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

pub mod account;
pub mod admin_api;
pub mod answer;
pub mod audit;
pub mod audit_log;
pub mod authority;
pub mod browser;
pub mod dpop;
pub mod fapi2;
pub mod jwe;
pub mod jwt;
pub mod listener;
pub mod lock;
pub mod mail;
pub mod notified;
pub mod openssl;
pub mod operator;
pub mod platform;
pub mod proof;
pub mod provider;
pub mod published;
pub mod publisher;
pub mod receipt;
pub mod receiver;
pub mod registration;
pub mod scratch;
#[allow(
    missing_docs,
    clippy::must_use_candidate,
    reason = "the file belongs to the storage suite, where nothing is public"
)]
#[path = "../../idp/storage/tests/conformance/servers.rs"]
pub mod servers;
pub mod sm2;
pub mod softhsm;
pub mod source;
pub mod story;
pub mod tls;
pub mod token_request;
pub mod upload;
pub mod vector;
pub mod wire;

pub use answer::Answer;
pub use authority::world;
pub use browser::Browser;
pub use lock::{KeyKind, Lock, Order, Strings};
pub use platform::{Asking, Platform, PlatformOrder};
pub use provider::Provider;
pub use token_request::TokenRequest;
