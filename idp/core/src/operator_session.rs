//! Operator session: what is remembered of the browser at which an operator works; short-lived, in the ephemeral port.

use serde::{Deserialize, Serialize};

use crate::cx::{Cx, Settings, random_text};
use crate::duty::OperatorAuthentication;
use crate::timestamp::Timestamp;

/// What we remember of an operator's browser. Apart from the portal's session: neither opens the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSession {
    /// Every form that changes something carries it.
    pub csrf_token: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Absent before signing in.
    pub authentication: Option<OperatorAuthentication>,
}

impl OperatorSession {
    /// A new session and the cookie that opens it. Signing in always makes a new one.
    pub fn begin(cx: &Cx, authentication: Option<OperatorAuthentication>) -> (String, Self) {
        let session = Self {
            csrf_token: random_text(&*cx.rng),
            created_at: cx.now,
            authentication,
        };
        (random_text(&*cx.rng), session)
    }

    /// Whether its absolute lifetime is over. The idle lifetime is the port's.
    pub fn is_over(&self, settings: &Settings, now: Timestamp) -> bool {
        now >= self.created_at + settings.console_absolute
    }
}
