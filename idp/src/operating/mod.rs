//! Operating: what an operator signs for, and how it is then done. Console, admin API and command line stand on it.
//!
//! Owns the one list of acts ([`Act`]), what each needs, and which flow of the core does it; and the steps without a signature
//! that take more than one transaction. Does not know pages, forms or how a signature comes.

mod act;
mod carry_out;
mod deliveries;
mod error;
mod evidence;
mod personal_data;
mod prepare;
mod registration;

pub use act::{Act, EnterpriseAct, PlatformAct};
pub use carry_out::{Done, Signed, carry_out};
pub use deliveries::{Deliveries, Which, retry};
pub use error::ActError;
pub use evidence::hand_in;
pub use personal_data::tell_personal_data;
pub use prepare::{Prepared, prepare};
pub use registration::RegistrationAct;
