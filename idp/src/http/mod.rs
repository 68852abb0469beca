//! HTTP: requests to typed calls, outcomes to answers.
//!
//! Every handler has three beats: gather (async), decide (a flow of the core in one transaction),
//! answer. A handler imports `extract`, `error`, `page`, `routes`, the state and one flow; never a
//! sibling handler. The map of addresses is [`routes`].

mod account;
mod act_words;
mod admin_api;
pub mod assets;
pub mod audit_log;
mod binding;
mod certificate;
mod challenge;
mod consent;
pub mod console;
mod error;
pub(crate) mod extract;
mod file;
pub mod guard;
mod health;
mod home;
mod leave;
pub mod length;
mod limit;
pub mod listener;
mod login;
mod logout;
pub mod metrics;
pub(crate) mod oidc;
mod onward;
pub(crate) mod page;
mod platforms;
mod problem;
mod pushed;
mod read_facts;
mod receipt;
pub mod routes;
mod sector;
mod signed_act;
mod signing_out;
mod toward;
mod trail;
mod trouble;
