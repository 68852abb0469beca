//! What must not work, one file a paragraph of SECURITY: each attack is refused, nothing is lost, and
//! where a handler saw it an event is left.

mod access_token;
mod account;
mod audit_log;
mod audit_trail;
mod authorization;
mod back_channel;
mod certificate;
mod client;
mod code;
mod consent;
mod cookies;
mod cross_origin;
mod csrf;
mod end_session;
mod fapi2_message_signing;
mod fapi2_requests;
mod fapi2_tokens;
mod jwt_vectors;
mod limits;
mod misuse;
mod mtls;
mod operators;
mod outage;
mod outbound;
mod page;
mod parsing;
mod pkcs11;
mod proof;
mod proof_text;
mod registration;
mod revocation;
mod sealed_segments;
mod sm2_tokens;
mod stolen_database;
mod unreadable;
