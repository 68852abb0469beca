//! Logout delivery: that a platform is to be told of a session's end (Back-Channel Logout 1.0), until it was.
//!
//! Owns its stages and when it is tried again. It is written in the transaction that ends the session's grants, so
//! that no ending is lost; who sends it is in `idp`.

use crate::delivery::reason_kept;
pub use crate::delivery::{DeliveryCounts, DeliveryStage, DeliveryState, LEASE, TRIED_FOR};
use crate::grant::EndedGrant;
use crate::id::{EnterpriseId, LogoutDeliveryId, PlatformId, SessionId};
use crate::timestamp::Timestamp;

/// One platform to be told of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDelivery {
    /// Identifier.
    pub id: LogoutDeliveryId,
    /// Who is told.
    pub platform_id: PlatformId,
    /// Of whose session.
    pub enterprise_id: EnterpriseId,
    /// `sid`.
    pub session_id: SessionId,
    /// When the session's grants ended.
    pub created_at: Timestamp,
    /// Since when it is tried: from the ending on, or since an operator had it tried again.
    pub tried_since: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// Where it is.
    pub state: DeliveryState,
    /// Why the last attempt told nobody.
    pub why: Option<String>,
}

impl LogoutDelivery {
    /// For a grant that ended now; due at once.
    pub fn of(ended: &EndedGrant, id: LogoutDeliveryId, now: Timestamp) -> Self {
        Self {
            id,
            platform_id: ended.platform_id.clone(),
            enterprise_id: ended.enterprise_id.clone(),
            session_id: ended.session_id.clone(),
            created_at: now,
            tried_since: now,
            attempts: 0,
            state: DeliveryState::Waiting(now),
            why: None,
        }
    }

    /// Taken by whoever writes this: an attempt more, and nobody else's until the lease is over.
    #[must_use]
    pub fn taken(&self, now: Timestamp) -> Self {
        Self {
            attempts: self.attempts.saturating_add(1),
            state: DeliveryState::Waiting(now + LEASE),
            ..self.clone()
        }
    }

    /// After an attempt that told nobody: another one later, or none.
    #[must_use]
    pub fn missed(&self, why: &str, now: Timestamp) -> Self {
        let state = DeliveryState::missed(self.attempts, self.tried_since, now);
        self.in_state(state, Some(why))
    }

    /// Settled, or tried anew.
    #[must_use]
    pub fn in_state(&self, state: DeliveryState, why: Option<&str>) -> Self {
        Self {
            state,
            why: why.map(reason_kept),
            ..self.clone()
        }
    }

    /// An operator has it tried once more, for as long as a new one.
    #[must_use]
    pub fn revived(&self, now: Timestamp) -> Self {
        Self {
            tried_since: now,
            attempts: 0,
            state: DeliveryState::Waiting(now),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_000_000);

    fn delivery() -> LogoutDelivery {
        let ended = EndedGrant {
            enterprise_id: EnterpriseId::from_text("e"),
            platform_id: PlatformId::from_text("p"),
            session_id: SessionId::from_text("s"),
            created_at: NOW,
        };
        LogoutDelivery::of(&ended, LogoutDeliveryId::from_text("d"), NOW)
    }

    #[test]
    fn one_that_is_tried_anew_is_tried_for_as_long_as_a_new_one() {
        let late = NOW + TRIED_FOR;
        let given_up = delivery().taken(late).missed("silent", late);
        assert_eq!(given_up.state, DeliveryState::GivenUp(late));
        let again = given_up.revived(late).taken(late).missed("silent", late);
        assert!(matches!(again.state, DeliveryState::Waiting(_)));
        assert_eq!(again.attempts, 1);
    }

    #[test]
    fn whoever_takes_it_has_it_alone_for_the_lease() {
        let taken = delivery().taken(NOW);
        assert_eq!(taken.state, DeliveryState::Waiting(NOW + LEASE));
        assert_eq!(taken.attempts, 1);
    }
}
