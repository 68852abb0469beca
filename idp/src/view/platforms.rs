//! 选择盟市交易平台: the platforms by zone, with search.
//!
//! Owns zones, states and their words. Does not know whether a person may enter: a card that has a
//! `choose_href` can be chosen.

use askama::Template;

use super::{Frame, page};

/// The platforms page.
#[derive(Clone, Debug, Template)]
#[template(path = "platforms.html")]
pub struct PlatformsPage<'a> {
    /// The frame.
    pub frame: Frame<'a>,
    /// What was searched for; empty when nothing was.
    pub query: &'a str,
    /// The platform that was just refused, on the way back from its consent page.
    pub refused: Option<&'a str>,
    /// Days left of the lock that signed in, where it is due.
    pub days_left: Option<String>,
    /// The platforms that match, by zone.
    pub zones: Vec<ZoneGroup<'a>>,
}

/// The platforms of one zone.
#[derive(Clone, Debug)]
pub struct ZoneGroup<'a> {
    /// The zone.
    pub zone: Zone,
    /// Its platforms.
    pub platforms: Vec<PlatformCard<'a>>,
}

/// A zone of the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// 自治区本级.
    Region,
    /// 西部盟市.
    West,
    /// 东部盟市.
    East,
}

/// One platform.
#[derive(Clone, Copy, Debug)]
pub struct PlatformCard<'a> {
    /// Its id; the button gets the element id `platform-<id>`.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Whether one can sign in there now.
    pub state: PlatformState,
    /// Its own support contact (FAQ 12).
    pub support: Option<&'a str>,
    /// Where choosing it leads.
    pub choose_href: Option<&'a str>,
    /// Maintenance and trouble, in sentences.
    pub notices: &'a [String],
    /// Set where it is entered from its own site alone: the address, where it is known.
    pub own_site: Option<Option<&'a str>>,
}

/// Whether one can sign in at a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformState {
    /// 可登录.
    Available,
    /// 未接入.
    NotConnected,
    /// 暂停.
    Suspended,
}

impl Zone {
    const fn key(self) -> &'static str {
        match self {
            Self::Region => "zone-region",
            Self::West => "zone-west",
            Self::East => "zone-east",
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Region => "zone-region",
            Self::West => "zone-west",
            Self::East => "zone-east",
        }
    }
}

impl PlatformState {
    const fn key(self) -> &'static str {
        match self {
            Self::Available => "platform-state-available",
            Self::NotConnected => "platform-state-not-connected",
            Self::Suspended => "platform-state-suspended",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Available => "tag tag-good",
            Self::NotConnected => "tag",
            Self::Suspended => "tag tag-warn",
        }
    }
}

impl PlatformsPage<'_> {
    fn count(&self) -> usize {
        self.zones.iter().map(|zone| zone.platforms.len()).sum()
    }

    fn count_text(&self) -> String {
        let count = self.count().to_string();
        self.frame
            .ta("platforms-count", &[("n", &count)])
            .into_owned()
    }
}

page!(PlatformsPage, 16 * 1024);
