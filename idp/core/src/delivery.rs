//! Delivery: where something that must reach somebody else is, and when it is tried again.
//!
//! Owns the stages, the pauses and what an attempt can come to. Does not know what is delivered, nor to whom: sign-outs
//! go to platforms ([`crate::logout_delivery`]), notifications to enterprises ([`crate::notification`]).

use std::time::Duration;

use crate::timestamp::Timestamp;

/// How long whoever took a delivery has for it alone; then another may take it. Longer than an attempt may take.
pub const LEASE: Duration = Duration::from_secs(30);

/// How long it is tried. Whoever was away for longer is not reached.
pub const TRIED_FOR: Duration = Duration::from_hours(24);

/// The pause after the first attempt; each further one is four times as long, until [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_secs(5);

/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_hours(1);

/// Longest reason that is kept, in characters.
const WHY_MAX: usize = 200;

/// Where a delivery is, and since when, or until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Tried from then on, by whoever takes it first.
    Waiting(Timestamp),
    /// The other side said that it has it.
    Confirmed(Timestamp),
    /// The other side said that it can't take it.
    Refused(Timestamp),
    /// It was tried for long enough, or there is nobody to reach.
    GivenUp(Timestamp),
}

/// A [`DeliveryState`] without its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStage {
    /// Tried.
    Waiting,
    /// The other side said yes.
    Confirmed,
    /// The other side said no.
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

    /// After so many attempts, none of which reached anybody: another one later, or none.
    pub fn missed(attempts: u32, tried_since: Timestamp, now: Timestamp) -> Self {
        let again = now + pause(attempts);
        if again > tried_since + TRIED_FOR {
            Self::GivenUp(now)
        } else {
            Self::Waiting(again)
        }
    }
}

/// How many deliveries are in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Tried.
    pub waiting: i64,
    /// The other side said yes.
    pub confirmed: i64,
    /// The other side said no.
    pub refused: i64,
    /// Not tried any more.
    pub given_up: i64,
}

impl DeliveryCounts {
    /// How many are in one stage.
    pub const fn of(&self, stage: DeliveryStage) -> i64 {
        match stage {
            DeliveryStage::Waiting => self.waiting,
            DeliveryStage::Confirmed => self.confirmed,
            DeliveryStage::Refused => self.refused,
            DeliveryStage::GivenUp => self.given_up,
        }
    }

    /// The number of one stage, to be set.
    pub const fn of_mut(&mut self, stage: DeliveryStage) -> &mut i64 {
        match stage {
            DeliveryStage::Waiting => &mut self.waiting,
            DeliveryStage::Confirmed => &mut self.confirmed,
            DeliveryStage::Refused => &mut self.refused,
            DeliveryStage::GivenUp => &mut self.given_up,
        }
    }
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The other side has it.
    Done,
    /// It says that it can't take it.
    Refused(String),
    /// Nothing that counts: it is tried again.
    Nothing(String),
    /// There is nobody to reach any more.
    Nobody(&'static str),
}

/// A reason as it is kept: bounded, and nothing in it that can't be seen.
pub fn reason_kept(why: &str) -> String {
    let visible = why.chars().filter(|c| !c.is_control());
    visible.take(WHY_MAX).collect()
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

    #[test]
    fn pauses_grow_to_an_hour() {
        let seconds = [1, 2, 3, 4, 5, 6, 7, 40].map(|attempts| pause(attempts).as_secs());
        assert_eq!(seconds, [5, 20, 80, 320, 1280, 3600, 3600, 3600]);
    }

    #[test]
    fn whoever_never_answers_is_tried_for_a_day_and_then_given_up() {
        let (mut state, mut now, mut attempts) = (DeliveryState::Waiting(NOW), NOW, 0);
        while let DeliveryState::Waiting(due) = state {
            now = due;
            attempts += 1;
            state = DeliveryState::missed(attempts, NOW, now);
        }
        assert_eq!(state, DeliveryState::GivenUp(now));
        assert!(now > NOW + Duration::from_hours(22) && now <= NOW + TRIED_FOR);
        assert!((25..35).contains(&attempts), "{attempts}");
    }

    #[test]
    fn a_reason_is_bounded_and_visible() {
        let kept = reason_kept(&format!("a\u{1b}[31m{}", "x".repeat(500)));
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
