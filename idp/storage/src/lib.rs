//! Diesel and Redis behind the ports of the core.
//!
//! Owns tables, queries, transactions and what is short-lived. Holds no rule: it answers what stands
//! there and whether a guarded write won.
//!
//! Read in this order: [`Database`] (what a transaction is), [`schema`], then a noun (`grant`, say);
//! [`EphemeralStore`] beside it. The two databases differ in `database/` and in `migrations/` alone.

pub mod database;
pub mod ephemeral;
mod refresh_token;
mod registration;
pub mod remembered;
mod revoked_token;

mod listing;
mod schema;
mod store;

// Nouns
mod audit;
mod audit_log;
mod audit_search;
mod audit_segment;
mod certificate_authority;
mod checkpoint;
mod consent;
mod consent_statement;
mod enterprise;
mod enterprise_words;
mod expiry;
mod figures;
mod grant;
mod key_lock;
mod logout_delivery;
mod maintenance;
mod notice;
mod notification;
mod operator;
mod platform;
mod platform_health;
mod proposal;
mod row;
mod sealed_secret;
mod session;
mod signing_key;
mod superseded;
mod waiting_evidence;

pub use database::settings::{DatabaseSettings, OpenError};
pub use database::{Database, MigrationError};
pub use ephemeral::EphemeralStore;
