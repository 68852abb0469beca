//! Flow: what an operator looks at. Reads alone.
//!
//! Owns how words in one field become a search, and what belongs to an enterprise's timeline and to the dashboard. Who may look is
//! asked before.

mod dashboard;
mod enterprise;
mod enterprises;
mod event;
mod health;
mod names;
mod paper;
mod standing;
mod timeline;

pub use dashboard::{Dashboard, MANY, dashboard};
pub use enterprise::{Sight, SightAsk, look_at};
pub use enterprises::{EnterpriseSearch, Found, FoundBy, find_enterprises};
pub use event::{EventSight, look_at_event};
pub use health::{HealthSeen, health};
pub use names::EventNames;
pub use paper::find_paper;
pub use standing::{
    ConsentsSeen, ENDING_DAYS_MAX, EndingLocksSeen, SignInsSeen, consents, ending_locks, sign_ins,
};
pub use timeline::{Timeline, timeline};

use crate::fields::FieldProblem;
use crate::listing::BadCursor;
use crate::store::StoreError;

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A cursor that is none of this list.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// Words that nothing is looked for by.
    #[error("words to look for have two characters at least and can be read ({})", .0.code())]
    Words(FieldProblem),
}
