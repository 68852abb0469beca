//! Sign-out that a platform asked for: what of its request is known to be true, while the person is asked.

use serde::{Deserialize, Serialize};

use crate::id::{LogoutDeliveryId, PlatformId, SessionId};
use crate::platform::Platform;

/// What a platform asks; `end_session` makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndSession {
    /// The session that an ID token of ours names. Absent: nobody's word counts but the person's.
    pub session: Option<SessionId>,
    /// Where the person goes on.
    pub onward: Option<Onward>,
}

/// Where a person goes on after signing out: registered when it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    /// Whose place it is.
    pub platform: PlatformId,
    /// `post_logout_redirect_uri`
    pub uri: String,
    /// `state`, as it came.
    pub state: Option<String>,
}

impl Onward {
    /// Whether a platform that people can go to has it registered: compared character by character.
    pub fn is_registered(platform: &Platform, uri: &str) -> bool {
        let client = platform.active_client();
        client.is_some_and(|client| {
            let registered = &client.logout.post_logout_redirect_uris;
            registered.iter().any(|registered| registered == uri)
        })
    }

    /// The whole address. `None`: the platform does not have it registered any more, or it can't be read.
    pub fn address(&self, platform: Option<&Platform>) -> Option<String> {
        let platform = platform.filter(|platform| platform.id == self.platform)?;
        if !Self::is_registered(platform, &self.uri) {
            return None;
        }
        let Some(state) = &self.state else {
            return Some(self.uri.clone());
        };
        let mut uri = url::Url::parse(&self.uri).ok()?;
        uri.query_pairs_mut().append_pair("state", state);
        Some(uri.into())
    }
}

/// What was done, for the page that says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// Platforms that were entered, in order; one may come twice.
    pub platforms: Vec<ToldPlatform>,
    /// Where the person may go on.
    pub onward: Option<Onward>,
}

/// One platform, and what tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldPlatform {
    /// Which.
    pub platform: PlatformId,
    /// Its delivery; `None`: it registered no address for that.
    pub delivery: Option<LogoutDeliveryId>,
}
