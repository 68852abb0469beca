//! Flow: the directory of platforms. Owns the fifteen the guide names, how an operator connects, changes and stops one, and
//! what a registration must be; and how platforms register themselves.

mod change;
mod check;
mod client_keys;
mod end_grants;
mod guide;
mod look;
mod maintenance;
mod management;
pub mod metadata;
mod registration;
mod secret;
mod uris;
mod wanted;

pub use change::{Act, Changed, DirectoryError, activate, change, connect, suspend};
pub use check::RegistrationRefusal;
pub use client_keys::{JwksProblem, published_keys, signature_keys, usable_keys};
pub use end_grants::end_grants;
pub use guide::seed;
pub use look::version_of;
pub use maintenance::{
    MAINTENANCE_MAX, MAINTENANCE_TEXT_MAX, Planned, announce_maintenance, end_maintenance,
};
pub use management::{find_registration, give_up_registration, replace_registration};
pub use registration::{
    Draft, LIFETIME_MAX, Registered, USES_MAX, draft, is_token_possible, issue_registration_token,
    register, revoke_registration_token,
};
pub use secret::{OVERLAP_MAX, rotate_secret, with_secret};
pub use wanted::{Entry, Terms, Wanted, put};
