//! The rules of the identity provider.
//!
//! Owns the nouns (enterprise, key lock, platform, consent, grant …), the flows that move them (log
//! in, bind, authorize, consent, redeem a code, answer userinfo) and the ports they stand on
//! ([`store`], [`ephemeral`], [`cx`]). Does not know HTTP, SQL, Redis, files, the clock or the
//! random generator: those come in as arguments.
//!
//! Read in this order: the nouns, [`store`], then a flow from its top.

pub mod cx;
pub mod ephemeral;
pub mod id;
pub mod store;
pub mod timestamp;

// Nouns
pub mod audit;
pub mod audit_group;
pub mod authorization;
pub mod certificate_authority;
pub mod challenge;
pub mod client_jwt;
pub mod consent;
pub mod consent_statement;
pub mod delivery;
pub mod enterprise;
pub mod evidence;
pub mod figures;
pub mod grant;
pub mod key_lock;
pub mod listing;
pub mod logout_delivery;
pub mod notice;
pub mod notification;
pub mod operator;
pub mod operator_scope;
pub mod operator_session;
pub mod place;
pub mod platform;
pub mod platform_health;
pub mod proposal;
pub mod refresh_token;
pub mod region;
pub mod registration;
pub mod session;
pub mod sign_out;
pub mod signed_statement;
pub mod signing_key;

// Shared steps: what several flows stand on
pub mod announce;
pub mod duty;
pub mod ending;
pub mod fields;
pub mod hand;
pub mod operator_token;
pub mod presence;
pub mod proof;
pub mod recognition;
pub mod renewal;
pub mod revocation;
pub mod revoked_token;
pub mod sender;
pub mod signed_consent;
pub mod signer;
pub mod subject;
mod taking_back;
pub mod transparency;
pub mod unique_members;

// Flows
pub mod account;
pub mod answer_consent;
pub mod audit_export;
pub mod authorities;
pub mod authorize;
pub mod bind;
pub mod directory;
pub mod disclosure;
pub mod dpop;
pub mod end_session;
pub mod four_eyes;
pub mod inspect;
pub mod locks;
pub mod log_in;
pub mod log_out;
pub mod notices;
pub mod notify;
pub mod operate;
pub mod operator_log_in;
pub mod operators;
pub mod tell_platforms;
pub mod token;
pub mod token_status;
pub mod userinfo;
pub mod watch_platforms;
