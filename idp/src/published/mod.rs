//! What platforms publish and the provider reads: their keys, their request objects, the addresses of their sector.
//!
//! Owns when something is fetched and how long it counts. How it is reached is [`crate::outbound`]'s; what it says is the
//! core's to judge. Nothing here holds the database while it waits.

mod key_set;
mod keys;
mod request_objects;
mod sector;

pub use keys::{ClientKeySets, KeysAtHand};
pub use request_objects::RequestObjects;
pub use sector::{SectorProblem, sector, sector_by};
