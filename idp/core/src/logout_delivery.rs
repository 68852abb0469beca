//! Logout delivery: that a platform is to be told of a session's end (Back-Channel Logout 1.0), until it was.
//!
//! Owns its stages and when it is tried again. It is written in the transaction that ends the session's grants, so
//! that no ending is lost; who sends it is in `idp`.

use std::time::Duration;

use crate::grant::EndedGrant;
use crate::id::{EnterpriseId, LogoutDeliveryId, PlatformId, SessionId};
use crate::timestamp::Timestamp;

/// How long whoever took a delivery has for it alone; then another may take it. Longer than a platform may take.
pub const LEASE: Duration = Duration::from_secs(30);

/// How long it is tried. A platform that was away for longer is left to the lifetime of its own sessions.
pub const TRIED_FOR: Duration = Duration::from_hours(24);

/// The pause after the first attempt; each further one is four times as long, until [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_hours(1);

/// Longest reason that is kept, in characters.
const WHY_MAX: usize = 200;

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

/// Where a delivery is, and since when, or until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Tried from then on, by whoever takes it first.
    Waiting(Timestamp),
    /// The platform said that its session ended.
    Confirmed(Timestamp),
    /// The platform said that it could not end it (§2.8: 400).
    Refused(Timestamp),
    /// It was tried for long enough, or there is nobody to tell any more.
    GivenUp(Timestamp),
}

/// A [`DeliveryState`] without its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStage {
    /// Tried.
    Waiting,
    /// The platform said yes.
    Confirmed,
    /// The platform said no.
    Refused,
    /// Not tried any more.
    GivenUp,
}

impl DeliveryStage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Confirmed, Self::Refused, Self::GivenUp];

    /// The word in the database and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::GivenUp => "given-up",
        }
    }

    /// The stage a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// With its moment.
    pub const fn at(self, at: Timestamp) -> DeliveryState {
        match self {
            Self::Waiting => DeliveryState::Waiting(at),
            Self::Confirmed => DeliveryState::Confirmed(at),
            Self::Refused => DeliveryState::Refused(at),
            Self::GivenUp => DeliveryState::GivenUp(at),
        }
    }
}

impl DeliveryState {
    /// Stage and moment.
    pub const fn parts(self) -> (DeliveryStage, Timestamp) {
        match self {
            Self::Waiting(at) => (DeliveryStage::Waiting, at),
            Self::Confirmed(at) => (DeliveryStage::Confirmed, at),
            Self::Refused(at) => (DeliveryStage::Refused, at),
            Self::GivenUp(at) => (DeliveryStage::GivenUp, at),
        }
    }
}

/// How many deliveries are in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Tried.
    pub waiting: i64,
    /// The platform said yes.
    pub confirmed: i64,
    /// The platform said no.
    pub refused: i64,
    /// Not tried any more.
    pub given_up: i64,
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
        let again = now + pause(self.attempts);
        let state = if again > self.tried_since + TRIED_FOR {
            DeliveryState::GivenUp(now)
        } else {
            DeliveryState::Waiting(again)
        };
        self.in_state(state, Some(why))
    }

    /// Settled, or tried anew.
    #[must_use]
    pub fn in_state(&self, state: DeliveryState, why: Option<&str>) -> Self {
        let visible = |why: &str| {
            let kept = why.chars().filter(|c| !c.is_control());
            kept.take(WHY_MAX).collect()
        };
        Self {
            state,
            why: why.map(visible),
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

/// The pause after so many attempts.
fn pause(attempts: u32) -> Duration {
    let grown = 4_u32.saturating_pow(attempts.saturating_sub(1));
    PAUSE.saturating_mul(grown).min(PAUSE_MAX)
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
    fn pauses_grow_to_an_hour() {
        let seconds = [1, 2, 3, 4, 5, 6, 7, 40].map(|attempts| pause(attempts).as_secs());
        assert_eq!(seconds, [5, 20, 80, 320, 1280, 3600, 3600, 3600]);
    }

    #[test]
    fn a_platform_that_never_answers_is_tried_for_a_day_and_then_given_up() {
        let (mut delivery, mut now, mut attempts) = (delivery(), NOW, 0);
        while let DeliveryState::Waiting(due) = delivery.state {
            now = due;
            delivery = delivery.taken(now).missed("silent", now);
            attempts += 1;
        }
        assert_eq!(delivery.state, DeliveryState::GivenUp(now));
        assert!(now > NOW + Duration::from_hours(22) && now <= NOW + TRIED_FOR);
        assert!((25..35).contains(&attempts), "{attempts}");
        let again = delivery.revived(now).taken(now).missed("silent", now);
        assert_eq!(again.state, DeliveryState::Waiting(now + PAUSE));
    }

    #[test]
    fn whoever_takes_it_has_it_alone_for_the_lease() {
        let taken = delivery().taken(NOW);
        assert_eq!(taken.state, DeliveryState::Waiting(NOW + LEASE));
        assert_eq!(taken.attempts, 1);
    }

    #[test]
    fn a_reason_is_bounded_and_visible() {
        let why = format!("a\u{1b}[31m{}", "x".repeat(500));
        let kept = delivery().missed(&why, NOW).why.unwrap();
        assert!(kept.chars().count() == WHY_MAX && !kept.contains('\u{1b}'));
    }

    #[test]
    fn every_stage_has_its_word() {
        for stage in DeliveryStage::ALL {
            assert_eq!(DeliveryStage::of_word(stage.as_str()), Some(stage));
            assert_eq!(stage.at(NOW).parts(), (stage, NOW));
        }
    }
}
