//! Refresh tokens, and tokens that were given up.

use super::StoreError;
use crate::refresh_token::RefreshToken;
use crate::revoked_token::RevokedToken;
use crate::timestamp::Timestamp;

/// Refresh tokens, and tokens that were given up.
pub trait TokenStore {
    /// Keeps a refresh token. `false`: it is there already.
    fn insert_refresh_token(&mut self, token: &RefreshToken) -> Result<bool, StoreError>;
    /// The refresh token whose text has this SHA-256.
    fn find_refresh_token(&mut self, sha256: &str) -> Result<Option<RefreshToken>, StoreError>;
    /// Notes the first use of a refresh token, or takes it back: from what was read to what is to be; `false` when it is
    /// another by now.
    fn exchange_refresh_token_use(
        &mut self,
        sha256: &str,
        change: (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<bool, StoreError>;
    /// Notes that a platform gave up a token of its own. `false`: it had before.
    fn insert_revoked_token(&mut self, token: &RevokedToken) -> Result<bool, StoreError>;
    /// Whether a platform gave up the token of its own that has this `jti`.
    fn is_token_revoked(&mut self, jti: &str) -> Result<bool, StoreError>;
    /// Deletes refresh tokens, and notes of revoked tokens, that expired before; answers how many.
    fn delete_expired_tokens(&mut self, before: Timestamp) -> Result<usize, StoreError>;
}
