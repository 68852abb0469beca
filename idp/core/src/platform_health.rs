//! Platform health: how the addresses of a platform do, as they were last looked at; and maintenance that was announced.
//!
//! Owns what counts as trouble and that one failure alone is none. Does not know how an address is looked at: that is
//! `idp/src/checking`.

use crate::id::{MaintenanceId, PlatformId};
use crate::timestamp::Timestamp;

/// So many looks in a row must fail before an address is down: a restart, or a packet lost, is no news.
pub const MISSES: u32 = 2;

/// An address of a platform that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Where people come back to it.
    Redirect,
    /// Where the portal sends them.
    InitiateLogin,
    /// Its keys.
    Jwks,
    /// Where it is told that sessions ended.
    BackchannelLogout,
}

impl Endpoint {
    /// Each of them.
    pub const ALL: [Self; 4] = [
        Self::Redirect,
        Self::InitiateLogin,
        Self::Jwks,
        Self::BackchannelLogout,
    ];

    /// The word in the database: the metadata's own name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "redirect_uri",
            Self::InitiateLogin => "initiate_login_uri",
            Self::Jwks => "jwks_uri",
            Self::BackchannelLogout => "backchannel_logout_uri",
        }
    }

    /// The endpoint a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// How an address does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HealthState {
    /// As it should.
    Ok,
    /// Nothing is known: not looked at yet, or from here it can't be.
    Unknown,
    /// It works, and somebody should look.
    Degraded,
    /// It does not work.
    Down,
}

impl HealthState {
    /// Each of them, the best first.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Unknown, Self::Degraded, Self::Down];

    /// The word in the database and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }

    /// The state a word names.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which address.
    pub endpoint: Endpoint,
    /// The address.
    pub url: String,
    /// How it does.
    pub state: HealthState,
    /// Why it does not well: a machine word.
    pub reason: Option<&'static str>,
}

/// How an address does, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointHealth {
    /// Whose.
    pub platform_id: PlatformId,
    /// Which.
    pub endpoint: Endpoint,
    /// The address.
    pub url: String,
    /// How it does.
    pub state: HealthState,
    /// Why the last look was not well.
    pub reason: Option<String>,
    /// Since when it does so.
    pub since: Timestamp,
    /// When it was last looked at.
    pub checked_at: Timestamp,
    /// How many looks in a row failed.
    pub misses: u32,
}

impl EndpointHealth {
    /// Of an address that was never looked at before. A failure is not believed at once.
    pub fn first(platform: &PlatformId, seen: &Seen, now: Timestamp) -> Self {
        let unknown = Self {
            platform_id: platform.clone(),
            endpoint: seen.endpoint,
            url: seen.url.clone(),
            state: HealthState::Unknown,
            reason: None,
            since: now,
            checked_at: now,
            misses: 0,
        };
        unknown.after(seen, now)
    }

    /// After another look.
    #[must_use]
    pub fn after(&self, seen: &Seen, now: Timestamp) -> Self {
        let misses = match seen.state {
            HealthState::Down => self.misses.saturating_add(1),
            HealthState::Ok | HealthState::Unknown | HealthState::Degraded => 0,
        };
        let is_believed = seen.state != HealthState::Down || misses >= MISSES;
        let state = if is_believed { seen.state } else { self.state };
        Self {
            state,
            reason: seen.reason.map(str::to_owned),
            since: if state == self.state { self.since } else { now },
            checked_at: now,
            misses,
            ..self.clone()
        }
    }
}

/// Since when people who go there meet trouble: every way back to the platform is down, or the way there, or what its own
/// sign-in needs. Where it is told of sign-outs is its operators' concern alone.
pub fn trouble(of_platform: &[&EndpointHealth]) -> Option<Timestamp> {
    let of = |endpoint| of_platform.iter().filter(move |it| it.endpoint == endpoint);
    let is_down = |it: &&&EndpointHealth| it.state == HealthState::Down;
    let single = [Endpoint::InitiateLogin, Endpoint::Jwks].into_iter();
    let mut since: Vec<Timestamp> = single
        .flat_map(of)
        .filter(is_down)
        .map(|it| it.since)
        .collect();
    let ways_back = of(Endpoint::Redirect).count();
    if ways_back > 0 && of(Endpoint::Redirect).filter(is_down).count() == ways_back {
        since.extend(of(Endpoint::Redirect).map(|it| it.since).max());
    }
    since.into_iter().min()
}

/// How a platform does in all: as the worst of its addresses.
pub fn worst<'a>(of_platform: impl Iterator<Item = &'a EndpointHealth>) -> HealthState {
    of_platform
        .map(|it| it.state)
        .max()
        .unwrap_or(HealthState::Unknown)
}

/// That an address began to do otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthChange {
    /// Whose.
    pub platform_id: PlatformId,
    /// Which.
    pub endpoint: Endpoint,
    /// The address.
    pub url: String,
    /// When.
    pub at: Timestamp,
    /// How it did.
    pub from: HealthState,
    /// How it does since.
    pub to: HealthState,
    /// Why.
    pub reason: Option<String>,
}

/// That a platform can't be used for a while, as an operator announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maintenance {
    /// Identifier.
    pub id: MaintenanceId,
    /// Which platform.
    pub platform_id: PlatformId,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What is said, in Chinese.
    pub text_zh: String,
    /// What is said, in English.
    pub text_en: String,
    /// Who announced it.
    pub announced_by: String,
    /// When.
    pub announced_at: Timestamp,
    /// When an operator took it back.
    pub ended_at: Option<Timestamp>,
}

impl Maintenance {
    /// Whether it goes on.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.from <= now && now < self.until
    }

    /// Whether it goes on, or will.
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_000_000);
    const LOOK: Duration = Duration::from_mins(5);

    fn seen(endpoint: Endpoint, state: HealthState) -> Seen {
        Seen {
            endpoint,
            url: "https://p.example/cb".to_owned(),
            state,
            reason: (state == HealthState::Down).then_some("silent"),
        }
    }

    fn first(endpoint: Endpoint, state: HealthState) -> EndpointHealth {
        let platform = PlatformId::from_text("p");
        EndpointHealth::first(&platform, &seen(endpoint, state), NOW)
    }

    #[test]
    fn one_failure_is_no_news_two_are_and_one_success_ends_it() {
        let down = seen(Endpoint::Redirect, HealthState::Down);
        let well = first(Endpoint::Redirect, HealthState::Ok);
        assert_eq!((well.state, well.since), (HealthState::Ok, NOW));
        let once = well.after(&down, NOW + LOOK);
        assert_eq!(
            (once.state, once.since, once.misses),
            (HealthState::Ok, NOW, 1)
        );
        let twice = once.after(&down, NOW + LOOK * 2);
        assert_eq!(
            (twice.state, twice.since),
            (HealthState::Down, NOW + LOOK * 2)
        );
        assert_eq!(twice.reason.as_deref(), Some("silent"));
        let still = twice.after(&down, NOW + LOOK * 3);
        assert_eq!(still.since, NOW + LOOK * 2);
        let again = still.after(&seen(Endpoint::Redirect, HealthState::Ok), NOW + LOOK * 4);
        assert_eq!((again.state, again.misses), (HealthState::Ok, 0));
        assert_eq!(
            (again.reason.as_deref(), again.since),
            (None, NOW + LOOK * 4)
        );
        // Up and down by turns is never down.
        let flapping = again
            .after(&down, NOW)
            .after(&seen(Endpoint::Redirect, HealthState::Ok), NOW);
        assert_eq!(flapping.after(&down, NOW).state, HealthState::Ok);
    }

    #[test]
    fn a_failure_at_first_is_not_known_to_be_one() {
        let new = first(Endpoint::Jwks, HealthState::Down);
        assert_eq!((new.state, new.misses), (HealthState::Unknown, 1));
        let degraded = first(Endpoint::Jwks, HealthState::Degraded);
        assert_eq!(degraded.state, HealthState::Degraded);
    }

    #[test]
    fn people_meet_trouble_where_no_way_back_is_left_or_the_way_there_is_down() {
        let down = |endpoint, since| EndpointHealth {
            state: HealthState::Down,
            since: NOW + LOOK * since,
            ..first(endpoint, HealthState::Down)
        };
        let well = first(Endpoint::Redirect, HealthState::Ok);
        let (one, other) = (down(Endpoint::Redirect, 1), down(Endpoint::Redirect, 3));
        assert_eq!(trouble(&[&well, &one]), None);
        assert_eq!(trouble(&[&one, &other]), Some(NOW + LOOK * 3));
        assert_eq!(
            trouble(&[&well, &down(Endpoint::BackchannelLogout, 1)]),
            None
        );
        assert_eq!(
            trouble(&[&well, &down(Endpoint::Jwks, 2)]),
            Some(NOW + LOOK * 2)
        );
        assert_eq!(trouble(&[]), None);
    }

    #[test]
    fn every_word_is_read_again() {
        for endpoint in Endpoint::ALL {
            assert_eq!(Endpoint::of_word(endpoint.as_str()), Some(endpoint));
        }
        for state in HealthState::ALL {
            assert_eq!(HealthState::of_word(state.as_str()), Some(state));
        }
    }
}
