//! Challenge: what we asked a lock to sign, remembered on our side of the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::challenge::{NONCE_OCTETS, Purpose};
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::session::SessionKey;
use crate::timestamp::Timestamp;

/// A challenge that waits for its proof. Taken on first use even when the check then fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Base64 text of 32 random octets; also its name in the ephemeral port.
    pub nonce: String,
    /// The browser session it was shown to.
    pub session: String,
    /// What the signature is for.
    pub purpose: Purpose,
    /// The text the agent shows.
    pub statement: String,
    /// When it was made.
    pub issued_at: Timestamp,
}

impl Challenge {
    /// A new challenge for one browser session.
    pub fn issue(cx: &Cx, session: &SessionKey, purpose: Purpose, statement: String) -> Self {
        let mut octets = [0; NONCE_OCTETS];
        cx.rng.fill(&mut octets);
        Self {
            nonce: STANDARD.encode(octets),
            session: session.as_str().to_owned(),
            purpose,
            statement,
            issued_at: cx.now,
        }
    }
}
