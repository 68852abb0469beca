//! Refresh token (RFC 6749 §1.5): a grant's way to new access tokens. Used once; its successor takes its place.
//!
//! Owns how one is made and how its successor follows from it: whoever holds the token, and asks again because an answer was
//! lost, gets the same successor, though neither is kept (RFC 9700 §4.14.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::cx::{Cx, random_text};
use crate::id::GrantId;
use crate::timestamp::Timestamp;

/// A refresh token, as it is stored: without its text.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of its text, hexadecimal.
    pub sha256: String,
    /// What it refreshes.
    pub grant_id: GrantId,
    /// Together with the text, makes the successor. Worth nothing without.
    pub seed: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// Refused from here on. Its successors end no later.
    pub expires_at: Timestamp,
    /// When it was first used.
    pub used_at: Option<Timestamp>,
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken")
            .field("grant_id", &self.grant_id)
            .finish_non_exhaustive()
    }
}

/// SHA-256 of a token's text, hexadecimal: its name in the store.
pub fn refresh_token_sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl RefreshToken {
    /// The first of a grant, with its text.
    pub fn begin(cx: &Cx, grant_id: &GrantId) -> (String, Self) {
        let text = random_text(&*cx.rng);
        let expires_at = cx.now + cx.settings.refresh_token_lifetime;
        let token = Self::made(cx, &text, grant_id, expires_at);
        (text, token)
    }

    /// The one that takes its place, with its text.
    pub fn successor(&self, cx: &Cx, text: &str) -> (String, Self) {
        let successor = self.successor_text(text);
        let token = Self::made(cx, &successor, &self.grant_id, self.expires_at);
        (successor, token)
    }

    /// The text of the one that takes its place.
    pub fn successor_text(&self, text: &str) -> String {
        // Both parts have a fixed length, so no two pairs run together.
        let made = Sha256::new_with_prefix(b"refresh token successor:");
        let made = made
            .chain_update(self.seed.as_bytes())
            .chain_update(text.as_bytes());
        URL_SAFE_NO_PAD.encode(made.finalize())
    }

    /// Whether a second use is the first one's, whose answer was lost.
    pub fn is_asked_again(&self, cx: &Cx) -> bool {
        let again = cx.settings.refresh_again;
        self.used_at.is_some_and(|used_at| cx.now < used_at + again)
    }

    fn made(cx: &Cx, text: &str, grant_id: &GrantId, expires_at: Timestamp) -> Self {
        Self {
            sha256: refresh_token_sha256(text),
            grant_id: grant_id.clone(),
            seed: random_text(&*cx.rng),
            issued_at: cx.now,
            expires_at,
            used_at: None,
        }
    }
}
